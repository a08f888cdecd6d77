"""A kept call's sound through its door: who may, what is on record first, any stretch."""

import struct
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from server.domain.access import AccessKind
from server.domain.events import CallEnded, Ending, PlaybackBegan, RecordingEnded
from server.domain.ids import CallId
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.ulaw_wav import HEADER_BYTES, PER_MS
from server.ports.journal import JournalLost
from server.ports.vault import Vault
from tests.fakes import START
from tests.house import House, open_house
from tests.stories import HANNAH, SAM, SUE, arrived
from tests.web.visitor import Visitor, code

CALL = CallId("CA1")
ARRIVED = arrived()
PLAY = f"/api/calls/{CALL}/recording/play"
CALLER = Stream(id=StreamId("caller"), kind=StreamKind.ULAW)
HANDLER = Stream(id=StreamId("handler"), kind=StreamKind.ULAW)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.record(CALL, ARRIVED)
        await house.grant(CALL, SAM, HANNAH)
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Visitor(house, session)


def file_of(folder: Path) -> Path:
    return next(folder.rglob("caller.ulaw"))


async def keep(house: House) -> str:
    """Three seconds of the caller, each of one value; the handler from the second on. Returns the chain."""
    assert house.vault is not None
    chain = ""
    for stream, begin in ((HANDLER, 1), (CALLER, 0)):
        chain = await _keep(house.vault, stream, begin)
    return chain


async def _keep(vault: Vault, stream: Stream, begin: int) -> str:
    writing = await vault.write(CALL, stream)
    for second in range(begin, 3):
        await writing.keep(bytes([second + 1]) * 8000, from_ms=second * 1000, to_ms=second * 1000 + 1000)
    await writing.close()
    assert writing.last is not None
    return writing.last.chain


async def sound(visitor: Visitor, url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    async with visitor.session.get(visitor.house.url + url, headers=headers) as answer:
        return answer.status, await answer.read(), dict(answer.headers)


async def playing(visitor: Visitor, house: House, name: str = "sam") -> str:
    await keep(house)
    await visitor.sign_in(name)
    status, body = await visitor.post(PLAY, {"id": "a1", "from_ms": 0})
    assert (status, body["length_ms"], body["whole"]) == (200, 3000, True)
    return str(body["url"])


async def test_the_whole_recording_is_a_wav_file_with_the_caller_left_and_the_handler_right(
    visitor: Visitor, house: House
) -> None:
    status, body, headers = await sound(visitor, await playing(visitor, house))
    assert (status, headers["Content-Type"], headers["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert body[:4] == b"RIFF"
    assert struct.unpack_from("<I", body, 4)[0] == len(body) - 8
    data = body[HEADER_BYTES:]
    assert data[0::2] == b"\x01" * 8000 + b"\x02" * 8000 + b"\x03" * 8000
    assert data[1::2] == b"\xff" * 8000 + b"\x02" * 8000 + b"\x03" * 8000


async def test_a_stretch_is_what_lies_there_in_the_whole_file(visitor: Visitor, house: House) -> None:
    url = await playing(visitor, house)
    _, whole, _ = await sound(visitor, url)
    for begin, end in (
        (0, 10),
        (40, 100),
        (HEADER_BYTES + 999 * PER_MS + 3, HEADER_BYTES + 2001 * PER_MS + 5),
    ):
        status, part, headers = await sound(visitor, url, Range=f"bytes={begin}-{end - 1}")
        assert (status, part) == (206, whole[begin:end])
        assert headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(whole)}"
    status, part, _ = await sound(visitor, url, Range=f"bytes={len(whole) - 7}-")
    assert (status, part) == (206, whole[-7:])


@pytest.mark.parametrize("asked", ["bytes=9999999-", "bytes=5-2", "bytes=a-b", "bytes=-5"])
async def test_a_stretch_that_is_not_there_is_refused(visitor: Visitor, house: House, asked: str) -> None:
    url = await playing(visitor, house)
    assert (await sound(visitor, url, Range=asked))[0] == 416


async def test_that_somebody_plays_is_on_record_before_they_are_told_where_the_sound_is(
    visitor: Visitor, house: House
) -> None:
    await playing(visitor, house)
    entries = await house.store.journal.entries(CALL)
    assert [event.person for entry in entries if isinstance(event := entry.event, PlaybackBegan)] == ["sam"]
    seen = await house.store.accesses.find(since=START, call=CALL, kind=AccessKind.VIEWED)
    assert [(access.person, access.by) for access in seen] == [("sam", "playback")]


async def test_what_cannot_be_put_on_record_is_not_played(
    visitor: Visitor, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(house)
    await visitor.sign_in("sam")

    async def lost(*_: object) -> None:
        raise JournalLost

    monkeypatch.setattr(house.recorder, "journal", _Deaf(house.store.journal, lost))
    monkeypatch.setattr("server.services.recording.PAUSES_S", ())
    assert code(await visitor.post(PLAY, {"id": "a1"})) == (503, "journal-lost")


class _Deaf:
    """A journal that can be read and not written."""

    def __init__(self, journal: object, append: object) -> None:
        self._journal = journal
        self.append = append

    def __getattr__(self, name: str) -> object:
        return getattr(self._journal, name)


@pytest.mark.parametrize(("name", "refused"), [("hannah", "may-not-play"), ("harry", "may-not-play")])
async def test_a_handler_plays_nothing(visitor: Visitor, house: House, name: str, refused: str) -> None:
    await keep(house)
    await visitor.sign_in(name)
    assert code(await visitor.post(PLAY, {"id": "a1"})) == (403, refused)


async def test_a_supervisor_plays_the_calls_of_their_force_unless_they_are_barred(
    visitor: Visitor, house: House
) -> None:
    await playing(visitor, house, "sue")
    await house.store.bars.bar(SUE.id, [CALL], by="admin")
    assert code(await visitor.post(PLAY, {"id": "a2"})) == (403, "not-your-call")


async def test_the_address_of_the_sound_is_of_no_use_to_anybody_else(visitor: Visitor, house: House) -> None:
    url = await playing(visitor, house)
    assert (await visitor.get(url.replace("CA1", "CA2")))[0] == 410
    await visitor.sign_in("sue")
    assert code(await visitor.get(url)) == (410, "play-again")
    await visitor.post("/sign-out", {})
    assert (await visitor.get(url))[0] == 401


async def test_a_call_of_which_nothing_is_kept_says_so(visitor: Visitor, house: House) -> None:
    await visitor.sign_in("sam")
    assert await visitor.get(f"/api/calls/{CALL}/recording") == (200, {"length_ms": 0})
    assert code(await visitor.post(PLAY, {"id": "a1"})) == (404, "nothing-kept")


async def test_a_recording_that_is_shorter_than_its_journal_says_is_played_and_said_to_be(
    visitor: Visitor, house: House
) -> None:
    chain = await keep(house)
    ended = RecordingEnded(at_ms=4000, stream=CALLER.id, pieces=4, to_ms=4000, chain=chain)
    await house.record(CALL, ended, CallEnded(at_ms=4000, why=Ending.HUNG_UP))
    await visitor.sign_in("sam")
    assert (await visitor.post(PLAY, {"id": "a1"}))[1]["whole"] is False


async def test_a_recording_that_somebody_changed_is_not_played(
    visitor: Visitor, house: House, tmp_path: Path
) -> None:
    url = await playing(visitor, house)
    path = file_of(tmp_path)
    bent = bytearray(path.read_bytes())
    bent[200] ^= 1
    path.write_bytes(bent)
    assert code(await visitor.get(url)) == (500, "recording-broken")
