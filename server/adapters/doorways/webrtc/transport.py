"""One encrypted connection to a browser: the only module that knows how aiortc works inside.

aiortc's ICE and DTLS carry our own routing of RTP. Its senders, receivers, jitter buffers, decoder
threads and unbounded queues are never made. `tests/adapters/webrtc/test_transport.py` fails when a
version of aiortc changes what is relied upon here.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from aioice.stun import TransactionError
from aiortc import RTCCertificate, RTCIceGatherer, RTCIceParameters, RTCIceTransport
from aiortc.clock import current_ms, current_ntp_time
from aiortc.rate import BandwidthUsage, RemoteBitrateEstimator
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    pack_remb_fci,
    unpack_remb_fci,
)
from aiortc.sdp import MediaDescription, SessionDescription

from server.adapters.doorways.webrtc.gate import Address, Gate

__all__ = [
    "RTCP_PSFB_APP",
    "RTCP_PSFB_FIR",
    "RTCP_PSFB_PLI",
    "RTCP_RTPFB_NACK",
    "BandwidthUsage",
    "Candidate",
    "ConnectFailed",
    "MediaDescription",
    "NoPort",
    "Peer",
    "RTCCertificate",
    "RTCRtpCodecParameters",
    "RemoteBitrateEstimator",
    "RtcpPacket",
    "RtcpPsfbPacket",
    "RtcpReceiverInfo",
    "RtcpRrPacket",
    "RtcpRtpfbPacket",
    "RtcpSdesPacket",
    "RtcpSenderInfo",
    "RtcpSourceInfo",
    "RtcpSrPacket",
    "SessionDescription",
    "StreamStatistics",
    "Transport",
    "current_ms",
    "current_ntp_time",
    "new_certificate",
    "pack_remb_fci",
    "unpack_remb_fci",
]

log = logging.getLogger(__name__)

CONNECT_S = 15.0
"""A browser whose checks do not get through within this makes a new offer."""
QUEUED = 512
"""Datagrams that wait to be read at most; beyond it (the node is overloaded) the newest are dropped."""
MOST_PER_S = 4000
"""Datagrams a second, over five seconds: more is a flood, and ends the connection. 720p is some 300."""
FLOOD_WINDOW_S = 5.0


class ConnectFailed(Exception):
    """The connection did not come about."""


class NoPort(Exception):
    """This node has no UDP port left to be reached at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """What the other side's offer says about its transport."""

    username: str
    password: str = field(repr=False)
    fingerprints: Sequence[tuple[str, str]]
    passive: bool
    """Whether it waits for us to begin the DTLS handshake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    foundation: str
    priority: int
    ip: str
    port: int


class _BoundedQueue(asyncio.Queue[tuple[bytes, int] | None]):
    """Drops the newest rather than grow; the end mark always fits."""

    def put_nowait(self, item: tuple[bytes, int] | None) -> None:
        if item is None or self.qsize() < QUEUED:
            super().put_nowait(item)


class _Dtls(RTCDtlsTransport):
    """Hands decrypted packets to us rather than to aiortc's router."""

    on_rtp: Callable[[bytes], Awaitable[None]] | None = None
    on_rtcp: Callable[[bytes], Awaitable[None]] | None = None
    unwanted = 0
    """Packets of media that came though none may."""
    _window_began_s = 0.0
    _window_count = 0

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:  # noqa: ARG002 - theirs
        if self.on_rtp is None:
            self.unwanted += 1
            return
        await self.on_rtp(data)

    async def _handle_rtcp_data(self, data: bytes) -> None:
        if self.on_rtcp is not None:
            await self.on_rtcp(data)

    async def _recv_next(self) -> None:
        await super()._recv_next()
        self._window_count += 1
        if self._window_count > MOST_PER_S * FLOOD_WINDOW_S:
            now_s = asyncio.get_running_loop().time()
            flooded = now_s - self._window_began_s < FLOOD_WINDOW_S
            self._window_began_s, self._window_count = now_s, 0
            if flooded:
                log.warning("connection flooded")
                raise ConnectionError


class Transport:
    """Gathers, connects, carries, closes. `on_closed` is called once, from `run`."""

    def __init__(self, certificate: RTCCertificate) -> None:
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._gatherer._connection._queue = _BoundedQueue()  # noqa: SLF001 - what this module is for
        self._ice = RTCIceTransport(self._gatherer)
        self._dtls = _Dtls(self._ice, [certificate])
        self._gates: list[Gate] = []
        self._over = asyncio.Event()
        self._patience: asyncio.Timeout | None = None

    @property
    def unwanted(self) -> int:
        return self._dtls.unwanted

    @property
    def takes_media(self) -> bool:
        """Whether there is any way for media to come in."""
        return self._dtls.on_rtp is not None

    @property
    def username(self) -> str:
        return str(self._gatherer.getLocalParameters().usernameFragment)

    @property
    def password(self) -> str:
        return str(self._gatherer.getLocalParameters().password)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 one."""
        prints = self._dtls.getLocalParameters().fingerprints
        return str(next(one.value for one in prints if one.algorithm == "sha-256"))

    @property
    def connected(self) -> bool:
        return bool(self._dtls.state == "connected")

    @property
    def turned_away(self) -> int:
        """Datagrams of strangers, and what no browser sends."""
        return sum(gate.turned_away for gate in self._gates)

    async def gather(self) -> list[Candidate]:
        """Open our ports. Raises `NoPort`."""
        await self._gatherer.gather()
        agent = self._gatherer._connection  # noqa: SLF001 - as above
        for reading in agent._protocols:  # noqa: SLF001 - as above
            gate = Gate(reading, self._proven)
            self._gates.append(gate)
            reading.transport.set_protocol(gate)
        candidates = [
            Candidate(foundation=one.foundation, priority=one.priority, ip=one.ip, port=one.port)
            for one in self._gatherer.getLocalCandidates()
        ]
        if not candidates:
            raise NoPort
        return candidates

    def _proven(self) -> list[Address]:
        """Where checks came from that knew the password; no other remote candidate is ever added."""
        agent = self._gatherer._connection  # noqa: SLF001 - as above
        return [(one.host, one.port) for one in agent._remote_candidates]  # noqa: SLF001 - as above

    def take_media(self, on_rtp: Callable[[bytes], Awaitable[None]]) -> None:
        """Make a way for media to come in. Never called for who receives only."""
        self._dtls.on_rtp = on_rtp

    def take_reports(self, on_rtcp: Callable[[bytes], Awaitable[None]]) -> None:
        self._dtls.on_rtcp = on_rtcp

    async def connect(self, peer: Peer) -> None:
        """Wait for the other side's checks, then shake hands. Raises `ConnectFailed`.

        No remote candidate is ever added: we answer whoever proves to know our password, and send
        to no address on a browser's word.
        """
        try:
            async with asyncio.timeout(CONNECT_S) as self._patience:
                await self._ice.start(
                    RTCIceParameters(usernameFragment=peer.username, password=peer.password)
                )
                if self._ice.state != "completed":
                    raise ConnectFailed
                self._dtls._set_role("client" if peer.passive else "server")  # noqa: SLF001 - as above
                prints = [
                    RTCDtlsFingerprint(algorithm=name, value=value) for name, value in peer.fingerprints
                ]
                await self._dtls.start(RTCDtlsParameters(fingerprints=prints))
        except (TimeoutError, ConnectionError, TransactionError):
            raise ConnectFailed from None
        finally:
            self._patience = None
        if not self.connected:
            raise ConnectFailed
        self._dtls.on("statechange", self._changed)
        self._ice.on("statechange", self._changed)

    async def closed(self) -> None:
        """Until the connection goes: the other side closed it, or its address no longer answers."""
        await self._over.wait()

    def sender(self) -> Callable[[bytes], Awaitable[None]]:
        """Sends RTP or RTCP, encrypted. Raises `ConnectionError` when the connection is gone."""
        send: Callable[[bytes], Awaitable[None]] = self._dtls._send_rtp  # noqa: SLF001 - as above
        return send

    def end(self) -> None:
        """Have `closed` return, or `connect` fail."""
        self._over.set()
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(asyncio.get_running_loop().time())

    async def stop(self) -> None:
        self._over.set()
        with contextlib.suppress(ConnectionError):
            await self._dtls.stop()
        await self._ice.stop()

    def _changed(self) -> None:
        if self._dtls.state in {"closed", "failed"} or self._ice.state in {"closed", "failed"}:
            self._over.set()


def new_certificate() -> RTCCertificate:
    return RTCCertificate.generateCertificate()
