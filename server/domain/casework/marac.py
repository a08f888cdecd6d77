"""Whether a case may belong before a conference: the criteria that are met, listed for whoever decides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.domain.casework.case_file import Assessment, CaseFile
from server.domain.casework.directory import Nation
from server.domain.casework.forms import YES, Form

YEAR = timedelta(days=365)
REPORTS = 3
"""Usually so many reports to the police in twelve months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    name: str
    met: bool
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MaracText:
    """What this nation's conference is, in its own words: another's are not shown."""

    nation: Nation
    title: str
    about: str
    without_consent: str
    criteria: Mapping[str, str]
    """How each criterion is put there, by its name; one that is not named does not count there."""
    source: str


def criteria(
    case: CaseFile, reports: Sequence[datetime], forms: Iterable[Form], now: datetime
) -> list[Criterion]:
    """Everything that speaks for it. Nothing is added up, and none of it decides."""
    return [
        _judgement(case),
        *_visible(case, {(form.id, form.version): form for form in forms}),
        _escalation(reports, now),
        _repeat(case, reports, now.date()),
    ]


def _judgement(case: CaseFile) -> Criterion:
    noted = case.judgement
    met = noted is not None and noted.refer
    because = f"{noted.person}: {noted.why}" if noted else "nobody has said so"
    return Criterion(name="judgement", met=met, because=because)


def _visible(case: CaseFile, forms: Mapping[tuple[str, str], Form]) -> list[Criterion]:
    """Only by a form whose makers say from how many answers on, as its latest signed assessment has it."""
    signed = [one for one in case.assessments.values() if one.signed is not None]
    found = []
    for one in signed[-1:]:
        form = forms.get((one.begun.form, one.begun.version))
        if form is not None and form.marac_yes is not None:
            found.append(_counted(one, form, form.marac_yes))
    return found


def _counted(assessment: Assessment, form: Form, least: int) -> Criterion:
    count = sum(one.given.answer == YES for one in assessment.answers.values())
    because = f"{count} times yes in {form.title}; its makers say {least}"
    return Criterion(name="visible", met=count >= least, because=because)


def _escalation(reports: Sequence[datetime], now: datetime) -> Criterion:
    count = sum(now - YEAR <= at <= now for at in reports)
    because = f"{count} calls about these people in twelve months, as far as they are linked here"
    return Criterion(name="escalation", met=count >= REPORTS, because=because)


def _repeat(case: CaseFile, reports: Sequence[datetime], today: date) -> Criterion:
    last = max(case.heard, default=None)
    if last is None:
        return Criterion(name="repeat", met=False, because="no earlier conference is on record here")
    since = [at for at in reports if last < at.date() <= last + YEAR]
    because = f"{len(since)} calls since the conference of {last:%d %B %Y}"
    return Criterion(name="repeat", met=bool(since) and today <= last + YEAR, because=because)
