"""Which ears hear a call again: the larger model where it is installed, or else the live one made wider."""

from pathlib import Path

import pytest

from server.adapters.doorways.replay.wav import read_legs
from server.adapters.speech.options import HearingOptions
from server.domain.events import CallEnded, Ending, HeardAgain
from server.domain.speech import Party
from server.services.readers import Readers
from server.services.second_hearing import Hearers, SecondHearing
from server.settings import Settings
from server.wiring import hearing_again
from server.wiring.hearing_again import accurate_ears
from tests.adapters.speech.made_models import whole_model
from tests.services.room import CALL, Room
from tests.services.stage import PlainReader
from tests.services.test_second_hearing import Diary, Kept

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "models/speech/small-en-8k"
SPOKEN = ROOT / "tests/adapters/speech/knife.wav"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    whole_model(tmp_path / "live", part_size=100)
    settings = Settings(root=tmp_path)
    speech = settings.speech.model_copy(update={"engine": "vosk:live"})
    return settings.model_copy(update={"speech": speech})


def test_the_larger_model_hears_again_behind_live_calls_where_it_is_installed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = whole_model(tmp_path / "large", part_size=200)
    opened: list[HearingOptions] = []
    monkeypatch.setattr(hearing_again, "ENGINES", {"vosk": opened.append})
    ears = accurate_ears(settings)
    assert (ears.model, ears.how) == ("large", "a larger model")
    ears.open()
    assert [(one.model, one.workers, one.niceness) for one in opened] == [(large, 1, hearing_again.NICENESS)]


def test_the_model_that_is_named_hears_again_though_a_larger_one_is_there(
    settings: Settings, tmp_path: Path
) -> None:
    whole_model(tmp_path / "large", part_size=200)
    whole_model(tmp_path / "chosen", part_size=150)
    review = settings.review.model_copy(update={"model": "chosen"})
    assert accurate_ears(settings.model_copy(update={"review": review})).model == "chosen"


def test_where_no_larger_model_is_installed_the_live_one_searches_wider(settings: Settings) -> None:
    ears = accurate_ears(settings)
    assert (ears.model, ears.how) == ("live", "a wider search")


async def test_what_the_larger_model_hears_is_on_record_under_its_name(tmp_path: Path) -> None:
    """The built-in model under another name stands for it: whether it hears better is another question."""
    larger = tmp_path / "larger-en"
    larger.symlink_to(SMALL, target_is_directory=True)
    settings = Settings(root=SMALL.parents[2])
    review = settings.review.model_copy(update={"model": str(larger)})
    settings = settings.model_copy(update={"review": review})
    room = await Room().open()
    await room.happens(CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    sound = {Party.CALLER: read_legs(SPOKEN).caller}
    hearers = Hearers(
        recordings=Kept({CALL: sound}),
        ears=lambda: accurate_ears(settings),
        readers=Readers(shipped=PlainReader()),
    )
    assert await SecondHearing(room.recorder, Diary(room), hearers, room.clock).hear(CALL)
    (again,) = room.of_kind(HeardAgain)
    assert isinstance(again, HeardAgain)
    assert (again.model, again.how) == ("larger-en", "a larger model")
    assert "knife" in " ".join(one.text for one in again.utterances)
