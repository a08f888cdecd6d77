"""The crew's side of a brief, by one signed link: read it as it grows, sign for it, be there, ask."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from server.domain.briefs import brief_of
from server.domain.call import folded
from server.domain.events import (
    NO_ACT,
    AdviceSaid,
    CrewArrived,
    Entry,
    Event,
    SheetKind,
    SheetOpened,
    SheetRead,
)
from server.domain.ids import ActId, ForceId, MarkerId, PersonId
from server.domain.sheets import Sheet, sheets_of
from server.services.briefing import ADVICE_LIMIT, NAME_LIMIT, Briefing, SheetRules
from server.services.control_room import ControlRoom
from server.services.pages import line_of_text
from server.services.rates import Rate, Rates
from server.services.refusals import LinkOver, NotAllNamed, TooManyScreens
from server.services.sheet_links import Ticket
from server.services.sheet_views import BriefView, Showing

BY = "sheet link"
"""How it stands in the access log."""
PACE = Rate(per_s=1.0, burst=20)
"""What one link may do, in the long run and at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who holds a link, as they say, and the id of what they do."""

    token: str = field(repr=False)
    by: str = field(default="", repr=False)
    act: ActId = NO_ACT


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewView:
    view: BriefView
    sheet: str
    kind: SheetKind
    name: str


class Crew:
    def __init__(self, room: ControlRoom, showing: Showing, rules: SheetRules) -> None:
        self._room = room
        self._showing = showing
        self._rules = rules
        self._pace = Rates(room.clock, PACE)

    async def view(self, reader: Reader, *, after: int = 0) -> CrewView | None:
        """The sheet as it stands, on record as opened; none where nothing is new after that entry."""
        ticket = self._ticket(reader)
        async with self._room.turns.of(ticket.call):
            entries, sheet = await self._open(ticket)
            if after and entries[-1].seq <= after:
                return None
            if sheet.opened_at is None:
                await self._record(entries, SheetOpened(at_ms=_at(entries), sheet=ticket.sheet))
        viewer = PersonId(f"sheet:{ticket.sheet}")
        await self._room.need_to_know.viewed(viewer, ticket.call, by=BY, session=ticket.sheet)
        shown = self._showing.view(
            entries, self._room.force(folded(entries[:1]).force or ForceId("")), self._room.clock.now()
        )
        # Whom else it was sent to is nothing to whoever holds one link.
        own = [one for one in shown.sheets if one.sheet == ticket.sheet]
        return CrewView(
            view=replace(shown, sheets=own),
            sheet=ticket.sheet,
            kind=sheet.sent.sheet_kind,
            name=sheet.sent.name,
        )

    async def read(self, reader: Reader, named: tuple[MarkerId, ...]) -> None:
        """Sign for it. Another force names everything that must not be lost first, or is refused."""
        by = line_of_text(reader.by, NAME_LIMIT)
        ticket = self._ticket(reader)
        async with self._room.turns.of(ticket.call):
            entries, sheet = await self._open(ticket)
            if _done(entries, reader, SheetRead):
                return
            must = brief_of(ticket.call, entries, self._showing.markers).must
            left = [marker for marker in sheet.missing(must) if marker not in named]
            if sheet.sent.sheet_kind is SheetKind.TRANSFER and left:
                titles = ", ".join(one.title for one in self._showing.named(left))
                raise NotAllNamed(f"Not named yet: {titles}.")
            known = tuple(marker for marker in named if marker in must)
            signed = SheetRead(at_ms=_at(entries), sheet=ticket.sheet, by=by, named=known, act=reader.act)
            await self._record(entries, signed)

    async def there(self, reader: Reader) -> None:
        by = line_of_text(reader.by, NAME_LIMIT)
        ticket = self._ticket(reader)
        async with self._room.turns.of(ticket.call):
            entries, _ = await self._open(ticket)
            if not any(isinstance(entry.event, CrewArrived) for entry in entries):
                arrived = CrewArrived(at_ms=_at(entries), sheet=ticket.sheet, by=by, act=reader.act)
                await self._record(entries, arrived)

    async def ask(self, reader: Reader, text: str) -> None:
        by, said = line_of_text(reader.by, NAME_LIMIT), line_of_text(text, ADVICE_LIMIT)
        ticket = self._ticket(reader)
        async with self._room.turns.of(ticket.call):
            entries, _ = await self._open(ticket)
            if not _done(entries, reader, AdviceSaid):
                asked = AdviceSaid(at_ms=_at(entries), sheet=ticket.sheet, by=by, text=said, act=reader.act)
                await self._record(entries, asked)

    def _ticket(self, reader: Reader) -> Ticket:
        ticket = self._rules.links.open(reader.token, self._room.clock.now())
        if self._pace.take(f"{ticket.call} {ticket.sheet}") > 0:
            raise TooManyScreens("That is too often. Wait a moment and try again.")
        return ticket

    async def _open(self, ticket: Ticket) -> tuple[list[Entry], Sheet]:
        """Raises `LinkOver` where the desk has closed it."""
        entries = await self._room.recorder.journal.entries(ticket.call)
        sheet = sheets_of(entries).sheets.get(ticket.sheet)
        if sheet is None or not sheet.good_at(self._room.clock.now()):
            raise LinkOver
        return entries, sheet

    async def _record(self, entries: Sequence[Entry], event: Event) -> None:
        await self._room.recorder.record(entries[0].call, event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefs:
    """Both sides of every brief, for the doors that lead to them."""

    desk: Briefing
    crew: Crew

    @classmethod
    def of(cls, room: ControlRoom, showing: Showing, rules: SheetRules) -> "Briefs":
        return cls(desk=Briefing(room, showing, rules), crew=Crew(room, showing, rules))


def _at(entries: Sequence[Entry]) -> int:
    """In media time, after all that is known."""
    return max(entry.event.at_ms for entry in entries)


def _done(entries: Sequence[Entry], reader: Reader, kind: type[Event]) -> bool:
    """Whether this act is on record already."""
    return reader.act != NO_ACT and any(
        isinstance(entry.event, kind) and getattr(entry.event, "act", NO_ACT) == reader.act
        for entry in entries
    )
