"""What every engine in the table must do with the same sound."""

import asyncio
from pathlib import Path

import pytest

from server.adapters.speech import ENGINES
from server.adapters.speech.options import HearingOptions
from server.domain.speech import BYTES_PER_MS
from server.ports.speech import HearingLost, Unheard
from tests.adapters.speech.sounds import MODEL, QUIET_S, Notes, framed, line, options, recorded

pytestmark = pytest.mark.parametrize("engine", ENGINES)


async def test_utterances_come_in_the_order_spoken_and_numbered_without_gaps(engine: str) -> None:
    both = recorded("yes") + QUIET_S + recorded("knife")
    async with ENGINES[engine](options()) as ears:
        notes = await Notes().listen(ears, line(framed(both)))
    assert [utterance.number for utterance in notes.utterances] == list(range(len(notes.utterances)))
    words = notes.text.split()
    assert words.index("yes") < words.index("knife")
    starts = [word.start_ms for word in notes.words]
    assert starts == sorted(starts)


async def test_the_last_words_are_flushed_when_the_frames_end(engine: str) -> None:
    async with ENGINES[engine](options()) as ears:
        notes = await Notes().listen(ears, line(framed(recorded("knife")[: -800 * BYTES_PER_MS])))
    assert notes.text.split()[-1] == "knife"


async def test_a_leg_without_sound_ends_without_words(engine: str) -> None:
    async with ENGINES[engine](options()) as ears:
        notes = await Notes().listen(ears, line())
    assert notes.utterances == []


async def test_closing_releases_the_leg(engine: str) -> None:
    async with ENGINES[engine](options()) as ears:
        stream = ears.transcribe(line(framed(recorded("knife")), asyncio.Event().wait))
        await anext(stream)
        assert ears.health().legs == 1
        await stream.aclose()
        assert ears.health().legs == 0


async def test_a_broken_model_is_hearing_lost_and_all_sound_is_told_to_be_unheard(
    engine: str, tmp_path: Path
) -> None:
    broken = HearingOptions(model=tmp_path, workers=1, start_s=0.5, flush_s=0.5)
    notes, yes = Notes(), recorded("yes")
    async with ENGINES[engine](broken) as ears:
        with pytest.raises(HearingLost):
            await notes.listen(ears, line(framed(yes, at_ms=5000)))
        assert ears.health().workers_ready == 0
    assert notes.all[-1] == Unheard(from_ms=5000, to_ms=5000 + len(yes) // BYTES_PER_MS)
    assert {progress.heard_to_ms for progress in notes.progress} <= {5000}


async def test_health_names_the_model_and_whether_it_is_for_demonstration(engine: str) -> None:
    async with ENGINES[engine](options()) as ears:
        health = ears.health()
    assert (health.model, health.demonstration) == (MODEL.name, True)
