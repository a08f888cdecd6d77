"""Which ears hear a call again: the larger model where it is installed, or else the live one made wider."""

from pathlib import Path

import pytest

from server.adapters.speech.options import HearingOptions
from server.settings import Settings
from server.wiring import hearing_again
from server.wiring.hearing_again import accurate_ears
from tests.adapters.speech.made_models import whole_model


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
