import asyncio
import os
from collections.abc import AsyncIterator

import pytest

from server.adapters.speech import leg as leg_module
from server.adapters.speech import pool as pool_module
from server.adapters.speech.vosk_local import VoskTranscriber
from server.domain.speech import BYTES_PER_MS, AudioFrame, Party
from server.ports.speech import Deafened, HearingLost, Progress
from tests.adapters.speech.sounds import KNIFE_WORDS, QUIET_S, Notes, framed, line, options, recorded


async def test_words_come_with_their_media_times_and_confidence() -> None:
    async with VoskTranscriber(options()) as ears:
        notes = await Notes().listen(ears, line(framed(recorded("knife"), at_ms=5000)))
    assert notes.text.startswith(KNIFE_WORDS)
    assert [utterance.number for utterance in notes.utterances] == list(range(len(notes.utterances)))
    knife = notes.words[6]
    assert 5900 < knife.start_ms < knife.end_ms < 5000 + len(recorded("knife")) // BYTES_PER_MS
    assert knife.confidence > 0.5
    assert notes.utterances[0].party is Party.CALLER


async def test_drafts_show_the_words_before_they_settle() -> None:
    notes = Notes()
    unsettled = -400 * BYTES_PER_MS
    knife = recorded("knife")
    at_ms = (len(knife) + unsettled) // BYTES_PER_MS

    async def shown() -> None:
        await notes.until(lambda heard: heard.drafts and heard.drafts[-1].text == KNIFE_WORDS)

    async with VoskTranscriber(options()) as ears:
        await notes.listen(
            ears, line(framed(knife[:unsettled]), shown, framed(knife[unsettled:], at_ms=at_ms))
        )
    first_settled = notes.all.index(notes.utterances[0])
    drafts = [draft for draft in notes.drafts if notes.all.index(draft) < first_settled]
    assert drafts[-1].text == KNIFE_WORDS
    for draft in drafts:
        times = [time for word in draft.words for time in (word.start_ms, word.end_ms)]
        assert times == sorted(times)


async def test_a_single_yes_is_heard() -> None:
    async with VoskTranscriber(options()) as ears:
        notes = await Notes().listen(ears, line(framed(recorded("yes"))))
    assert "yes" in notes.text.split()


async def test_the_last_words_are_heard_when_the_line_ends_on_them() -> None:
    to_the_last_sound = recorded("knife")[: -800 * BYTES_PER_MS]
    async with VoskTranscriber(options()) as ears:
        notes = await Notes().listen(ears, line(framed(to_the_last_sound)))
    assert notes.text.split()[-1] == "knife"
    assert notes.progress[-1].heard_to_ms == notes.progress[-1].received_to_ms


async def test_a_line_that_goes_quiet_without_ending_has_its_last_words_settled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(leg_module, "IDLE_SETTLES_S", 0.2)
    to_the_last_sound = recorded("knife")[: -800 * BYTES_PER_MS]
    notes = Notes()
    settled = lambda: notes.until(lambda heard: heard.utterances)  # noqa: E731 - a step of the line
    async with VoskTranscriber(options()) as ears:
        await notes.listen(
            ears, line(framed(to_the_last_sound), settled, framed(recorded("yes"), at_ms=60_000))
        )
    assert notes.utterances[0].text == KNIFE_WORDS
    assert "yes" in notes.text.split()


async def test_words_after_a_gap_have_the_time_of_their_own_sound() -> None:
    knife = recorded("knife")
    async with VoskTranscriber(options()) as ears:
        notes = await Notes().listen(ears, line(framed(knife), framed(knife, at_ms=90_000)))
    knives = [word.start_ms for word in notes.words if word.text == "knife"]
    assert len(knives) == 2
    assert abs(knives[1] - knives[0] - 90_000) < 100


async def test_a_monologue_settles_bit_by_bit_and_no_word_is_lost_or_doubled() -> None:
    breath = bytes(150 * BYTES_PER_MS)  # too short for the recogniser to settle by itself
    breathless = recorded("knife")[200 * BYTES_PER_MS : -800 * BYTES_PER_MS] + breath
    async with VoskTranscriber(options(monologue_s=5.0)) as ears:
        notes = await Notes().listen(ears, line(framed(breathless * 12 + QUIET_S)))
    assert len(notes.utterances) >= 3
    assert notes.text.split().count("knife") == 12
    starts = [word.start_ms for word in notes.words]
    assert starts == sorted(starts)
    assert max(u.end_ms - u.start_ms for u in notes.utterances) < 7000


async def test_noise_without_words_never_fills_the_memory() -> None:
    async with VoskTranscriber(options(retain_s=30.0, monologue_s=5.0)) as ears:
        notes = await Notes().listen(
            ears, line(framed(QUIET_S * 90), framed(recorded("knife"), at_ms=90_000))
        )
    assert KNIFE_WORDS in notes.text


async def test_many_legs_are_heard_at_once_each_with_its_own_words() -> None:
    async with VoskTranscriber(options(workers=2)) as ears:
        await ears.wait_ready(timeout_s=30)
        async with asyncio.TaskGroup() as tasks:
            clips = ["knife", "yes"] * 6
            heard = [tasks.create_task(Notes().listen(ears, line(framed(recorded(clip))))) for clip in clips]
        assert ears.health().legs == 0
    for clip, notes in zip(clips, heard, strict=True):
        assert clip in notes.result().text.split()


async def test_closing_a_leg_early_leaves_no_task_behind() -> None:
    async with VoskTranscriber(options()) as ears:
        await ears.wait_ready(timeout_s=30)
        before = asyncio.all_tasks()
        stream = ears.transcribe(line(framed(recorded("knife")), asyncio.Event().wait))
        await anext(stream)
        await stream.aclose()
        assert asyncio.all_tasks() == before
        assert ears.health().legs == 0


async def test_leaving_ends_every_worker_and_task() -> None:
    async with VoskTranscriber(options(workers=2)) as ears:
        await ears.wait_ready(timeout_s=30)
        pids = ears.worker_pids
        stream = ears.transcribe(line(framed(recorded("knife")), asyncio.Event().wait))
        await anext(stream)
    with pytest.raises(HearingLost):
        async for _ in stream:
            pass
    assert len(pids) >= 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_outworn_worker_is_replaced_between_utterances_and_no_one_is_deaf(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool_module, "WEIGH_S", 0.1)
    notes = Notes()
    async with VoskTranscriber(options(max_age_s=0.5)) as ears:
        await ears.wait_ready(timeout_s=30)
        first = ears.worker_pids[0]

        async def moved() -> None:
            async with asyncio.timeout(30):
                while first in ears.worker_pids:
                    await asyncio.sleep(0.05)

        knife = recorded("knife")
        later_ms = len(knife + QUIET_S) // BYTES_PER_MS
        await notes.listen(ears, line(framed(knife + QUIET_S), moved, framed(knife, at_ms=later_ms)))
        assert ears.health().restarts == 0
    assert notes.text.split().count("knife") == 2
    assert notes.breaks == []


async def test_no_more_is_taken_in_than_may_be_held() -> None:
    taken = 0

    async def endless() -> AsyncIterator[AudioFrame]:
        nonlocal taken
        for frame in framed(QUIET_S * 300):
            taken += 1
            yield frame

    broken = options(model=options().model / "conf", retain_s=30.0)
    async with VoskTranscriber(broken) as ears:
        stream = ears.transcribe(endless())
        assert isinstance(await anext(stream), Deafened)
        progress = [await anext(stream) for _ in range(3)]
        await stream.aclose()
    assert set(progress) == {Progress(received_to_ms=30_020, heard_to_ms=0)}
    assert taken * 20 == 30_020
