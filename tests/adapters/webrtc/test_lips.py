"""Sound and picture of one party stay in step, live and kept, whatever clocks, reports and delays do."""

from dataclasses import dataclass, field

import pytest
from aiortc.rtp import RtcpPacket, RtcpSenderInfo, RtcpSrPacket

from server.adapters.doorways.webrtc import sources
from server.adapters.doorways.webrtc.kept import keep
from server.adapters.doorways.webrtc.lag import Lag
from server.adapters.doorways.webrtc.offers import Direction, Section
from server.adapters.doorways.webrtc.packets import Rtp, read_rtp
from server.adapters.doorways.webrtc.sources import Clock, Source
from server.adapters.doorways.webrtc.tracks import Track
from server.ports.media import EncodedFrame

APART_MS = 100
KEY = b"\x10\x00"
HZ = {"audio": 48_000, "video": 90_000}
FIRST = {"audio": 4_294_960_000, "video": 123_456}
"""Of its own timestamps each stream begins anywhere; sound's wrap around within the first second."""
NTP_S = 2**32


@dataclass
class Received:
    """What a browser has of one stream: packets, and which of their times is which."""

    kind: str
    packets: dict[bytes, int] = field(default_factory=dict)
    report: tuple[int, int] | None = None

    async def take(self, data: bytes) -> None:
        if data[1] in (200, 202):
            for packet in RtcpPacket.parse(data):
                if isinstance(packet, RtcpSrPacket):
                    info = packet.sender_info
                    self.report = info.ntp_timestamp, info.rtp_timestamp
            return
        rtp = read_rtp(data, 0)
        self.packets[rtp.payload] = rtp.timestamp

    def shown_s(self, what: bytes) -> float:
        """When, by the clock of the reports."""
        assert self.report is not None
        ntp, rtp = self.report
        behind = (self.packets[what] - rtp + 2**31) % 2**32 - 2**31
        return ntp / NTP_S + behind / HZ[self.kind]


@dataclass
class Party:
    """One who flashes and beeps; its clock is an hour behind ours."""

    clock: Clock = field(default_factory=Clock)
    sources: dict[str, Source] = field(default_factory=dict)

    def __post_init__(self) -> None:
        async def upstream(data: bytes) -> None: ...

        for kind in HZ:
            self.sources[kind] = Source(kind=kind, ssrc=9, clock=self.clock, send=upstream, lag=Lag())

    async def show(self, kind: str, at_s: float, what: bytes, number: int, *, ssrc: int = 1) -> None:
        timestamp = (FIRST[kind] + round(at_s * HZ[kind])) % 2**32
        rtp = Rtp(96, number, timestamp, ssrc, marker=True, payload=what)
        await self.sources[kind].take(rtp)

    async def report(self, kind: str, at_s: float, *, ssrc: int = 1) -> None:
        info = RtcpSenderInfo(
            ntp_timestamp=round((at_s + 1_000_000) * NTP_S),
            rtp_timestamp=(FIRST[kind] + round(at_s * HZ[kind])) % 2**32,
            packet_count=1,
            octet_count=1,
        )
        await self.sources[kind].reported(RtcpSrPacket(ssrc=ssrc, sender_info=info))


def viewer(party: Party) -> dict[str, Received]:
    received: dict[str, Received] = {}
    for kind, source in party.sources.items():
        received[kind] = Received(kind)
        section = Section(
            kind=kind, mid=kind, direction=Direction.GIVES, payload_type=96, mid_id=0, send_time_id=0, slot=0
        )
        Track(section, received[kind].take).follow(source)
    return received


def apart_ms(received: dict[str, Received], number: int) -> float:
    flash, beep = KEY + bytes([number]), b"beep" + bytes([number])
    return abs(received["video"].shown_s(flash) - received["audio"].shown_s(beep)) * 1000


async def test_a_flash_and_its_beep_are_shown_at_once_however_late_reports_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 5_000_000.0
    monkeypatch.setattr(sources, "current_ntp_time", lambda: round(now_s * NTP_S))
    party = Party()
    received = viewer(party)
    for number in range(20):
        at_s = float(number)
        await party.show("video", at_s, KEY + bytes([number]), number)
        await party.show("audio", at_s, b"beep" + bytes([number]), number)
        # Sound's reports are up to 0.4 s under way, the picture's none; never both at once.
        now_s = 5_000_000 + at_s + 0.4 * (number % 3) / 2
        await party.report("audio", at_s + 0.1)
        now_s = 5_000_000 + at_s + 0.5
        await party.report("video", at_s + 0.5)
        assert apart_ms(received, number) <= 1 < APART_MS


async def test_they_are_in_step_for_who_comes_later_and_after_a_stream_began_anew() -> None:
    party = Party()
    early = viewer(party)
    for ssrc in (1, 2):
        late = viewer(party)
        number = 10 * ssrc
        for kind, what in (("video", KEY + bytes([number])), ("audio", b"beep" + bytes([number]))):
            await party.show(kind, number, what, number, ssrc=ssrc)
            await party.report(kind, number + 0.3, ssrc=ssrc)
        assert apart_ms(early, number) <= 1
        assert apart_ms(late, number) <= 1


@pytest.mark.parametrize(("late", "told"), [(3, 20), (40, 57)])
async def test_what_is_kept_is_in_step_though_pictures_are_longer_under_way(late: int, told: int) -> None:
    """By so many tenths of a second; from the first reports on, in the tenth in which the sender is heard."""
    party, tenth, kept = Party(), 0, list[EncodedFrame]()
    keep(party.sources, now_ms=lambda: tenth * 100, give=kept.append)
    for tenth in range(told + 40):
        await party.show("audio", tenth / 10, b"beep" + bytes([tenth]), tenth)
        if (taken := tenth - late) >= 0:
            await party.show("video", taken / 10, KEY + bytes([taken]), taken)
        if tenth == told:
            for kind in HZ:
                await party.report(kind, tenth / 10 + 0.02)
    sounds, pictures = ({one.data[-1]: one.at_ms for one in kept if one.kind == kind} for kind in HZ)
    assert list(sounds.values()) == list(range(0, 100 * (told + 40), 100))
    apart = [at_ms - sounds[number] for number, at_ms in pictures.items()]
    assert set(apart[: told - late + 1]) == {late * 100}
    assert max(map(abs, apart[told - late + 1 :])) <= 1


async def test_a_stream_that_begins_anew_goes_on_without_a_break_in_its_numbers() -> None:
    party = Party()
    received = viewer(party)
    numbers: list[int] = []

    async def numbered(data: bytes) -> None:
        numbers.append(read_rtp(data, 0).sequence)

    track = next(iter(party.sources["video"].viewers))
    assert isinstance(track, Track)
    track._send = numbered
    for ssrc, first in ((1, 60_000), (2, 5)):
        for number in range(3):
            await party.show("video", number, KEY + bytes([ssrc, number]), first + number, ssrc=ssrc)
    assert [number - numbers[0] for number in numbers] == [0, 1, 2, 3, 4, 5]
    assert received["video"].packets == {}
