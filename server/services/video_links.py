"""Links into video: made, opened by one browser, tried by others, left, revoked.

Of what stands in an address and of a browser's secret only hashes are kept, and nothing of either
is ever logged. Whoever is not let in is told one and the same thing, whatever the reason.
"""

import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.domain.events import (
    CallEnded,
    Event,
    LinkClosed,
    LinkOpened,
    LinkTried,
    VideoInvited,
    VideoLeft,
)
from server.domain.ids import CallId, LinkId, ParticipantId
from server.domain.room import Admission
from server.domain.seats import Leaving, Seat
from server.domain.video_links import Closing, VideoLink
from server.ports.clock import Clock
from server.ports.journal import JournalLost
from server.ports.video_links import LinkBook
from server.services.recording import Recorder
from server.services.refusals import NotLetIn
from server.services.turns import Turns

log = logging.getLogger(__name__)

TOKEN_BYTES = 16
SECRET_BYTES = 24
TRIES_TOLD = 3
"""That somebody else tried a link is told so often; more would only fill the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    link: VideoLink
    secret: str = field(repr=False)
    """What the browser shows from now on to prove that it is the one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoLinks:
    """Lets browsers in by their links. Implements the rooms' `Admitting`."""

    book: LinkBook
    recorder: Recorder
    turns: Turns
    clock: Clock
    hold: timedelta = timedelta(hours=2)
    """For how long the browser that opened a link may come back."""
    _told: dict[LinkId, int] = field(default_factory=dict, repr=False)

    async def make(self, link: VideoLink) -> str:
        """Keep it; returns what stands in its address, which cannot be had again."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await self.book.add(link, token_hash=hash_of(token))
        return token

    async def look(self, token: str, secret: str) -> VideoLink:
        """Whether this browser may be shown the page: a look opens nothing, since previews look too."""
        link, now = await self.book.find(hash_of(token)), self.clock.now()
        if link is None:
            raise NotLetIn
        if not (link.fresh(now) or self._holds(link, secret, now)):
            await self._tried(link)
            raise NotLetIn
        if await self._is_over(link.room):
            await self.shut(link, Closing.OVER)
            raise NotLetIn
        return link

    async def open(self, token: str, secret: str) -> Opened:
        """Give it to this browser, or let the one that has it come back. Raises `NotLetIn`."""
        link = await self.look(token, secret)
        if link.opened_at is not None:
            return Opened(link=link, secret=secret)
        mine = secret if _is_secret(secret) else secrets.token_urlsafe(SECRET_BYTES)
        if not await self.book.bind(link.id, browser_hash=hash_of(mine), at=self.clock.now()):
            raise NotLetIn
        await self._tell(link.call, lambda at_ms: LinkOpened(at_ms=at_ms, link=link.id))
        return Opened(link=link, secret=mine)

    async def admit(self, token: str, browser_secret: str) -> Admission:
        """Into its room, for the browser that opened it. Raises `NotLetIn`."""
        link = await self.book.find(hash_of(token))
        if link is None or not self._holds(link, browser_secret, self.clock.now()):
            raise NotLetIn
        return Admission(
            room=link.room,
            force=link.force,
            participant=ParticipantId(link.id),
            seat=Seat.GUEST if link.guest else Seat.VICTIM,
            talks=link.talks,
            kind=link.kind,
            name=link.name,
            from_call=link.call if link.call != link.room else None,
            case=await self._case_of(link),
            invited_by=link.by,
            record=link.record,
        )

    async def stands(self, token: str, secret: str) -> bool:
        """Whether this browser may still come back by it. To ask leaves no trace."""
        link = await self.book.find(hash_of(token))
        if link is None or not self._holds(link, secret, self.clock.now()):
            return False
        entries = await self.recorder.journal.entries(link.room)
        return not any(_ends(entry.event, ParticipantId(link.id)) for entry in entries)

    async def leave(self, token: str, secret: str, why: Closing) -> None:
        """Nobody who picks up the phone afterwards finds the way back.

        Leaving before the link was opened closes it as well: its first page would tell enough.
        """
        link, now = await self.book.find(hash_of(token)), self.clock.now()
        if link is None or not (link.fresh(now) or self._holds(link, secret, now)):
            raise NotLetIn
        await self.shut(link, why)

    async def shut(self, link: VideoLink, why: Closing) -> None:
        """Closing twice is closing once."""
        if await self.book.close(link.id, why):
            closed = LinkClosed
            await self._tell(
                link.call, lambda at_ms: closed(at_ms=at_ms, link=link.id, room=link.room, why=why)
            )

    async def _case_of(self, link: VideoLink) -> str:
        """The case from which it was sent, as its call's journal has it."""
        entries = await self.recorder.journal.entries(link.call)
        events = [entry.event for entry in entries if isinstance(entry.event, VideoInvited)]
        return next((event.case for event in events if event.link == link.id), "")

    async def _is_over(self, room: CallId) -> bool:
        entries = await self.recorder.journal.entries(room)
        return any(isinstance(entry.event, CallEnded) for entry in entries)

    def _holds(self, link: VideoLink, secret: str, now: datetime) -> bool:
        return _is_secret(secret) and link.held(hash_of(secret), now, for_how_long=self.hold)

    async def _tried(self, link: VideoLink) -> None:
        """Somebody has the address who does not have the browser; whoever invited must know."""
        told = self._told.get(link.id, 0)
        if link.opened_at is None or told >= TRIES_TOLD or link.closed is Closing.OVER:
            return
        self._told[link.id] = told + 1
        await self._tell(link.call, lambda at_ms: LinkTried(at_ms=at_ms, link=link.id))

    async def _tell(self, call: CallId, event: Callable[[int], Event]) -> None:
        """On record, as soon as it can be: nobody is kept out of a call since the journal hangs."""
        try:
            async with self.turns.of(call):
                entries = await self.recorder.journal.entries(call)
                at_ms = max((entry.event.at_ms for entry in entries), default=0)
                await self.recorder.record(call, event(at_ms))
        except JournalLost:
            log.exception("what became of a link is not recorded", extra={"call": call})


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _ends(event: Event, participant: ParticipantId) -> bool:
    """Everybody is shown out before the end of a call is on record."""
    if isinstance(event, VideoLeft):
        return event.participant == participant and event.why is Leaving.OVER
    return isinstance(event, CallEnded)


def _is_secret(text: str) -> bool:
    return 24 <= len(text) <= 64 and text.isascii() and hmac.compare_digest(text, text.strip())
