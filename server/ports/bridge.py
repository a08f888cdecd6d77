"""The bridge: what a room wants of media, whoever carries it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.domain.events import GapCause
from server.domain.ids import CallId, ParticipantId
from server.domain.speech import AudioFrame, Party
from server.ports.media import EncodedFrame


class BadOffer(Exception):
    """The offer cannot be answered; the message says why in a sentence."""


class BridgeFull(Exception):
    """This node carries as many connections as it may."""


class SoundLine(Protocol):
    """Where a room's sound goes to be heard. Nothing here ever waits."""

    begins_ms: int
    """Where on the call's timeline it begins."""

    def join(self, party: Party) -> None: ...

    def hear(self, frame: AudioFrame) -> None: ...

    def gap(self, party: Party, *, from_ms: int, to_ms: int, cause: GapCause) -> None: ...

    def press(self, party: Party, digit: str, *, at_ms: int) -> None: ...

    def stop(self) -> None: ...

    def lose(self, why: str) -> None: ...


class MediaTap(Protocol):
    """Is given every whole frame of a room's talkers. Must not wait, and must bound what it keeps."""

    def take(self, participant: ParticipantId, frame: EncodedFrame) -> None: ...


class Watcher(Protocol):
    """Is told how each connection of a room fares."""

    def connected(self, participant: ParticipantId, attempt: int) -> None: ...

    def lost(self, participant: ParticipantId, attempt: int) -> None:
        """The media connection went; the participant may come back with another."""
        ...

    def bears(self, participant: ParticipantId, takes: str) -> None:
        """What this one is sent from now on: all (`full`), `stills`, `sound`, or nothing (`text`)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    participant: ParticipantId
    attempt: int
    offer: str
    talks: bool
    """Otherwise receives only: no way for media to come in is made."""
    party: Party
    public: bool
    """Whether this one comes by a link, from anywhere, rather than from the force's own network."""


class RoomBridge(Protocol):
    """The media of one room."""

    async def connect(self, joining: Joining) -> str:
        """Answer an offer; the participant's earlier connection goes. Raises `BadOffer` or `BridgeFull`."""
        ...

    def disconnect(self, participant: ParticipantId) -> None: ...

    def show(self, viewer: ParticipantId, shown: Sequence[ParticipantId | None]) -> None:
        """What the viewer receives in each slot from now on."""
        ...

    def tap(self, tap: MediaTap) -> None:
        """Give a tap every packet from now on."""
        ...

    async def still(self, participant: ParticipantId) -> bytes | None:
        """One picture of this camera as a PNG, as the next whole picture brings it; none if none comes."""
        ...

    def move(self, line: SoundLine) -> None:
        """Send the sound down another line of the same call from now on."""
        ...

    async def close(self) -> None: ...


class Bridge(Protocol):
    def open(self, room: CallId, line: SoundLine, watcher: Watcher) -> RoomBridge: ...

    async def close(self) -> None: ...
