"""One participant's media: a connection, what comes in on it (from who talks) and what goes out by slot."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence

from server.adapters.doorways.webrtc.answers import Ours, reachable, write_answer
from server.adapters.doorways.webrtc.bearing import (
    TALKERS_LEAST,
    WATCHERS_LEAST,
    Bearing,
    Level,
    Look,
)
from server.adapters.doorways.webrtc.lag import Lag
from server.adapters.doorways.webrtc.offers import CODECS, Direction, Offer
from server.adapters.doorways.webrtc.packets import BadPacket, read_rtp
from server.adapters.doorways.webrtc.sources import Clock, Source
from server.adapters.doorways.webrtc.tracks import Track
from server.adapters.doorways.webrtc.transport import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    ConnectFailed,
    RTCCertificate,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    Transport,
    unpack_remb_fci,
)
from server.ports.bridge import Joining

log = logging.getLogger(__name__)

REPORT_S = 1.0


class Connection:
    """Made for one offer and never renegotiated: coming back is another connection."""

    def __init__(
        self, joining: Joining, offer: Offer, certificate: RTCCertificate, *, bitrate: int, lag: Lag
    ) -> None:
        self.joining = joining
        self._offer = offer
        self._bitrate = bitrate
        self._lag = lag
        self._transport = Transport(certificate)
        self._ssrc = secrets.randbits(31) | 1
        self._send = self._transport.sender()
        self.sources = self._sources()
        self.tracks = [Track(section, self._send) for section in offer.given]
        self.viewer_bitrate: int | None = None
        """How much this one says that it can receive, bits a second."""
        self.rated: Callable[[], None] = lambda: None
        """Called when `wished` may have changed."""
        self.changed: Callable[[], None] = lambda: None
        """Called when `level` has."""
        self.bearing = Bearing()
        self._octets, self._looked_s = 0, 0.0
        self.up = False
        if self.sources:
            self._transport.take_media(self._media)
        self._transport.take_reports(self._reports)
        self._wanted = {
            section.payload_type: (self.sources[section.kind], section.send_time_id)
            for section in offer.sections
            if section.direction is Direction.TAKES
        }

    def _sources(self) -> dict[str, Source]:
        clock = Clock()
        sources: dict[str, Source] = {}
        for kind in CODECS:
            if self.joining.talks and self._offer.taken(kind) is not None:
                source = Source(kind=kind, ssrc=self._ssrc, clock=clock, send=self._send, lag=self._lag)
                source.limits.bitrate = self._bitrate
                sources[kind] = source
        return sources

    @property
    def level(self) -> Level:
        """How much this one is sent."""
        return self.bearing.level

    @property
    def wished(self) -> int | None:
        """What this one would have each camera send at most, bits a second."""
        if self.viewer_bitrate is None and self.level is Level.FULL:
            return None
        shown = sum(1 for track in self._pictures if track.source is not None)
        each = (self.viewer_bitrate or 0) // max(1, shown)
        if self.joining.talks and self.level > Level.SOUND:
            bad = self.bearing.lately_bad(self._looked_s)
            return max(TALKERS_LEAST if bad else WATCHERS_LEAST, each)
        return max(WATCHERS_LEAST, each) if self.level is Level.LOWERED else None

    @property
    def _pictures(self) -> list[Track]:
        return [track for track in self.tracks if track.kind == "video"]

    @property
    def takes_media(self) -> bool:
        """Whether any media of this participant could come in."""
        return bool(self.sources) or self._transport.takes_media

    @property
    def unwanted(self) -> int:
        """Packets of media that came from one who receives only, and went nowhere."""
        return self._transport.unwanted

    @property
    def turned_away(self) -> int:
        """Datagrams at this connection's ports that were none of its browser's."""
        return self._transport.turned_away

    async def answer(self, public_addresses: tuple[str, ...]) -> str:
        candidates = await self._transport.gather()
        public = public_addresses if self.joining.public else ()
        ours = Ours(
            username=self._transport.username,
            password=self._transport.password,
            fingerprint=self._transport.fingerprint,
            candidates=reachable(candidates, public),
            ssrcs={track.mid: track.ssrc for track in self.tracks},
            bitrate=self._bitrate,
        )
        return write_answer(self._offer, ours)

    async def run(self, on_up: Callable[[], None]) -> None:
        """Connect, and carry until the connection goes. Raises `ConnectFailed` if it never came about."""
        try:
            await self._transport.connect(self._offer.peer)
            self.up = True
            on_up()
            async with asyncio.TaskGroup() as tasks:
                reporting = tasks.create_task(self._report(), name="video:report")
                await self._transport.closed()
                reporting.cancel()
        finally:
            for track in self.tracks:
                track.follow(None)
            await self._transport.stop()

    def track(self, slot: int, kind: str) -> Track | None:
        return next((one for one in self.tracks if one.slot == slot and one.kind == kind), None)

    def end(self) -> None:
        """Have `run` come to its end."""
        self._transport.end()

    async def stop(self) -> None:
        await self._transport.stop()

    async def _media(self, data: bytes) -> None:
        try:
            source, send_time_id = self._wanted[data[1] & 0x7F]
            packet = read_rtp(data, send_time_id)
        except (KeyError, IndexError, BadPacket):
            return
        await source.take(packet)

    async def _reports(self, data: bytes) -> None:
        try:
            packets = RtcpPacket.parse(data)
        except ValueError:
            return
        for packet in packets:
            await self._take_report(packet)

    async def _take_report(self, packet: object) -> None:
        match packet:
            case RtcpSrPacket():
                for source in self.sources.values():
                    await source.reported(packet)
            case RtcpRrPacket():
                self._missed(packet.reports)
            case RtcpRtpfbPacket() if packet.fmt == RTCP_RTPFB_NACK:
                await self._again(packet)
            case RtcpPsfbPacket():
                await self._feedback(packet)
            case _:
                pass

    def _missed(self, reports: Sequence[RtcpReceiverInfo]) -> None:
        for report in reports:
            for track in self.tracks:
                if track.ssrc == report.ssrc:
                    track.lost = report.fraction_lost / 256

    async def _again(self, packet: RtcpRtpfbPacket) -> None:
        for track in self.tracks:
            if track.ssrc == packet.media_ssrc:
                await track.again(packet.lost)

    async def _feedback(self, packet: RtcpPsfbPacket) -> None:
        if packet.fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR):
            wanted = {packet.media_ssrc}
            wanted |= {int.from_bytes(packet.fci[at : at + 4]) for at in range(0, len(packet.fci) - 7, 8)}
            for track in self.tracks:
                if track.ssrc in wanted:
                    await track.ask_key()
        elif packet.fmt == RTCP_PSFB_APP:
            try:
                self.viewer_bitrate = unpack_remb_fci(packet.fci)[0]
            except (ValueError, IndexError):
                return
            self.rated()

    async def _report(self) -> None:
        """Tell the sender once a second how its packets arrive, and look how this viewer fares."""
        while True:
            await asyncio.sleep(REPORT_S)
            self._look()
            blocks = [source.receiver_report() for source in self.sources.values()]
            reports = [block for block in blocks if block is not None]
            if not reports:
                continue
            try:
                await self._send(bytes(RtcpRrPacket(ssrc=self._ssrc, reports=reports)))
                for source in self.sources.values():
                    await source.say_bitrate()
            except ConnectionError:
                return

    def _look(self) -> None:
        now_s, before = asyncio.get_running_loop().time(), self.level
        octets = sum(track.octets for track in self._pictures)
        sent = 8 * (octets - self._octets) / max(0.001, now_s - self._looked_s)
        self._octets, self._looked_s = octets, now_s
        lost = max((track.lost_here for track in self.tracks), default=0.0)
        look = Look(sent=round(sent), bears=self.viewer_bitrate, lost=lost)
        level = self.bearing.look(look, now_s=now_s)
        if level is not before:
            for track in self.tracks:
                track.lost = 0.0
            self.changed()
        if level is not before or self.bearing.bad:
            self.rated()


__all__ = ["ConnectFailed", "Connection"]
