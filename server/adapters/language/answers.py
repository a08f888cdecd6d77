"""What a turn answers to a question: yes, no, by name, by content, or not yet."""

from enum import Enum, auto

from server.adapters.language.knowledge import Knowledge
from server.adapters.language.questions import Asked, named_in
from server.adapters.language.turns import Line

SHORT_ANSWER = 8
"""A longer turn that begins with neither yes nor no tells something of its own."""


class Answer(Enum):
    YES = auto()
    NO = auto()
    UNSURE = auto()
    WAIT = auto()
    """Neither yet: "um, hang on"."""
    OTHER = auto()


def answer_to(asked: Asked, line: Line, known: Knowledge) -> Answer:
    """What a turn says to one question: "round my neck" and "both hands" are a yes, "just his fists" a no."""
    kind = _beginning(line, known)
    if kind not in (Answer.YES, Answer.OTHER) or len(line.text) > SHORT_ANSWER:
        return kind
    if known.cues["negation"].search(line.text):
        return kind
    if names_another(asked, line, known):
        return Answer.OTHER
    named = named_in(line.text, known)
    marker = known.markers[asked.marker]
    speaks_for, speaks_against = (Answer.NO, Answer.YES) if asked.inverse else (Answer.YES, Answer.NO)
    if marker.answers_no.search(line.text):
        return speaks_against
    if kind is not Answer.OTHER:
        return kind
    if named & asked.named or (asked.presumed and leans(line, known)):
        return Answer.YES
    return speaks_for if marker.answers.search(line.text) else kind


def names_another(asked: Asked, line: Line, known: Knowledge) -> bool:
    """Whether of "inside or outside" the other one is named."""
    named = named_in(line.text, known)
    return bool(named & asked.instead) and not named & asked.named


def completes(line: Line, known: Knowledge) -> bool:
    """Whether a turn goes on with what was asked, and neither denies nor doubts it nor puts it off."""
    return _beginning(line, known) in (Answer.YES, Answer.OTHER)


def leans(line: Line, known: Knowledge) -> bool:
    """Whether an answer is no statement of its own, and says something."""
    return known.cues["subject"].match(line.text) is None and bool(named_in(line.text, known))


def _beginning(line: Line, known: Knowledge) -> Answer:
    """How a turn begins to answer; one of nothing but hesitation does not."""
    if not line.text:
        return Answer.WAIT
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
