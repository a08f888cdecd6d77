"""The evaluation: what it counts, and the floors below which the shipped reader may not fall."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain.ids import MarkerId
from server.domain.measures import Share, Tally, bootstrap
from server.services.analysing import BadLine
from server.services.evaluating import evaluated, kept
from tests.adapters.language.calls import reader

CHECK = Path("models/risk/corpus/check")
FLOORS = {"micro F1": 0.71, "immediate recall": 0.8, "hard negatives": 0.9, "domestic": 0.9, "others": 0.9}
"""On the half that no rule was written from. They may only rise."""


def _line(kind: str, **more: object) -> str:
    return json.dumps({"id": "x", "kind": kind, **more})


def test_an_utterance_is_counted_by_marker() -> None:
    said = _line("utterance", speaker="caller", text="he's got a knife", markers=["weapon", "fear"])
    report = evaluated([said], reader())
    assert report.by_marker[MarkerId("weapon")] == Tally(right=1)
    assert report.micro.missed == 1


def test_a_hard_negative_is_clean_when_nothing_is_sighted() -> None:
    lines = [_line("utterance", speaker="caller", text="he's got a new bike", markers=[])]
    assert evaluated(lines, reader()).hard_negatives_clean == Share(1, 1)


def test_a_handlers_line_is_counted_apart() -> None:
    lines = [_line("utterance", speaker="handler", text="has he got a knife", markers=[])]
    report = evaluated(lines, reader())
    assert report.handler_clean == Share(1, 1)
    assert report.hard_negatives_clean.of == 0


def test_a_prompt_is_late_by_turns_and_seconds() -> None:
    turns = [
        {"speaker": "caller", "text": "my husband is here", "start_s": 0},
        {"speaker": "caller", "text": "he's got a knife he's going to kill me", "start_s": 10},
    ]
    call = _line("call", turns=turns, domestic=True, expect=[{"marker": "weapon", "turn": 0}])
    report = evaluated([call], reader())
    assert (report.mean_turns_late, report.mean_seconds_late) == (1, 10)
    assert report.on_time == Share(0, 1)


@pytest.mark.parametrize("line", ["{", '{"kind": "song"}', '{"kind": "call", "turns": []}'])
def test_a_bad_line_is_named_by_number(line: str) -> None:
    with pytest.raises(BadLine, match="line 2"):
        evaluated([_line("utterance", text="hello", markers=[]), line], reader())


def test_an_interval_holds_its_share_and_repeats() -> None:
    share = Share(9, 10)
    assert share.interval.low < share.value < share.interval.high
    items = [0, 1, 1, 1]
    assert bootstrap(items, lambda some: sum(some) / len(some)) == bootstrap(
        items, lambda some: sum(some) / len(some)
    )


def _check_lines() -> Iterator[str]:
    for file in sorted(CHECK.glob("*.jsonl")):
        yield from file.read_text(encoding="utf-8").splitlines()


def test_the_check_half_stays_above_its_floors() -> None:
    report = evaluated(_check_lines(), reader())
    assert report.handler_clean.value == 1
    reached = {
        "micro F1": report.micro.f1,
        "immediate recall": report.immediate_recall.value,
        "hard negatives": report.hard_negatives_clean.value,
        "domestic": report.domestic_found.value,
        "others": report.others_left_alone.value,
    }
    assert {name: value for name, value in reached.items() if value < FLOORS[name]} == {}


def test_ordinary_talk_is_known_by_its_kind_or_by_its_topic() -> None:
    said = [{"speaker": "caller", "text": "he's got a knife " + "well " * 200}]
    talk = _line("talk", turns=said)
    topical = _line("call", turns=said, topic="bills", domestic=False, expect=[])
    police = _line("call", turns=said, domestic=False, expect=[])
    assert evaluated([talk], reader()).false_markers_per_hour > 0
    assert evaluated([topical], reader()).hours["talk"] == evaluated([talk], reader()).hours["talk"]
    assert evaluated([police], reader()).hours["talk"] == 0


def test_what_mishearing_costs_is_counted_against_the_same_words_heard_clearly() -> None:
    lines = [_line("utterance", text=text, markers=["weapon"]) for text in ("he's got a knife",) * 4]
    clear = evaluated(lines, reader(), str.lower)
    turn = iter(["he's got a life", "he's got a knife"] * 2)
    left = kept(clear, evaluated(lines, reader(), lambda _: next(turn)), 0.2)
    assert clear.micro.recall.value == 1
    assert (left.micro, left.immediate, left.rate) == (0.5, 0.5, 0.2)
