import json
import random
from collections import Counter
from pathlib import Path

import pytest

from server.demo.wording import Score, score, words
from server.domain.mishearing import BadConfusions, Confusions, misheard, misheard_text, read_confusions

RISK = Path(__file__).parents[2] / "models" / "risk"
SHIPPED = RISK / "confusions.tsv"
TABLE = """
# invented
spoken	1000
rare	100	40	10
added	the=20	a=10
said	he	500	-=20	she=5
said	strangled	20	struggled=9	strange old=3
said	kettle	30	cattle=3
said	door	400
said	going to	25	gonna=10
said	scuttle	5
"""
CALM = ["he", "shut", "the", "door", "and", "put", "the", "kettle", "on"]


@pytest.fixture
def table() -> Confusions:
    return read_confusions(TABLE.splitlines())


@pytest.fixture(scope="module")
def shipped() -> Confusions:
    return read_confusions(SHIPPED.read_text(encoding="utf-8").splitlines())


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same mishearing again is the point


def after(said: str, table: Confusions, *, rate: float = 0.3, tries: int = 300) -> Counter[str]:
    rng = seeded(7)
    return Counter(" ".join(misheard(said.split(), table, rate=rate, rng=rng)) for _ in range(tries))


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2, 0.3])
def test_over_a_large_text_about_as_many_words_are_wrong_as_asked_for(
    shipped: Confusions, rate: float
) -> None:
    rng, total = seeded(1), Score()
    for said in spoken_in_the_sample():
        total += score(said, misheard(said, shipped, rate=rate, rng=rng))
    assert total.spoken > 2000
    assert total.error_rate == pytest.approx(rate, rel=0.15)


def spoken_in_the_sample() -> list[list[str]]:
    heard = (RISK / "corpus" / "dev" / "heard.jsonl").read_text(encoding="utf-8").splitlines()
    ids = [json.loads(line)["id"].removeprefix("h-") for line in heard]
    files = [
        RISK / "corpus" / "dev" / f"{name}.jsonl" for name in ("utterances-a", "utterances-b", "negatives")
    ]
    said = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            said[row["id"]] = words(row.get("text", ""))
    return [said[one] for one in ids]


def test_the_same_seed_mishears_the_same_way(table: Confusions) -> None:
    first, again, other = (misheard(CALM * 20, table, rate=0.3, rng=seeded(seed)) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_at_a_rate_of_nothing_every_word_is_kept(table: Confusions) -> None:
    assert misheard(CALM * 50, table, rate=0.0, rng=seeded(1)) == CALM * 50


def test_a_text_is_misheard_as_a_recogniser_writes_it(table: Confusions) -> None:
    written = "He\N{RIGHT SINGLE QUOTATION MARK}s at the DOOR, please..."
    assert misheard_text(written, table, rate=0.0, rng=seeded(1)) == "he's at the door please"
    assert misheard_text(written * 9, table, rate=0.5, rng=seeded(1)) != misheard_text(
        written * 9, table, rate=0.0, rng=seeded(1)
    )


def test_no_words_are_misheard_as_no_words(table: Confusions) -> None:
    assert misheard([], table, rate=0.5, rng=seeded(1)) == []


def test_a_word_is_misheard_as_what_it_was_really_heard_as(table: Confusions) -> None:
    heard = after("strangled", table)
    assert heard["struggled"] > heard["strange old"] > 0


def test_a_word_often_misheard_suffers_more_than_one_always_heard(table: Confusions) -> None:
    assert after("strangled", table)["strangled"] < after("door", table)["door"]


def test_two_words_said_together_may_be_heard_as_one(table: Confusions) -> None:
    assert after("going to", table)["gonna"] > after("to going", table)["gonna"]


def test_a_word_that_was_never_measured_is_missed_or_heard_as_one_that_sounds_like_it(
    table: Confusions,
) -> None:
    heard = after("scuttled", table)
    assert heard[""] > 0
    assert heard["scuttle"] > max(heard["he"], heard["door"])


def test_words_are_heard_that_nobody_said(table: Confusions) -> None:
    assert after("door", table)["door the"] > 0


@pytest.mark.parametrize(
    "line", ["heard\tthe\t3", "said\tthe", "said\tthe\tmany", "spoken\t1\t2", "rare\t1\t2", "added\tno count"]
)
def test_a_table_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(BadConfusions):
        read_confusions([line, *TABLE.splitlines()])


def test_a_table_that_does_not_say_how_much_was_spoken_is_refused() -> None:
    with pytest.raises(BadConfusions):
        read_confusions(["said\tthe\t3\ta=1"])


def test_the_table_shipped_is_small_and_holds_what_the_recogniser_makes_of_real_words(
    shipped: Confusions,
) -> None:
    assert SHIPPED.stat().st_size <= 300_000
    assert shipped.spoken > 2000
    assert all(one.wrong <= one.seen for one in shipped.outcomes.values())
