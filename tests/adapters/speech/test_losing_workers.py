import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import pytest

from server.adapters.speech.vosk_local import VoskTranscriber
from server.domain.speech import BYTES_PER_MS
from server.ports.speech import Deafened, HearingLost, Reopened, Unheard
from tests.adapters.speech.sounds import KNIFE_WORDS, QUIET_S, Notes, framed, line, options, recorded

HALF = 1400 * BYTES_PER_MS


def strike(ears: VoskTranscriber, notes: Notes, how: signal.Signals) -> Callable[[], Awaitable[None]]:
    """When words stand in a draft, hit the worker that hears them."""

    async def wait_and_hit() -> None:
        await notes.until(lambda heard: heard.drafts and heard.drafts[-1].words)
        os.kill(ears.worker_pids[0], how)

    return wait_and_hit


@pytest.mark.parametrize(
    ("how", "stall_s"), [(signal.SIGKILL, 8.0), (signal.SIGSTOP, 0.5), (signal.SIGSEGV, 8.0)]
)
async def test_a_worker_lost_in_the_middle_of_a_sentence_loses_no_word(
    how: signal.Signals, stall_s: float
) -> None:
    knife = recorded("knife")
    notes = Notes()
    async with VoskTranscriber(options(stall_s=stall_s)) as ears:
        await ears.wait_ready(timeout_s=30)
        hit = strike(ears, notes, how)
        await notes.listen(
            ears, line(framed(knife[:HALF]), hit, framed(knife[HALF:], at_ms=HALF // BYTES_PER_MS))
        )
        assert ears.health().restarts >= 1
    assert notes.text.startswith(KNIFE_WORDS)
    assert notes.text.split().count("knife") == 1
    assert notes.breaks[:2] == [Deafened, Reopened]
    assert [utterance.number for utterance in notes.utterances] == list(range(len(notes.utterances)))
    assert 1000 < notes.words[6].start_ms < 2500


async def test_words_already_shown_are_not_withdrawn_while_the_sound_is_heard_again() -> None:
    knife = recorded("knife")
    notes = Notes()
    async with VoskTranscriber(options()) as ears:
        hit = strike(ears, notes, signal.SIGKILL)
        await notes.listen(
            ears, line(framed(knife[:HALF]), hit, framed(knife[HALF:], at_ms=HALF // BYTES_PER_MS))
        )
    first = notes.utterances[0]
    shown = [len(draft.words) for draft in notes.drafts if draft.number == first.number]
    assert 0 not in shown


async def test_every_leg_of_a_lost_worker_is_heard_on() -> None:
    knife = recorded("knife")
    async with VoskTranscriber(options()) as ears:
        await ears.wait_ready(timeout_s=30)
        legs = [Notes() for _ in range(6)]
        hit = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for notes in legs:
                rest = framed(knife[HALF:], at_ms=HALF // BYTES_PER_MS)
                tasks.create_task(notes.listen(ears, line(framed(knife[:HALF]), hit.wait, rest)))
            await strike(ears, legs[-1], signal.SIGKILL)()
            hit.set()
    assert all(notes.text.startswith(KNIFE_WORDS) for notes in legs)


async def test_a_leg_on_another_worker_hears_nothing_of_it() -> None:
    knife = recorded("knife")
    here, there = Notes(), Notes()
    async with VoskTranscriber(options(workers=2)) as ears:
        await ears.wait_ready(timeout_s=30)
        hit = strike(ears, here, signal.SIGKILL)
        both = asyncio.Event()
        half = HALF // BYTES_PER_MS
        async with asyncio.TaskGroup() as tasks:
            first = line(framed(knife[:HALF]), both.wait, framed(knife[HALF:], at_ms=half))
            tasks.create_task(here.listen(ears, first))
            await here.until(lambda heard: heard.progress)
            second = line(framed(knife[:HALF]), both.wait, framed(knife[HALF:], at_ms=half))
            tasks.create_task(there.listen(ears, second))
            await there.until(lambda heard: heard.progress)
            await hit()
            async with asyncio.timeout(30):
                while not here.breaks and not there.breaks:  # either may have been on the worker that was hit
                    await asyncio.sleep(0.02)
            both.set()
    assert sorted([len(here.breaks), len(there.breaks)]) == [0, 2]
    assert here.text.startswith(KNIFE_WORDS)
    assert there.text.startswith(KNIFE_WORDS)


async def test_a_worker_that_only_answers_slowly_is_left_alone() -> None:
    async with VoskTranscriber(options(stall_s=2.0, threads=1)) as ears:
        await ears.wait_ready(timeout_s=30)
        async with asyncio.TaskGroup() as tasks:
            backlog = recorded("knife") + QUIET_S * 5
            heard = [tasks.create_task(Notes().listen(ears, line(framed(backlog)))) for _ in range(4)]
        assert ears.health().restarts == 0
    assert all(notes.result().breaks == [] for notes in heard)


async def test_hearing_is_lost_after_so_many_replacements_and_the_words_so_far_are_settled() -> None:
    knife = recorded("knife")
    notes = Notes()
    async with VoskTranscriber(options(tries=2, spares=2)) as ears:
        await ears.wait_ready(timeout_s=30)

        async def struck() -> None:
            await strike(ears, notes, signal.SIGKILL)()
            await notes.until(lambda heard: Reopened in heard.breaks)
            os.kill(ears.worker_pids[0], signal.SIGKILL)
            await asyncio.Event().wait()

        with pytest.raises(HearingLost):
            await notes.listen(ears, line(framed(knife[:HALF]), struck))
    assert notes.text == notes.drafts[-1].text
    assert notes.all[-1] == Unheard(from_ms=notes.words[-1].end_ms, to_ms=1400)


async def test_last_words_that_no_worker_settles_in_time_are_settled_as_they_stand() -> None:
    knife = recorded("knife")
    notes = Notes()
    async with VoskTranscriber(options(stall_s=60.0, flush_s=0.5)) as ears:
        hit = strike(ears, notes, signal.SIGSTOP)
        with pytest.raises(HearingLost):
            await notes.listen(ears, line(framed(knife[:HALF]), hit, framed(knife[HALF:], at_ms=1400)))
    assert notes.text == notes.drafts[-1].text
    assert notes.all[-1] == Unheard(from_ms=notes.words[-1].end_ms, to_ms=len(knife) // BYTES_PER_MS)
