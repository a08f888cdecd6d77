"""Whether the caller met with what a match tells, or was told it: "my mum said he told my brother"."""

from server.adapters.language.knowledge import Knowledge
from server.domain.sightings import Source

REACH = 14
"""How many words after "my mum said" are still hers."""


def source_of(text: str, start: int, end: int, known: Knowledge) -> Source:
    """Where the words between these characters of a turn come from."""
    cues = known.cues["hearsay"].finditer(text, 0, end)
    told = [cue.end() for cue in cues if cue.start() <= start and start - cue.end() <= REACH]
    if not told:
        return Source.HEARD
    seen_by_caller = known.cues["own_eyes"].search(text, min(told[-1], start), start + 1)
    return Source.HEARD if seen_by_caller else Source.THIRD_HAND
