"""Training by its doors: what a trainee's browser hears of a past call, and who sees what of a trainee."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from threading import main_thread
from typing import Any

import aiohttp
import pytest

from server.adapters.clock import SystemClock
from server.adapters.doorways.ulaw import pcm_of, ulaw_of
from server.domain.access import AccessKind
from server.domain.events import CallEnded, Ending, PromptRaised
from server.domain.ids import CallId
from server.domain.papers import PaperId
from server.domain.people import Person
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.domain.training.papers import Pause
from server.domain.ulaw_wav import HEADER_BYTES, PER_MS
from server.services.listening_in import HEAD
from server.services.pages import Doing
from tests.house import PASSWORD
from tests.services.stage import said as heard
from tests.services.test_training import waits
from tests.stories import HANNAH, HARRY, SAM, SUE, TESS, arrived, opened, said
from tests.training_house import TrainingHouse, open_training
from tests.web.test_feed_socket import signed_in

CALL = CallId("CA1")
LENGTH_MS = 2000
NAMED = said(Party.CALLER, 1, "my name is priya", at_ms=700)
LOUD = ulaw_of(b"\x10\x20" * 8 * LENGTH_MS)


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[TrainingHouse]:
    async with open_training(tmp_path, heard("he has a knife")) as hall:
        yield hall


async def made_of_call(hall: TrainingHouse, *pauses: Pause) -> PaperId:
    """An exercise that Sam made of a past call."""
    house = hall.house
    assert house.vault is not None
    spoken = said(Party.CALLER, 0, "he has a knife", at_ms=100)
    await house.record(
        CALL, arrived(), *opened(), spoken, NAMED, CallEnded(at_ms=LENGTH_MS, why=Ending.HUNG_UP)
    )
    await house.grant(CALL, SAM)
    writing = await house.vault.write(CALL, Stream(id=StreamId("caller"), kind=StreamKind.ULAW))
    await writing.keep(LOUD, from_ms=0, to_ms=LENGTH_MS)
    await writing.close()
    return await hall.training.exercises.make_of_call(Doing(person=SAM), CALL, "A knife", (), pauses)


async def session_of(hall: TrainingHouse, *trainees: Person, pauses: tuple[Pause, ...] = ()) -> PaperId:
    """A session with it, which a second person has approved."""
    exercise = await made_of_call(hall, *pauses)
    await hall.training.exercises.approve(SUE, exercise)
    return await hall.training.sessions.begin(SAM, exercise, "", [one.id for one in trainees])


async def test_what_a_trainee_s_browser_hears_is_silent_where_somebody_was_named(hall: TrainingHouse) -> None:
    # It stands still before its end, so that a browser that comes late hears it all the same.
    session = await session_of(hall, HANNAH, pauses=(Pause(at_ms=1900, question="What now?"),))
    call = await hall.training.sessions.play(HANNAH, session)
    side = bytearray(b"\xff" * LENGTH_MS * 8)
    async with signed_in(hall.house, HANNAH) as web:
        url = f"{hall.house.url}/training/room/api/calls/{call}/listen?from_ms=0"
        await _there(web, f"{hall.house.url}/training/room/api/session")
        async with web.ws_connect(url, origin=hall.house.url) as socket:
            await waits(hall, HANNAH, session)
            await hall.training.sessions.decide(HANNAH, session, "go on")
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    at_ms, ms, _ = HEAD.unpack_from(message.data)
                    caller = message.data[HEAD.size : HEAD.size + ms * 8]
                    side[at_ms * 8 : at_ms * 8 + len(caller)] = caller
    name = NAMED.utterance.words[3]
    assert not any(pcm_of(bytes(side[name.start_ms * 8 : name.end_ms * 8])))
    assert any(pcm_of(bytes(side[200 * 8 : 500 * 8])))
    entries = await hall.apart.journal.entries(call)
    assert any(isinstance(one.event, PromptRaised) for one in entries)


async def test_who_is_to_approve_an_exercise_hears_it_and_that_is_a_view_of_its_call(
    hall: TrainingHouse,
) -> None:
    exercise = await made_of_call(hall)
    url, house = f"{hall.house.url}/api/training/exercises/{exercise}", hall.house
    async with signed_in(house, SUE) as web:
        hall.encoding.done.clear()
        async with web.get(f"{url}/sound.wav") as answer:
            whole = await answer.read()
        assert (answer.status, answer.content_type, whole[:4]) == (200, "audio/wav", b"RIFF")
        assert len(whole) == HEADER_BYTES + LENGTH_MS * PER_MS
        for first, last in ((58, 65), (40, 61), (61, 64), (0, 9), (59, 59)):
            asked = {"Range": f"bytes={first}-{last}"}
            async with web.get(f"{url}/sound.wav", headers=asked) as answer:
                assert (answer.status, await answer.read()) == (206, whole[first : last + 1])
        # No call waits while it is made, and of a stretch only that is made.
        assert main_thread() not in {thread for thread, _ in hall.encoding.done}
        assert max(size for _, size in hall.encoding.done[2:]) <= 8
        caller, name = whole[HEADER_BYTES:][::2], NAMED.utterance.words[3]
        assert not any(pcm_of(caller[name.start_ms * 8 : name.end_ms * 8]))
        assert any(pcm_of(caller[200 * 8 : 500 * 8]))
        assert await _recorded(hall, AccessKind.VIEWED) == ["exercise"]
        await house.store.bars.bar(SUE.id, [CALL], by="admin")
        for path in (url, f"{url}/sound.wav"):
            async with web.get(path) as answer:
                assert answer.status == 404
        async with web.get(f"{house.url}/api/training") as answer:
            assert (await answer.json())["exercises"] == []
        assert await _recorded(hall, AccessKind.REFUSED) == ["exercise", "exercise"]


async def test_who_hears_an_exercise_again_another_day_is_on_record_again(hall: TrainingHouse) -> None:
    exercise = await made_of_call(hall)
    for heard_before in range(2):
        async with signed_in(hall.house, SUE) as web:
            assert await _recorded(hall, AccessKind.VIEWED) == ["exercise"] * heard_before
            async with web.get(f"{hall.house.url}/api/training/exercises/{exercise}/sound.wav") as answer:
                assert answer.status == 200
    assert await _recorded(hall, AccessKind.VIEWED) == ["exercise"] * 2


async def test_a_trainee_s_part_is_open_to_them_and_their_trainer_and_nobody_else(
    hall: TrainingHouse,
) -> None:
    session = await session_of(hall, HANNAH, HARRY)
    await hall.training.sessions.see(HANNAH, session)
    await hall.training.sessions.note(SAM, session, "Calm throughout", HANNAH.id)
    path = f"/api/training/sessions/{session}"
    status, trainer = await _got(hall, SAM, path)
    assert (status, len(trainer["parts"]), len(trainer["notes"])) == (200, 2, 1)
    assert [one["came"] for one in trainer["parts"]] == [True, False]
    for who in (HANNAH, HARRY):
        status, own = await _got(hall, who, path)
        assert (status, [one["trainee"] for one in own["parts"]], own["notes"]) == (200, [who.id], [])
    other = await _with_account(hall)
    for who in (SUE, other):
        assert (await _got(hall, who, path))[0] == 404
        assert session not in str((await _got(hall, who, "/api/training"))[1])


async def _recorded(hall: TrainingHouse, kind: AccessKind) -> list[str]:
    """By which ways Sue saw, or was kept from, the call that the exercise was made of."""
    since = SystemClock().now() - timedelta(days=1)
    found = await hall.house.store.accesses.find(since=since, person=SUE.id, call=CALL, kind=kind)
    return [one.by for one in found]


async def _with_account(hall: TrainingHouse) -> Person:
    await hall.house.store.people.add(TESS, password_hash=f"hash:{PASSWORD}")
    return TESS


async def _there(web: aiohttp.ClientSession, url: str) -> None:
    """The trainee has a seat in the room as soon as the exercise has begun."""
    async with asyncio.timeout(60):
        while True:
            async with web.get(url) as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.05)


async def _got(hall: TrainingHouse, who: Person, path: str) -> tuple[int, Any]:
    async with signed_in(hall.house, who) as web, web.get(hall.house.url + path) as answer:
        return answer.status, await answer.json()
