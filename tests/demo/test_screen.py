"""What the terminal shows while the demonstration plays."""

import asyncio
import io

import pytest
from rich.console import Console

from server.adapters.bus.local import LocalBus
from server.demo.screen import Screen, line_of
from server.demo.stage import DemoCall
from server.domain.callscript import read_script
from server.domain.events import EarLost, Event, LegJoined, PromptRaised, PromptWithdrawn, UtteranceHeard
from server.domain.ids import CallId, PromptId
from server.domain.speech import Party, Utterance, Word
from server.ports.bus import Recorded
from tests.demo import journals
from tests.demo.journals import journal, prompt

SAID = Utterance(
    party=Party.CALLER,
    number=0,
    words=(Word(text="help", start_ms=61000, end_ms=61400, confidence=1.0),),
    heard_to_ms=62000,
)
CALL = DemoCall(
    id=journals.CALL,
    name="child",
    caller="",
    script=read_script("title: A child\naudio: child.wav\n00:01.000 caller: help\nexpect: none\n"),
    inbound=b"",
    outbound=b"",
)


@pytest.mark.parametrize(
    ("event", "at_ms", "shown"),
    [
        (UtteranceHeard(at_ms=62000, utterance=SAID), 61000, "caller   help"),
        (PromptRaised(at_ms=5600, prompt=prompt()), 5000, "weapon: What weapon is it?"),
        (PromptWithdrawn(at_ms=6000, prompt=PromptId("p1"), heard="night"), 6000, "withdrawn"),
        (EarLost(at_ms=100, party=Party.CALLER, why=""), 100, "NOT LISTENING to the caller"),
    ],
)
def test_words_prompts_and_deafness_are_shown_with_their_place(event: Event, at_ms: int, shown: str) -> None:
    line = line_of(event)
    assert line is not None
    assert (line[0], shown in line[1].plain) == (at_ms, True)


def test_what_a_viewer_need_not_read_is_not_shown() -> None:
    assert line_of(LegJoined(at_ms=0, party=Party.CALLER)) is None
    nothing = Utterance(party=Party.CALLER, number=0, words=(), heard_to_ms=0)
    assert line_of(UtteranceHeard(at_ms=0, utterance=nothing)) is None


async def test_off_a_terminal_every_line_is_plain_and_calls_of_others_are_not_shown() -> None:
    output = io.StringIO()
    screen, bus = Screen(Console(file=output, width=100)), LocalBus()
    heard = journal([UtteranceHeard(at_ms=62000, utterance=SAID)])
    with screen.watching(bus):
        screen.begin(CALL, length_ms=1000)(500)
        bus.publish(Recorded(call=CALL.id, entries=tuple(heard)))
        bus.publish(Recorded(call=CallId("CA2"), entries=tuple(heard)))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(screen.run())
            await screen.close()
    assert output.getvalue().splitlines() == [
        "child         00:00  ringing: A child",
        "child         01:01  caller   help",
    ]
