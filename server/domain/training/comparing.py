"""What a trainee did about a call, beside what a specialist marked on it. Nothing is scored."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.events import (
    Entry,
    GradeSet,
    MarkerJudged,
    PromptAnswered,
    PromptAsked,
    PromptDismissed,
    PromptOwned,
    PromptRaised,
    Verdict,
)
from server.domain.ids import MarkerId, PersonId, PromptId
from server.domain.training.papers import Mark, MarkedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    marker: MarkerId
    at_ms: int
    by: str
    """What was done about it, or `script`; empty: nobody marked it."""
    who: MarkedBy | None = None
    did: tuple[str, ...]
    """What the trainee did, in order; nothing: nothing."""
    after_ms: int | None = None
    """How long after the words the first of it came."""


def compared(marks: Sequence[Mark], entries: Sequence[Entry], trainee: PersonId) -> tuple[Compared, ...]:
    """One line for each mark, and one for everything else that the trainee marked."""
    done = _done(entries, trainee)
    lines = [_line(mark, [one for one in done if one[0] == mark.marker]) for mark in marks]
    marked = {mark.marker for mark in marks}
    further = [one for one in done if one[0] not in marked]
    extra = [
        Compared(
            marker=marker, at_ms=at_ms, by="", did=tuple(what for name, _, what in further if name == marker)
        )
        for marker, at_ms in _first(further).items()
    ]
    return (*lines, *extra)


def graded(entries: Sequence[Entry], trainee: PersonId) -> tuple[str, ...]:
    """Every grade that the trainee gave the call, in order."""
    given = (entry.event for entry in entries if isinstance(entry.event, GradeSet))
    return tuple(event.grade for event in given if event.person == trainee)


ON_PROMPTS = (PromptOwned, PromptAsked, PromptAnswered, PromptDismissed)
Step = tuple[MarkerId, int, str]


def _line(mark: Mark, done: Sequence[Step]) -> Compared:
    first = min((at_ms for _, at_ms, _ in done), default=None)
    return Compared(
        marker=mark.marker,
        at_ms=mark.at_ms,
        by=mark.by,
        who=mark.who,
        did=tuple(what for _, _, what in done),
        after_ms=None if first is None else max(0, first - mark.at_ms),
    )


def _first(done: Sequence[Step]) -> dict[MarkerId, int]:
    first: dict[MarkerId, int] = {}
    for marker, at_ms, _ in done:
        first.setdefault(marker, at_ms)
    return first


def _done(entries: Sequence[Entry], trainee: PersonId) -> list[Step]:
    about: dict[PromptId, MarkerId] = {}
    done: list[Step] = []
    for entry in entries:
        event = entry.event
        if isinstance(event, PromptRaised):
            about[event.prompt.id] = event.prompt.marker
            if event.prompt.by == trainee:
                done.append((event.prompt.marker, event.at_ms, "asked for it by hand"))
        elif isinstance(event, MarkerJudged) and event.person == trainee:
            said = "marked it by hand" if event.verdict is Verdict.MISSED else f"judged it {event.verdict}"
            done.append((event.marker, event.at_ms, said))
        elif isinstance(event, ON_PROMPTS) and event.person == trainee and event.prompt in about:
            done.append((about[event.prompt], event.at_ms, _step(event)))
    return done


def _step(event: PromptOwned | PromptAsked | PromptAnswered | PromptDismissed) -> str:
    match event:
        case PromptOwned():
            return "took the prompt"
        case PromptAsked():
            return "asked"
        case PromptAnswered():
            return f"answered: {event.outcome}"
        case PromptDismissed():
            return f"put aside: {event.reason}"
