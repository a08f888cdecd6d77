"""Asking somebody on a call into video: the questions first, then the facts, then the link, by text."""

import logging
import secrets
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

from server.domain.call import CallState
from server.domain.events import (
    CallArrived,
    CallEnded,
    InviteReported,
    SafetyAsked,
    VideoInvited,
)
from server.domain.events.inviting import Answer
from server.domain.ids import CallId, ForceId, LinkId, MarkerId
from server.domain.invitations import invitations_of, number_of
from server.domain.markers import Marker
from server.domain.people import Grade, Person, Role
from server.domain.room import VIDEO
from server.domain.video_facts import VideoFact, facts_of, merged, safety_of, stops_of
from server.domain.video_links import Closing, LinkKind, VideoLink
from server.ports.channels import Carriage, NotSent, Report, TextChannel
from server.ports.journal import JournalLost, UnknownCall
from server.services.control_room import ControlRoom
from server.services.invite_values import Answers, FromCase, Invited, InviteRules, Picture, Wanted
from server.services.pages import Doing, Page, Pages, note_of
from server.services.rates import Rates
from server.services.readers import Readers
from server.services.refusals import (
    BadNumber,
    NoSuchLanguage,
    NoSuchLink,
    NotAsked,
    NotSafeToText,
    ReadOnly,
    StopSigns,
    TooManyLinks,
)
from server.services.their_numbers import TheirNumbers
from server.services.video_links import VideoLinks

log = logging.getLogger(__name__)

ROOM_BYTES = 12
LINK_BYTES = 9
NAME_LIMIT = 40
WORD_LIMIT = 60
BY = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    room: ControlRoom
    links: VideoLinks
    readers: Readers
    text: TextChannel
    rules: InviteRules
    rates: Rates
    theirs: TheirNumbers

    async def picture(self, person: Person, call: CallId, within: FromCase | None = None) -> Picture:
        async with self._page(person, call, within) as page:
            await self.room.need_to_know.viewed(person.id, call, by=BY)
            return self._picture(page, within)

    async def ask_safety(
        self, doing: Doing, call: CallId, answers: Answers, within: FromCase | None = None
    ) -> None:
        """Keep what they answered; asked again, the new answers stand."""
        _check_role(doing)
        async with self._page(doing.person, call, within) as page:
            if page.done(doing, lambda event: isinstance(event, SafetyAsked)):
                return
            asked = SafetyAsked(
                at_ms=page.at_ms,
                person=doing.by,
                act=doing.act,
                phone_safe=answers.phone_safe,
                others=answers.others,
                alone=answers.alone,
                word=note_of(answers.word, WORD_LIMIT),
                until=self.room.clock.now() + self.rules.safety,
            )
            await page.record(asked)

    async def invite(
        self, doing: Doing, call: CallId, wanted: Wanted, within: FromCase | None = None
    ) -> Invited:
        """Send a link. Raises `Refused` for what has to be asked or read first."""
        _check_role(doing)
        to = self._checked(wanted)
        async with self._page(doing.person, call, within) as page:
            if page.done(doing, lambda event: isinstance(event, VideoInvited)):
                return _sent_before(page, doing)
            await self.theirs.check(to, call, guest=wanted.guest)
            stops = self._stops(self._picture(page, within), wanted)
            # What is refused uses up nothing of what may be sent.
            if self.rates.take(call):
                raise TooManyLinks
            link = await self._link(page, doing, wanted)
            asked = self._invited(page, doing, link, to)
            case = within.case if within is not None else ""
            await page.record(replace(asked, stops=stops, case=case))
            token = await self.links.make(link)
        return await self._send(link, to, token)

    async def revoke(self, doing: Doing, call: CallId, link: LinkId, within: FromCase | None = None) -> None:
        _check_role(doing)
        async with self._page(doing.person, call, within):
            found = await self.links.book.link(link)
        if found is None or found.call != call:
            raise NoSuchLink
        await self.links.shut(found, Closing.REVOKED)

    async def report(self, report: Report) -> None:
        """What the provider says of a message, under the tag that it was sent with."""
        found = await self.links.book.link(LinkId(report.tag))
        if found is None or report.carriage is Carriage.TAKEN:
            return
        status = "delivered" if report.carriage is Carriage.DELIVERED else "failed"
        await self._report(found, status, report.instead)

    def _page(
        self, person: Person, call: CallId, within: FromCase | None
    ) -> AbstractAsyncContextManager[Page]:
        """Who keeps the case need not have been given each of its calls."""
        pages = Pages(self.room)
        return pages.of_force(person, call) if within is not None else pages.granted(person, call)

    def _picture(self, page: Page, within: FromCase | None = None) -> Picture:
        now = self.room.clock.now()
        safety = safety_of(page.entries, now)
        arrived, force = _arrival(page), page.state.force
        facts = self.facts_of(page.state, safety)
        return Picture(
            safety=safety,
            facts=merged(facts, within.facts if within is not None else ()),
            invitations=tuple(one.shown(now) for one in invitations_of(page.entries)),
            number=arrived.caller if number_of(arrived.caller) else "",
            video=arrived.doorway == VIDEO,
            records=self._records(force),
        )

    def _records(self, force: ForceId | None) -> bool:
        return force is not None and self.room.force(force).recording.video

    def facts_of(self, state: CallState, safety: SafetyAsked | None) -> tuple[VideoFact, ...]:
        """What a call shows that speaks for and against video."""
        return facts_of(state, safety, self._markers(state.force), self._grades(state.force))

    def _markers(self, force: ForceId | None) -> Mapping[MarkerId, Marker]:
        return self.readers.of(force).markers

    def _grades(self, force: ForceId | None) -> tuple[Grade, ...]:
        return self.room.force(force).grades if force is not None else ()

    def _checked(self, wanted: Wanted) -> str:
        if wanted.language not in self.rules.messages:
            raise NoSuchLanguage
        to = number_of(wanted.to)
        if to is None:
            raise BadNumber
        return to

    def _stops(self, picture: Picture, wanted: Wanted) -> tuple[str, ...]:
        """The stop signs that stand. What is asked of whom the call is about is not asked of guests."""
        if wanted.guest:
            return ()
        if picture.safety is None:
            raise NotAsked
        if picture.safety.phone_safe is Answer.NO:
            raise NotSafeToText
        stops = stops_of(picture.facts)
        if stops and not wanted.knowing:
            raise StopSigns
        return stops

    async def _link(self, page: Page, doing: Doing, wanted: Wanted) -> VideoLink:
        now = self.room.clock.now()
        return VideoLink(
            id=LinkId(f"l{secrets.token_hex(LINK_BYTES)}"),
            call=page.call,
            room=await self._room_of(page),
            force=page.state.force or doing.person.force,
            kind=wanted.kind,
            guest=wanted.guest,
            talks=wanted.talks and wanted.kind is LinkKind.VIDEO,
            by=doing.by,
            made_at=now,
            until=now + self.rules.link,
            language=wanted.language,
            name=note_of(wanted.name, NAME_LIMIT),
            record=wanted.record and self._records(page.state.force),
        )

    def _invited(self, page: Page, doing: Doing, link: VideoLink, to: str) -> VideoInvited:
        return VideoInvited(
            at_ms=page.at_ms,
            person=doing.by,
            act=doing.act,
            link=link.id,
            room=link.room,
            into=link.kind,
            guest=link.guest,
            until=link.until,
            channel=self.rules.channel,
            to=to,
            language=link.language,
            name=link.name,
            record=link.record,
        )

    async def _room_of(self, page: Page) -> CallId:
        """The call's own room, its last one if that is not over, or a new one."""
        if _arrival(page).doorway == VIDEO and not page.state.ended:
            return page.call
        for one in reversed(invitations_of(page.entries)):
            entries = await self.room.recorder.journal.entries(one.room)
            if not any(isinstance(entry.event, CallEnded) for entry in entries):
                return one.room
        return CallId(f"video-{secrets.token_hex(ROOM_BYTES)}")

    async def _send(self, link: VideoLink, to: str, token: str) -> Invited:
        words = self.rules.messages[link.language].replace("{link}", f"{self.rules.base_url}/v/{token}")
        try:
            receipt = await self.text.send(to, words, tag=link.id)
        except NotSent as why:
            await self._report(link, "failed", str(why))
            await self.links.shut(link, Closing.NOT_SENT)
            return Invited(link=link.id, room=link.room, state="failed", instead=str(why))
        await self._report(link, "sent")
        return Invited(link=link.id, room=link.room, state="sent", shown=receipt.shown)

    async def _report(self, link: VideoLink, status: str, instead: str = "") -> None:
        try:
            async with self.room.turns.of(link.call):
                entries = await self.room.recorder.journal.entries(link.call)
                at_ms = max((entry.event.at_ms for entry in entries), default=0)
                reported = InviteReported(at_ms=at_ms, link=link.id, status=status, instead=instead)
                await self.room.recorder.record(link.call, reported)
        except (JournalLost, UnknownCall):
            log.exception("what became of a message is not recorded", extra={"call": link.call})


def _check_role(doing: Doing) -> None:
    if doing.person.role is Role.SUPERVISOR:
        raise ReadOnly("The handler or the specialist asks, and sends the link.")


def _arrival(page: Page) -> CallArrived:
    """A call's first entry is its arrival."""
    first = page.entries[0].event
    if not isinstance(first, CallArrived):
        raise UnknownCall
    return first


def _sent_before(page: Page, doing: Doing) -> Invited:
    """The same act again: the link itself is kept nowhere and cannot be shown twice."""
    event = next(
        entry.event
        for entry in page.entries
        if isinstance(entry.event, VideoInvited) and entry.event.act == doing.act
    )
    one = next(found for found in invitations_of(page.entries) if found.link == event.link)
    return Invited(link=one.link, room=one.room, state=one.state, instead=one.instead)
