"""A disclosure as the journal has it: who asked for what, who agreed, and whether it has left."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from server.domain.events import Disclosed, Entry, Purpose
from server.domain.events.keeping import DisclosureApproved, DisclosureAsked, DisclosureRefused, Pictures
from server.domain.ids import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    asked: int
    """The number of the entry that asked, by which it goes."""
    by: PersonId
    purpose: Purpose
    why: str = field(repr=False)
    redact: bool
    names: tuple[str, ...] = field(repr=False)
    pictures: Pictures = Pictures.WHOLE
    approved_by: PersonId | None = None
    refused_by: PersonId | None = None
    taken: int = 0
    """How often the bundle was made."""

    @property
    def waits(self) -> bool:
        return self.approved_by is None and self.refused_by is None


def disclosures(entries: Iterable[Entry]) -> dict[int, Disclosure]:
    """Every disclosure of a call, by its number."""
    found: dict[int, Disclosure] = {}
    for entry in entries:
        event = entry.event
        if isinstance(event, DisclosureAsked):
            found[entry.seq] = Disclosure(
                asked=entry.seq,
                by=event.person,
                purpose=event.purpose,
                why=event.why,
                redact=event.redact,
                names=event.names,
                pictures=event.pictures,
            )
        elif isinstance(event, DisclosureApproved | DisclosureRefused | Disclosed):
            found |= _after(found, event)
    return found


def _after(
    found: dict[int, Disclosure], event: DisclosureApproved | DisclosureRefused | Disclosed
) -> dict[int, Disclosure]:
    before = found.get(event.asked)
    if before is None:
        return {}
    match event:
        case DisclosureApproved():
            return {event.asked: replace(before, approved_by=event.person)}
        case DisclosureRefused():
            return {event.asked: replace(before, refused_by=event.person)}
        case Disclosed():
            return {event.asked: replace(before, taken=before.taken + 1)}
