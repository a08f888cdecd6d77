"""The terminal's view of the demonstration: a bar per call, the words by side, the prompts in colour.

On a terminal the bars move; anywhere else only plain lines are printed. Drawing happens
in its own thread, so that a slow terminal never makes the server wait.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from server.demo.stage import DemoCall
from server.domain.events import (
    EarLost,
    EarRestored,
    Event,
    PromptDelivered,
    PromptRaised,
    PromptWithdrawn,
    UtteranceHeard,
)
from server.domain.ids import CallId
from server.domain.speech import Party
from server.ports.bus import Bus, Notice, Recorded

WAITING_LIMIT = 1000
"""Lines that may wait for the terminal; when it is slower still, the newest are not shown."""
NAME_WIDTH = 14
SIDES: Mapping[Party, str] = {Party.CALLER: "cyan", Party.HANDLER: "green", Party.OTHER: "magenta"}


class Screen:
    """Shows calls as they are played; `run` must be running for lines to appear."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[at]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._console = self._progress.console
        self._names: dict[CallId, str] = {}
        self._bars: dict[CallId, TaskID] = {}
        self._lines: asyncio.Queue[Text | None] = asyncio.Queue(WAITING_LIMIT)

    @contextmanager
    def watching(self, bus: Bus) -> Iterator[None]:
        end = bus.subscribe(self._notice)
        try:
            with self._progress:
                yield
        finally:
            end()

    async def run(self) -> None:
        """Print lines as they come, until `close`."""
        while (line := await self._lines.get()) is not None:
            await asyncio.to_thread(self._console.print, line, soft_wrap=True)

    async def close(self) -> None:
        await self._lines.put(None)

    def begin(self, call: DemoCall, *, length_ms: int) -> Callable[[int], None]:
        """Start showing a call; the answer takes how far it has been played."""
        self._names[call.id] = call.name
        self._bars[call.id] = bar = self._progress.add_task(
            call.name.ljust(NAME_WIDTH), total=length_ms, at=""
        )
        self.say(call.name, 0, Text(f"ringing: {call.script.title}", style="bold"))

        def at(at_ms: int) -> None:
            self._progress.update(bar, completed=at_ms, at=clock(at_ms))

        return at

    def say(self, name: str, at_ms: int, what: Text) -> None:
        line = Text.assemble((name.ljust(NAME_WIDTH), "dim"), (clock(at_ms), "dim"), "  ", what)
        if not self._lines.full():
            self._lines.put_nowait(line)

    def _notice(self, notice: Notice) -> None:
        if not isinstance(notice, Recorded) or notice.call not in self._names:
            return
        for entry in notice.entries:
            shown = line_of(entry.event)
            if shown is not None:
                self.say(self._names[notice.call], *shown)


def line_of(event: Event) -> tuple[int, Text] | None:
    """What the terminal shows of an event, with its place in the call; most events show nothing."""
    match event:
        case UtteranceHeard(utterance=heard) if heard.words:
            said = Text.assemble((heard.party.value.ljust(9), SIDES[heard.party]), heard.text)
            return heard.start_ms, said
        case PromptRaised(prompt=prompt):
            ask = (f" {prompt.marker}: {prompt.ask} ", "bold white on red")
            return prompt.at_ms, Text.assemble(
                "PROMPT   ",
                ask,
                f" \N{LEFT DOUBLE QUOTATION MARK}{prompt.quote}\N{RIGHT DOUBLE QUOTATION MARK}",
            )
        case PromptDelivered(at_ms=at_ms, prompt=which, person=person, after_ms=after_ms):
            return at_ms, Text(
                f"         {which} sent to {person}, {after_ms} ms after the word", style="dim"
            )
        case PromptWithdrawn(at_ms=at_ms, prompt=which):
            return at_ms, Text(f"         {which} heard differently: withdrawn", style="yellow")
        case EarLost(at_ms=at_ms, party=party):
            return at_ms, Text(f"NOT LISTENING to the {party}", style="bold red")
        case EarRestored(at_ms=at_ms, party=party):
            return at_ms, Text(f"listening to the {party} again", style="yellow")
        case _:
            return None


def clock(at_ms: int) -> str:
    return f"{at_ms // 60000:02}:{at_ms // 1000 % 60:02}"
