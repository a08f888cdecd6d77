"""What stood on a past call, for an exercise that is made of it: who marked it, and what they did."""

from collections.abc import Iterable, Iterator, Sequence

from server.domain.call import folded
from server.domain.events import (
    Entry,
    GradeSet,
    HandlerAssigned,
    MarkerJudged,
    PromptAnswered,
    PromptDismissed,
    PromptRaised,
    Verdict,
)
from server.domain.evidence import Ledger, entered
from server.domain.ids import MarkerId, PersonId, PromptId
from server.domain.training.papers import Mark, MarkedBy

NO_STEP = "no step"


def marks_of(entries: Sequence[Entry]) -> tuple[Mark, ...]:
    """Each marker that stood, where it was first heard, unless a specialist said that it was not so."""
    ledger, state = Ledger(), folded(entries)
    for entry in entries:
        ledger = entered(ledger, entry.event)
    wrong = {key for key, one in state.judgements.items() if one.verdict is Verdict.NOT}
    done = _done(entries)
    marks = []
    for account in ledger.accounts():
        stands = [
            one.sighting
            for one in account.speaking
            if (account.marker, one.sighting.party, one.sighting.utterance) not in wrong
        ]
        if stands:
            by, who = done.get(account.marker, (NO_STEP, MarkedBy.MACHINE))
            marks.append(Mark(marker=account.marker, at_ms=stands[0].end_ms, by=by, who=who))
    return tuple(sorted(marks, key=lambda mark: mark.at_ms))


def grade_of(entries: Iterable[Entry]) -> str:
    """How people graded the call in the end."""
    given = [entry.event.grade for entry in entries if isinstance(entry.event, GradeSet)]
    return given[-1] if given else ""


def _done(entries: Sequence[Entry]) -> dict[MarkerId, tuple[str, MarkedBy]]:
    """The last thing that somebody did about each marker; a specialist's outweighs a handler's."""
    handlers = {entry.event.person for entry in entries if isinstance(entry.event, HandlerAssigned)}
    done: dict[MarkerId, tuple[str, MarkedBy]] = {}
    for marker, person, what in _steps(entries):
        if person not in handlers:
            done[marker] = (what, MarkedBy.SPECIALIST)
        elif done.get(marker, ("", MarkedBy.MACHINE))[1] is MarkedBy.MACHINE:
            done[marker] = (f"the handler: {what}", MarkedBy.MACHINE)
    return done


def _steps(entries: Iterable[Entry]) -> Iterator[tuple[MarkerId, PersonId, str]]:
    about: dict[PromptId, MarkerId] = {}
    for entry in entries:
        match entry.event:
            case PromptRaised(prompt=prompt):
                about[prompt.id] = prompt.marker
                if prompt.by is not None:
                    yield prompt.marker, prompt.by, "asked for it by hand"
            case MarkerJudged(marker=marker, person=person, verdict=verdict):
                yield (
                    marker,
                    person,
                    "marked it by hand" if verdict is Verdict.MISSED else f"judged it {verdict}",
                )
            case PromptAnswered(prompt=prompt_id, person=person, outcome=outcome) if prompt_id in about:
                yield about[prompt_id], person, str(outcome)
            case PromptDismissed(prompt=prompt_id, person=person, reason=reason) if prompt_id in about:
                yield about[prompt_id], person, str(reason)
            case _:
                pass
