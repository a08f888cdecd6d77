"""Ten minutes in a second: a clock that runs apart, packets that are lost, and where each sound lies."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from server.adapters.doorways.webrtc.frames import SoundFrames
from server.adapters.doorways.webrtc.opus import WAIT_S, HeardLeg, OpusEar
from server.adapters.doorways.webrtc.packets import Rtp
from server.adapters.doorways.webrtc.placing import Placing
from server.adapters.doorways.webrtc.sources import Packet
from server.domain.speech import BYTES_PER_MS, AudioFrame, Party, Sound
from server.ports.media import EncodedFrame
from tests.adapters.webrtc.peers import NotingLine
from tests.adapters.webrtc.test_opus import encoded
from tests.quick_loop import QuickLoop

TEN_MINUTES, LOSSY, WHOLE = 30_000, 7_500, 200
PACKET_S, SAMPLES = 0.02, 960
APART = 200e-6
"""Of a second in each: worse than any phone's clock."""
SETTLED_MS = 20


@dataclass
class TimedLine(NotingLine):
    """Notes how long each sound was under way here."""

    loop: QuickLoop = field(default_factory=QuickLoop)
    waits_s: list[float] = field(default_factory=list)

    def hear(self, frame: AudioFrame) -> None:
        super().hear(frame)
        if frame.sound is Sound.HEARD:
            self.waits_s.append(self.loop.now_s - frame.received_s)


@dataclass
class Talk:
    """One who talks for ten minutes: heard, and kept."""

    line: TimedLine
    kept: list[EncodedFrame] = field(default_factory=list)

    async def go_on(self, came: Iterator[tuple[int, float]]) -> None:
        """Each packet's number, and when it comes."""
        loop, sounds = self.line.loop, encoded(50)
        began_s = loop.time()
        now_ms = lambda: round((loop.time() - began_s) * 1000)  # noqa: E731 - a clock to hand on
        ear = OpusEar(HeardLeg(self.line, Party.CALLER, now_ms=now_ms), anew=False)
        placing = Placing(48_000, now_ms)
        kept = SoundFrames(lambda packet: placing.place(packet.timestamp), self.kept.append)
        for number, at_s in came:
            await asyncio.sleep(max(0.0, began_s + at_s - loop.time()))
            rtp = Rtp(111, number % 65536, number * SAMPLES, 1, marker=False, payload=sounds[number % 50])
            packet = Packet(rtp, number, number * SAMPLES)
            kept.take(packet)
            ear.take(packet)
        ear.close()

    @property
    def heard(self) -> list[AudioFrame]:
        return self.line.heard[Party.CALLER]


def talk(came: Iterator[tuple[int, float]]) -> Talk:
    loop = QuickLoop()
    try:
        one = Talk(TimedLine(loop=loop))
        loop.run_until_complete(one.go_on(came))
        return one
    finally:
        loop.close()


def test_what_is_heard_does_not_drift_from_what_is_kept_though_clocks_run_apart() -> None:
    come_s = np.arange(TEN_MINUTES) * PACKET_S * (1 - APART)
    late_s = np.random.default_rng(1).uniform(0, 0.015, TEN_MINUTES)
    one = talk(enumerate((come_s + late_s).tolist()))
    # 200 millionths of ten minutes are 120 ms: both lie by the sender's clock, so neither shows any of it.
    assert one.line.gaps == []
    assert len(one.kept) == TEN_MINUTES
    begin, end = one.kept[0].at_ms, one.kept[-1].at_ms + 20
    assert end - begin == TEN_MINUTES * 20
    assert abs(one.heard[0].at_ms - begin) <= SETTLED_MS
    assert abs(one.heard[-1].end_ms - end) <= SETTLED_MS
    length_ms = sum(len(frame.pcm) for frame in one.heard) // BYTES_PER_MS
    assert end - begin - SETTLED_MS <= length_ms <= end - begin


def lossy() -> Iterator[tuple[int, float]]:
    """One in twenty is lost, and now and then up to half a second at once; the last seconds are whole."""
    chance, gone = np.random.default_rng(2), 0
    for number in range(LOSSY):
        gone = int(chance.integers(5, 26)) if not gone and chance.random() < 0.002 else max(0, gone - 1)
        if number > LOSSY - WHOLE or not (gone or chance.random() < 0.05):
            yield number, number * PACKET_S


def test_losses_leave_no_delay_behind() -> None:
    one = talk(lossy())
    assert len(one.line.gaps) > 200
    waits_s = one.line.waits_s
    assert max(waits_s) <= WAIT_S + 0.001
    # What follows a loss waits for it; all else is heard as it comes, the last as promptly as the first.
    assert sorted(waits_s)[len(waits_s) // 2] == 0
    assert max(waits_s[-100:]) == 0
    assert abs(one.heard[-1].end_ms - LOSSY * 20) <= SETTLED_MS
