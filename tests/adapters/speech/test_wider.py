"""A model that searches wider is the same model with another configuration, and hears."""

from pathlib import Path

from server.adapters.speech.models.largest import larger_model
from server.adapters.speech.models.structure import WORDS, check_model
from server.adapters.speech.recogniser import Recogniser, load_model
from server.adapters.speech.wider import widened
from tests.adapters.speech.made_models import whole_model
from tests.adapters.speech.sounds import KNIFE_WORDS, MODEL, recorded


def conf_of(model: Path) -> dict[str, str]:
    lines = (model / "conf/model.conf").read_text().split()
    return dict(line.removeprefix("--").split("=") for line in lines)


def test_it_searches_wider_and_is_otherwise_the_same(tmp_path: Path) -> None:
    wider = widened(MODEL, tmp_path)
    assert check_model(wider) == []
    before, after = conf_of(MODEL), conf_of(wider)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"beam", "lattice-beam", "max-active"}
    assert all(float(after[name]) > float(before[name]) for name in changed)


def test_what_is_set_wider_already_stays(tmp_path: Path) -> None:
    (tmp_path / "model/conf").mkdir(parents=True)
    (tmp_path / "model/conf/model.conf").write_text("--beam=20\n--max-active=3000\n")
    assert conf_of(widened(tmp_path / "model", tmp_path / "wider")) == {
        "beam": "20",
        "max-active": "7000",
        "lattice-beam": "6",
    }


def test_it_hears(tmp_path: Path) -> None:
    recogniser = Recogniser(load_model(widened(MODEL, tmp_path)))
    settled = recogniser.hear(recorded("knife"), draft=False).words or ()
    assert " ".join(word.text for word in (*settled, *recogniser.finish())) == KNIFE_WORDS


def test_the_largest_model_beside_the_live_one_is_found_if_it_is_whole_and_fit(tmp_path: Path) -> None:
    live = whole_model(tmp_path / "live", part_size=100)
    whole_model(tmp_path / "smaller", part_size=50)
    assert larger_model(live) is None
    large = whole_model(tmp_path / "large", part_size=200)
    (whole_model(tmp_path / "broken", part_size=900) / WORDS).unlink()
    (whole_model(tmp_path / "toy", part_size=900) / "demonstration").write_text("for demonstrations")
    assert larger_model(live) == large
