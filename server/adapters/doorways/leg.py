"""One leg as a doorway hands it on: frames in their places, zeros where sound is missing, all of it told."""

from server.domain.media import Sequence, Stamp, Timeline
from server.domain.speech import BYTES_PER_MS, AudioFrame, Party, Sound
from server.services.switchboard import Line

FRAME_MS = 20
_ZEROS = bytes(FRAME_MS * BYTES_PER_MS)
_SAMPLE_BYTES = 2


class Leg:
    def __init__(self, line: Line, party: Party, sequence: Sequence, *, from_ms: int = 0) -> None:
        self._line = line
        self._party = party
        self._sequence = sequence
        self._timeline = Timeline(from_ms=from_ms)
        line.join(party)

    @property
    def next_ms(self) -> int:
        return self._timeline.next_ms

    def take(self, pcm: bytes, stamp: Stamp, *, received_s: float) -> None:
        """Hear one frame: in its place, or not at all when that place is taken."""
        placed = self._timeline.place(stamp)
        for gap in placed.gaps:
            self._line.gap(self._party, from_ms=gap.from_ms, to_ms=gap.to_ms, cause=gap.cause)
        if placed.filling:
            self._fill(placed.filling.at_ms, placed.filling.samples, placed.filling.sound, received_s)
        kept = pcm[placed.drop_samples * _SAMPLE_BYTES :]
        if kept:
            self._line.hear(
                AudioFrame(party=self._party, at_ms=placed.at_ms, pcm=kept, received_s=received_s)
            )

    def finish(self) -> None:
        """The stream is over: tell of sound that may be missing at its end."""
        gap = self._timeline.unheard_end(self._sequence.jumps)
        if gap:
            self._line.gap(self._party, from_ms=gap.from_ms, to_ms=gap.to_ms, cause=gap.cause)

    def _fill(self, at_ms: int, samples: int, sound: Sound, received_s: float) -> None:
        missing = samples * _SAMPLE_BYTES
        for begin in range(0, missing, len(_ZEROS)):
            self._line.hear(
                AudioFrame(
                    party=self._party,
                    at_ms=at_ms + begin // BYTES_PER_MS,
                    pcm=_ZEROS[: missing - begin],
                    received_s=received_s,
                    sound=sound,
                )
            )
