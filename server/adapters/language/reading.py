"""One call as it is read: each turn in its place in time, whatever the order in which the legs settle."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from server.adapters.language import covert
from server.adapters.language.doubtful import asked_again, readings
from server.adapters.language.questions import asked_in
from server.adapters.language.shown import Standing
from server.adapters.language.signs import Signs
from server.adapters.language.silence import SILENT_MS, silent_answer
from server.adapters.language.standing import Turn, after, quietened
from server.adapters.language.turn_reading import TurnReader, TurnWords
from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass
from server.domain.sightings import Polarity, Sighting
from server.domain.sounds import SoundHeard
from server.domain.speech import Draft, Party, Utterance

KEPT_TURNS = 64
"""A turn that settles later than so many which came after it is read as if it were the first of them."""
OVERLAP_MS = 300
"""An answer may begin so long before the last word that the question turns on."""

Key = tuple[MarkerId, Polarity, Party, int, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A turn in its place."""

    turn: Turn
    before: Standing
    given: tuple[Sighting, ...]


class SpacyCallReading:
    """Reads one call. A leg that lags settles its turns late; they take the place in which they were said.

    Everything said after a late turn is weighed again, and what that brings is returned with
    it. A draft is read like a turn, and what it changes is thrown away.
    """

    def __init__(self, turns: TurnReader) -> None:
        self._turns = turns
        self._standing = Standing()
        self._steps: list[Step] = []
        self._reached_ms: dict[Party, int] = {}
        """The place of each leg's last turn: a leg keeps its own order."""
        self._last: dict[Party, TurnWords] = {}
        self._settled: dict[Party, int] = {}
        """The number of each leg's last utterance."""
        self._signs = Signs()
        self._signed = MarkerClass.NONE
        self._remembered = False
        self._silent_at_ms: int | None = None
        """The place of the last question that nobody answered."""

    def draft(self, draft: Draft) -> tuple[Sighting, ...]:
        if not draft.words or draft.party is Party.HANDLER:
            return ()
        turn = self._placed(self._read(draft))
        return after(self._before(self._place(turn)), turn)[1]

    def settle(self, utterance: Utterance) -> tuple[Sighting, ...]:
        self._settled[utterance.party] = utterance.number
        if not utterance.words:
            return ()
        turn = self._placed(self._read(utterance))
        doubts = list(self._doubts(utterance, self._before(self._place(turn)), turn.at_ms))
        self._reached_ms[utterance.party] = turn.at_ms
        given = self._insert(turn)
        sure = {one.marker for one in given if one.stands}
        return (*given, *(one for one in doubts if one.marker not in sure), *self._answers(turn.words))

    def _doubts(self, utterance: Utterance, before: Standing, at_ms: int) -> Iterator[Sighting]:
        """What the turn may say, were its doubtful words the grave ones that sound like them."""
        if utterance.party is Party.HANDLER:
            return
        for place, reading in readings(utterance):
            with self._turns.read(reading) as words:
                found = after(before, Turn(words, (), at_ms))[1]
            for sighting in found:
                if asked := asked_again(utterance, place, sighting):
                    yield asked

    def press(self, digit: str, *, party: Party, at_ms: int) -> tuple[Sighting, ...]:
        """55 is what a silent caller is asked to press; whoever takes the call cannot know of it."""
        if party is Party.HANDLER:
            return ()
        return self._told(self._signs.press(digit, party, at_ms, self._settled.get(party, -1)))

    def sound(self, heard: SoundHeard, *, party: Party, shown_ms: int | None = None) -> tuple[Sighting, ...]:
        return self._told(self._signs.sound(heard, party, self._settled.get(party, -1), shown_ms))

    def _answers(self, words: TurnWords) -> tuple[Sighting, ...]:
        return self._told(*self._signs.settled(words, self._settled.get(Party.CALLER, -1)))

    def _told(self, *signs: Sighting | None) -> tuple[Sighting, ...]:
        known = self._turns.known.markers
        told = tuple(sign for sign in signs if sign is not None and sign.marker in known)
        severities = (self._signed, *(known[sign.marker].marker.severity for sign in told))
        self._signed = max(severities, key=lambda one: one.rank)
        return told

    def wait(self, at_ms: int, *, over: bool = False) -> tuple[Sighting, ...]:
        odd = covert.unanswered(self._standing.odd)
        if odd is None or (at_ms - self._said_to_ms(at_ms) < covert.QUIET_MS and not over):
            return self._unanswered(at_ms)
        self._standing, given = quietened(self._standing, odd, self._turns.known)
        return given

    def _said_to_ms(self, otherwise: int) -> int:
        settled = (step.turn.words.turn.words[-1].end_ms for step in self._steps)
        return max(settled, default=otherwise)

    def _unanswered(self, at_ms: int) -> tuple[Sighting, ...]:
        """A grave question in a domestic call that nobody has answered for a while, once."""
        last = self._steps[-1].turn if self._steps else None
        if last is None or last.words.turn.party is not Party.HANDLER or last.at_ms == self._silent_at_ms:
            return ()
        from_ms = max(self._said_to_ms(0), *(one.turn.words[-1].end_ms for one in self._last.values()))
        if not self._standing.domestic or at_ms - from_ms < SILENT_MS:
            return ()
        self._silent_at_ms = last.at_ms
        known, utterance = self._turns.known.markers, self._settled.get(Party.CALLER, -1)
        return tuple(
            silent_answer(asked, utterance, from_ms, at_ms)
            for asked in self._standing.asked
            if known[asked.marker].marker.severity is not MarkerClass.CONTEXTUAL
        )

    def remember(self) -> None:
        self._remembered = True
        self._standing = self._framed(self._standing)

    @property
    def domestic(self) -> bool:
        return self._standing.domestic

    @property
    def severity(self) -> MarkerClass:
        return max(self._signed, self._standing.severity, key=lambda one: one.rank)

    def _read(self, turn: Draft | Utterance) -> TurnWords:
        """The turn, read; a leg's last reading serves for as long as its words stay the same."""
        last = self._last.get(turn.party)
        if last is None or (last.turn.number, last.turn.words) != (turn.number, turn.words):
            with self._turns.read(turn) as last:
                self._last[turn.party] = last
            return last
        return replace(last, turn=turn)  # drafted in the very words: settled it is another turn

    def _placed(self, words: TurnWords) -> Turn:
        """The turn with its place: where its question turns up, if it asks one, else where it begins."""
        turn = words.turn
        start_ms = turn.words[0].start_ms
        at_ms = max(start_ms, self._reached_ms.get(turn.party, start_ms))
        if turn.party is not Party.HANDLER:
            return Turn(words, (), at_ms)
        asked, turns_on = asked_in(words.line, words.positions(), words.known, words.text)
        if asked:
            asked = tuple(replace(one, said=words.said) for one in asked)
            at_ms = max(at_ms, words.start_ms(turns_on) - OVERLAP_MS)
        return Turn(words, asked, at_ms)

    def _place(self, turn: Turn) -> int:
        """Turns of the same moment keep the order in which they came."""
        return bisect_right(self._steps, turn.at_ms, key=lambda step: step.turn.at_ms)

    def _before(self, place: int) -> Standing:
        return self._framed(self._steps[place].before) if place < len(self._steps) else self._standing

    def _framed(self, standing: Standing) -> Standing:
        """What earlier calls have shown, this one need not show again."""
        return replace(standing, domestic=True, relation=True) if self._remembered else standing

    def _insert(self, turn: Turn) -> tuple[Sighting, ...]:
        place = self._place(turn)
        later = self._steps[place:]
        standing, self._steps = self._before(place), self._steps[:place]
        severity = self._standing.severity
        for one in (turn, *(step.turn for step in later)):
            before = standing
            standing, given = after(before, one)
            self._steps.append(Step(one, before, given))
        self._standing = replace(
            standing, severity=max(severity, standing.severity, key=lambda one: one.rank)
        )
        told = _given(later)
        made = _given(self._steps[place:])
        self._steps = self._steps[-KEPT_TURNS:]
        return (*_news(told, made), *_corrections(told, made))


def _given(steps: Iterable[Step]) -> list[Sighting]:
    return [sighting for step in steps for sighting in step.given]


def _key(sighting: Sighting) -> Key:
    return (sighting.marker, sighting.polarity, sighting.party, sighting.utterance, sighting.rule)


def _news(told: Sequence[Sighting], made: Sequence[Sighting]) -> Iterator[Sighting]:
    """What has not been told, or only as held back."""
    freely = {_key(one) for one in told if not one.held}
    held = {_key(one) for one in told if one.held}
    for one in made:
        if _key(one) not in freely and not (one.held and _key(one) in held):
            yield one


def _corrections(told: Sequence[Sighting], made: Sequence[Sighting]) -> Iterator[Sighting]:
    """What was told before an earlier turn was heard, and would not be told now. It stays in sight."""
    standing = {_key(one) for one in made}
    for one in told:
        if _key(one) in standing:
            continue
        because = "Doubtful since an earlier turn was heard late."
        if one.answers:
            because = f'Taken for an answer to "{one.answers}", but the handler had spoken since.'
        yield replace(
            one,
            polarity=Polarity.UNCERTAIN,
            rule=f"{one.marker}/corrected",
            because=because,
            corrects=one.rule,
        )
