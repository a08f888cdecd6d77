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
    SheetWay,
)
from server.domain.ids import ActId, CallId, ForceId, MarkerId, PersonId, SheetId
from server.domain.people import Force
from server.domain.sheets import Sheet, sheets_of
from server.services.briefing import ADVICE_LIMIT, NAME_LIMIT, Briefing, SheetRules
from server.services.control_room import ControlRoom
from server.services.pages import line_of_text
from server.services.rates import Rate, Rates
from server.services.refusals import LinkOver, NoSuchSheet, NotAllNamed, TooManyScreens
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
class Taken:
    """Who signs for which sheet, and what they name of it."""

    sheet: SheetId
    by: str = field(repr=False)
    named: tuple[MarkerId, ...]
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
        shown = await self._showing.view(entries, self._force(entries), self._room.clock.now())
        for earlier in shown.brief.earlier_quoted:
            session = f"{ticket.call}/{ticket.sheet}"
            await self._room.need_to_know.viewed(viewer, earlier, by=BY, session=session)
        # Whom else it was sent to is nothing to whoever holds one link.
        own = [one for one in shown.sheets if one.sheet == ticket.sheet]
        return CrewView(
            view=replace(shown, sheets=own),
            sheet=ticket.sheet,
            kind=sheet.sent.sheet_kind,
            name=sheet.sent.name,
        )

    async def read(self, reader: Reader, named: tuple[MarkerId, ...]) -> None:
        """Sign for it."""
        by = line_of_text(reader.by, NAME_LIMIT)
        ticket = self._ticket(reader)
        async with self._room.turns.of(ticket.call):
            entries, sheet = await self._open(ticket)
            if not _done(entries, reader.act, SheetRead):
                taken = Taken(sheet=ticket.sheet, by=by, named=named, act=reader.act)
                await self._sign(entries, sheet, taken)

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
            if not _done(entries, reader.act, AdviceSaid):
                asked = AdviceSaid(at_ms=_at(entries), sheet=ticket.sheet, by=by, text=said, act=reader.act)
                await self._record(entries, asked)

    async def fetched(self, call: CallId) -> BriefView:
        """For the force's own system, which is told of nothing but what was given to it to fetch."""
        async with self._room.turns.of(call):
            entries = await self._room.recorder.journal.entries(call)
            own = [one for one in sheets_of(entries).sheets.values() if one.sent.way is SheetWay.API]
            new = [one.sent.sheet for one in own if one.opened_at is None]
            if new:
                opened = [SheetOpened(at_ms=_at(entries), sheet=sheet) for sheet in new]
                entries += await self._room.recorder.record(call, *opened)
        shown = await self._showing.view(entries, self._force(entries), self._room.clock.now())
        return replace(shown, sheets=[one for one in shown.sheets if one.way is SheetWay.API])

    async def taken(self, call: CallId, taken: Taken) -> None:
        """The system says who there received it."""
        by = line_of_text(taken.by, NAME_LIMIT)
        async with self._room.turns.of(call):
            entries = await self._room.recorder.journal.entries(call)
            sheet = sheets_of(entries).sheets.get(taken.sheet)
            if sheet is None or sheet.sent.way is not SheetWay.API:
                raise NoSuchSheet
            if not sheet.good_at(self._room.clock.now()):
                raise NoSuchSheet("This sheet is no longer open. Ask for a new one.")
            if not _done(entries, taken.act, SheetRead):
                await self._sign(entries, sheet, replace(taken, by=by))

    def _force(self, entries: Sequence[Entry]) -> Force:
        return self._room.force(folded(entries[:1]).force or ForceId(""))

    async def _sign(self, entries: Sequence[Entry], sheet: Sheet, taken: Taken) -> None:
        """Another force names everything that must not be lost first, or is refused."""
        must = brief_of(entries[0].call, entries, self._showing.markers).must
        left = [marker for marker in sheet.missing(must) if marker not in taken.named]
        if sheet.sent.sheet_kind is SheetKind.TRANSFER and left:
            titles = ", ".join(one.title for one in self._showing.named(left))
            raise NotAllNamed(f"Not named yet: {titles}.")
        known = tuple(marker for marker in taken.named if marker in must)
        signed = SheetRead(at_ms=_at(entries), sheet=taken.sheet, by=taken.by, named=known, act=taken.act)
        await self._record(entries, signed)

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


def _done(entries: Sequence[Entry], act: ActId, kind: type[Event]) -> bool:
    """Whether this act is on record already."""
    return act != NO_ACT and any(
        isinstance(entry.event, kind) and getattr(entry.event, "act", NO_ACT) == act for entry in entries
    )
