"""Signs without words: keys pressed, and taps or coughs behind a handler's question that asks for them.

A cough alone is a cough. Only behind such a question is it an answer, and only from a caller who has not
spoken since: then somebody is there who cannot talk. Which number means yes is for people to say.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

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
"""An answer comes within so long of the question, or of what the handler said on top of it,"""
EARLY_MS = 300
"""or a little before the question's last word."""
GOES_ON_MS = 30_000
"""What the handler says so long after the question, or after a sound that answered, is something else."""
FEW_WORDS = 2
"""A recogniser makes a word of a cough; more than these were said by somebody."""
KEPT = 16
"""Sounds that wait for a question, and what was asked: of either we hear a second or more late."""
NAMES = {SoundKind.TAPS: ("a tap", "taps"), SoundKind.COUGHS: ("a cough", "coughs")}


@dataclass(frozen=True, slots=True)
class _Asking:
    """A question for a sign, or what the handler said on top of it."""

    asked_ms: int
    """The end of the words that ask for it."""
    from_ms: int
    to_ms: int
    """A sound that begins between these is an answer."""


class Signs:
    """Serves one call."""

    def __init__(self) -> None:
        self._five_ms: int | None = None
        self._asked: deque[_Asking] = deque(maxlen=KEPT)
        self._answered_ms = -1
        """When a sound last answered."""
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
        return _sighting(party, utterance, (before_ms, at_ms), ("55", "dtmf-55", because, Source.KEYS))

    def sound(
        self, heard: SoundHeard, party: Party, utterance: int, shown_ms: int | None = None
    ) -> Sighting | None:
        """What was heard, if it answers; `shown_ms`: since when a prompt for such a caller is shown."""
        if heard.kind not in NAMES:
            return None
        when = self._answers(heard) or self._while_shown(heard, shown_ms)
        if not when:
            self._sounds.append((party, heard))
            return None
        return _answer(heard, party, utterance, when)

    def settled(self, words: TurnWords, utterance: int) -> tuple[Sighting, ...]:
        """A turn of either side; a handler's may be the question that sounds before it have answered."""
        said = words.turn.words
        if words.turn.party is not Party.HANDLER:
            if len(said) > FEW_WORDS:
                self._spoke_ms = max(self._spoke_ms, said[0].start_ms)
            return ()
        self._asked.extend([*self._goes_on(words), *self._asks(words)])
        waiting = [(*one, self._answers(one[1])) for one in self._sounds]
        self._sounds = deque(((party, heard) for party, heard, when in waiting if not when), maxlen=KEPT)
        return tuple(_answer(heard, party, utterance, when) for party, heard, when in waiting if when)

    def _goes_on(self, words: TurnWords) -> Iterator[_Asking]:
        """Something more, said while the last question waits: its answer may come behind that."""
        last_ms = self._asked[-1].asked_ms if self._asked else -1
        start_ms = words.turn.words[0].start_ms
        if self._spoke_ms < last_ms and start_ms <= max(last_ms, self._answered_ms) + GOES_ON_MS:
            yield self._asking(words, last_ms, start_ms)

    def _asks(self, words: TurnWords) -> Iterator[_Asking]:
        names = ["covert_asks_for_sound", *(["covert_asks_for_sign"] if self._spoke_ms < 0 else [])]
        cues = [cue for name in names for cue in words.known.cues[name].finditer(words.line.text)]
        for end_ms in sorted({words.end_ms(cue.end()) for cue in cues}):
            yield self._asking(words, end_ms, end_ms - EARLY_MS)

    def _asking(self, words: TurnWords, asked_ms: int, from_ms: int) -> _Asking:
        said_to_ms = min(words.turn.words[-1].end_ms, max(asked_ms, self._answered_ms) + GOES_ON_MS)
        return _Asking(asked_ms, from_ms, said_to_ms + ASKED_MS)

    def _answers(self, heard: SoundHeard) -> str:
        """When it was heard, if that makes it an answer to the handler's own words."""
        at_ms = heard.from_ms
        asked = next((one for one in reversed(self._asked) if one.from_ms <= at_ms <= one.to_ms), None)
        if asked is None or asked.asked_ms < self._spoke_ms < at_ms:
            return ""
        self._answered_ms = max(self._answered_ms, at_ms)
        return f"{_after(asked.asked_ms, at_ms)} the handler asked for a sign."

    def _while_shown(self, heard: SoundHeard, shown_ms: int | None) -> str:
        """The same behind a prompt: what the handler read out of it may not have been understood."""
        if shown_ms is None or self._spoke_ms >= shown_ms:
            return ""
        if not shown_ms < heard.from_ms <= shown_ms + ASKED_MS:
            return ""
        since = _after(shown_ms, heard.from_ms)
        return f"{since} the handler was shown a prompt for a caller who may not be able to speak."


def _after(from_ms: int, at_ms: int) -> str:
    return f"{max(0, at_ms - from_ms) / 1000:.1f} s after"


def _answer(heard: SoundHeard, party: Party, utterance: int, when: str) -> Sighting:
    one, more = NAMES[heard.kind]
    quote = one if heard.count == 1 else f"{heard.count} {more}"
    because = f"What sounded like {quote}, {when}"
    span_ms = heard.from_ms, heard.to_ms
    return _sighting(party, utterance, span_ms, (quote, f"answered-by-{heard.kind}", because, Source.SOUND))


def _sighting(
    party: Party, utterance: int, span_ms: tuple[int, int], said: tuple[str, str, str, Source]
) -> Sighting:
    quote, rule, because, source = said
    return Sighting(
        marker=COVERT,
        polarity=Polarity.AFFIRMED,
        party=party,
        utterance=utterance,
        quote=quote,
        matched=(),
        start_ms=span_ms[0],
        end_ms=span_ms[1],
        rule=f"{COVERT}/{rule}",
        because=because,
        source=source,
    )
