"""Taking on somebody's request for what is held about them: whom it is about, and by what they are found."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from server.domain.casework.events import CaseId, PartyId
from server.domain.entities import EntityKind
from server.domain.subject_access import SubjectAsked
from server.ports.history import Matcher
from server.services.case_pages import CasePages
from server.services.pages import Doing, line_of_text
from server.services.refusals import BadText
from server.services.subject_finding import Finder
from server.services.subject_refusals import NoSuchItem

LINE, TEXT = 120, 400
MOST_NAMES, NAME_LIMIT = 50, 80
MOST = 12
"""Numbers, or addresses, that one person is looked for by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectWanted:
    """Whom it is about: somebody of a case, or whoever goes by this name, number or address."""

    name: str = field(default="", repr=False)
    numbers: tuple[str, ...] = field(default=(), repr=False)
    addresses: tuple[str, ...] = field(default=(), repr=False)
    case: CaseId | None = None
    party: PartyId | None = None
    why: str = field(repr=False)


async def asked_for(doing: Doing, wanted: SubjectWanted, finder: Finder) -> SubjectAsked:
    """What goes on record. Raises `BadText`, `NoSuchItem`, or as a case that is not open to them."""
    name, numbers, addresses = wanted.name, wanted.numbers, wanted.addresses
    if wanted.case is not None:
        async with CasePages(finder.room, finder.book).opened(doing.person, wanted.case) as page:
            party = page.file.parties.get(wanted.party or PartyId(""))
            if party is None:
                raise NoSuchItem
            lived = [one.text for one in page.file.addresses.values() if one.of == party.party]
            reads = finder.matcher.read
            name = party.name
            numbers = (*(one for one in [party.number] if reads(EntityKind.NUMBER, one)), *numbers)
            addresses = (*(one for one in lived if reads(EntityKind.ADDRESS, one)), *addresses)
    if max(len(numbers), len(addresses)) > MOST:
        raise BadText
    asked = SubjectAsked(
        person=doing.by,
        force=doing.person.force,
        name=line_of_text(name, LINE),
        numbers=tuple(dict.fromkeys(line_of_text(one, LINE) for one in numbers)),
        addresses=tuple(dict.fromkeys(line_of_text(one, TEXT) for one in addresses)),
        case=wanted.case,
        party=wanted.party if wanted.case is not None else None,
        why=line_of_text(wanted.why, TEXT),
    )
    _check_read(asked, finder.matcher)
    return asked


def _check_read(asked: SubjectAsked, matcher: Matcher) -> None:
    """What cannot be looked for is said, and not passed over. Raises `BadText`."""
    for number in asked.numbers:
        if matcher.read(EntityKind.NUMBER, number) is None:
            raise BadText("One of the numbers cannot be read as a telephone number.")
    for address in asked.addresses:
        if matcher.read(EntityKind.ADDRESS, address) is None:
            raise BadText("One of the addresses cannot be read as an address.")


def listed(names: Sequence[str]) -> tuple[str, ...]:
    """Names that a redacted copy leaves out. Raises `BadText`."""
    if len(names) > MOST_NAMES:
        raise BadText
    return tuple(dict.fromkeys(line_of_text(name, NAME_LIMIT) for name in names))
