"""Forms, services and conferences: files that a force may change; mistakes are said with file and line."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from server.adapters.language.files import Mistakes, Page, read_page
from server.domain.casework.directory import Directory, Helper, Nation, Need
from server.domain.casework.files import CaseFiles
from server.domain.casework.forms import ANSWERS, Form, Question, Section
from server.domain.casework.marac import MaracText
from server.domain.ids import MarkerId
from server.settings.load import BadSettings

FORM_KEYS = frozenset({"id", "version", "title", "about", "licence", "levels", "marac_yes", "sections"})
QUESTION_KEYS = frozenset({"id", "ask", "help", "answers", "markers"})
SERVICE_KEYS = frozenset(
    {"id", "name", "nations", "needs", "number", "text", "hours", "email", "verified_on", "source"}
)
CRITERIA = frozenset({"judgement", "visible", "escalation", "repeat"})
NATIONS = ", ".join(Nation)


def load_case_files(
    config: Path, own: Path, markers: frozenset[str], *, nation: Nation | None = None
) -> CaseFiles:
    """What ships, and over it what lies in the force's own folder. Raises `BadSettings` with all mistakes."""
    mistakes = Mistakes()
    forms = [
        *(_form(path, markers, mistakes) for path in sorted((config / "forms").glob("*.yaml"))),
        *(_form(path, markers, mistakes) for path in sorted((own / "forms").glob("*.yaml"))),
    ]
    directories = [
        _directory(path, markers, mistakes) for path in (config / "services.yaml",) if path.exists()
    ]
    needs = tuple(need for one in directories for need in one.needs)
    local = own / "services.yaml"
    if local.exists():
        directories.append(_directory(local, markers, mistakes, known=frozenset(need.id for need in needs)))
    texts = [text for path in sorted((config / "marac").glob("*.yaml")) for text in _marac(path, mistakes)]
    if mistakes.found:
        raise BadSettings(mistakes.found)
    helpers = {helper.id: helper for one in directories for helper in one.helpers}
    return CaseFiles(
        forms={form.id: form for form in forms},
        directory=Directory(
            needs=tuple({need.id: need for one in directories for need in one.needs}.values()),
            helpers=tuple(helpers.values()),
        ),
        maracs={text.nation: text for text in texts},
        nation=nation,
    )


def _form(path: Path, markers: frozenset[str], mistakes: Mistakes) -> Form:
    page = read_page(path, mistakes)
    page.only(FORM_KEYS)
    name = page.text("id")
    if name != path.stem:
        page.wrong(f"expected id: {path.stem}, as the file is called", "id")
    levels = page.texts("levels")
    if not levels:
        page.wrong("expected what a person can conclude under 'levels'", "levels")
    sections = tuple(_section(page, at, markers) for at in page.items("sections"))
    questions = [question.id for section in sections for question in section.questions]
    for twice in sorted({one for one in questions if questions.count(one) > 1}):
        page.wrong(f"found the question {twice!r} twice, expected it once", "sections")
    if not questions:
        page.wrong("expected questions under 'sections'", "sections")
    return Form(
        id=name,
        version=page.text("version"),
        title=page.text("title"),
        about=page.text("about"),
        licence=page.text("licence"),
        levels=levels,
        sections=sections,
        marac_yes=page.number("marac_yes") if "marac_yes" in page.values else None,
    )


def _section(page: Page, at: int, markers: frozenset[str]) -> Section:
    where = ("sections", at)
    given = page.mapping(*where)
    for key in given:
        if key not in {"title", "questions"}:
            page.wrong(f"found {key!r}, expected title and questions", *where, key)
    questions = given.get("questions")
    count = len(questions) if isinstance(questions, list) else 0
    return Section(
        title=_text(page, *where, "title"),
        questions=tuple(_question(page, (*where, "questions", place), markers) for place in range(count)),
    )


def _question(page: Page, where: tuple[str | int, ...], markers: frozenset[str]) -> Question:
    page.only(QUESTION_KEYS, *where)
    given = page.mapping(*where)
    known = _known(page, (*where, "markers"), markers)
    return Question(
        id=_text(page, *where, "id"),
        ask=_text(page, *where, "ask"),
        help=str(given.get("help") or ""),
        answers=page.texts(*where, "answers") if "answers" in given else ANSWERS,
        markers=known,
    )


def _directory(
    path: Path, markers: frozenset[str], mistakes: Mistakes, *, known: frozenset[str] = frozenset()
) -> Directory:
    page = read_page(path, mistakes)
    page.only(frozenset({"needs", "services"}))
    needs = tuple(
        Need(
            id=_text(page, "needs", at, "id"),
            title=_text(page, "needs", at, "title"),
            markers=_known(page, ("needs", at, "markers"), markers),
        )
        for at in page.items("needs")
    )
    named = known | {need.id for need in needs}
    return Directory(needs=needs, helpers=tuple(_helper(page, at, named) for at in page.items("services")))


def _helper(page: Page, at: int, needs: frozenset[str]) -> Helper:
    where = ("services", at)
    page.only(SERVICE_KEYS, *where)
    given = page.mapping(*where)
    wanted = page.texts(*where, "needs")
    for need in wanted:
        if need not in needs:
            page.wrong(
                f"found the need {need!r}, expected one of {', '.join(sorted(needs))}", *where, "needs"
            )
    return Helper(
        id=_text(page, *where, "id"),
        name=_text(page, *where, "name"),
        nations=frozenset(_nations(page, *where)),
        needs=frozenset(wanted),
        number=_text(page, *where, "number"),
        hours=_text(page, *where, "hours"),
        text=str(given.get("text") or ""),
        email=str(given.get("email") or ""),
        verified_on=_day(page, *where),
        source=str(given.get("source") or ""),
    )


def _marac(path: Path, mistakes: Mistakes) -> Sequence[MaracText]:
    page = read_page(path, mistakes)
    page.only(frozenset({"nations", "title", "about", "without_consent", "criteria", "source"}))
    criteria = {name: str(text) for name, text in page.mapping("criteria").items()}
    for name in sorted(set(criteria) - CRITERIA):
        page.wrong(f"found {name!r}, expected one of {', '.join(sorted(CRITERIA))}", "criteria", name)
    title, about, without = page.text("title"), page.text("about"), page.text("without_consent")
    source = page.text("source")
    return [
        MaracText(
            nation=nation, title=title, about=about, without_consent=without, criteria=criteria, source=source
        )
        for nation in _nations(page)
    ]


def _nations(page: Page, *where: str | int) -> Sequence[Nation]:
    given = page.texts(*where, "nations")
    if not given or not set(given) <= set(Nation):
        page.wrong(f"expected nations out of {NATIONS}", *where, "nations")
        return ()
    return [Nation(one) for one in given]


def _day(page: Page, *where: str | int) -> date | None:
    given = page.mapping(*where).get("verified_on")
    if given is None:
        return None
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        page.wrong("expected a day such as 2026-11-01 under 'verified_on'", *where, "verified_on")
        return None


def _known(page: Page, where: tuple[str | int, ...], markers: frozenset[str]) -> frozenset[MarkerId]:
    named = page.texts(*where)
    for marker in named:
        if marker not in markers:
            page.wrong(f"there is no marker {marker!r}", *where)
    return frozenset(MarkerId(marker) for marker in named)


def _text(page: Page, *where: str | int) -> str:
    value = page.mapping(*where[:-1]).get(str(where[-1]))
    if isinstance(value, str | int) and str(value).strip():
        return str(value).strip()
    page.wrong(f"expected text under {where[-1]!r}", *where)
    return ""
