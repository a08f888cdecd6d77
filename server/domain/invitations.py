"""What became of each link of a call: a fold over its journal; and numbers as they are sent to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.events import (
    Entry,
    InviteReported,
    LinkClosed,
    LinkOpened,
    LinkTried,
    VideoInvited,
)
from server.domain.ids import CallId, LinkId, PersonId
from server.domain.video_links import LinkKind

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
LOCAL = re.compile(r"0[1-9][0-9]{8,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    link: LinkId
    room: CallId
    kind: LinkKind
    guest: bool
    by: PersonId
    to: str = field(repr=False)
    name: str
    made_at: datetime
    until: datetime
    state: str = "being sent"
    """`being sent`, `sent`, `delivered`, `failed`, `opened`, or why it is closed; later also `expired`."""
    instead: str = ""
    """What to do instead, where it was not delivered."""
    tried_elsewhere: int = 0
    """How often another browser than the one that holds it asked for it."""

    def shown(self, now: datetime) -> "Invitation":
        """As it stands now: what nobody opened in time has expired."""
        unopened = self.state in {"being sent", "sent", "delivered", "failed"}
        return replace(self, state="expired") if unopened and now >= self.until else self


def invitations_of(entries: Iterable[Entry]) -> tuple[Invitation, ...]:
    """In the order in which they were made."""
    found: dict[LinkId, Invitation] = {}
    for entry in entries:
        event = entry.event
        match event:
            case VideoInvited():
                found[event.link] = _made(event, entry.recorded_at)
            case InviteReported() | LinkOpened() | LinkClosed() | LinkTried() if event.link in found:
                found[event.link] = _after(found[event.link], event)
            case _:
                pass
    return tuple(found.values())


def number_of(text: str, country: str = "+44") -> str | None:
    """The number in E.164, or none if it is none. A number written as at home is one of this country's."""
    bare = re.sub(r"[\s().-]", "", text)
    bare = f"+{bare[2:]}" if bare.startswith("00") else bare
    bare = f"{country}{bare[1:]}" if LOCAL.fullmatch(bare) else bare
    return bare if E164.fullmatch(bare) else None


def _made(event: VideoInvited, at: datetime) -> Invitation:
    return Invitation(
        link=event.link,
        room=event.room,
        kind=event.into,
        guest=event.guest,
        by=event.person,
        to=event.to,
        name=event.name,
        made_at=at,
        until=event.until,
    )


def _after(one: Invitation, event: InviteReported | LinkOpened | LinkClosed | LinkTried) -> Invitation:
    match event:
        case LinkTried():
            return replace(one, tried_elsewhere=one.tried_elsewhere + 1)
        case LinkClosed():
            return replace(one, state=event.why.value)
        case LinkOpened():
            return replace(one, state="opened", instead="")
        case InviteReported() if one.state in {"being sent", "sent"}:
            return replace(one, state=event.status, instead=event.instead)
        case _:
            return one
