"""The desk's side of a brief: what people add, whom it is sent to, what came back, what the crew is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta

from server.domain.briefs import brief_of
from server.domain.events import (
    AdviceSaid,
    BriefNoted,
    Carriage,
    CheckResult,
    CrewArrived,
    RecordCheck,
    RecordChecked,
    SheetCarried,
    SheetEnded,
    SheetKind,
    SheetRead,
    SheetSent,
    SheetWay,
)
from server.domain.ids import CallId, MarkerId, SheetId
from server.domain.people import Person
from server.domain.sheets import sheets_of
from server.domain.transfers import Peer
from server.domain.withholding import entries_for
from server.ports.channels import Mail, MailChannel, NotSent, Receipt, Report, TextChannel
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Page, Pages, line_of_text, note_of
from server.services.refusals import BadText, NoChannel, NoSuchSheet
from server.services.sheet_addresses import OUT, check_address, check_sender
from server.services.sheet_links import SheetLinks, Ticket
from server.services.sheet_views import BriefView, Showing, call_name
from server.services.their_numbers import TheirNumbers
from server.services.transfer_refusals import NoPeer

NOTE_LIMIT = 200
ADVICE_LIMIT = 300
NAME_LIMIT = 80
TAG = "sheet"
"""What a text of ours is told by in its provider's reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The ways out that this server has."""

    text: TextChannel | None = None
    mail: MailChannel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRules:
    base_url: str
    links: SheetLinks
    theirs: TheirNumbers
    good: timedelta = timedelta(hours=2)
    channels: Channels = field(default_factory=Channels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """To whom a sheet goes, and how."""

    kind: SheetKind
    way: SheetWay
    name: str
    to: str = field(default="", repr=False)
    why: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    sheet: SheetId
    shown: str = field(default="", repr=False)
    """In development nothing is sent: what would have been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody found on a record."""

    check: RecordCheck
    found: CheckResult
    text: str = field(default="", repr=False)
    source: str = ""


class Briefing:
    def __init__(self, room: ControlRoom, showing: Showing, rules: SheetRules) -> None:
        self._room = room
        self._pages = Pages(room)
        self._showing = showing
        self._rules = rules

    @property
    def ways(self) -> Mapping[SheetWay, bool]:
        """Which ways out there are."""
        channels = self._rules.channels
        set_up = {
            SheetWay.SMS: channels.text is not None,
            SheetWay.EMAIL: channels.mail is not None,
            SheetWay.EARSHOT: bool(self._showing.peers.all),
        }
        return {way: set_up.get(way, True) for way in SheetWay}

    async def view(
        self, person: Person, call: CallId, *, after: int = 0, session: str = ""
    ) -> BriefView | None:
        """The brief as it stands; none where nothing was recorded after that entry."""
        async with self._pages.granted(person, call) as page:
            if after and page.state.last_seq <= after:
                return None
            entries = page.entries
        barred = await self._room.need_to_know.bars.calls_barred(person.id)
        entries = entries_for(entries, barred)
        await self._room.need_to_know.viewed(person.id, call, by="brief", session=session)
        view = await self._showing.view(entries, self._room.force(person.force), self._room.clock.now())
        for earlier in view.brief.earlier_quoted:
            await self._room.need_to_know.viewed(person.id, earlier, by="brief", session=session)
        return view

    async def note(self, doing: Doing, call: CallId, text: str) -> None:
        said = line_of_text(text, NOTE_LIMIT)
        async with self._pages.granted(doing.person, call) as page:
            if not page.done(doing, lambda event: isinstance(event, BriefNoted)):
                await page.record(BriefNoted(at_ms=page.at_ms, person=doing.by, act=doing.act, text=said))

    async def checked(self, doing: Doing, call: CallId, look: Look) -> None:
        """Put on record what was looked up, where and when."""
        text, source = note_of(look.text, NOTE_LIMIT), note_of(look.source, NAME_LIMIT)
        if look.found is CheckResult.SOMETHING and not text:
            raise BadText("Say what was found.")
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, RecordChecked)):
                return
            await page.record(
                RecordChecked(
                    at_ms=page.at_ms,
                    person=doing.by,
                    act=doing.act,
                    check=look.check,
                    found=look.found,
                    text=text,
                    source=source,
                )
            )

    async def advise(self, doing: Doing, call: CallId, text: str) -> None:
        said = line_of_text(text, ADVICE_LIMIT)
        async with self._pages.granted(doing.person, call) as page:
            if not page.done(doing, lambda event: isinstance(event, AdviceSaid)):
                await page.record(AdviceSaid(at_ms=page.at_ms, person=doing.by, act=doing.act, text=said))

    async def crew_there(self, doing: Doing, call: CallId) -> None:
        """The crew has said by radio that it is there. Saying so twice is saying so once."""
        async with self._pages.granted(doing.person, call) as page:
            if not any(isinstance(entry.event, CrewArrived) for entry in page.entries):
                await page.record(CrewArrived(at_ms=page.at_ms, person=doing.by, act=doing.act))

    async def send(self, doing: Doing, call: CallId, sending: Sending) -> Sent:
        """On record first, then out by its channel, and what the channel said on record again."""
        name, why = line_of_text(sending.name, NAME_LIMIT), note_of(sending.why, NOTE_LIMIT)
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, SheetSent)):
                return Sent(sheet=_sent_as(page, doing))
            await self._check(doing, page, sending)
            peer = self._peer(page, sending)
            sheet = SheetId(f"s{len(sheets_of(page.entries).sheets) + 1}")
            until = self._room.clock.now() + self._rules.good
            brief = brief_of(call, page.entries, self._showing.markers)
            await page.record(
                SheetSent(
                    at_ms=page.at_ms,
                    person=doing.by,
                    act=doing.act,
                    sheet=sheet,
                    sheet_kind=sending.kind,
                    way=sending.way,
                    to=sending.to.strip(),
                    name=peer.name if peer else name,
                    until=until,
                    must=brief.grave if peer else brief.must,
                    phone=peer.phone if peer else "",
                    why=why,
                )
            )
        if sending.way not in OUT:
            return Sent(sheet=sheet)
        return Sent(
            sheet=sheet, shown=await self._carry(sending, Ticket(call=call, sheet=sheet, until=until))
        )

    async def _check(self, doing: Doing, page: Page, sending: Sending) -> None:
        """Whether it may go this way, from them, to there."""
        if not self.ways[sending.way]:
            raise NoChannel
        barred = await self._room.need_to_know.bars.calls_barred(doing.by)
        check_sender(sending.way, page.entries, barred)
        theirs = await self._rules.theirs.of_anybody(page.call) if sending.way is SheetWay.SMS else ()
        check_address(sending.way, sending.to.strip(), page.entries, theirs=theirs)

    async def report(self, report: Report) -> None:
        """What a provider says later of a text; of any but our own it says nothing here."""
        kind, _, rest = report.tag.partition("/")
        name, _, sheet = rest.rpartition("/")
        call = CallId(name)
        if kind != TAG or report.carriage is Carriage.TAKEN:
            return
        async with self._room.turns.of(call):
            found = sheets_of(await self._room.recorder.journal.entries(call)).sheets.get(SheetId(sheet))
            if found is None or (found.carried and found.carried.carried is report.carriage):
                return
            told = SheetCarried(at_ms=0, sheet=found.sent.sheet, carried=report.carriage, why=report.instead)
            await self._room.recorder.record(call, told)

    async def read_for(
        self, doing: Doing, call: CallId, sheet: SheetId, by: str, named: tuple[MarkerId, ...]
    ) -> None:
        """Somebody said over the radio or telephone that they have it, and read it back."""
        reader = line_of_text(by, NAME_LIMIT)
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, SheetRead)):
                return
            _check_sheet(page, sheet)
            await page.record(
                SheetRead(
                    at_ms=page.at_ms, sheet=sheet, by=reader, named=named, person=doing.by, act=doing.act
                )
            )

    async def end(self, doing: Doing, call: CallId, sheet: SheetId) -> None:
        """Close its link now."""
        async with self._pages.granted(doing.person, call) as page:
            _check_sheet(page, sheet)
            if not sheets_of(page.entries).sheets[sheet].ended:
                await page.record(SheetEnded(at_ms=page.at_ms, person=doing.by, act=doing.act, sheet=sheet))

    async def _carry(self, sending: Sending, ticket: Ticket) -> str:
        """What a channel of development shows instead of sending it."""
        shown = ""
        link = f"{self._rules.base_url}/crew#{self._rules.links.sign(ticket)}"
        try:
            receipt = await self._out(sending, ticket, f"{link}\nGood until {_clock(ticket)}.")
            shown = receipt.shown
            carried = SheetCarried(
                at_ms=0, sheet=ticket.sheet, carried=receipt.carriage, reference=receipt.reference
            )
        except NotSent as refused:
            carried = SheetCarried(at_ms=0, sheet=ticket.sheet, carried=Carriage.FAILED, why=str(refused))
        await self._room.recorder.record(ticket.call, carried)
        return shown

    async def _out(self, sending: Sending, ticket: Ticket, body: str) -> Receipt:
        name = call_name(ticket.call)
        what = "Brief" if sending.kind is SheetKind.BRIEF else "Transfer sheet"
        channels = self._rules.channels
        if sending.way is SheetWay.SMS and channels.text is not None:
            tag = f"{TAG}/{ticket.call}/{ticket.sheet}"
            return await channels.text.send(sending.to.strip(), f"{what}, {name}: {body}", tag=tag)
        if channels.mail is None:
            raise NotSent("no such channel is set up")
        return await channels.mail.send(Mail(to=sending.to.strip(), subject=f"{what}, {name}", text=body))

    def peers(self, person: Person) -> Sequence[Peer]:
        """The forces whose own servers take a call over from the person's."""
        return self._showing.peers.of(person.force)

    def _peer(self, page: Page, sending: Sending) -> Peer | None:
        """The other force's server that is told. Raises `NoPeer`."""
        if sending.way is not SheetWay.EARSHOT:
            return None
        force = page.state.force
        peer = self._showing.peers.to(force, sending.to.strip()) if force else None
        if peer is None or sending.kind is not SheetKind.TRANSFER:
            raise NoPeer
        return peer


def _clock(ticket: Ticket) -> str:
    return f"{ticket.until.astimezone(UTC):%H:%M} UTC"


def _sent_as(page: Page, doing: Doing) -> SheetId:
    """Under which id this act's sheet is on record."""
    (sent,) = [
        entry.event
        for entry in page.entries
        if isinstance(entry.event, SheetSent) and entry.event.act == doing.act
    ]
    return sent.sheet


def _check_sheet(page: Page, sheet: SheetId) -> None:
    if sheet not in sheets_of(page.entries).sheets:
        raise NoSuchSheet
