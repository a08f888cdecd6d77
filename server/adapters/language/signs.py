"""Signs without words: keys pressed, and taps or coughs behind a handler's question that asks for them.

A cough alone is a cough. Only behind such a question is it an answer, and only from a caller who has not
spoken since: then somebody is there who cannot talk. Which number means yes is for people to say.
"""

from collections import deque

from server.adapters.language.turn_reading import TurnWords
from server.domain.ids import MarkerId
from server.domain.sightings import Polarity, Sighting, Source
from server.domain.sounds import SoundHeard, SoundKind
from server.domain.speech import Party

COVERT = MarkerId("covert_call")
FIVE = "5"
PRESSED_MS = 10_000
"""Two fives belong together if no more than this lies between them."""
ASKED_MS = 10_000
"""An answer comes within so long of the question,"""
EARLY_MS = 300
"""or a little before the question's last word."""
FEW_WORDS = 2
"""A recogniser makes a word of a cough; more than these were said by somebody."""
KEPT = 8
"""Sounds that wait for a question: a handler's words settle after a silent caller's answer has come."""
NAMES = {SoundKind.TAPS: ("a tap", "taps"), SoundKind.COUGHS: ("a cough", "coughs")}


class Signs:
    """Serves one call."""

    def __init__(self) -> None:
        self._five_ms: int | None = None
        self._asked_ms: int | None = None
        """Until when the handler last asked for a sound, or something more with a sound for its answer."""
        self._spoke_ms = -1
        """When the caller last began to say more than a word or two."""
        self._sounds: deque[tuple[Party, SoundHeard]] = deque(maxlen=KEPT)

    def press(self, digit: str, party: Party, at_ms: int, utterance: int) -> Sighting | None:
        """55 is what a silent caller is asked to press."""
        before_ms, self._five_ms = self._five_ms, at_ms if digit == FIVE else None
        if before_ms is None or digit != FIVE or at_ms - before_ms > PRESSED_MS:
            return None
        self._five_ms = None
        because = "The keys 5 and 5 were pressed: a silent caller is asked to press 55 to be put through."
        pressed = SoundHeard(kind=SoundKind.TAPS, from_ms=before_ms, to_ms=at_ms)
        return _sighting(party, utterance, pressed, ("55", "dtmf-55", because, Source.KEYS))

    def sound(
        self, heard: SoundHeard, party: Party, utterance: int, shown_ms: int | None = None
    ) -> Sighting | None:
        """What was heard, if it answers; `shown_ms`: since when a prompt that asks for it is shown."""
        if heard.kind not in NAMES:
            return None
        answers = self._answer(heard, party, utterance)
        if answers is None and shown_ms is not None and shown_ms < heard.from_ms:
            when = "while the handler was shown a prompt that asks for a sign."
            answers = _answer(heard, party, utterance, when)
        if answers is None:
            self._sounds.append((party, heard))
        return answers

    def settled(self, words: TurnWords, utterance: int) -> Sighting | None:
        """A turn of either side; a handler's may be the question that a sound before it has answered."""
        said = words.turn.words
        if words.turn.party is not Party.HANDLER:
            if len(said) > FEW_WORDS:
                self._spoke_ms = max(self._spoke_ms, said[0].start_ms)
            return None
        goes_on = self._asked_ms is not None and self._spoke_ms < self._asked_ms
        if not (goes_on or self._asks(words)):
            return None
        self._asked_ms = said[-1].end_ms
        waiting = list(self._sounds)
        self._sounds.clear()
        answers = (self._answer(heard, party, utterance) for party, heard in waiting)
        return next((one for one in answers if one is not None), None)

    def _asks(self, words: TurnWords) -> bool:
        names = ["covert_asks_for_sound", *(["covert_asks_for_sign"] if self._spoke_ms < 0 else [])]
        return any(words.known.cues[name].search(words.line.text) for name in names)

    def _answer(self, heard: SoundHeard, party: Party, utterance: int) -> Sighting | None:
        asked_ms = self._asked_ms
        if asked_ms is None or not asked_ms - EARLY_MS <= heard.from_ms <= asked_ms + ASKED_MS:
            return None
        if asked_ms < self._spoke_ms < heard.from_ms:
            return None
        after_s = max(0, heard.from_ms - asked_ms) / 1000
        return _answer(heard, party, utterance, f"{after_s:.1f} s after the handler asked for a sign.")


def _answer(heard: SoundHeard, party: Party, utterance: int, when: str) -> Sighting:
    one, more = NAMES[heard.kind]
    quote = one if heard.count == 1 else f"{heard.count} {more}"
    because = f"What sounded like {quote}, {when}"
    return _sighting(party, utterance, heard, (quote, f"answered-by-{heard.kind}", because, Source.SOUND))


def _sighting(
    party: Party, utterance: int, heard: SoundHeard, said: tuple[str, str, str, Source]
) -> Sighting:
    quote, rule, because, source = said
    return Sighting(
        marker=COVERT,
        polarity=Polarity.AFFIRMED,
        party=party,
        utterance=utterance,
        quote=quote,
        matched=(),
        start_ms=heard.from_ms,
        end_ms=heard.to_ms,
        rule=f"{COVERT}/{rule}",
        because=because,
        source=source,
    )
