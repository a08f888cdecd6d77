"""A call handed over to another force's server, or taken over from it."""

from dataclasses import dataclass, field
from datetime import datetime

from server.domain.events.base import Act, CallEvent
from server.domain.ids import MarkerId, SheetId
from server.domain.transfers import TransferSheet


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReceived(CallEvent):
    """The other force's server has the sheet: its signed receipt says so. Again when more had to be named."""

    sheet: SheetId
    received_at: datetime
    """By the other force's clock."""
    name: str
    """What the call is called there."""
    must: tuple[MarkerId, ...]
    """What somebody there has to name."""
    digest: str
    """SHA-256 of what they have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReceived(CallEvent):
    """Another force hands this call over, or tells more of it: the whole sheet as it stood."""

    sheet: TransferSheet
    phone: str
    """Where that force's control room is rung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAcknowledged(Act):
    """Somebody here says that they have these, each by name."""

    named: tuple[MarkerId, ...]
    by: str = field(repr=False)
    """As colleagues and the other force read it."""
