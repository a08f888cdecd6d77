"""What a handler did before any prompt said to: asked in words, raised the grade, called for a unit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from server.domain.events import Entry, GradeSet, PromptRaised, UnitAssigned
from server.domain.ids import MarkerId
from server.domain.speech import Party, Utterance
from server.domain.topics import TOPICS, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Unprompted:
    """One thing that was done, where and in which words."""

    id: str
    what: str
    at_ms: int
    quote: str = field(repr=False)
    because: str = field(repr=False)


def asked_in_words(
    said: Iterable[Utterance], raised_ms: Mapping[MarkerId, int], answered: Iterable[str]
) -> Iterator[Unprompted]:
    """Each question of the checklist once, unless a prompt came first, or it is listed by its answer."""
    listed = tuple(answered)
    asked = sorted((one for one in said if one.party is Party.HANDLER), key=lambda one: one.start_ms)
    for topic in TOPICS:
        first = next((one for one in asked if topic.asked.search(one.text)), None)
        if first is None or not topic.markers or _prompted(topic, raised_ms, first):
            continue
        if any(topic.asked.search(question) for question in listed):
            continue
        yield Unprompted(
            id=f"asked.{topic.id}",
            what=topic.label,
            at_ms=first.start_ms,
            quote=first.text,
            because="The handler asked it before any prompt did.",
        )


def done_unprompted(entries: Sequence[Entry]) -> Iterator[Unprompted]:
    """Grades raised and units called for while the machine had shown nothing yet."""
    for entry in entries:
        match entry.event:
            case PromptRaised() if entry.event.prompt.by is None:
                return
            case GradeSet(grade=grade, was=was) if was and grade != was and not entry.event.lowered:
                yield Unprompted(
                    id=f"grade.{entry.seq}",
                    what="Grade raised",
                    at_ms=entry.event.at_ms,
                    quote=entry.event.reason,
                    because=f"{entry.event.person} raised the grade from {was} to {grade} before any prompt.",
                )
            case UnitAssigned(unit=unit):
                yield Unprompted(
                    id=f"unit.{entry.seq}",
                    what="Unit requested",
                    at_ms=entry.event.at_ms,
                    quote="",
                    because=f"{unit} was on the way before any prompt.",
                )
            case _:
                pass


def _prompted(topic: Topic, raised_ms: Mapping[MarkerId, int], question: Utterance) -> bool:
    return any(raised_ms[one] < question.start_ms for one in topic.markers if one in raised_ms)
