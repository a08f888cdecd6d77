"""The evidence ledger of a call: for each marker, everything that was said for it, against it and in doubt.

A fold over the journal, the same for every reader. Nothing that was said leaves it: a denial, a
retraction or a correction stands beside what it speaks against, and lowers nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from server.domain.events import Entry, Event, MarkerSighted, SightingWithdrawn, UtteranceHeard
from server.domain.ids import MarkerId
from server.domain.prompts import Standing
from server.domain.sightings import SPEAKING, Polarity, Sighting
from server.domain.speech import Party, Utterance

RETRACTION = MarkerId("minimisation_or_retraction")
"""What takes back, or plays down, whatever was said before it."""

Said = tuple[Party, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One sighting, and what became of it."""

    sighting: Sighting
    standing: Standing
    words: str = field(repr=False)
    """The matched words as they were heard."""
    heard: str = field(default="", repr=False)
    """What the settled words were, where a draft's were heard differently."""
    corrected: str = field(default="", repr=False)
    """Why it would not be read so now: an earlier turn was heard late."""

    @property
    def stands(self) -> bool:
        """Whether it still speaks for the marker."""
        return self.sighting.polarity in SPEAKING and not self.heard and not self.corrected


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that was said of one marker, in the order in which it was read."""

    marker: MarkerId
    evidence: tuple[Evidence, ...] = ()
    taken_back: tuple[Evidence, ...] = ()
    """What the caller said later that takes back or plays down, of whatever it was said."""

    @property
    def speaking(self) -> tuple[Evidence, ...]:
        return tuple(one for one in self.evidence if one.stands)

    @property
    def denied(self) -> tuple[Evidence, ...]:
        return tuple(one for one in self.evidence if one.sighting.polarity is Polarity.DENIED)

    @property
    def doubtful(self) -> tuple[Evidence, ...]:
        return tuple(one for one in self.evidence if not one.stands and one not in self.denied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    evidence: tuple[Evidence, ...] = ()
    said: Mapping[Said, Utterance] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def account(self, marker: MarkerId) -> Account:
        own = tuple(one for one in self.evidence if one.sighting.marker == marker)
        first_ms = min((one.sighting.start_ms for one in own), default=0)
        back = tuple(one for one in self._retractions() if one.sighting.start_ms > first_ms)
        return Account(
            marker=marker, evidence=own, taken_back=() if marker == RETRACTION or not own else back
        )

    def accounts(self) -> Iterator[Account]:
        """One for each marker, in the order in which they were first sighted."""
        for marker in dict.fromkeys(one.sighting.marker for one in self.evidence):
            yield self.account(marker)

    def _retractions(self) -> Iterator[Evidence]:
        return (one for one in self.evidence if one.sighting.marker == RETRACTION and one.stands)


def ledger_of(entries: Iterable[Entry]) -> Ledger:
    ledger = Ledger()
    for entry in entries:
        ledger = entered(ledger, entry.event)
    return ledger


def entered(ledger: Ledger, event: Event) -> Ledger:
    """The ledger after this event. Events that say nothing of a marker leave it as it is."""
    match event:
        case UtteranceHeard():
            heard = event.utterance
            return replace(ledger, said=MappingProxyType({**ledger.said, (heard.party, heard.number): heard}))
        case MarkerSighted():
            return replace(ledger, evidence=_with(ledger, event))
        case SightingWithdrawn():
            return replace(ledger, evidence=tuple(_differently(ledger.evidence, event)))
        case _:
            return ledger


def _with(ledger: Ledger, event: MarkerSighted) -> tuple[Evidence, ...]:
    """Added; or in the place of the same sighting as a draft's, or as one that was held back."""
    sighting = event.sighting
    new = Evidence(sighting=sighting, standing=event.standing, words=_words(ledger, sighting))
    before = tuple(_corrected(ledger.evidence, sighting)) if sighting.corrects else ledger.evidence
    for place, one in enumerate(before):
        if _hardens(one, new):
            return (*before[:place], new, *before[place + 1 :])
    return (*before, new)


def _hardens(one: Evidence, new: Evidence) -> bool:
    """Whether the new one is the old one, heard for sure or let free; a denial replaces nothing."""
    if _where(one.sighting) != _where(new.sighting) or one.heard:
        return False
    surer = one.standing is Standing.DRAFT and new.standing is Standing.SETTLED
    freed = one.sighting.held and one.sighting.rule == new.sighting.rule
    return (surer or freed) and one.sighting.polarity == new.sighting.polarity


def _corrected(evidence: Iterable[Evidence], by: Sighting) -> Iterator[Evidence]:
    for one in evidence:
        same = _where(one.sighting) == _where(by) and one.sighting.rule == by.corrects
        yield replace(one, corrected=by.because) if same and not one.corrected else one


def _differently(evidence: Iterable[Evidence], event: SightingWithdrawn) -> Iterator[Evidence]:
    gone = (event.marker, event.party, event.utterance)
    for one in evidence:
        draft = one.standing is Standing.DRAFT and _where(one.sighting) == gone
        yield replace(one, heard=event.heard or "nothing") if draft and not one.heard else one


def _where(sighting: Sighting) -> tuple[MarkerId, Party, int]:
    return sighting.marker, sighting.party, sighting.utterance


def _words(ledger: Ledger, sighting: Sighting) -> str:
    """The matched words, once they are settled; until then the clause that they stand in."""
    said = ledger.said.get((sighting.party, sighting.utterance))
    if said is None or not sighting.matched:
        return sighting.quote
    texts = (word.text for start, end in sighting.matched for word in said.words[start:end])
    return " ".join(texts) or sighting.quote
