"""What a caller has told so far, as the judge hears it to say what kind of call it is."""

from dataclasses import dataclass, field

from server.adapters.language.opinion import Opinion

DOMESTIC = "domestic"
"""The judge's head that hears a call so far instead of a turn."""
OPENING_WORDS, LATEST_WORDS = 18, 32
"""How a call begins tells most of its kind, and what was said last the rest; the encoder hears no more."""

FEW_WORDS = 4
MOST_SURE = 4.0


@dataclass(frozen=True, slots=True)
class Told:
    """The caller's first words and the latest, whatever lay between. Bounded."""

    opening: tuple[str, ...] = field(default=(), repr=False)
    latest: tuple[str, ...] = field(default=(), repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        return self.opening + self.latest

    def and_then(self, said: tuple[str, ...]) -> "Told":
        room = OPENING_WORDS - len(self.opening)
        return Told(self.opening + said[:room], (self.latest + said[room:])[-LATEST_WORDS:])


NOTHING_TOLD = Told()


def kind_of(told: Told, judge: Opinion | None) -> float:
    """The log odds, within bounds, that a call where this was said is a domestic one; nought if unknown."""
    if judge is None or DOMESTIC not in judge.heads or len(told.words) < FEW_WORDS:
        return 0.0
    return max(-MOST_SURE, min(MOST_SURE, judge.hear(told.words).markers[DOMESTIC]))
