"""The question-answer linker: what a handler's turn asked about, and what the next turn answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from server.adapters.language.knowledge import Knowledge
from server.adapters.language.patterns import BOUNDARY
from server.adapters.language.turns import Line
from server.domain.ids import MarkerId


@dataclass(frozen=True, slots=True)
class Asked:
    """One marker that the handler has just asked about."""

    marker: MarkerId
    inverse: bool
    """Whether a "no" speaks for the marker: "do you feel safe?"."""
    text: str = field(repr=False)


class Answer(Enum):
    YES = auto()
    NO = auto()
    UNSURE = auto()
    WAIT = auto()
    """Neither yet: "um, hang on"."""
    OTHER = auto()


def asked_in(
    line: Line, statements: Sequence[tuple[MarkerId, int]], known: Knowledge, text: str
) -> tuple[tuple[Asked, ...], int]:
    """The markers that the last question of a handler's turn is about, and the character it turns on.

    `statements` are the matches of the markers' own rules in the turn, by position: a
    question is a statement with its verb in front, or with a tag behind.
    """
    found = [
        (at, Asked(marker, inverse=False, text=text)) for marker, at in statements if _open(line, at, known)
    ]
    for marker in known.markers.values():
        for regex, inverse in ((marker.questions, False), (marker.inverse_questions, True)):
            found += [
                (match.end(), Asked(marker.marker.id, inverse=inverse, text=text))
                for match in regex.finditer(line.text)
                if _open(line, match.start(), known)
            ]
    if not found:
        return (), 0
    last = max(at for at, _ in found)
    kept = {asked.marker: asked for at, asked in found if _same_question(line, at, last, known)}
    return tuple(kept.values()), last


def _open(line: Line, at: int, known: Knowledge) -> bool:
    """An instruction or a condition ("if he comes back, ring us") asks nothing."""
    start, end = line.clause(at)
    return not known.cues["instruction"].match(line.text, start, end)


def _same_question(line: Line, at: int, last: int, known: Knowledge) -> bool:
    between = line.text[min(at, last) : last]
    return BOUNDARY not in between or bool(known.cues["or"].search(between))


def answer_in(line: Line, known: Knowledge) -> Answer:
    """How a turn begins to answer."""
    for name, answer in _KINDS:
        if known.cues[f"answer_{name}"].match(line.text):
            return answer
    return Answer.OTHER


_KINDS = (
    ("unsure", Answer.UNSURE),
    ("no", Answer.NO),
    ("yes", Answer.YES),
    ("wait", Answer.WAIT),
)
