"""Who did something to a call: a person at one of our screens, or one whom another system names."""

from dataclasses import dataclass

from server.domain.events import NO_ACT
from server.domain.ids import ActId, ForceId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    person: PersonId
    act: ActId = NO_ACT
    system: str = ""
    """The system that told us; empty: it was done here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the force's other systems say: recorded whoever they name, for it has happened."""

    force: ForceId
    hand: Hand

    @property
    def act(self) -> ActId:
        return self.hand.act


def told_text(text: str, limit: int) -> str:
    """One line of what another system wrote: cleaned and cut, since refusing it would lose the fact."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:limit].strip()
