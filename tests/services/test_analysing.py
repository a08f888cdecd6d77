"""Written calls, analysed as live ones are."""

import io
import json

import pytest

from server.cli.analyse import analyse_lines
from server.services.analysing import BadLine, analysed, parsed
from tests.adapters.language.calls import reader


def _call(*turns: tuple[str, str]) -> str:
    return json.dumps({"id": "c1", "turns": [{"speaker": who, "text": text} for who, text in turns]})


def test_a_written_call_shows_sightings_prompts_and_class() -> None:
    found = json.loads(analysed(parsed(_call(("caller", "he's got a knife"))), reader()).as_json())
    assert found["id"] == "c1"
    assert [one["marker"] for one in found["sightings"]] == ["weapon"]
    assert found["sightings"][0]["turn"] == 0
    assert found["sightings"][0]["polarity"] == "affirmed"
    assert found["prompts"][0]["marker"] == "weapon"
    assert found["prompts"][0]["to"] == "handler"
    assert found["class"] == "immediate"


def test_a_call_is_domestic_once_it_shows_abuse_by_somebody_close() -> None:
    said = _call(("caller", "my husband has just strangled me and he's still in the house"))
    assert analysed(parsed(said), reader()).domestic


def test_a_marker_is_prompted_once_in_a_call() -> None:
    twice = _call(("caller", "he's got a knife"), ("handler", "ok"), ("caller", "he's got a knife"))
    found = analysed(parsed(twice), reader())
    assert [prompt.marker for _, prompt in found.prompts].count(reader().markers["weapon"].id) == 1  # type: ignore[index]


def test_a_quiet_call_is_none() -> None:
    found = json.loads(analysed(parsed(_call(("caller", "my cat is stuck up a tree"))), reader()).as_json())
    assert found == {
        "id": "c1",
        "sightings": [],
        "prompts": [],
        "domestic": False,
        "class": "none",
        "evidence": [],
    }


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": 1}', '{"turns": [1]}', '{"turns": [{"speaker": "dog", "text": "x"}]}',
     '{"turns": [{"text": "x", "start_s": "soon"}]}'],
)  # fmt: skip
def test_a_malformed_line_says_what_was_expected(line: str) -> None:
    with pytest.raises(BadLine):
        parsed(line)


def test_after_a_bad_line_the_rest_is_analysed() -> None:
    out = io.StringIO()
    refused = analyse_lines(["nonsense\n", _call(("caller", "he's got a knife")) + "\n"], reader(), out)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert refused == 1
    assert first["error"]["line"] == 1
    assert second["class"] == "immediate"


def test_an_answer_written_close_upon_its_question_finds_it() -> None:
    turns = [
        {"speaker": "handler", "text": "okay and has he got any sort of knife", "start_s": 4},
        {"speaker": "caller", "text": "yeah", "start_s": 4},
        {"speaker": "handler", "text": "did he put his hands round your throat", "start_s": 5},
        {"speaker": "caller", "text": "no", "start_s": 5.5},
    ]
    found = json.loads(analysed(parsed(json.dumps({"turns": turns})), reader()).as_json())
    told = [(one["marker"], one["turn"], one["polarity"]) for one in found["sightings"]]
    assert ("weapon", 1, "affirmed") in told
    assert ("strangulation", 3, "denied") in told


def test_the_evidence_of_a_written_call_is_given_word_for_word() -> None:
    said = _call(
        ("caller", "my mum said he told my brother he's going to kill me"),
        ("handler", "has he got a weapon"),
        ("caller", "no"),
        ("caller", "no i made it up forget it"),
    )
    evidence = {
        one["marker"]: one for one in json.loads(analysed(parsed(said), reader()).as_json())["evidence"]
    }
    threat = evidence["threat_to_kill"]["said_for"][0]
    assert threat["source"] == "third-hand"
    assert "kill me" in threat["words"]
    assert threat["rule"].startswith("threat_to_kill/")
    assert [word for start, end in threat["offsets"] for word in range(start, end)][-1] == 11
    denied = evidence["weapon"]["denied"][0]
    assert (denied["answers"], denied["words"]) == ("has he got a weapon", "no")
    assert evidence["threat_to_kill"]["taken_back"]
