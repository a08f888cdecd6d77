"""Forms, services and conferences: what ships can be used, and mistakes are said with file and line."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from server.domain.casework.directory import Directory, Helper, Nation, matches
from server.domain.casework.forms import ANSWERS
from server.settings import BadSettings
from server.settings.case_files import load_case_files

CONFIG = Path(__file__).parents[2] / "config"
MARKERS = frozenset(path.stem for path in (CONFIG / "markers").glob("*.yaml"))
FORM = """\
id: {id}
version: "1"
title: Our form
about: For trying.
licence: held by Northshire Police
levels: [low, high]
marac_yes: 14
sections:
  - title: One
    questions:
      - {{id: neck, ask: "Neck?", markers: [strangulation]}}
      - {{id: words, ask: "In words?", answers: []}}
"""


def mistakes(folder: Path) -> list[str]:
    with pytest.raises(BadSettings) as bad:
        load_case_files(folder, folder / "own", MARKERS)
    return bad.value.mistakes


def with_form(folder: Path, text: str, name: str = "ours") -> Path:
    (folder / "forms").mkdir(exist_ok=True)
    (folder / "forms" / f"{name}.yaml").write_text(text)
    return folder


def test_what_ships_can_be_used_and_holds_no_score() -> None:
    shipped = load_case_files(CONFIG, CONFIG / "forces/none", MARKERS)
    assert {"general", "who_fears_whom"} <= set(shipped.forms)
    assert all(form.marac_yes is None for form in shipped.forms.values())
    assert "both" not in {
        answer for form in shipped.forms.values() for one in form.questions for answer in one.answers
    }
    assert set(shipped.maracs) == set(Nation)


def test_scotland_and_northern_ireland_are_not_told_of_england_s_conference() -> None:
    shipped = load_case_files(CONFIG, CONFIG / "forces/none", MARKERS)
    english = shipped.maracs[Nation.ENGLAND]
    for nation in (Nation.SCOTLAND, Nation.NORTHERN_IRELAND):
        theirs = shipped.maracs[nation]
        assert theirs.about != english.about
        assert "escalation" not in theirs.criteria


def test_every_shipped_service_that_has_a_day_says_where_it_was_read() -> None:
    shipped = load_case_files(CONFIG, CONFIG / "forces/none", MARKERS)
    assert all(helper.source for helper in shipped.directory.helpers)


def test_a_service_is_shown_for_180_days_after_it_was_checked_and_not_one_longer() -> None:
    checked = date(2026, 1, 1)
    one = Helper(
        id="one",
        name="One",
        nations=frozenset({Nation.WALES}),
        needs=frozenset({"any"}),
        number="1",
        hours="always",
        verified_on=checked,
    )
    directory = Directory(helpers=(one,))
    assert directory.helper("one", checked + timedelta(days=180)) is one
    assert directory.helper("one", checked + timedelta(days=181)) is None
    assert matches(directory, ["any"], Nation.WALES, checked + timedelta(days=181)) == []


def test_a_force_s_licensed_form_takes_its_place_beside_those_that_ship(tmp_path: Path) -> None:
    own = tmp_path / "own"
    with_form_in = own / "forms"
    with_form_in.mkdir(parents=True)
    (with_form_in / "dash.yaml").write_text(FORM.format(id="dash"))
    loaded = load_case_files(CONFIG, own, MARKERS)
    form = loaded.forms["dash"]
    neck, words = form.questions
    assert (form.licence, form.marac_yes) == ("held by Northshire Police", 14)
    assert (neck.answers, words.answers) == (ANSWERS, ())
    assert "general" in loaded.forms


def test_a_force_s_own_services_go_by_the_shipped_needs(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "services.yaml").write_text(
        "services:\n  - {id: near, name: Near, nations: [england], needs: [stalking], "
        "number: '1', hours: always}\n"
    )
    assert "near" in {helper.id for helper in load_case_files(CONFIG, own, MARKERS).directory.helpers}


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        (
            "markers: [strangulation]",
            "markers: [strangling]",
            "ours.yaml:11: there is no marker 'strangling'",
        ),
        ("levels: [low, high]\n", "", "ours.yaml:1: expected what a person can conclude under 'levels'"),
        ("id: ours", "id: other", "ours.yaml:1: expected id: ours, as the file is called"),
        ("id: words", "id: neck", "ours.yaml:8: found the question 'neck' twice, expected it once"),
        ("title: Our form", "titel: Our form", "ours.yaml:3: found 'titel', expected one of"),
        ('ask: "Neck?"', "asks: neck", "ours.yaml:11: found 'asks', expected one of"),
        ("marac_yes: 14", "marac_yes: many", "ours.yaml:7: expected a whole number under 'marac_yes'"),
    ],
)
def test_a_mistake_in_a_form_is_said_with_file_and_line(
    tmp_path: Path, was: str, becomes: str, said: str
) -> None:
    text = FORM.format(id="ours").replace(was, becomes)
    found = mistakes(with_form(tmp_path, text))
    assert any(mistake.startswith(said) for mistake in found), found


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nations: [cornwall]", "services.yaml:7: expected nations out of"),
        ("verified_on: lately", "services.yaml:7: expected a day such as"),
        ("needs: [tea]", "services.yaml:7: found the need 'tea'"),
        ("fax: 1", "services.yaml:7: found 'fax', expected one of"),
    ],
)
def test_a_mistake_among_services_is_said_with_file_and_line(tmp_path: Path, line: str, said: str) -> None:
    given = {"nations": "nations: [england]", "needs": "needs: [any]"}
    kept = "\n".join(f"    {one}" for key, one in given.items() if not line.startswith(key))
    (tmp_path / "services.yaml").write_text(
        "needs:\n  - {id: any, title: Any}\nservices:\n  - id: one\n    name: One\n    number: '1'\n"
        f"    {line}\n    hours: always\n{kept}\n"
    )
    found = mistakes(tmp_path)
    assert any(mistake.startswith(said) for mistake in found), found
