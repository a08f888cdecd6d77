"""The answer to an offer, as text: what is taken, what is given in which slot, and where to reach us."""

import ipaddress
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from server.adapters.doorways.webrtc.offers import Direction, Offer, Section
from server.adapters.doorways.webrtc.packets import MID_URI, SEND_TIME_URI
from server.adapters.doorways.webrtc.transport import Candidate

MOST_CANDIDATES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """What the answer says of our side."""

    username: str
    password: str = field(repr=False)
    fingerprint: str
    candidates: Sequence[Candidate]
    ssrcs: dict[str, int]
    """By mid, of each section on which we send."""
    bitrate: int
    """What may be sent to us as video, bits a second."""


def reachable(candidates: Iterable[Candidate], public: Sequence[str]) -> list[Candidate]:
    """Where this browser may reach us: at the public addresses alone, where any are given."""
    found = list(candidates)
    if not public:
        return [one for one in found if not ipaddress.ip_address(one.ip).is_link_local][:MOST_CANDIDATES]
    moved: list[Candidate] = []
    for address in public:
        version = ipaddress.ip_address(address).version
        same = [one for one in found if ipaddress.ip_address(one.ip).version == version]
        moved += [
            Candidate(foundation=one.foundation, priority=one.priority, ip=address, port=one.port)
            for one in same[:1]
        ]
    return moved[:MOST_CANDIDATES]


def write_answer(offer: Offer, ours: Ours) -> str:
    bundled = " ".join(section.mid for section in offer.sections if not section.refused)
    lines = [
        "v=0",
        f"o=- {secrets.randbits(62)} 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {bundled}".rstrip(),
        "a=msid-semantic: WMS *",
    ]
    for section in offer.sections:
        lines += _refusal(section) if section.refused else _section(section, offer, ours)
    return "\r\n".join(lines) + "\r\n"


def _refusal(section: Section) -> Iterator[str]:
    yield f"m={section.kind} 0 UDP/TLS/RTP/SAVPF 0"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{section.mid}"
    yield "a=inactive"


def _section(section: Section, offer: Offer, ours: Ours) -> Iterator[str]:
    yield f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {section.payload_type}"
    yield "c=IN IP4 0.0.0.0"
    if section.kind == "video" and section.direction is Direction.TAKES:
        yield f"b=AS:{ours.bitrate // 1000}"
    yield "a=rtcp:9 IN IP4 0.0.0.0"
    yield "a=rtcp-mux"
    yield f"a=mid:{section.mid}"
    yield f"a={section.direction}"
    yield f"a=ice-ufrag:{ours.username}"
    yield f"a=ice-pwd:{ours.password}"
    yield f"a=fingerprint:sha-256 {ours.fingerprint}"
    yield "a=setup:active" if offer.peer.passive else "a=setup:passive"
    for one in ours.candidates:
        yield f"a=candidate:{one.foundation} 1 udp {one.priority} {one.ip} {one.port} typ host"
    yield "a=end-of-candidates"
    yield from _codec(section)
    if section.mid_id:
        yield f"a=extmap:{section.mid_id} {MID_URI}"
    if section.send_time_id:
        yield f"a=extmap:{section.send_time_id} {SEND_TIME_URI}"
    if section.direction is Direction.GIVES:
        name = f"slot{section.slot}"
        yield f"a=msid:{name} {name}-{section.kind}"
        yield f"a=ssrc:{ours.ssrcs[section.mid]} cname:{name}"


def _codec(section: Section) -> Iterator[str]:
    number = section.payload_type
    if section.kind == "audio":
        yield f"a=rtpmap:{number} opus/48000/2"
        yield f"a=fmtp:{number} minptime=10;useinbandfec=1"
        return
    yield f"a=rtpmap:{number} VP8/90000"
    for feedback in ("goog-remb", "ccm fir", "nack", "nack pli"):
        yield f"a=rtcp-fb:{number} {feedback}"
