"""When a sighting in a draft has stood long enough to be shown.

Nine in ten of a recogniser's edits touch the last word or two and are gone 320 ms
later (Baumann, Atterer and Schlangen 2009), so a sighting waits for two further
words or for 300 ms of further listening, whichever is first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.domain.ids import MarkerId
from server.domain.sightings import Sighting
from server.domain.speech import Draft

FIRST_MS = 1000
"""A recogniser's guesses about a leg's first second are wild: it knows neither voice nor line yet."""
FURTHER_WORDS = 2
FURTHER_MS = 300


@dataclass(slots=True)
class Stability:
    """Follows one leg's drafts."""

    _since_ms: dict[tuple[int, MarkerId], int] = field(default_factory=dict)
    """When each sighting now standing was first seen, by utterance and marker."""

    def standing(self, draft: Draft, sightings: Iterable[Sighting]) -> list[Sighting]:
        """Those of the draft's sightings that may be shown now. Call it with every draft."""
        seen = {(draft.number, sighting.marker): sighting for sighting in sightings}
        self._since_ms = {key: self._since_ms.get(key, draft.heard_to_ms) for key in seen}
        if draft.number == 0 and draft.words and draft.heard_to_ms - draft.words[0].start_ms < FIRST_MS:
            return []
        return [
            sighting
            for key, sighting in seen.items()
            if _followed(draft, sighting) or draft.heard_to_ms - self._since_ms[key] >= FURTHER_MS
        ]


def _followed(draft: Draft, sighting: Sighting) -> bool:
    last = max((end for _, end in sighting.matched), default=len(draft.words))
    return len(draft.words) - last >= FURTHER_WORDS
