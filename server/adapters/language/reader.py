"""The reader on spaCy: the marker folder in, one reading per call out."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from server.adapters.language.components import pipeline
from server.adapters.language.overlays import known_in
from server.adapters.language.reading import SpacyCallReading
from server.adapters.language.turn_reading import TurnReader
from server.domain.ids import MarkerId
from server.domain.markers import Marker


class SpacyReader:
    """Reads calls for the markers of one folder. Raises `BadMarkers` if the folder has mistakes.

    A force may lay its own slang and prompt texts over them. An overlay with mistakes is
    refused whole: `refused` says why, and the shipped markers stay in force.
    """

    def __init__(self, markers_dir: Path, overlay_dir: Path | None = None) -> None:
        known, self.refused = known_in(markers_dir, overlay_dir)
        self._turns = TurnReader(known, pipeline(markers_dir, overlay_dir))
        self._markers = {id_: rules.marker for id_, rules in self._turns.known.markers.items()}

    @property
    def markers(self) -> Mapping[MarkerId, Marker]:
        return self._markers

    def examples(self) -> Iterator[tuple[MarkerId, str, bool]]:
        """Every line that the marker files give, and whether the marker must be sighted in it."""
        for marker, rules in self._turns.known.markers.items():
            yield from ((marker, line, True) for line in rules.examples)
            yield from ((marker, line, False) for line in rules.near_misses)

    def begin(self) -> SpacyCallReading:
        return SpacyCallReading(self._turns)
