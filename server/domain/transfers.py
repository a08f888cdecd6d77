"""A call that one force hands to another: the sheet, what its receiver says of it, and who is who."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.entities import EntityKind
from server.domain.ids import CallId, ForceId, MarkerId
from server.domain.markers import MarkerClass
from server.domain.sightings import Source
from server.domain.speech import Party

TRANSFER = "transfer"
"""The doorway of a call that came from another force's server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another force's server, and the secret that one of our forces shares with it."""

    id: ForceId
    """What the other force is called, there and here."""
    force: ForceId
    """Ours, which it hands over to and takes over from."""
    name: str
    url: str
    phone: str
    """Where its control room is rung instead; always shown."""
    secrets: tuple[bytes, ...] = field(repr=False)
    """The first signs; all of them open, while one is being replaced."""


@dataclass(frozen=True, slots=True)
class Peers:
    """The other forces' servers that ours know."""

    all: tuple[Peer, ...] = ()

    def of(self, force: ForceId) -> tuple[Peer, ...]:
        """Those that this force of ours hands over to."""
        return tuple(peer for peer in self.all if peer.force == force)

    def to(self, force: ForceId, other: str) -> Peer | None:
        return next((peer for peer in self.of(force) if peer.id == other), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferItem:
    """One marker as the first force has it."""

    marker: MarkerId
    title: str
    severity: MarkerClass
    quote: str = field(repr=False)
    party: Party
    at_ms: int
    said_at: datetime
    source: Source
    grave: bool
    """Whether somebody at the other force has to say by name that they have it."""
    sure: bool = True
    answers: str = field(default="", repr=False)
    """The question that these words answer."""
    taken_back: str = field(default="", repr=False)
    wordless: str = ""
    """The source where nobody said it, which older servers take for words; empty: somebody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidBefore:
    """What was said on an earlier call of the first force's, about the same people."""

    marker: MarkerId
    title: str
    severity: MarkerClass
    quote: str = field(repr=False)
    said_at: datetime
    name: str
    """What that call is called on the first force's screens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCalls:
    """The earlier calls that the first force has linked to this one."""

    calls: int
    because: str = field(default="", repr=False)
    said: tuple[SaidBefore, ...] = ()
    unread: bool = False
    """What was said on them could not be read when the sheet was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferKnown:
    """Whom or what the call is about, beside the number that it came from."""

    kind: EntityKind
    text: str = field(repr=False)
    about: str = ""
    sure: bool
    """Whether a person there typed or confirmed it; else the machine heard it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferSheet:
    """Everything that another force is told of a call, as it stands."""

    transfer: str
    """The call's id and the sheet's: the same for as long as the call is being handed over."""
    revision: int
    """Up to which entry of the first force's journal it was made."""
    from_force: ForceId
    from_name: str
    to_force: ForceId
    call: CallId
    name: str
    """What the call is called on the first force's screens."""
    caller: str = field(default="", repr=False)
    arrived_at: datetime | None = None
    live: bool
    """Whether the caller is still on the first force's line."""
    sent_by: str
    why: str = field(default="", repr=False)
    items: tuple[TransferItem, ...] = ()
    denied: tuple[str, ...] = ()
    not_asked: tuple[str, ...] = ()
    records: tuple[str, ...] = field(default=(), repr=False)
    not_checked: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=(), repr=False)
    earlier: str = field(default="", repr=False)
    """The earlier calls with what was said on them, as text: older servers show this and no other."""
    linked: EarlierCalls | None = None
    """The same by its parts; none: there are none, or the first force's server is older."""
    known: tuple[TransferKnown, ...] = field(default=(), repr=False)
    sound: str = ""
    """Where the call can be heard."""

    @property
    def grave(self) -> tuple[TransferItem, ...]:
        """One for each marker that has to be acknowledged."""
        first: dict[MarkerId, TransferItem] = {}
        for item in self.items:
            if item.grave:
                first.setdefault(item.marker, item)
        return tuple(first.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Somebody at the receiving force has this item, and says so by name."""

    marker: MarkerId
    by: str = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReceipt:
    """What the receiving force answers, each time it is told."""

    answers: str
    """The id of the message that it answers."""
    digest: str
    """SHA-256 of that message's body, as it came."""
    transfer: str
    revision: int
    from_force: ForceId
    """Whose receipt it is."""
    to_force: ForceId
    received_at: datetime
    """When the sheet first came."""
    name: str
    """What the call is called on the receiving force's screens."""
    must: tuple[MarkerId, ...]
    taken_by: str = field(default="", repr=False)
    """Who there was the last to say that they have it; empty: nobody yet."""
    acknowledged: tuple[Acknowledged, ...] = ()

    @property
    def missing(self) -> frozenset[MarkerId]:
        return frozenset(self.must) - {one.marker for one in self.acknowledged}


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A transfer at its receiver: a fold over its call's journal."""

    sheet: TransferSheet
    """As last told."""
    at: datetime
    phone: str
    taken_by: str = field(default="", repr=False)
    acknowledged: Mapping[MarkerId, Acknowledged] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[TransferItem, ...]:
        """What nobody here has said that they have."""
        return tuple(item for item in self.sheet.grave if item.marker not in self.acknowledged)

    @property
    def taken(self) -> bool:
        """Whether somebody here has it, all of it."""
        return bool(self.taken_by) and not self.missing
