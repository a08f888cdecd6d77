"""The words of the visitors' page: every language has all of them, and none tells what the page is about."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from server.web.languages import FOLDER, BadLanguage, languages

TELLING = re.compile(r"police|heddlu|policj|polit|abuse|cam-drin|przemoc|abuz|ਪੁਲਿਸ|پولیس", re.IGNORECASE)


def words_of(code: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    return read


def made(folder: Path, code: str, **changes: object) -> None:
    (folder / f"{code}.json").write_text(json.dumps({**words_of("en"), **changes}), encoding="utf-8")


def test_six_languages_are_there_english_first_and_unread_ones_say_so() -> None:
    spoken = languages()
    assert list(spoken) == ["en", "cy", "pa", "pl", "ro", "ur"]
    assert [code for code, language in spoken.items() if language.verified] == ["en"]


@pytest.mark.parametrize("code", ["en", "cy", "pa", "pl", "ro", "ur"])
def test_no_language_names_police_or_abuse(code: str) -> None:
    assert TELLING.findall(json.dumps(words_of(code), ensure_ascii=False)) == []


@pytest.mark.parametrize("code", ["cy", "pa", "pl", "ro", "ur"])
def test_no_sentence_was_left_in_english(code: str) -> None:
    english, other = words_of("en")["words"], words_of(code)["words"]
    assert [key for key in english if english[key] == other[key]] == []


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"words": {"title": "Tudalen"}}, "cy.json: expected the same words as en.json"),
        ({"message": "no link in it"}, "cy.json: expected {link}"),
        ({"more": 1}, "cy.json"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, changes: dict[str, Any], mistake: str) -> None:
    made(tmp_path, "en")
    made(tmp_path, "cy", **changes)
    with pytest.raises(BadLanguage, match=re.escape(mistake)):
        languages(tmp_path)


def test_without_english_there_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(BadLanguage, match=r"en\.json"):
        languages(tmp_path)
