"""Risk assessments: a form filled in by a person beside what the calls suggest, and signed."""

from collections.abc import Callable
from dataclasses import dataclass, field

from server.domain.casework.case_file import Assessment
from server.domain.casework.events import (
    AnswerGiven,
    AssessmentBegun,
    AssessmentSigned,
    CaseId,
    ThingId,
)
from server.domain.casework.files import CaseFiles
from server.domain.casework.forms import Form, suggestions
from server.domain.ids import ForceId
from server.services.case_pages import CasePage, CasePages
from server.services.case_refusals import NoSuchForm, NoSuchThing, Signed
from server.services.pages import Doing, line_of_text, note_of

TEXT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a person answers to one question."""

    question: str
    answer: str
    note: str = field(default="", repr=False)


class Assessing:
    def __init__(self, pages: CasePages, files: Callable[[ForceId], CaseFiles]) -> None:
        self._pages = pages
        self._files = files

    def levels(self, force: ForceId) -> tuple[str, ...]:
        """What a person of this force can conclude."""
        forms = self._files(force).forms.values()
        return tuple(dict.fromkeys(level for form in forms for level in form.levels))

    async def begin(self, doing: Doing, case: CaseId, form: str) -> ThingId:
        chosen = self._files(doing.person.force).forms.get(form)
        if chosen is None:
            raise NoSuchForm
        async with self._pages.opened(doing.person, case) as page:
            if page.done(doing, AssessmentBegun):
                return next(
                    known for known, one in page.file.assessments.items() if one.begun.act == doing.act
                )
            name = page.next_id("f")
            begun = AssessmentBegun(
                person=doing.by,
                act=doing.act,
                assessment=name,
                form=form,
                version=chosen.version,
                kept=chosen,
            )
            await page.record(begun)
            return name

    async def answer(self, doing: Doing, case: CaseId, assessment: ThingId, reply: Reply) -> None:
        """How much stood beside the question is kept; the answer is the person's all the same."""
        note = note_of(reply.note, TEXT)
        async with self._pages.opened(doing.person, case) as page:
            form = self._form(doing, _open(page, assessment))
            question = form.question(reply.question)
            if question is None or (question.answers and reply.answer not in question.answers):
                raise NoSuchForm
            answer = reply.answer if question.answers else line_of_text(reply.answer, TEXT)
            if page.done(doing, AnswerGiven):
                return
            beside = suggestions(form, await self._pages.calls_of(page.file)).get(question.id, ())
            await page.record(
                AnswerGiven(
                    person=doing.by,
                    act=doing.act,
                    assessment=assessment,
                    question=question.id,
                    answer=answer,
                    note=note,
                    shown=len(beside),
                )
            )

    async def sign(self, doing: Doing, case: CaseId, assessment: ThingId, level: str, judgement: str) -> None:
        """The level is the person's own, whatever was answered, and they say why."""
        said = line_of_text(judgement, TEXT)
        async with self._pages.opened(doing.person, case) as page:
            if page.done(doing, AssessmentSigned):
                return
            if level not in self._form(doing, _open(page, assessment)).levels:
                raise NoSuchForm
            await page.record(
                AssessmentSigned(
                    person=doing.by, act=doing.act, assessment=assessment, level=level, judgement=said
                )
            )

    def _form(self, doing: Doing, assessment: Assessment) -> Form:
        """The form in the version that was begun: changed words would change what was answered."""
        form = assessment.begun.kept or self._files(doing.person.force).forms.get(assessment.begun.form)
        if form is None or form.version != assessment.begun.version:
            raise NoSuchForm("This form has changed since. Begin a new assessment.")
        return form


def _open(page: CasePage, assessment: ThingId) -> Assessment:
    found = page.file.assessments.get(assessment)
    if found is None:
        raise NoSuchThing
    if found.signed is not None:
        raise Signed
    return found
