"""Words in media time: drafts as they stand, utterances as they settle, numbered without gaps."""

from server.adapters.speech.messages import TimedWord
from server.adapters.speech.retained import SAMPLES_PER_MS, Retained
from server.domain.speech import Draft, Party, Utterance, Word

REPEAT_MS = 200
"""An unchanged draft is said again when so much more was heard: standing still is news to the reader."""


class Wording:
    def __init__(self, sound: Retained) -> None:
        self.party = Party.OTHER
        self.standing: tuple[Word, ...] = ()
        """The words of the last draft."""
        self._sound = sound
        self._number = 0
        self._drafted = False
        self._since: int | None = None
        self._said_to_ms = 0

    def draft(self, words: tuple[TimedWord, ...], origin: int, heard: int) -> Draft | None:
        """Give the draft, if it says anything new."""
        before, self.standing = self.standing, self._placed(words, origin)
        heard_ms = self._sound.media_ms(heard)
        if not self.standing:
            self._since = None
            if not before:
                return None
        elif self._since is None:
            self._since = origin + words[0].start_ms * SAMPLES_PER_MS
        same = [word.text for word in before] == [word.text for word in self.standing]
        if same and heard_ms - self._said_to_ms < REPEAT_MS:
            return None
        self._drafted = True
        self._said_to_ms = heard_ms
        return Draft(party=self.party, number=self._number, words=self.standing, heard_to_ms=heard_ms)

    def standing_since(self, now: int) -> int:
        """The sample at which the unsettled words begin; now, if there are none."""
        return now if self._since is None else self._since

    def settle(self, words: tuple[TimedWord, ...], origin: int, heard: int) -> Utterance | None:
        """Give the utterance. It is empty only when a draft stood and nothing came of it."""
        return self._settled(self._placed(words, origin), self._sound.media_ms(heard))

    def settle_draft(self, heard_to_ms: int) -> Utterance | None:
        """Settle the draft as it stands, because no recogniser is left to settle it."""
        return self._settled(self.standing, heard_to_ms)

    def _settled(self, words: tuple[Word, ...], heard_to_ms: int) -> Utterance | None:
        if not words and not self._drafted:
            return None
        number = self._number
        self._number += 1
        self.standing, self._drafted, self._since = (), False, None
        return Utterance(party=self.party, number=number, words=words, heard_to_ms=heard_to_ms)

    def _placed(self, words: tuple[TimedWord, ...], origin: int) -> tuple[Word, ...]:
        return tuple(self._place(word, origin) for word in words)

    def _place(self, word: TimedWord, origin: int) -> Word:
        start_ms = self._sound.media_ms(origin + word.start_ms * SAMPLES_PER_MS)
        end_ms = self._sound.media_end_ms(origin + word.end_ms * SAMPLES_PER_MS)
        return Word(
            text=word.text, start_ms=start_ms, end_ms=max(start_ms, end_ms), confidence=word.confidence
        )
