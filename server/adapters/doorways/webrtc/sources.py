"""What one participant sends: counted, asked for again when lost, and handed to whoever wants it."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from server.adapters.doorways.webrtc.allowance import Allowance
from server.adapters.doorways.webrtc.lag import Lag
from server.adapters.doorways.webrtc.missing import Missing
from server.adapters.doorways.webrtc.offers import CODECS
from server.adapters.doorways.webrtc.packets import WRAP_16, WRAP_32, Rtp, Unwrapped
from server.adapters.doorways.webrtc.transport import (
    RTCP_PSFB_APP,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRtpfbPacket,
    RtcpSrPacket,
    StreamStatistics,
    current_ms,
    current_ntp_time,
    pack_remb_fci,
)

HISTORY = 256
"""Packets of a picture stream that are kept to be sent again: two seconds at a megabit."""
KEY_EVERY_S = 0.3
"""A key picture is asked for no more often."""
KEPT_KEY_EVERY_S = 10.0
"""Of a camera that is recorded one is asked for at least so often,"""
KEPT_KEY_FROM = 200_000
"""where the line bears so many bits a second."""
LEAST_BITRATE = 30_000
NTP_S = 2**32

Send = Callable[[bytes], Awaitable[None]]


@dataclass(slots=True)
class Packet:
    """One packet as everybody is handed it, with its numbers counted on."""

    rtp: Rtp
    sequence: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Taken:
    """When what bears a timestamp was taken, by the sender's clock, as its report says."""

    timestamp: int
    at_ms: float


class Viewer(Protocol):
    """Somebody's track that this source is shown on."""

    async def forward(self, packet: Packet) -> None: ...

    async def report(self, ntp: int, timestamp: int) -> None: ...

    def unfollow(self) -> None: ...

    def begin_again(self) -> None: ...


@dataclass(slots=True)
class Clock:
    """What has to be added to a sender's NTP time to have ours; one for all streams of a connection."""

    ahead: int | None = None

    def ours(self, ntp: int) -> int:
        # Once for all: were it reckoned anew, sound and picture would be apart by the difference.
        if self.ahead is None:
            self.ahead = current_ntp_time() - ntp
        return ntp + self.ahead


@dataclass(slots=True)
class _Report:
    short_ntp: int
    at_s: float


@dataclass(slots=True, kw_only=True)
class Limits:
    """How much may be sent to us as video, bits a second, as the cap and those who watch have it."""

    bitrate: int
    viewers: int | None = None

    @property
    def now(self) -> int:
        return self.bitrate if self.viewers is None else max(LEAST_BITRATE, min(self.bitrate, self.viewers))


class Source:
    """One stream, audio or video. No packet waits here for another: order is the receivers' own affair."""

    def __init__(self, *, kind: str, ssrc: int, clock: Clock, send: Send, lag: Lag) -> None:
        self.kind = kind
        self.clock_hz = CODECS[kind][1]
        self.viewers: dict[Viewer, None] = {}
        self.taps: list[Callable[[Packet], None]] = []
        self.limits = Limits(bitrate=1_500_000)
        self.ssrc: int | None = None
        self._our_ssrc = ssrc
        self._clock = clock
        self._send = send
        self._lag = lag
        self._history: dict[int, Packet] = {}
        self._key_asked_s = 0.0
        self._lost = (0.0, 0.0)
        self._sequences = Unwrapped(WRAP_16)
        self._timestamps = Unwrapped(WRAP_32)
        self._begin()

    def _begin(self) -> None:
        self.taken: Taken | None = None
        self._statistics = StreamStatistics(self.clock_hz)
        self._allowance = Allowance(self._lag)
        self._sequences = Unwrapped(WRAP_16, self._sequences.last)
        self._timestamps = Unwrapped(WRAP_32, self._timestamps.last)
        self._missing = Missing()
        self._report: _Report | None = None
        self._history.clear()

    async def take(self, rtp: Rtp) -> None:
        if rtp.ssrc != self.ssrc:
            # The browser began the stream anew: its numbers begin anew, and those who follow go on.
            self.ssrc = rtp.ssrc
            self._begin()
            for viewer in self.viewers:
                viewer.begin_again()
        self._count(rtp)
        packet = Packet(rtp, self._sequences.take(rtp.sequence), self._timestamps.take(rtp.timestamp))
        if self.kind == "video":
            self._history[packet.sequence % HISTORY] = packet
        try:
            # Those who see it come first: whoever decodes and keeps it has time.
            for viewer in tuple(self.viewers):
                await viewer.forward(packet)
        finally:
            for tap in self.taps:
                tap(packet)
        if self.kind == "video":
            await self._look_after(packet)
            await self._renew_key()

    def _count(self, rtp: Rtp) -> None:
        # aiortc's statistics want only these fields of its own packet.
        self._statistics.add(_Counted(rtp.sequence, rtp.timestamp))  # type: ignore[arg-type]

    async def _look_after(self, packet: Packet) -> None:
        await self._ask_for_missing(packet.sequence)
        rtp = packet.rtp
        if rtp.send_time is None:
            return
        size = len(rtp.payload)
        if self._allowance.take(rtp.send_time, size, rtp.ssrc, now_ms=current_ms()):
            await self.say_bitrate()

    async def say_bitrate(self) -> None:
        """Tell the sender how much to send at most."""
        if self.ssrc is None or self.kind != "video":
            return
        fci = pack_remb_fci(min(self._allowance.rate, self.limits.now), [self.ssrc])
        await self._send(bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=self._our_ssrc, media_ssrc=0, fci=fci)))

    async def _renew_key(self) -> None:
        """A recording is played from anywhere: not far from there has to be a picture that needs no other."""
        old = time.monotonic() - self._key_asked_s >= KEPT_KEY_EVERY_S
        if self.taps and old and self._allowance.rate >= KEPT_KEY_FROM:
            await self.ask_key()

    async def _ask_for_missing(self, sequence: int) -> None:
        due = self._missing.after(sequence, now_s=time.monotonic())
        if due is None:
            await self.ask_key()
        elif due:
            await self._ask(due)

    async def _ask(self, numbers: list[int]) -> None:
        packet = RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=self._our_ssrc, media_ssrc=self.ssrc or 0)
        packet.lost = sorted(number % WRAP_16 for number in numbers)
        await self._send(bytes(packet))

    async def ask_key(self) -> None:
        """Ask for a picture that needs no other, unless that was just done."""
        now_s = time.monotonic()
        if self.kind != "video" or self.ssrc is None or now_s - self._key_asked_s < KEY_EVERY_S:
            return
        self._key_asked_s = now_s
        await self._send(bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=self._our_ssrc, media_ssrc=self.ssrc)))

    def kept(self, sequence: int) -> Packet | None:
        packet = self._history.get(sequence % HISTORY)
        return packet if packet is not None and packet.sequence == sequence else None

    async def reported(self, report: RtcpSrPacket) -> None:
        """The sender says which of its timestamps belong to which time: viewers keep lips in step by it."""
        if report.ssrc != self.ssrc:
            return
        ntp = report.sender_info.ntp_timestamp
        if (last := self._timestamps.last) is not None:
            timestamp = self._timestamps.near(last, report.sender_info.rtp_timestamp)
            self.taken = Taken(timestamp, ntp * 1000 / NTP_S)
        self._report = _Report((ntp >> 16) & 0xFFFFFFFF, time.monotonic())
        ours = self._clock.ours(ntp)
        for viewer in tuple(self.viewers):
            await viewer.report(ours, report.sender_info.rtp_timestamp)

    @property
    def lost(self) -> float:
        """The share that went missing on its way here, of late."""
        return max(self._lost)

    def receiver_report(self) -> RtcpReceiverInfo | None:
        """Of what came since the last one."""
        statistics = self._statistics
        if self.ssrc is None or statistics.max_seq is None:
            return None
        fraction_lost = statistics.fraction_lost
        self._lost = self._lost[1], fraction_lost / 256
        last, since = 0, 0
        if self._report is not None:
            last = self._report.short_ntp
            since = min(0xFFFFFFFF, int((time.monotonic() - self._report.at_s) * 65536))
        return RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=fraction_lost,
            packets_lost=statistics.packets_lost,
            highest_sequence=statistics.max_seq,
            jitter=min(0xFFFFFFFF, statistics.jitter),
            lsr=last,
            dlsr=since,
        )


@dataclass(slots=True)
class _Counted:
    sequence_number: int
    timestamp: int
    size: int = field(default=0)
