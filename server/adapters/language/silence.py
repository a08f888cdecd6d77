"""Silence after a handler's question: neither yes nor no, and worth seeing."""

from server.adapters.language.questions import Asked
from server.domain.sightings import Polarity, Sighting
from server.domain.speech import Party

SILENT_MS = 6000
"""Who has said nothing for so long after a question has not answered it."""


def silent_answer(asked: Asked, utterance: int, from_ms: int, to_ms: int) -> Sighting:
    """What it brings that nobody answered; it speaks for nothing, and a later answer counts as ever."""
    seconds = (to_ms - from_ms) // 1000
    return Sighting(
        marker=asked.marker,
        polarity=Polarity.UNCERTAIN,
        party=Party.CALLER,
        utterance=utterance,
        quote="(silence)",
        matched=(),
        start_ms=from_ms,
        end_ms=to_ms,
        rule=f"{asked.marker}/silence",
        because=f'No answer to the handler\'s question "{asked.text}" for {seconds} seconds.',
        answers=asked.text,
    )
