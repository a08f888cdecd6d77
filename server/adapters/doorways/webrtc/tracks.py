"""What one participant is sent in one slot: another's packets under numbers of this track's own."""

import secrets
import time

from server.adapters.doorways.webrtc.offers import CODECS, Section
from server.adapters.doorways.webrtc.packets import (
    WRAP_16,
    WRAP_32,
    Rtp,
    begins_key_picture,
    extension_block,
    write_rtp,
)
from server.adapters.doorways.webrtc.sources import HISTORY, Packet, Send, Source
from server.adapters.doorways.webrtc.transport import (
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    current_ntp_time,
)

AGAIN_MOST = 128
"""Packets that one request may have sent again."""
STILL_EVERY_S = 3.0
"""A viewer whose line bears no more is sent a picture so often."""


class Track:
    """Follows a source, or nobody. A picture stream begins with a key picture, so that it can be decoded."""

    def __init__(self, section: Section, send: Send) -> None:
        self.kind = section.kind
        self.slot = section.slot
        self.mid = section.mid
        self.ssrc = secrets.randbits(31) | 1
        self.source: Source | None = None
        self._section = section
        self._send = send
        self._clock_hz = CODECS[section.kind][1]
        # Low at first: a number that wraps within the first seconds breaks decryption in browsers.
        self._last_sequence = secrets.randbits(14)
        self._last_timestamp = secrets.randbits(31)
        self._last_sent_s = time.monotonic()
        self._first: int | None = None
        self._step = 0
        self._shift: int | None = None
        self._stills = False
        self._still: int | None = None
        """The timestamp of the picture that is being sent."""
        self._still_asked_s = 0.0
        self.packets = 0
        self.octets = 0
        self.lost = 0.0
        """The share that this viewer last said it missed."""
        self._send_times: dict[int, tuple[int, int]] = {}

    @property
    def lost_here(self) -> float:
        """The share that went missing on the way to this viewer, not on its way here."""
        return max(0.0, self.lost - (self.source.lost if self.source is not None else 0.0))

    def follow(self, source: Source | None) -> None:
        """Show this source from its next key picture on, which is asked for as its packets come."""
        if source is self.source:
            return
        if self.source is not None:
            self.source.viewers.pop(self, None)
        self.source = source
        self.begin_again()
        if source is not None:
            source.viewers[self] = None

    def begin_again(self) -> None:
        """What comes next has numbers of another stream."""
        self._first, self._shift, self._still = None, None, None

    def unfollow(self) -> None:
        self.follow(None)

    def show_stills(self, *, alone: bool) -> None:
        """Send pictures that need no other alone, or all of them from the next such on."""
        if self.kind != "video" or alone is self._stills:
            return
        self._stills, self._still, self._still_asked_s = alone, None, 0.0
        self._first = None

    async def forward(self, packet: Packet) -> None:
        if self._first is None and not await self._begins(packet):
            return
        if self._first is None or packet.sequence < self._first:
            return
        if not self._stills or await self._is_still(packet):
            await self._pass(packet)

    async def _is_still(self, packet: Packet) -> bool:
        """Whether it is of the picture that is shown now, or begins the next."""
        if packet.timestamp == self._still:
            return True
        if begins_key_picture(packet.rtp.payload):
            self._number_from(packet)
            return True
        now_s = time.monotonic()
        if self.source is not None and now_s - self._still_asked_s >= STILL_EVERY_S:
            self._still_asked_s = now_s
            await self.source.ask_key()
        return False

    def _number_from(self, packet: Packet) -> None:
        """What comes next bears the next number, so that nothing seems to be missing before it."""
        self._first = packet.sequence
        self._step = self._last_sequence + 1 - packet.sequence
        self._still = packet.timestamp

    async def _begins(self, packet: Packet) -> bool:
        if self.kind == "video" and not begins_key_picture(packet.rtp.payload):
            if self.source is not None:
                await self.source.ask_key()
            return False
        self._number_from(packet)
        if self._shift is None:
            since = round((time.monotonic() - self._last_sent_s) * self._clock_hz)
            self._shift = self._last_timestamp + max(1, since) - packet.timestamp
        return True

    async def _pass(self, packet: Packet) -> None:
        sequence = packet.sequence + self._step
        timestamp = packet.timestamp + (self._shift or 0)
        self._last_sequence = max(self._last_sequence, sequence)
        self._last_timestamp = max(self._last_timestamp, timestamp)
        self._last_sent_s = time.monotonic()
        self.packets += 1
        self.octets += len(packet.rtp.payload)
        sent = Rtp(
            self._section.payload_type,
            sequence % WRAP_16,
            timestamp % WRAP_32,
            self.ssrc,
            packet.rtp.marker,
            packet.rtp.payload,
        )
        await self._deliver(write_rtp(sent, self._extension(sequence)))

    def _extension(self, sequence: int) -> bytes:
        section = self._section
        # The same again for a packet that is sent again: one number never encrypts two packets.
        kept, send_time = self._send_times.get(sequence % HISTORY, (-1, 0))
        if kept != sequence and section.send_time_id:
            send_time = current_ntp_time() >> 14
            self._send_times[sequence % HISTORY] = sequence, send_time
        return extension_block(
            mid_id=section.mid_id,
            mid=section.mid,
            send_time_id=section.send_time_id,
            send_time=send_time,
        )

    async def again(self, numbers: list[int]) -> None:
        """Send what this viewer says it lost, where it is still kept."""
        if self.source is None or self._first is None:
            return
        for number in numbers[:AGAIN_MOST]:
            behind = (self._last_sequence - number) % WRAP_16
            wanted = self._last_sequence - behind - self._step
            packet = self.source.kept(wanted) if wanted >= self._first else None
            if packet is not None:
                await self._pass(packet)

    async def ask_key(self) -> None:
        if self.source is not None:
            await self.source.ask_key()

    async def report(self, ntp: int, timestamp: int) -> None:
        """The source's own report, in this track's numbers."""
        if self._shift is None:
            return
        report = RtcpSrPacket(
            ssrc=self.ssrc,
            sender_info=RtcpSenderInfo(
                ntp_timestamp=ntp,
                rtp_timestamp=(timestamp + self._shift) % WRAP_32,
                packet_count=self.packets % WRAP_32,
                octet_count=self.octets % WRAP_32,
            ),
        )
        name = RtcpSourceInfo(ssrc=self.ssrc, items=[(1, f"slot{self.slot}".encode())])
        await self._deliver(bytes(report) + bytes(RtcpSdesPacket(chunks=[name])))

    async def _deliver(self, data: bytes) -> None:
        try:
            await self._send(data)
        except ConnectionError:
            return  # this viewer's own connection is told of it elsewhere
