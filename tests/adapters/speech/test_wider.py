"""A model that searches wider is the same model with another configuration, and hears."""

from pathlib import Path

from server.adapters.speech.models.largest import larger_model
from server.adapters.speech.models.structure import (
    FRONT_ENDS,
    NEEDED,
    STATIC_GRAPH,
    WORD_TIMES,
    WORDS,
    check_model,
)
from server.adapters.speech.recogniser import Recogniser, load_model
from server.adapters.speech.wider import widened
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
    def made(name: str, size: int) -> Path:
        for part in (*NEEDED, FRONT_ENDS[0], *STATIC_GRAPH, WORDS, WORD_TIMES):
            (tmp_path / name / part).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / part).write_bytes(bytes(size))
        return tmp_path / name

    live = made("live", 100)
    made("smaller", 50)
    assert larger_model(live) is None
    large = made("large", 200)
    (made("broken", 900) / WORDS).unlink()
    (made("toy", 900) / "demonstration").write_text("for demonstrations")
    assert larger_model(live) == large
