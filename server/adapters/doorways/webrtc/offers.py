"""What a browser's offer asks for, in bounds; anything else is refused with a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from server.adapters.doorways.webrtc.packets import MID_URI, SEND_TIME_URI
from server.adapters.doorways.webrtc.transport import (
    MediaDescription,
    Peer,
    RTCRtpCodecParameters,
    SessionDescription,
)
from server.ports.bridge import BadOffer

MOST_CHARACTERS = 49_152
MOST_LINES = 1500
MOST_LINE = 1024
MOST_SECTIONS = 16
CODECS = {"audio": ("audio/opus", 48_000), "video": ("video/VP8", 90_000)}
"""What every browser has (RFC 7742, RFC 7874); one each, so that it can be passed on as it came."""


class Direction(StrEnum):
    """What a section is for, as we answer it."""

    TAKES = "recvonly"
    GIVES = "sendonly"
    NOTHING = "inactive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One m-line of the offer and what becomes of it."""

    kind: str
    mid: str
    direction: Direction
    payload_type: int
    mid_id: int
    send_time_id: int
    slot: int = -1
    """Which pair of received tracks this is one of."""
    refused: bool = False
    """Neither sound nor picture, or without a codec of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    peer: Peer
    sections: tuple[Section, ...]

    def taken(self, kind: str) -> Section | None:
        """The section that this one sends on."""
        return next(
            (one for one in self.sections if one.kind == kind and one.direction is Direction.TAKES), None
        )

    @property
    def given(self) -> list[Section]:
        return [one for one in self.sections if one.direction is Direction.GIVES]


def read_offer(text: str, *, talks: bool, slots: int) -> Offer:
    """Raises `BadOffer`."""
    if len(text) > MOST_CHARACTERS:
        raise BadOffer("The offer is too long.")
    lines = text.splitlines()
    if len(lines) > MOST_LINES or any(len(line) > MOST_LINE for line in lines):
        raise BadOffer("The offer has too many lines, or too long ones.")
    # Who is behind an address is learnt from their checks, never from what they say.
    kept = "\r\n".join(line for line in lines if not line.startswith("a=candidate"))
    try:
        session = SessionDescription.parse(kept)
    except (AssertionError, ValueError, KeyError, IndexError, TypeError, AttributeError, StopIteration):
        raise BadOffer("The offer is not a session description.") from None
    if not 0 < len(session.media) <= MOST_SECTIONS:
        raise BadOffer("The offer has no section, or too many.")
    _check_bundle(session)
    return Offer(peer=_peer(session.media[0]), sections=tuple(_sections(session, talks=talks, slots=slots)))


def _check_bundle(session: SessionDescription) -> None:
    bundled = [str(item) for group in session.group if group.semantic == "BUNDLE" for item in group.items]
    mids = [media.rtp.muxId for media in session.media]
    if not all(mid and len(mid) <= 16 and mid.isascii() and mid.isalnum() for mid in mids):
        raise BadOffer("Every section must have a short mid.")
    if len(set(mids)) != len(mids) or not set(mids) <= set(bundled):
        raise BadOffer("All sections must be in one bundle.")
    if not all(media.rtcp_mux for media in session.media if media.kind in CODECS and media.port):
        raise BadOffer("The offer must have rtcp-mux.")


def _peer(media: MediaDescription) -> Peer:
    username = media.ice.usernameFragment if media.ice is not None else None
    password = media.ice.password if media.ice is not None else None
    if not username or not password or len(username) > 256 or len(password) > 256:
        raise BadOffer("The offer has no ICE user and password.")
    if media.dtls is None:
        raise BadOffer("The offer does not say how to shake hands.")
    prints = [(one.algorithm, one.value) for one in media.dtls.fingerprints]
    if len(prints) > 4 or not any(name.lower() == "sha-256" for name, _ in prints):
        raise BadOffer("The offer has no SHA-256 fingerprint.")
    return Peer(
        username=username, password=password, fingerprints=prints, passive=media.dtls.role != "client"
    )


def _sections(session: SessionDescription, *, talks: bool, slots: int) -> Iterator[Section]:
    taken: set[str] = set()
    given = {"audio": 0, "video": 0}
    for media in session.media:
        codec = _codec(media)
        kind, direction, slot = media.kind, Direction.NOTHING, -1
        sends = media.direction in {"sendrecv", "sendonly"} or media.direction is None
        if codec is not None and sends and talks and kind not in taken:
            taken.add(kind)
            direction = Direction.TAKES
        elif codec is not None and media.direction == "recvonly" and given[kind] < slots:
            direction, slot = Direction.GIVES, given[kind]
            given[kind] += 1
        yield Section(
            kind=kind,
            mid=media.rtp.muxId,
            direction=direction,
            payload_type=(codec.payloadType or 0) if codec is not None else 0,
            mid_id=_extension(media, MID_URI),
            send_time_id=_extension(media, SEND_TIME_URI),
            slot=slot,
            refused=codec is None,
        )


def _codec(media: MediaDescription) -> RTCRtpCodecParameters | None:
    wanted = CODECS.get(media.kind)
    if wanted is None:
        return None
    name, rate = wanted
    for codec in media.rtp.codecs:
        if codec.mimeType.lower() == name.lower() and codec.clockRate == rate and codec.payloadType:
            return codec
    return None


def _extension(media: MediaDescription, uri: str) -> int:
    """Its number in one-byte form; 0: not offered."""
    return next((one.id for one in media.rtp.headerExtensions if one.uri == uri and 0 < one.id < 15), 0)
