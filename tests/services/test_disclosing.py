"""What leaves of a call in a redacted copy: its record, and a video call's sound without its pictures."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.domain import pcm_wav
from server.domain.events import CallEnded, Ending, HeardAgain, Purpose
from server.domain.events.keeping import Pictures
from server.domain.ids import ActId, CallId, PromptId
from server.domain.people import Right
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.domain.ulaw_wav import HEADER_BYTES
from server.ports.media import SOUND_HZ, EncodedFrame
from server.services.disclosing import Disclosing, Wanted
from server.services.playing import KeptCalls
from tests.house import House, open_house
from tests.stories import SAM, SUE, arrived, raised, said, sighted
from tests.web.test_disclosures import CALL, NUMBER

OTHER = CallId("CA2")
REDACTED = Wanted(purpose=Purpose.PROSECUTION, why="case 17", redact=True, pictures=Pictures.NONE)


class Humming:
    """Reads of every file that one sound goes through it."""

    def head(self, data: bytes) -> bytes:
        return b""

    def sound(self, head: bytes, data: bytes, *, from_ms: int, to_ms: int) -> bytes:
        return b"\x21" * ((to_ms - from_ms) * SOUND_HZ // 1000 * 2)

    def pictures(self, head: bytes, data: bytes) -> list[EncodedFrame]:
        return []


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        over = CallEnded(at_ms=6000, why=Ending.HUNG_UP)
        await house.record(CALL, arrived(), said(Party.CALLER, 0, NUMBER, at_ms=1000), over)
        yield house


async def disclosed(house: House, call: CallId, wanted: Wanted) -> zipfile.ZipFile:
    assert house.vault is not None
    kept = KeptCalls(vault=house.vault, journal=house.room.recorder.journal, reader=Humming())
    disclosing = Disclosing(room=house.room, kept=kept)
    sam, sue = (replace(who, rights=frozenset({Right.EXPORT})) for who in (SAM, SUE))
    asked = await disclosing.ask(sam, call, wanted, act=ActId("a1"))
    await disclosing.decide(sue, call, asked, agreed=True, act=ActId("a2"))
    bundle = await disclosing.bundle(sam, call, asked, act=ActId("a3"))
    return zipfile.ZipFile(io.BytesIO(bundle.data))


async def test_a_redacted_video_call_keeps_its_sound_but_for_what_was_left_out(house: House) -> None:
    assert house.vault is not None
    writing = await house.vault.write(CALL, Stream(id=StreamId("victim-1"), kind=StreamKind.WEBM))
    for second in range(6):
        await writing.keep(b"cluster", from_ms=second * 1000, to_ms=second * 1000 + 1000)
    await writing.close()
    archive = await disclosed(house, CALL, REDACTED)
    sound = archive.read("sound/video-call.wav")[pcm_wav.HEADER_BYTES :]
    words = said(Party.CALLER, 0, NUMBER, at_ms=1000).utterance.words
    begin, end = words[3].start_ms, words[-1].end_ms
    assert len(sound) == 6000 * pcm_wav.PER_MS
    assert set(sound[begin * pcm_wav.PER_MS : end * pcm_wav.PER_MS]) == {0}
    assert set(sound[: words[0].start_ms * pcm_wav.PER_MS : 4]) == {0x21}


async def test_what_is_left_out_of_the_words_is_not_in_a_prompt_nor_in_the_second_hearing(
    house: House,
) -> None:
    words = f"karl will kill me {NUMBER}"
    seen = sighted("weapon", words, utterance=0, at_ms=1000)
    shown = raised(1, seen)
    found = replace(shown, prompt=replace(shown.prompt, id=PromptId("p2"), found=f"Silent. Last: {words}."))
    again = said(Party.CALLER, 0, words, at_ms=1000).utterance
    better = HeardAgain(
        at_ms=0, model="m", how="a larger model", utterances=(again,), sightings=(seen.sighting,)
    )
    live = said(Party.CALLER, 0, words, at_ms=1000)
    over = CallEnded(at_ms=6000, why=Ending.HUNG_UP)
    await house.record(OTHER, arrived(), live, seen, shown, found, over, better)
    archive = await disclosed(house, OTHER, replace(REDACTED, names=("Karl Novak", "Karen Smith")))
    for name in archive.namelist():
        data = archive.read(name).lower()
        assert [word for word in (b"karl", b"karen", b"seven", b"double") if word in data] == [], name
    entries = [json.loads(line) for line in archive.read("journal.jsonl").splitlines()]
    prompts = [one["prompt"] for one in entries if one["kind"] == "PromptRaised"]
    assert [(one["id"], one["marker"], one["severity"]) for one in prompts] == [
        ("p1", "weapon", "immediate"),
        ("p2", "weapon", "immediate"),
    ]
    assert prompts[0]["quote"] == "[name] will kill me ring [name] on [number]"


async def test_a_number_that_only_the_second_hearing_made_out_is_silenced_too(house: House) -> None:
    live, again = (said(Party.CALLER, 0, words, at_ms=1000) for words in ("ring her on nothing", NUMBER))
    better = HeardAgain(at_ms=0, model="m", how="a larger model", utterances=(again.utterance,), sightings=())
    await house.record(OTHER, arrived(), live, CallEnded(at_ms=6000, why=Ending.HUNG_UP), better)
    assert house.vault is not None
    writing = await house.vault.write(OTHER, Stream(id=StreamId("caller"), kind=StreamKind.ULAW))
    await writing.keep(b"\x21" * 48_000, from_ms=0, to_ms=6000)
    await writing.close()
    archive = await disclosed(house, OTHER, REDACTED)
    sound = archive.read("sound/caller.wav")[HEADER_BYTES:]
    spoken = again.utterance.words
    assert set(sound[spoken[3].start_ms * 8 : spoken[-1].end_ms * 8]) == {0xFF}
    assert set(sound[: spoken[0].start_ms * 8]) == {0x21}
