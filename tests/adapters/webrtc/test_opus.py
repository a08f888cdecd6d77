"""One party's sound in its place: a lost packet is a gap, and what follows is no later for it."""

import asyncio
from collections.abc import Callable

import numpy as np
from av import AudioFrame
from av.audio.codeccontext import AudioCodecContext

from server.adapters.doorways.webrtc.opus import WAIT_S, HeardLeg, OpusEar
from server.adapters.doorways.webrtc.packets import Rtp
from server.adapters.doorways.webrtc.sources import Packet
from server.domain.events import GapCause
from server.domain.speech import Party, Sound
from tests.adapters.webrtc.peers import NotingLine

SAMPLES = 960


def encoded(count: int) -> list[bytes]:
    """So many packets of 20 ms of noise."""
    encoder = AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "stereo", "s16"
    noise = np.random.default_rng(7)
    made: list[bytes] = []
    for _ in range(count):
        sound = noise.integers(-9000, 9000, (1, SAMPLES * 2), dtype=np.int16)
        frame = AudioFrame.from_ndarray(sound, format="s16", layout="stereo")
        frame.sample_rate = 48_000
        made += [bytes(packet) for packet in encoder.encode(frame)]
    return made


def _opus(payload: bytes) -> Rtp:
    return Rtp(payload_type=111, sequence=0, timestamp=0, ssrc=1, marker=False, payload=payload)


def packets(*numbers: int, first: int = 1000) -> list[Packet]:
    sounds = encoded(max(numbers) + 1)
    return [Packet(_opus(sounds[number]), first + number, number * SAMPLES) for number in numbers]


def leg(line: NotingLine) -> HeardLeg:
    clock = asyncio.get_running_loop().time
    began_s = clock()
    now_ms: Callable[[], int] = lambda: round((clock() - began_s) * 1000)  # noqa: E731 - a clock to hand on
    return HeardLeg(line, Party.CALLER, now_ms=now_ms)


async def test_packets_out_of_order_are_heard_in_order_without_a_gap() -> None:
    line = NotingLine()
    ear = OpusEar(leg(line), anew=False)
    for packet in packets(0, 2, 1, 3):
        ear.take(packet)
    heard = line.heard[Party.CALLER]
    assert all(frame.sound is Sound.HEARD for frame in heard)
    assert line.gaps == []
    assert len(b"".join(frame.pcm for frame in heard)) >= 4 * 320 - 64


async def test_a_lost_packet_is_a_gap_and_leaves_no_delay() -> None:
    line = NotingLine()
    ear = OpusEar(leg(line), anew=False)
    numbers = [number for number in range(40) if number != 10]
    begun_s = asyncio.get_running_loop().time()
    for packet in packets(*numbers)[:30]:
        ear.take(packet)
    # What waited behind the lost one is heard once its time is up, all of it at once.
    await line.has_heard(Party.CALLER, 0.5)
    assert asyncio.get_running_loop().time() - begun_s >= WAIT_S
    before = len(line.heard[Party.CALLER])
    for packet in packets(*numbers)[30:31]:
        ear.take(packet)
    assert len(line.heard[Party.CALLER]) == before + 1
    [(party, from_ms, to_ms, cause)] = line.gaps
    # The resampler keeps the first two milliseconds back, for good.
    assert (party, cause) == (Party.CALLER, GapCause.LOST)
    assert to_ms - from_ms in range(18, 24)
    places = [frame.at_ms for frame in line.heard[Party.CALLER]]
    assert places == sorted(places)
    assert places[-1] - places[0] in range(612, 626)


async def test_what_is_not_opus_is_a_gap() -> None:
    line = NotingLine()
    ear = OpusEar(leg(line), anew=False)
    good = packets(0, 1, 2, 3)
    good[1].rtp.payload = b"\xff"
    for packet in good:
        ear.take(packet)
    heard = line.heard[Party.CALLER]
    assert [frame.sound for frame in heard].count(Sound.HEARD) >= 3


async def test_a_stream_whose_clock_jumps_is_placed_anew() -> None:
    line = NotingLine()
    ear = OpusEar(leg(line), anew=False)
    first, second = packets(0, 1)
    ear.take(first)
    second.timestamp += 48_000 * 3600
    ear.take(second)
    assert line.heard[Party.CALLER][-1].at_ms < 3_000


async def test_the_next_connections_sound_comes_after_a_gap() -> None:
    line = NotingLine()
    whole = leg(line)
    ear = OpusEar(whole, anew=False)
    for packet in packets(0, 1):
        ear.take(packet)
    ear.close()
    await asyncio.sleep(0.1)
    after = OpusEar(whole, anew=True)
    for packet in packets(0, 1, first=9):
        after.take(packet)
    assert {cause for _, _, _, cause in line.gaps} == {GapCause.LOST}
    assert line.joined == [Party.CALLER]
