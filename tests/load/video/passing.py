"""How long a packet is inside the server: from the kernel's taking it in to the kernel's sending it on.

What stands on the loopback interface is read beside the server, with the kernel's own moments, so that
waiting in the socket and in the event loop counts as well. Of an encrypted packet the numbers and the time
can be read; which outgoing stream is which incoming one is found by those that run beside each other.
"""

import socket
import struct
import threading
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

LOOPBACK = "lo"
EVERYTHING = 3
OUTGOING = 4
"""Loopback shows each packet twice; as it is sent is enough."""
UDP = 17
ROOM = 32 * 2**20
READ_S = 0.2
TAKEN_NS = getattr(socket, "SO_TIMESTAMPNS", 35)
MOMENT = struct.Struct("qq")
RTP = struct.Struct("!BBHII")
WRAP_16, WRAP_32 = 1 << 16, 1 << 32
AT_MOST_S = 0.5
"""What was inside for longer counts as not passed on."""
BESIDE_S = 0.15
SAMPLED = 200
"""Packets of each outgoing stream by which it is found which one it follows."""

Stream = tuple[int, int]
"""The server's port and the stream's own number."""


@dataclass(frozen=True, slots=True)
class Seen:
    at_s: float
    sequence: int
    timestamp: int
    marker: bool

    def after(self, other: "Seen") -> tuple[int, int]:
        """By how much its numbers are beyond the other's."""
        sequence = (self.sequence - other.sequence) % WRAP_16
        return sequence, (self.timestamp - other.timestamp) % WRAP_32


def _moment(seen: Seen) -> float:
    return seen.at_s


@dataclass(slots=True)
class Traffic:
    """RTP to and from the server, by stream."""

    came: dict[Stream, list[Seen]] = field(default_factory=lambda: defaultdict(list))
    went: dict[Stream, list[Seen]] = field(default_factory=lambda: defaultdict(list))

    def take(self, packet: bytes, at_s: float, ports: Collection[int]) -> None:
        newer = packet[0] >> 4 == 6
        head = 40 if newer else 4 * (packet[0] & 0x0F)
        if packet[6 if newer else 9] != UDP or len(packet) < head + 8 + RTP.size:
            return
        source, target = struct.unpack_from("!HH", packet, head)
        first, second, sequence, timestamp, ssrc = RTP.unpack_from(packet, head + 8)
        if first >> 6 != 2 or 64 <= second & 0x7F < 96:
            return
        seen = Seen(at_s, sequence, timestamp, bool(second & 0x80))
        if target in ports:
            self.came[target, ssrc].append(seen)
        if source in ports:
            self.went[source, ssrc].append(seen)

    def inside_ms(self) -> list[float]:
        """Of every packet that was passed on, for how long it was inside."""
        found: list[float] = []
        for stream, went in self.went.items():
            followed = self._followed(stream, went)
            if followed is None:
                continue
            source, sequence, timestamp = followed
            first = {(one.sequence, one.timestamp): one.at_s for one in reversed(self.came[source])}
            for one in _once(went):
                came_s = first.get(
                    ((one.sequence - sequence) % WRAP_16, (one.timestamp - timestamp) % WRAP_32)
                )
                if came_s is not None and 0 <= one.at_s - came_s < AT_MOST_S:
                    found.append(1000 * (one.at_s - came_s))
        return found

    def _followed(self, stream: Stream, went: Sequence[Seen]) -> tuple[Stream, int, int] | None:
        """Which stream came in under numbers that differ from this one's by always the same."""
        votes: Counter[tuple[Stream, int, int]] = Counter()
        for source, came in self.came.items():
            if source[0] == stream[0]:
                continue
            for one in went[:SAMPLED]:
                begin = bisect_left(came, one.at_s - BESIDE_S, key=_moment)
                for other in came[begin : bisect_right(came, one.at_s, key=_moment)]:
                    if one.marker == other.marker:
                        votes[source, *one.after(other)] += 1
        best = votes.most_common(1)
        return best[0][0] if best and best[0][1] > len(went[:SAMPLED]) // 2 else None


def inside(traffic: Traffic | None) -> str:
    """What to say of it."""
    if traffic is None:
        return "for how long packets are inside the server is seen with CAP_NET_RAW alone"
    found = sorted(traffic.inside_ms())
    if not found:
        return "no packet was seen to pass the server"
    share = [found[int(part * (len(found) - 1))] for part in (0.5, 0.95, 0.99)]
    p50, p95, p99 = share
    went = sum(len(one) for one in traffic.went.values())
    return (
        f"inside the server: p50 {p50:.2f} ms, p95 {p95:.2f}, p99 {p99:.2f} ({len(found)} of {went} packets)"
    )


def _once(packets: Sequence[Seen]) -> Iterator[Seen]:
    """Without those that were sent again."""
    numbers: set[tuple[int, int]] = set()
    for one in packets:
        if (one.sequence, one.timestamp) not in numbers:
            numbers.add((one.sequence, one.timestamp))
            yield one


@contextmanager
def watched(ports: Collection[int]) -> Iterator[Traffic | None]:
    """What passes these ports in the meantime; none where this may not be looked at."""
    traffic, over = Traffic(), threading.Event()
    with suppress(PermissionError), _tap() as tap:
        reading = threading.Thread(target=_read, args=(tap, traffic, ports, over))
        reading.start()
        try:
            yield traffic
        finally:
            over.set()
            reading.join()
        return
    yield None


def _tap() -> socket.socket:
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(EVERYTHING))
    tap.bind((LOOPBACK, EVERYTHING))
    tap.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM)
    tap.setsockopt(socket.SOL_SOCKET, TAKEN_NS, 1)
    tap.settimeout(READ_S)
    return tap


def _read(tap: socket.socket, traffic: Traffic, ports: Collection[int], over: threading.Event) -> None:
    while not over.is_set():
        with suppress(TimeoutError):
            packet, ancillary, _, address = tap.recvmsg(128, 64)
            if address[2] != OUTGOING or not ancillary:
                continue
            seconds, nanoseconds = MOMENT.unpack(ancillary[0][2][: MOMENT.size])
            traffic.take(packet, seconds + nanoseconds / 1e9, ports)
