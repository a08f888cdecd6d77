"""Stretches of a kept file, from anywhere in it: sound at its own moment, pictures as they came."""

import array
import math
from collections.abc import Iterator

import av
import pytest

from server.adapters.media.webm import WebmWriter
from server.adapters.media.webm_reading import WebmReader
from server.ports.media import SOUND_HZ, EncodedFrame

BEEP_MS = (7_000, 7_200)
LENGTH_MS = 12_000
PICTURE_MS = 100
KEY_EVERY_MS = 3_000
OPUS_MS = 20


def spoken() -> Iterator[EncodedFrame]:
    """Quiet, and one beep, as a browser encodes it."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "s16"
    at_ms = 0
    for begin_ms in range(0, LENGTH_MS, OPUS_MS):
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.sample_rate, frame.pts = 48_000, begin_ms * 48
        frame.planes[0].update(_sound(begin_ms))
        for packet in encoder.encode(frame):
            yield EncodedFrame(kind="audio", at_ms=at_ms, data=bytes(packet))
            at_ms += OPUS_MS


def _sound(begin_ms: int) -> bytes:
    loud = 9_000 if BEEP_MS[0] <= begin_ms < BEEP_MS[1] else 0
    tone = (round(loud * math.sin(2 * math.pi * 440 * at / 48_000)) for at in range(960))
    return array.array("h", tone).tobytes()


def pictures() -> Iterator[EncodedFrame]:
    """What says of itself whether it needs no other, by its first bit (RFC 6386, 9.1)."""
    for at_ms in range(0, LENGTH_MS, PICTURE_MS):
        key = at_ms % KEY_EVERY_MS == 0
        head = b"\x10\x02\x00\x9d\x01\x2a\x40\x01\xf0\x00" if key else b"\x11\x02\x00"
        yield EncodedFrame(kind="video", at_ms=at_ms, data=head + bytes(300), key=key)


@pytest.fixture(scope="module")
def file() -> bytes:
    writer = WebmWriter(width=320, height=240, begins_ms=0)
    data = b""
    for frame in sorted([*spoken(), *pictures()], key=lambda one: one.at_ms):
        writer.add(frame)
        data += writer.take()
    return data + writer.close()


@pytest.fixture
def reader() -> WebmReader:
    return WebmReader()


@pytest.mark.parametrize("part", [(0.0, 1.0), (0.4, 1.0), (0.45, 0.8)])
def test_sound_lies_where_it_was_said_wherever_the_file_is_entered(
    reader: WebmReader, file: bytes, part: tuple[float, float]
) -> None:
    begin, end = (round(len(file) * at) for at in part)
    head = reader.head(file)
    pcm = array.array("h", reader.sound(head, file[begin:end], from_ms=6_500, to_ms=8_000))
    assert len(pcm) == 1_500 * SOUND_HZ // 1000
    loud = [at for at, sample in enumerate(pcm) if abs(sample) > 2_000]
    heard = [6_500 + at * 1000 / SOUND_HZ for at in (loud[0], loud[-1])]
    assert heard == pytest.approx(BEEP_MS, abs=20)


def test_what_was_not_kept_is_silence(reader: WebmReader, file: bytes) -> None:
    head = reader.head(file)
    assert reader.sound(head, b"", from_ms=0, to_ms=100) == bytes(100 * SOUND_HZ // 1000 * 2)
    assert not any(reader.sound(head, file, from_ms=20_000, to_ms=20_100))


def test_pictures_come_as_they_were_with_their_moments(reader: WebmReader, file: bytes) -> None:
    head = reader.head(file)
    sent = list(pictures())
    assert reader.pictures(head, file) == sent
    later = reader.pictures(head, file[len(file) // 2 :])
    assert later == sent[-len(later) :]
    assert 40 < len(later) < 80


def test_a_cut_off_end_loses_the_last_pieces_alone(reader: WebmReader, file: bytes) -> None:
    found = reader.pictures(reader.head(file), file[:-40])
    assert found == list(pictures())[: len(found)]
    assert found[-1].at_ms >= LENGTH_MS - 1_000


def test_a_camera_that_claims_any_size_costs_nothing_and_is_kept(reader: WebmReader) -> None:
    writer = WebmWriter(width=16_383, height=16_383, begins_ms=0)
    for frame in pictures():
        writer.add(frame)
    data = writer.close()
    assert len(reader.pictures(reader.head(data), data)) == LENGTH_MS // PICTURE_MS
