"""A kept call's sound and pictures through their doors: who may, what is on record first, any stretch."""

import struct
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from server.adapters.media.webm import WebmWriter
from server.domain.access import AccessKind
from server.domain.events import CallEnded, Ending, PlaybackBegan, RecordingEnded
from server.domain.ids import CallId
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.ulaw_wav import HEADER_BYTES, PER_MS
from server.ports.journal import JournalLost
from server.ports.vault import Vault
from server.services.playing_video import PICTURE
from tests.fakes import START
from tests.house import House, open_house
from tests.services.test_keeping_video import BEGINS_MS, frames
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


FILMED = Stream(id=StreamId("victim-1"), kind=StreamKind.WEBM)
STRETCH = "from_ms=5000&to_ms=6000"


async def filming(visitor: Visitor, house: House) -> str:
    """Where the caller's camera is to be had by Sam, who pressed play: twelve seconds of it."""
    assert house.vault is not None
    writing = await house.vault.write(CALL, FILMED)
    muxer = WebmWriter(width=320, height=240, begins_ms=BEGINS_MS)
    for frame in frames(BEGINS_MS, BEGINS_MS + 12_000):
        muxer.add(frame)
    await writing.keep(muxer.close(), from_ms=BEGINS_MS, to_ms=BEGINS_MS + 12_000)
    await writing.close()
    await visitor.sign_in("sam")
    _, body = await visitor.post(PLAY, {"id": "a1"})
    (video,) = body["videos"]
    assert (video["party"], video["from_ms"], video["to_ms"]) == ("caller", BEGINS_MS, BEGINS_MS + 12_000)
    return str(video["url"])


def moments(data: bytes) -> list[tuple[int, bool]]:
    """Of each picture: when it is shown, and whether it needs no other."""
    found, at = [], 0
    while at < len(data):
        at_ms, key, size = PICTURE.unpack_from(data, at)
        found.append((at_ms, key))
        at += PICTURE.size + size
    return found


async def test_pictures_of_a_stretch_are_had_and_the_first_from_one_that_needs_no_other(
    visitor: Visitor, house: House
) -> None:
    url = await filming(visitor, house)
    status, body, headers = await sound(visitor, f"{url}?{STRETCH}")
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert moments(body) == [(at_ms, False) for at_ms in range(5_000, 6_000, 100)]
    _, fresh, _ = await sound(visitor, f"{url}?{STRETCH}&fresh")
    assert moments(fresh)[:2] == [(BEGINS_MS, True), (BEGINS_MS + 100, False)]
    assert moments(fresh)[-1] == (5_900, False)


async def test_that_somebody_watches_is_on_record_before_they_are_told_where_the_pictures_are(
    visitor: Visitor, house: House
) -> None:
    url = await filming(visitor, house)
    entries = await house.store.journal.entries(CALL)
    assert [event.person for entry in entries if isinstance(event := entry.event, PlaybackBegan)] == ["sam"]
    seen = await house.store.accesses.find(since=START, call=CALL, kind=AccessKind.VIEWED)
    assert [(access.person, access.by) for access in seen] == [("sam", "playback")]
    unasked = url.replace(url.split("/")[-2], "a-token-that-nobody-was-given")
    assert code(await visitor.get(f"{unasked}?{STRETCH}")) == (410, "play-again")


async def test_the_address_of_the_pictures_is_of_no_use_to_anybody_else(
    visitor: Visitor, house: House
) -> None:
    url = f"{await filming(visitor, house)}?{STRETCH}"
    assert code(await visitor.get(url.replace("CA1", "CA2"))) == (410, "play-again")
    await visitor.sign_in("sue")
    assert code(await visitor.get(url)) == (410, "play-again")
    await visitor.post("/sign-out", {})
    assert (await visitor.get(url))[0] == 401


@pytest.mark.parametrize(
    "asked", ["", "from_ms=5000", "from_ms=0&to_ms=10001", "from_ms=9&to_ms=9", "from_ms=-1&to_ms=5"]
)
async def test_pictures_are_had_of_ten_seconds_at_most_and_of_a_stretch_that_is_one(
    visitor: Visitor, house: House, asked: str
) -> None:
    url = await filming(visitor, house)
    assert code(await visitor.get(f"{url}?{asked}")) == (400, "bad-moment")
    assert (await sound(visitor, f"{url}?from_ms=0&to_ms=10000"))[0] == 200


async def test_a_camera_of_which_nothing_is_kept_says_so(visitor: Visitor, house: House) -> None:
    url = await filming(visitor, house)
    unknown = url.replace(FILMED.id, "guest-1")
    assert code(await visitor.get(f"{unknown}?{STRETCH}")) == (404, "nothing-kept")
