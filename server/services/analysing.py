"""Analysing written calls: the same reading and the same attention as live calls, without sound."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import inf

from server.domain.attention import Attention, recipients
from server.domain.call import CallState, applied
from server.domain.events import Event, PromptRaised, UtteranceHeard
from server.domain.evidence import Account, Ledger, entered
from server.domain.ids import MarkerId
from server.domain.people import Role
from server.domain.prompts import Prompt
from server.domain.sightings import SPEAKING, Polarity, Sighting
from server.domain.speech import Party, Utterance, Word
from server.ports.language import Reader
from server.services.evidence_wire import account_values

WORD_MS = 300
"""How long a written word is taken to last: 200 words a minute."""


class BadLine(ValueError):
    """A line that is not a call; the message says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    speaker: Party
    text: str = field(repr=False)
    start_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A written call."""

    id: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """What a written call shows. A turn is the number of its line in the script, from 0."""

    id: str
    sightings: tuple[tuple[int, Sighting], ...]
    prompts: tuple[tuple[int, Prompt], ...]
    domestic: bool
    severity: str
    evidence: tuple[Account, ...] = ()
    covert_from: float = inf
    """The turn from which every question is put for a yes or a no."""

    def as_json(self) -> str:
        return json.dumps(
            {
                "id": self.id,
                "sightings": [_sighting(turn, sighting) for turn, sighting in self.sightings],
                "prompts": [
                    _prompt(turn, prompt, yes_no=turn >= self.covert_from) for turn, prompt in self.prompts
                ],
                "domestic": self.domestic,
                "class": self.severity,
                "evidence": [account_values(account) for account in self.evidence],
            },
            ensure_ascii=False,
        )


def parsed(line: str) -> Script:
    """One line of JSON. Raises `BadLine`."""
    try:
        found = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadLine(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    if not isinstance(found, dict):
        raise BadLine('expected an object with "id" and "turns"')
    turns = found.get("turns")
    if not isinstance(turns, list):
        raise BadLine('expected a list under "turns"')
    return Script(id=str(found.get("id", "")), turns=tuple(_turns(turns)))


def _turns(turns: Iterable[object]) -> Iterator[Turn]:
    start_s = 0.0
    for at, turn in enumerate(turns):
        if not isinstance(turn, dict) or not isinstance(turn.get("text"), str):
            raise BadLine(f'turn {at}: expected an object with "speaker" and "text"')
        start_s = _start_s(turn, at, start_s)
        made = Turn(speaker=_speaker(turn, at), text=turn["text"], start_s=start_s)
        start_s += len(made.text.split()) * WORD_MS / 1000
        yield made


def _speaker(turn: Mapping[str, object], at: int) -> Party:
    try:
        return Party(str(turn.get("speaker", "caller")))
    except ValueError as error:
        raise BadLine(f'turn {at}: expected "speaker" to be {", ".join(Party)}') from error


def _start_s(turn: Mapping[str, object], at: int, otherwise: float) -> float:
    start = turn.get("start_s")
    if start is None:
        return otherwise
    if isinstance(start, bool) or not isinstance(start, int | float) or not 0 <= start < float("inf"):
        raise BadLine(f'turn {at}: expected "start_s" to be a number of seconds')
    return float(start)


def analysed(script: Script, reader: Reader) -> Analysis:
    """Read a written call turn by turn, as if every turn had just settled."""
    reading = reader.begin()
    desk = _Desk(Attention(markers=reader.markers))
    end_ms = 0
    for at, utterance in enumerate(utterances(script)):
        desk.wait(at - 1, reading.wait(utterance.start_ms))
        desk.hear(at, utterance, reading.settle(utterance))
        end_ms = max(end_ms, utterance.end_ms)
    desk.wait(len(script.turns) - 1, reading.wait(end_ms, over=True))
    return Analysis(
        id=script.id,
        sightings=tuple(_released(desk.sightings)),
        prompts=tuple(desk.prompts),
        domestic=reading.domestic,
        severity=reading.severity.value,
        evidence=tuple(desk.ledger.accounts()),
        covert_from=desk.covert_from,
    )


class _Desk:
    """Collects what a call brings, turn by turn."""

    def __init__(self, attention: Attention) -> None:
        self._attention = attention
        self._state = CallState()
        self._turn_of: dict[tuple[Party, int], int] = {}
        self.ledger = Ledger()
        self.sightings: list[tuple[int, Sighting]] = []
        self.prompts: list[tuple[int, Prompt]] = []
        self.covert_from = inf

    def hear(self, turn: int, utterance: Utterance, found: Sequence[Sighting]) -> None:
        self._turn_of[utterance.party, utterance.number] = turn
        self.ledger = entered(self.ledger, UtteranceHeard(at_ms=utterance.end_ms, utterance=utterance))
        self._take(turn, found, self._attention.settled(self._state, utterance, found))

    def wait(self, turn: int, found: Sequence[Sighting]) -> None:
        self._take(turn, found, self._attention.told(self._state, found))

    def _take(self, turn: int, found: Sequence[Sighting], events: Iterable[Event]) -> None:
        self.sightings += [(self._turn_of[one.party, one.utterance], one) for one in found]
        for event in events:
            self._state, self.ledger = applied(self._state, event), entered(self.ledger, event)
            if self._state.covert:
                self.covert_from = min(self.covert_from, turn)
            if isinstance(event, PromptRaised):
                self.prompts.append((turn, event.prompt))


def said_in(line: str, reader: Reader) -> frozenset[MarkerId]:
    """The markers that stand in "handler: is he there? / caller: yeah"; a line of nobody is the caller's."""
    turns = (
        line.split(" / ") if line.startswith(tuple(f"{party}:" for party in Party)) else [f"caller: {line}"]
    )
    parts = [turn.partition(":") for turn in turns]
    written = tuple(_turns([{"speaker": who.strip(), "text": text.strip()} for who, _, text in parts]))
    found = analysed(Script(id="", turns=written), reader).sightings
    return frozenset(one.marker for _, one in found if one.polarity in SPEAKING)


def utterances(script: Script) -> Iterator[Utterance]:
    """The script's turns as the recogniser would have given them."""
    numbers: dict[Party, int] = {}
    for turn, following in zip_longest(script.turns, script.turns[1:]):
        number = numbers.get(turn.speaker, 0)
        numbers[turn.speaker] = number + 1
        words = tuple(_words(turn, following))
        end_ms = words[-1].end_ms if words else round(turn.start_s * 1000)
        yield Utterance(party=turn.speaker, number=number, words=words, heard_to_ms=end_ms)


def _words(turn: Turn, following: Turn | None) -> Iterator[Word]:
    """The words, spoken faster where the next turn begins sooner: who writes a call rarely times overlaps."""
    start_ms = round(turn.start_s * 1000)
    texts = turn.text.split()
    word_ms = WORD_MS
    if following is not None and following.start_s >= turn.start_s:
        room_ms = round(following.start_s * 1000) - start_ms
        word_ms = min(WORD_MS, room_ms // max(1, len(texts)))
    for at, text in enumerate(texts):
        from_ms = start_ms + at * word_ms
        yield Word(text=text, start_ms=from_ms, end_ms=from_ms + word_ms, confidence=1.0)


def _released(sightings: list[tuple[int, Sighting]]) -> Iterator[tuple[int, Sighting]]:
    """A sighting that was held and then released is told once."""
    given: set[tuple[int, str, Polarity]] = set()
    for turn, sighting in sightings:
        key = turn, sighting.rule, sighting.polarity
        if key not in given:
            given.add(key)
            yield turn, sighting


def _sighting(turn: int, sighting: Sighting) -> dict[str, object]:
    return {
        "marker": sighting.marker,
        "turn": turn,
        "quote": sighting.quote,
        "polarity": sighting.polarity.value,
        "because": sighting.because,
    }


def _prompt(turn: int, prompt: Prompt, *, yes_no: bool) -> dict[str, object]:
    """A prompt goes to whoever can act on it first: the handler if its class is put before them."""
    to_handler = Role.HANDLER in recipients(prompt.severity)
    return {
        "marker": prompt.marker,
        "turn": turn,
        "to": (Role.HANDLER if to_handler else Role.SPECIALIST).value,
        "text": (prompt.yes_no if yes_no else prompt.ask) if to_handler else prompt.specialist,
    }
