"""A call that is over, on the desk in a real browser: heard again, and disclosed by two people."""

import asyncio
import io
import os
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from server.adapters.doorways.ulaw import ulaw_of
from server.domain.events import (
    CallEnded,
    Disclosed,
    Ending,
    HandlerAssigned,
    PlaybackBegan,
    RecordingBegan,
    RecordingEnded,
    SpecialistAssigned,
)
from server.domain.people import Right
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import Party
from tests.consoles.screen import CALL, Screen, Screens
from tests.consoles.test_accessibility import AXE, found_by_axe, needs_axe
from tests.consoles.test_listen_in import tone
from tests.house import House
from tests.stories import HANNAH, SAM, SUE, arrived, opened, raised, said, sighted

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALLER = Stream(id=StreamId("caller"), kind=StreamKind.ULAW)
QUOTE = "he strangled me"
QUOTE_MS = 4000
"""When the quoted words begin, of eight seconds."""
WATCH = """() => {
  const audio = document.querySelector('play-back audio');
  audio.addEventListener('playing', () => { audio.dataset.begun = audio.currentTime; }, { once: true });
}"""
SOUND = """async () => {
  const audio = document.querySelector('play-back audio');
  const bytes = await (await fetch(audio.src)).arrayBuffer();
  const sound = await new OfflineAudioContext(2, 8, 8000).decodeAudioData(bytes);
  const most = (side, from, to) =>
    sound.getChannelData(side).slice(from * 8000, to * 8000).reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const [before, quoted, handler] = [most(0, 1, 3.9), most(0, 4.1, 5.9), most(1, 0, 8)];
  return { seconds: sound.duration, before, quoted, handler };
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def over(house: House) -> AsyncIterator[House]:
    """Sam's call of eight seconds that has ended; it sounds from the quoted words on, for two seconds."""
    assigned = HandlerAssigned(at_ms=0, person=HANNAH.id), SpecialistAssigned(at_ms=0, person=SAM.id)
    await house.record(CALL, arrived(), *assigned, *opened())
    await house.grant(CALL, HANNAH, SAM)
    seen = sighted("strangulation", QUOTE, utterance=1, at_ms=QUOTE_MS)
    await house.record(
        CALL,
        said(Party.CALLER, 0, "please send somebody", at_ms=1000),
        said(Party.CALLER, 1, QUOTE, at_ms=QUOTE_MS),
        seen,
        raised(1, seen),
    )
    assert house.vault is not None
    writing = await house.vault.write(CALL, CALLER)
    for second in range(8):
        loud = QUOTE_MS <= second * 1000 < QUOTE_MS + 2000
        data = ulaw_of(tone(1000)) if loud else b"\xff" * 8000
        await writing.keep(data, from_ms=second * 1000, to_ms=second * 1000 + 1000)
    await writing.close()
    assert writing.last is not None
    began = RecordingBegan(at_ms=0, stream=CALLER.id, medium=CALLER.kind, policy="law")
    ended = RecordingEnded(at_ms=8000, stream=CALLER.id, pieces=8, to_ms=8000, chain=writing.last.chain)
    await house.record(CALL, began, ended, CallEnded(at_ms=8000, why=Ending.HUNG_UP))
    for person in (SAM, SUE):
        await house.store.people.set_rights(person.id, frozenset({Right.EXPORT}))
    yield house


async def picture(screen: Screen, name: str) -> None:
    """Where pictures are wanted, for a person to look at."""
    if folder := os.environ.get("EARSHOT_PICTURES"):
        await screen.page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def open_call(screen: Screen) -> None:
    await screen.page.goto(screen.page.url.split("?")[0] + f"?call={CALL}")
    await expect(screen.page.locator("play-back")).to_be_visible()
    await screen.page.evaluate(WATCH)


async def begun_at(screen: Screen) -> float:
    """Where the player was when sound first came out of it, in seconds."""
    audio = screen.page.locator("play-back audio")
    await expect(audio).to_have_attribute("data-begun", re.compile("."))
    return float(await audio.get_attribute("data-begun") or "nan")


async def played(house: House) -> list[PlaybackBegan]:
    return [
        one.event for one in await house.store.journal.entries(CALL) if isinstance(one.event, PlaybackBegan)
    ]


async def test_an_ended_call_is_heard_from_a_quoted_word_with_its_words_beside_it(
    over: House, screens: Screens
) -> None:
    sam = await screens.of(SAM)
    await open_call(sam)
    assert await played(over) == []
    await sam.page.get_by_role("button", name="Play from 00:04").click()
    assert QUOTE_MS / 1000 - 0.3 <= await begun_at(sam) <= QUOTE_MS / 1000 + 0.3
    await expect(sam.page.locator(".play-words")).to_contain_text(QUOTE)
    assert [began.from_ms for began in await played(over)] == [QUOTE_MS]
    await picture(sam, "desk-playback")
    heard = await sam.page.evaluate(SOUND)
    assert heard["seconds"] == pytest.approx(8, abs=0.1)
    assert heard["before"] < 0.01
    assert heard["quoted"] > 0.1
    assert heard["handler"] < 0.01
    assert sam.faults == []


async def test_a_word_that_is_clicked_before_it_is_known_that_it_was_kept_is_heard(
    over: House, screens: Screens
) -> None:
    """And though the first answer is lost: it is asked again, once however often it is clicked."""
    sam = await screens.of(SAM)
    clicked, asked = asyncio.Event(), list[str]()
    sam.page.on("request", lambda request: asked.append(request.url.rpartition(CALL)[2]))

    async def lose(route: Route) -> None:
        await clicked.wait()
        await route.abort()

    await sam.page.route(f"**/api/calls/{CALL}/recording", lose, times=1)
    await sam.page.goto(sam.page.url.split("?")[0] + f"?call={CALL}")
    quoted = sam.page.locator("call-transcript [data-place='1']", has_text="strangled")
    await expect(quoted).to_be_visible()
    await sam.page.evaluate(WATCH)
    for _ in range(2):
        await quoted.click()
    clicked.set()
    assert await begun_at(sam) >= QUOTE_MS / 1000
    assert (asked.count("/recording"), asked.count("/recording/play")) == (2, 1)
    assert len(await played(over)) == 1
    assert sam.faults == []


async def test_the_key_that_repeats_a_prompts_words_plays_them_from_the_recording(
    over: House, screens: Screens
) -> None:
    sam = await screens.of(SAM)
    await open_call(sam)
    await expect(sam.card).to_be_visible()
    await sam.press("i")
    assert QUOTE_MS / 1000 - 0.3 <= await begun_at(sam) <= QUOTE_MS / 1000
    await sam.press("p")
    await expect(sam.page.get_by_role("button", name="Play the recording")).to_be_visible()


async def test_a_handler_is_offered_no_recording(over: House, screens: Screens) -> None:
    hannah = await screens.of(HANNAH)
    assert await hannah.page.locator("play-back").count() == 0


async def test_two_people_disclose_a_call_from_their_desks(over: House, screens: Screens) -> None:
    sam, sue = await screens.of(SAM), await screens.of(SUE)
    await open_call(sam)
    await sam.page.get_by_role("button", name="Disclose").click()
    dialog = sam.page.get_by_role("dialog", name="Disclose")
    await dialog.get_by_label("Why, for the record").fill("case 17")
    await dialog.get_by_label("Names to leave out, a line each").fill("Karen Smith")
    await dialog.get_by_role("button", name="Ask").click()
    await expect(dialog).to_contain_text("It waits for a second person.")
    if AXE.exists():
        assert await found_by_axe(sam.page) == []
    await picture(sam, "desk-disclose")
    await sue.page.goto(f"{over.url}/desk?call={CALL}")
    await sue.page.get_by_role("button", name="Disclose").click()
    theirs = sue.page.get_by_role("dialog", name="Disclose")
    await theirs.get_by_role("button", name="Agree").click()
    await expect(theirs).to_contain_text("sue agreed.")
    await sam.press("Escape")
    await sam.page.get_by_role("button", name="Disclose").click()
    async with sam.page.expect_download() as coming:
        await dialog.get_by_role("button", name="Download the bundle").click()
    path = await (await coming.value).path()
    with zipfile.ZipFile(io.BytesIO(Path(path).read_bytes())) as archive:  # noqa: ASYNC240 - nothing else runs
        assert {"journal.jsonl", "sound/caller.wav", "verify.py"} <= set(archive.namelist())
    left = [one.event for one in await over.store.journal.entries(CALL) if isinstance(one.event, Disclosed)]
    assert [(event.person, event.approved_by) for event in left] == [(SAM.id, SUE.id)]


@needs_axe
@pytest.mark.parametrize(("width", "look"), [(1440, "dark"), (390, "light")])
async def test_axe_finds_nothing_on_a_call_that_can_be_played(
    over: House, screens: Screens, width: int, look: str
) -> None:
    sam = await screens.of(SAM, width=width, look=look)
    await open_call(sam)
    await sam.page.get_by_role("button", name="Play the recording").click()
    await begun_at(sam)
    assert await found_by_axe(sam.page) == []
    assert await sam.page.evaluate("document.documentElement.scrollWidth") <= width
    await picture(sam, f"desk-playback-{width}-{look}")


async def test_one_person_holds_a_call_and_two_let_it_go(over: House, screens: Screens) -> None:
    sue, sam = await screens.of(SUE), await screens.of(SAM)
    for screen in (sue, sam):
        await screen.page.goto(f"{over.url}/desk?call={CALL}")
    await sue.page.get_by_role("button", name="Disclose or hold").click()
    hers = sue.page.get_by_role("dialog", name="Disclose or hold").locator("call-keeping")
    await expect(hers.get_by_role("list", name="How long it is kept")).to_contain_text("Words and record")
    await hers.get_by_label("Reason for the hold").fill("Inquest in May")
    await hers.get_by_label("Reason for the hold").press("Enter")
    await expect(hers).to_contain_text("HELD by sue")
    assert await over.store.retention.held(CALL) is not None
    await hers.get_by_label("Reason for the hold").fill("Inquest over")
    await hers.get_by_role("button", name="Ask to end the hold").click()
    await expect(hers).to_contain_text("A second person has to agree")
    await expect(hers.get_by_role("button", name="Agree")).to_be_hidden()
    await sam.page.get_by_role("button", name="Disclose or hold").click()
    his = sam.page.get_by_role("dialog", name="Disclose or hold").locator("call-keeping")
    await picture(sam, "desk-hold")
    await his.get_by_role("button", name="Agree that the hold ends").press("Enter")
    await expect(his).to_contain_text("Not held")
    assert await over.store.retention.held(CALL) is None
    assert sue.faults == sam.faults == []
