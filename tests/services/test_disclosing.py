"""What leaves of a video call's sound where its pictures stay here."""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.domain import pcm_wav
from server.domain.events import CallEnded, Ending, Purpose
from server.domain.events.keeping import Pictures
from server.domain.ids import ActId
from server.domain.people import Right
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.ports.media import SOUND_HZ, EncodedFrame
from server.services.disclosing import Disclosing, Wanted
from server.services.playing import KeptCalls
from tests.house import House, open_house
from tests.stories import SAM, SUE, arrived, said
from tests.web.test_disclosures import CALL, NUMBER


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


async def test_a_redacted_video_call_keeps_its_sound_but_for_what_was_left_out(house: House) -> None:
    assert house.vault is not None
    writing = await house.vault.write(CALL, Stream(id=StreamId("victim-1"), kind=StreamKind.WEBM))
    for second in range(6):
        await writing.keep(b"cluster", from_ms=second * 1000, to_ms=second * 1000 + 1000)
    await writing.close()
    kept = KeptCalls(vault=house.vault, journal=house.room.recorder.journal, reader=Humming())
    disclosing = Disclosing(room=house.room, kept=kept)
    sam, sue = (replace(who, rights=frozenset({Right.EXPORT})) for who in (SAM, SUE))
    wanted = Wanted(purpose=Purpose.PROSECUTION, why="case 17", redact=True, pictures=Pictures.NONE)
    asked = await disclosing.ask(sam, CALL, wanted, act=ActId("a1"))
    await disclosing.decide(sue, CALL, asked, agreed=True, act=ActId("a2"))
    bundle = await disclosing.bundle(sam, CALL, asked, act=ActId("a3"))
    archive = zipfile.ZipFile(io.BytesIO(bundle.data))
    sound = archive.read("sound/video-call.wav")[pcm_wav.HEADER_BYTES :]
    words = said(Party.CALLER, 0, NUMBER, at_ms=1000).utterance.words
    begin, end = words[3].start_ms, words[-1].end_ms
    assert len(sound) == 6000 * pcm_wav.PER_MS
    assert set(sound[begin * pcm_wav.PER_MS : end * pcm_wav.PER_MS]) == {0}
    assert set(sound[: words[0].start_ms * pcm_wav.PER_MS : 4]) == {0x21}
