"""Renders the journeys' calls, by hand, as the demonstration: `python -m tests.journeys.render [SCENE …]`."""

import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from server.demo.render import PER_MS, Take, leg, rendered, script
from server.demo.scenes import Scene, read
from server.demo.telephone import write_wav
from server.demo.voices import RATE_HZ, SPEECH_LEVEL, Samples

HERE = Path(__file__).parent
SCREAM_OF = "night-4"
SCREAM_MS = 2500
SCREAM_LEVEL = 0.5
AFTER_MS = 1000
"""Between the last word and the scream."""
STREET_OF = "petrol"
STREET_BEFORE_MS = 1500
"""The street comes in so long before the last phrase."""
STREET_LEVEL = SPEECH_LEVEL / 10 ** (4 / 20)
"""Four decibels below the voice."""
STREET_SEED = 5
TAPS_OF = "tapping"
TAPS_MS = (1400, 1750)
"""After the last word."""
TAP_LEVEL = 0.3
TAP_FALL_MS = 4


def scream() -> Samples:
    """A loud voiced cry that rises and breaks, with its overtones, as a telephone carries it."""
    at_s = np.arange(SCREAM_MS * PER_MS) / RATE_HZ
    pitch_hz = 750 + 450 * np.sin(np.pi * at_s / at_s[-1]) + 25 * np.sin(2 * np.pi * 11 * at_s)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    cry = sum(np.sin(harmonic * phase) / harmonic for harmonic in (1, 2, 3))
    rough = np.random.default_rng(7).normal(scale=0.15, size=len(at_s))
    edge = np.minimum(1, np.minimum(at_s, at_s[::-1]) / 0.05)
    sound: Samples = SCREAM_LEVEL * edge * (cry / 1.8 + rough)
    return sound


def tap() -> Samples:
    """A knuckle on a handset: broad noise that is gone in hundredths of a second."""
    at_ms = np.arange(100 * PER_MS) / PER_MS
    sound: Samples = (
        TAP_LEVEL * np.random.default_rng(9).normal(size=len(at_ms)) * np.exp(-at_ms / TAP_FALL_MS)
    )
    return sound


def street(leg: Samples, take: Take) -> None:
    """Drown the last phrase in noise."""
    begin = (take.placed[-1].start_ms - STREET_BEFORE_MS) * PER_MS
    leg[begin:] += np.random.default_rng(STREET_SEED).normal(0, STREET_LEVEL, len(leg) - begin)


def render(scene: Scene, into: Path) -> int:
    """Write the script and its sound; returns the length in milliseconds."""
    take = rendered(scene)
    legs = {
        party: leg(
            (piece for piece in take.placed if piece.party == party),
            length_ms=take.now_ms,
            seed=zlib.crc32(f"{scene.name} {party}".encode()),
        )
        for party in ("caller", "handler")
    }
    if scene.name == SCREAM_OF:
        begin = (take.now_ms - scene.tail_ms + AFTER_MS) * PER_MS
        legs["caller"][begin : begin + SCREAM_MS * PER_MS] += scream()
    if scene.name == TAPS_OF:
        for after_ms in TAPS_MS:
            begin = (take.now_ms - scene.tail_ms + after_ms) * PER_MS
            legs["caller"][begin : begin + 100 * PER_MS] += tap()
    if scene.name == STREET_OF:
        street(legs["caller"], take)
    write_wav(into / f"{scene.name}.wav", caller=legs["caller"], handler=legs["handler"])
    (into / f"{scene.name}.call").write_text(script(scene, take), encoding="utf-8")
    return take.now_ms


def main(names: Sequence[str]) -> None:
    for path in sorted((HERE / "scenes").glob("*.toml")):
        if names and path.stem not in names:
            continue
        length_ms = render(read(path), HERE / "calls")
        sys.stdout.write(f"{path.stem}: {length_ms / 1000:.1f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
