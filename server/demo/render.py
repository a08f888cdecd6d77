"""Render the scenes into demonstration calls: `python -m server.demo.render [SCENE …]`, run by hand.

Needs the Debian packages espeak-ng, flite and sox. The same scene gives the same bytes
with the same versions of those programs.
"""

import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from server.demo.scenes import PHRASE_PAUSE_MS, SCENES, Scene, Turn, read
from server.demo.telephone import with_line_noise, write_wav
from server.demo.voices import RATE_HZ, Samples, spoken

CALLS = Path(__file__).parent / "calls"
PER_MS = RATE_HZ // 1000
FRAME_MS = 20
WITHIN_S = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One phrase of sound at its place in the call."""

    party: str
    start_ms: int
    sound: Samples = field(repr=False)

    @property
    def end_ms(self) -> int:
        return self.start_ms + len(self.sound) // PER_MS


@dataclass(slots=True, kw_only=True)
class Take:
    """A scene as it is being laid down, phrase after phrase."""

    now_ms: int = 0
    placed: list[Placed] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    expects: list[str] = field(default_factory=list)

    def add(self, turn: Turn) -> None:
        self.now_ms += turn.pause_ms
        self.lines.append(f"{_stamp(self.now_ms)} {turn.party}: {turn.text}")
        for phrase in turn.phrases:
            piece = Placed(party=turn.party, start_ms=self.now_ms, sound=spoken(turn.voice, phrase.text))
            self.placed.append(piece)
            self.expects += [
                f"expect: {cue} within {WITHIN_S}s of {_stamp(piece.end_ms)}" for cue in phrase.cues
            ]
            self.now_ms = piece.end_ms + PHRASE_PAUSE_MS
        self.now_ms -= PHRASE_PAUSE_MS


def rendered(scene: Scene) -> Take:
    take = Take()
    for turn in scene.turns:
        take.add(turn)
    # The last frame is a whole one, as on the wire.
    take.now_ms = -(-(take.now_ms + scene.tail_ms) // FRAME_MS) * FRAME_MS
    return take


def leg(pieces: Iterable[Placed], *, length_ms: int, seed: int) -> Samples:
    sound = np.zeros(length_ms * PER_MS)
    for piece in pieces:
        begin = piece.start_ms * PER_MS
        sound[begin : begin + len(piece.sound)] += piece.sound
    return with_line_noise(sound, seed=seed)


def script(scene: Scene, take: Take) -> str:
    head = [
        f"# Invented for the demonstration; rendered from scenes/{scene.name}.toml. Edit that, not this.",
        f"title: {scene.title}",
        f"audio: {scene.name}.wav",
    ]
    return "\n".join([*head, *take.lines, *(take.expects or ["expect: none"])]) + "\n"


def render(scene: Scene, into: Path) -> int:
    """Write the script and its sound; returns the length in milliseconds."""
    take = rendered(scene)
    caller, handler = (
        leg(
            (piece for piece in take.placed if piece.party == party),
            length_ms=take.now_ms,
            seed=zlib.crc32(f"{scene.name} {party}".encode()),
        )
        for party in ("caller", "handler")
    )
    write_wav(into / f"{scene.name}.wav", caller=caller, handler=handler)
    (into / f"{scene.name}.call").write_text(script(scene, take), encoding="utf-8")
    return take.now_ms


def _stamp(ms: int) -> str:
    return f"{ms // 60000:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def main(names: Sequence[str]) -> None:
    CALLS.mkdir(exist_ok=True)
    for path in sorted(SCENES.glob("*.toml")):
        if not names or path.stem in names:
            length_ms = render(read(path), CALLS)
            sys.stdout.write(f"{path.stem}: {length_ms / 1000:.1f} s\n")


if __name__ == "__main__":
    main(sys.argv[1:])
