"""A leg that no worker hears for a while loses nothing; a worker that is stuck is found out soon."""

import asyncio
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from server.adapters.speech import leg as leg_module
from server.adapters.speech import pool as pool_module
from server.adapters.speech.pool import Pool
from server.adapters.speech.session import WINDOW, Session
from server.adapters.speech.vosk_local import VoskTranscriber
from server.domain.sounds import SoundHeard, SoundKind
from server.domain.speech import BYTES_PER_MS, AudioFrame
from server.ports.speech import Deafened, HearingLost, Progress, Reopened, Unheard
from tests.adapters.speech.scripted import Works, numbers
from tests.adapters.speech.sounds import Notes, framed, line, options

TEN = [f"w{number}" for number in range(1, 11)]
SOME, REST = numbers(1, 6), numbers(6, 11)
SOME_MS = len(SOME) // BYTES_PER_MS


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> Works:
    works = Works()
    monkeypatch.setattr(pool_module, "start_process", works.start)
    monkeypatch.setattr(leg_module, "TICK_S", 0.02)
    monkeypatch.setattr(leg_module, "DEAF_AFTER_S", 0.1)
    return works


def still_deaf(notes: Notes, *, ticks: int = 5) -> Callable[[], Awaitable[None]]:
    """Wait until the leg has said so often that it is deaf."""

    async def wait() -> None:
        await notes.until(lambda heard: Deafened in heard.breaks)
        at = notes.all.index(next(item for item in notes.all if isinstance(item, Deafened)))
        await notes.until(lambda heard: len(heard.all) > at + ticks)

    return wait


async def test_a_leg_that_comes_before_the_first_model_is_loaded_loses_no_word(works: Works) -> None:
    works.open = False
    notes = Notes()

    async def loaded() -> None:
        await still_deaf(notes)()
        works.let_in()

    async with VoskTranscriber(options()) as ears:
        await notes.listen(ears, line(framed(SOME), loaded, framed(REST, at_ms=SOME_MS)))
    assert notes.text.split() == TEN
    assert notes.breaks == [Deafened, Reopened]


@pytest.mark.usefixtures("works")
async def test_taps_are_told_although_the_line_goes_right_behind_them() -> None:
    tap = array("h", [9000, -9000] * 16).tobytes()
    tapped = bytes(2000 * BYTES_PER_MS) + tap + bytes(400 * BYTES_PER_MS) + tap + bytes(200 * BYTES_PER_MS)
    async with VoskTranscriber(options()) as ears:
        notes = await Notes().listen(ears, line(framed(tapped)))
    (found,) = [item for item in notes.all if isinstance(item, SoundHeard)]
    assert (found.kind, found.count) == (SoundKind.TAPS, 2)


async def test_a_line_that_ends_before_the_first_model_is_loaded_is_heard_all_the_same(works: Works) -> None:
    works.open = False
    notes = Notes()
    async with VoskTranscriber(options(flush_s=0.01)) as ears, asyncio.TaskGroup() as tasks:
        tasks.create_task(notes.listen(ears, line(framed(numbers(1, 2)))))
        await still_deaf(notes, ticks=60)()
        works.let_in()
    assert notes.text.split() == ["w1"]


async def test_a_leg_whose_workers_all_died_waits_for_as_long_as_none_starts_and_loses_no_word(
    works: Works,
) -> None:
    notes = Notes()

    async def all_die() -> None:
        await notes.until(lambda heard: heard.drafts and heard.drafts[-1].text.endswith("w5"))
        works.open = False
        works.kill()
        await still_deaf(notes, ticks=40)()
        works.let_in()

    part = SOME[: -500 * BYTES_PER_MS]
    at_ms = len(part) // BYTES_PER_MS
    async with VoskTranscriber(options(tries=2)) as ears:
        await notes.listen(ears, line(framed(part), all_die, framed(SOME[len(part) :] + REST, at_ms=at_ms)))
    assert notes.text.split() == TEN
    assert notes.breaks == [Deafened, Reopened]
    lost, found = (
        next(i for i, item in enumerate(notes.all) if isinstance(item, kind)) for kind in (Deafened, Reopened)
    )
    told = {item.heard_to_ms for item in notes.all[lost:found] if isinstance(item, Progress)}
    assert len(told) == 1


async def test_sound_that_may_not_be_held_waits_in_the_line_and_is_heard_in_the_end(works: Works) -> None:
    works.open = False
    notes = Notes()
    asked = 0

    async def frames() -> AsyncIterator[AudioFrame]:
        nonlocal asked
        for frame in framed(numbers(1, 101)):
            asked += 1
            yield frame

    async with VoskTranscriber(options(retain_s=30.0)) as ears, asyncio.TaskGroup() as tasks:
        tasks.create_task(notes.listen(ears, frames()))
        await still_deaf(notes)()
        assert asked * 20 == 30_020
        works.let_in()
    assert notes.text.split() == [f"w{number}" for number in range(1, 101)]


async def test_who_does_not_pause_is_cut_between_words_though_no_new_sound_comes(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leg_module, "IDLE_SETTLES_S", 0.0)
    works.open = False
    notes = Notes()

    async def loaded() -> None:
        await still_deaf(notes)()
        works.let_in()

    async with VoskTranscriber(options()) as ears:
        await notes.listen(ears, line(framed(numbers(1, 101)), loaded))
    assert notes.text.split() == [f"w{number}" for number in range(1, 101)]


async def test_a_backlog_at_the_end_is_heard_out_however_slowly_if_hearing_gets_on(works: Works) -> None:
    notes = Notes()
    async with VoskTranscriber(options(flush_s=0.5)) as ears:
        await ears.wait_ready(timeout_s=5)
        for worker in works.all:
            worker.answer_s = 0.15  # half as slow again as the sound
        await notes.listen(ears, line(framed(SOME + REST)))
    assert notes.text.split() == TEN


async def test_sound_given_up_is_said_to_be_unheard_from_the_last_settled_word(works: Works) -> None:
    notes = Notes()

    async def all_die() -> None:
        await notes.until(lambda heard: heard.utterances)
        works.open = False
        works.kill()

    given = options(flush_s=0.01, start_s=0.2)
    async with VoskTranscriber(given) as ears:
        with pytest.raises(HearingLost):
            await notes.listen(ears, line(framed(SOME), all_die, framed(REST, at_ms=SOME_MS)))
    assert notes.text.split() == TEN[:5]
    lost = notes.all[-1]
    assert isinstance(lost, Unheard)
    assert notes.words[-1].end_ms <= lost.from_ms <= SOME_MS
    assert lost.to_ms == SOME_MS + len(REST) // BYTES_PER_MS


async def test_one_stuck_recogniser_is_replaced_while_its_worker_answers_the_others(works: Works) -> None:
    stuck, well = Notes(), Notes()
    given = options(workers=1, spares=1, stall_s=0.3, stuck_s=0.3)

    async def live(pcm: bytes) -> AsyncIterator[AudioFrame]:
        for frame in framed(pcm):
            yield frame
            await asyncio.sleep(0.004)

    async with VoskTranscriber(given) as ears:
        await ears.wait_ready(timeout_s=5)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stuck.listen(ears, live(numbers(1, 11))))
            await stuck.until(lambda heard: heard.drafts)
            busy = next(worker for worker in works.all if worker.pid == ears.worker_pids[0])
            busy.stuck.add(0)
            tasks.create_task(well.listen(ears, live(numbers(1, 31))))
    assert stuck.text.split() == TEN
    assert stuck.breaks == well.breaks == [Deafened, Reopened]
    assert well.text.split() == [f"w{number}" for number in range(1, 31)]


def queued(*, company: int) -> tuple[Session, Callable[[int], None]]:
    """A recogniser with a block under way, and a way to let the others overtake it."""
    session = Session(0, lambda message: None, lambda: None)
    session.feed(b"", 0.0)

    def overtaken(times: int) -> None:
        for _ in range(times):
            session.overtake(company)

    return session, overtaken


def test_a_recogniser_that_waits_for_its_turn_is_not_stuck_however_long_the_queue() -> None:
    session, overtaken = queued(company=30)
    overtaken(30 * WINDOW)
    assert not session.out_of_turn
    overtaken(1)
    assert session.out_of_turn


def test_legs_that_leave_do_not_make_those_that_wait_look_stuck() -> None:
    session, overtaken = queued(company=30)
    overtaken(200)
    session.overtake(2)
    assert not session.out_of_turn


async def test_a_stall_earns_patience_for_the_next_worker_of_its_seat_alone_and_not_for_long(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool_module, "CALM_S", 0.5)
    pool = Pool(options(stall_s=0.2, spares=1), asyncio.get_running_loop().time)
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(10):
        keeper = tasks.create_task(pool.keep())
        await pool.wait_ready(2)
        lost = asyncio.Event()
        session = await pool.open(lost.set, within_s=1.0)
        assert session
        works.all[0].stopped = True
        session.feed(b"", asyncio.get_running_loop().time())
        await lost.wait()
        assert [seat.patience_s for seat in pool._seats] == [0.4, 0.2]
        while pool._seats[0].patience_s > 0.2:
            await asyncio.sleep(0.05)
        keeper.cancel()
