"""Noticing: which of the sounds beside one leg's words are put on record, as doubts."""

from collections import deque
from collections.abc import Sequence

from server.domain.events import SoundDoubted
from server.domain.sounds import SoundHeard, SoundKind
from server.domain.speech import Party, Utterance, Word
from server.domain.watching import HARDLY_SPOKEN

APART_MS = 10_000
"""Taps and coughs that answer nobody are told no more often."""
KEPT = 4
"""Whispering that waits for its words: a recogniser is seconds behind."""


class Noticing:
    """Serves one ear.

    Taps and coughs of one who talks are nothing. Sound without a voice is only whispering with words in it.
    """

    def __init__(self, party: Party) -> None:
        self._party = party
        self._words = 0
        self._told_ms = -APART_MS
        self._wordless: deque[SoundHeard] = deque(maxlen=KEPT)

    def sound(self, heard: SoundHeard, *, answers: bool) -> list[SoundDoubted]:
        if heard.kind is SoundKind.WHISPER:
            self._wordless.append(heard)
            return []
        news = self._words < HARDLY_SPOKEN and heard.from_ms - self._told_ms >= APART_MS
        if not (answers or news):
            return []
        self._told_ms = heard.to_ms
        return [self._doubted(heard)]

    def words(self, words: Sequence[Word]) -> list[SoundDoubted]:
        """Words that were heard, settled or not, and what they make of sound before them."""
        found = [
            one
            for one in self._wordless
            if any(word.start_ms < one.to_ms and word.end_ms > one.from_ms for word in words)
        ]
        for one in found:
            self._wordless.remove(one)
        return [self._doubted(one) for one in found]

    def settled(self, utterance: Utterance) -> list[SoundDoubted]:
        self._words += len(utterance.words)
        return self.words(utterance.words)

    def _doubted(self, heard: SoundHeard) -> SoundDoubted:
        return SoundDoubted(
            at_ms=heard.to_ms,
            sound=heard.kind,
            party=self._party,
            from_ms=heard.from_ms,
            to_ms=heard.to_ms,
            count=heard.count,
        )
