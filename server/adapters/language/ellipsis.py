"""An answer made whole: "where did he put his hands" and "my neck" say together what neither says alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from server.adapters.language.clauses import SUBJECTS
from server.adapters.language.words import Token

ASKING = frozenset({"what", "where", "when", "how", "why", "which", "who", "whose"})
HELPING = frozenset({"do", "does", "did"})
FINITE = frozenset(
    {"is", "s", "are", "am", "was", "were", "has", "have", "had", "will", "would", "d", "can", "could"}
)
LONGEST_QUESTION = 14
LONGEST_ANSWER = 12
AGREEING = frozenset({"yeah", "yes", "right", "well", "so", "and", "oh", "okay"})
POINTING = (["it", "s"], ["it", "is"], ["that", "s"], ["it", "was"])
_YOU = {"you": "me", "your": "my", "yours": "mine", "yourself": "myself"}


@dataclass(frozen=True, slots=True)
class Question:
    """A handler's last question, in the words in which the caller would tell it."""

    told: tuple[str, ...] = field(repr=False)
    of_subject: bool
    """Whether the answer names who does it, and comes first: "who hit you"."""
    text: str = field(repr=False)


def question_of(tokens: Sequence[Token], starts: Sequence[bool], text: str) -> Question | None:
    """The last question of a turn; none, if it asks nothing in a way that an answer could complete."""
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].text in ASKING or (starts[at] and tokens[at].text in HELPING | FINITE):
            words = [token.text for token in tokens[at : at + LONGEST_QUESTION]]
            told = _told(words)
            return Question(tuple(told), words[0] == "who", text) if len(told) > 1 else None
    return None


def _told(words: list[str]) -> list[str]:
    """As it would be told: "where did he put his hands" is "he put his hands"."""
    rest = words[1:] if words[0] in ASKING else words
    if words[0] == "who":
        rest = rest[3:] if rest[1:3] == ["it", "that"] else rest
        return [_YOU.get(word, word) for word in rest]
    if rest and rest[0] in HELPING | FINITE and len(rest) > 1:
        verb = [] if rest[0] in HELPING else ["am" if rest[0] == "are" and rest[1] == "you" else rest[0]]
        rest = ["i" if rest[1] == "you" else _YOU.get(rest[1], rest[1]), *verb, *rest[2:]]
        return [rest[0], *(_YOU.get(word, word) for word in rest[1:])]
    return [_YOU.get(word, word) for word in rest]


def leaning(question: Question, tokens: Sequence[Token]) -> Sequence[Token]:
    """An answer that leans on its question, from its first telling word; none, if it stands by itself."""
    first = next((at for at, token in enumerate(tokens) if token.text not in AGREEING), len(tokens))
    if question.of_subject and [token.text for token in tokens[first : first + 2]] in POINTING:
        first += 2
    short = first < len(tokens) <= first + LONGEST_ANSWER
    return tokens[first:] if short and tokens[first].text not in SUBJECTS else ()


def whole(question: Question, answer: Sequence[Token]) -> tuple[list[Token], int]:
    """Question and answer in one row, and the seam; the question's words stand where the two meet."""
    meeting = answer[-1].last if question.of_subject else answer[0].first
    told = [Token(word, meeting, meeting) for word in question.told]
    said = [
        Token(token.text, token.first, token.last, token.stop and at > 0) for at, token in enumerate(answer)
    ]
    return ([*said, *told], len(said)) if question.of_subject else ([*told, *said], len(told))
