"""What somebody sees of a request for everything held about a person, and what became of each item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.domain.subject_access import Fate, Item, SubjectRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    fate: Fate
    why: str = field(default="", repr=False)
    names: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectSeen:
    """A request with everything that was found for it and that the person may know of."""

    request: SubjectRequest
    items: Sequence[Item]
    decided: Mapping[str, Decision]
    more: bool
    """Whether something was found that was not put before the second person."""


def decided_of(request: SubjectRequest) -> dict[str, Decision]:
    if request.proposed is not None:
        return {
            one.item.id: Decision(fate=one.fate, why=one.why, names=one.names)
            for one in request.proposed.items
        }
    return {
        item: Decision(fate=one.fate, why=one.why, names=one.names) for item, one in request.decided.items()
    }
