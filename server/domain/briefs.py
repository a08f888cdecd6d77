"""The officer's brief: what was heard, what at third hand, what the records say, and what nobody asked.

A fold over the call's journal, the same for the desk, the crew and another force. Nothing lowers a line: a
retraction or a colleague's doubt stands beside it, and what must not be lost is on it however long it grows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from server.domain.call import CallState, folded
from server.domain.events import (
    BriefNoted,
    CallArrived,
    CrewArrived,
    Entry,
    HistoryLinked,
    MarkerSighted,
    RecordCheck,
    RecordChecked,
    Verdict,
)
from server.domain.evidence import RETRACTION, Account, Evidence, ledger_of
from server.domain.ids import CallId, MarkerId, PersonId
from server.domain.markers import Marker, MarkerClass
from server.domain.said_earlier import SaidEarlier
from server.domain.sightings import BY_HAND, WORDLESS, Source
from server.domain.sounds import SoundKind
from server.domain.speech import Party
from server.domain.topics import Asking, TopicState, topics_of

MUST_CARRY = frozenset(
    MarkerId(one)
    for one in (
        "threat_to_kill",
        "weapon",
        "firearm",
        "fire_or_corrosive",
        "strangulation",
        "child_harm",
        "children_present",
    )
)
"""What may not be lost between forces: a threat to kill, a weapon, strangulation, a child."""


class Sureness(StrEnum):
    SAID = "said"
    DOUBTFUL = "not sure of the words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One marker in one block, by the words that show it first."""

    marker: MarkerId
    title: str
    severity: MarkerClass
    quote: str = field(repr=False)
    party: Party
    at_ms: int
    said_at: datetime
    """When it was put on record, which is when it was said to the second."""
    seq: int
    must: bool
    sure: Sureness = Sureness.SAID
    times: int = 1
    answers: str = field(default="", repr=False)
    """The question that these words answer."""
    taken_back: str = field(default="", repr=False)
    """What the caller said later that takes it back; it lowers nothing."""
    doubted_by: PersonId | None = None
    """A colleague who judged that the words do not say so; the line stays."""
    by_hand: bool = False
    after_arrival: bool = False
    source: Source = Source.HEARD

    @property
    def grave(self) -> bool:
        """Whether another force's server has to be told of it, and to name it."""
        return self.must or self.severity is MarkerClass.IMMEDIATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What somebody found on a record, and when they looked."""

    check: RecordCheck
    text: str = field(repr=False)
    found: str
    source: str
    checked_at: datetime
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    text: str = field(repr=False)
    by: PersonId
    at: datetime
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    call: CallId
    seq: int
    """Up to which entry of the journal it has been made."""
    arrived_at: datetime | None
    live: bool
    third_party: bool
    """The caller speaks for somebody else."""
    covert: bool
    whispering: bool = False
    heard: tuple[Line, ...] = ()
    third_hand: tuple[Line, ...] = ()
    records: tuple[Record, ...] = ()
    on_record: tuple[Line, ...] = ()
    """What the caller says stands on a record."""
    earlier_calls: int = 0
    earlier_because: str = field(default="", repr=False)
    earlier: tuple[SaidEarlier, ...] = field(default=(), repr=False)
    """What was said of danger on them, as far as who shows the brief could read it."""
    earlier_unread: bool = False
    """It could not be read now: what nobody could look up is said too."""
    not_checked: tuple[RecordCheck, ...] = ()
    denied: tuple[Line, ...] = ()
    topics: tuple[TopicState, ...] = ()
    notes: tuple[Noted, ...] = ()
    crew_there: int | None = None
    """The entry that says that the crew arrived."""

    @property
    def lines(self) -> tuple[Line, ...]:
        return (*self.heard, *self.third_hand, *self.on_record)

    @property
    def must(self) -> tuple[MarkerId, ...]:
        """What a reader has to name."""
        return tuple(dict.fromkeys(line.marker for line in self.lines if line.must))

    @property
    def grave(self) -> tuple[MarkerId, ...]:
        return tuple(dict.fromkeys(line.marker for line in self.lines if line.grave))

    @property
    def earlier_quoted(self) -> tuple[CallId, ...]:
        """The earlier calls whose words it shows: each is viewed with it."""
        return tuple(dict.fromkeys(one.call for one in self.earlier))

    @property
    def not_asked(self) -> tuple[TopicState, ...]:
        return tuple(one for one in self.topics if one.asking is not Asking.ANSWERED)


def brief_of(call: CallId, entries: Sequence[Entry], markers: Mapping[MarkerId, Marker]) -> Brief:
    state, ledger = folded(entries), ledger_of(entries)
    making = _Making(entries, state, markers)
    accounts = list(ledger.accounts())
    linked = [entry.event for entry in entries if isinstance(entry.event, HistoryLinked)]
    records = _records(entries)
    return Brief(
        call=call,
        seq=state.last_seq,
        arrived_at=next((one.recorded_at for one in entries if isinstance(one.event, CallArrived)), None),
        live=not state.ended,
        third_party=any(
            one.sighting.marker == "third_party_report" and one.stands for one in ledger.evidence
        ),
        covert=state.covert,
        whispering=SoundKind.WHISPER in state.sounds,
        heard=making.lines(accounts, {Source.HEARD, *WORDLESS}),
        third_hand=making.lines(accounts, {Source.THIRD_HAND}),
        on_record=making.lines(accounts, {Source.RECORD}),
        records=tuple(records.values()),
        not_checked=tuple(one for one in RecordCheck if one not in records),
        earlier_calls=linked[-1].earlier_calls if linked else 0,
        earlier_because=linked[-1].because if linked else "",
        denied=making.denied(accounts),
        topics=tuple(topics_of(state, ledger)),
        notes=tuple(
            Noted(text=event.text, by=event.person, at=entry.recorded_at, seq=entry.seq)
            for entry in entries
            if isinstance(event := entry.event, BriefNoted)
        ),
        crew_there=making.crew_there,
    )


def _records(entries: Iterable[Entry]) -> dict[RecordCheck, Record]:
    """The latest of each; what was looked for and could not be reached stays said."""
    return {
        event.check: Record(
            check=event.check,
            text=event.text,
            found=event.found,
            source=event.source,
            checked_at=entry.recorded_at,
            by=event.person,
        )
        for entry in entries
        if isinstance(event := entry.event, RecordChecked)
    }


class _Making:
    """Lines out of accounts, each with the entry that first showed it."""

    def __init__(
        self, entries: Sequence[Entry], state: CallState, markers: Mapping[MarkerId, Marker]
    ) -> None:
        self._state = state
        self._markers = markers
        there = [entry.seq for entry in entries if isinstance(entry.event, CrewArrived)]
        self.crew_there = there[0] if there else None
        self._entries = {
            (entry.event.sighting.marker, entry.event.sighting.party, entry.event.sighting.utterance): entry
            for entry in reversed(entries)
            if isinstance(entry.event, MarkerSighted)
        }

    def lines(self, accounts: Iterable[Account], sources: set[Source]) -> tuple[Line, ...]:
        # What takes back stands beside what it takes back, and is no danger of its own.
        risks = [account for account in accounts if account.marker != RETRACTION]
        lines = [line for account in risks if (line := self._line(account, sources)) is not None]
        return tuple(sorted(lines, key=self._rank))

    def denied(self, accounts: Iterable[Account]) -> tuple[Line, ...]:
        """What the caller said no to and nothing speaks for."""
        lines = [self._made(one.denied, one) for one in accounts if one.denied and not one.speaking]
        return tuple(sorted(lines, key=self._rank))

    def _line(self, account: Account, sources: set[Source]) -> Line | None:
        speaking = [
            one for one in account.speaking if one.sighting.source in sources and not one.sighting.held
        ]
        if speaking:
            return self._made(speaking, account)
        doubtful = [
            one
            for one in account.doubtful
            if one.sighting.source in sources
            and not (one.sighting.held or one.corrected or _read_for_sure(one, account))
        ]
        carried = account.marker in MUST_CARRY and not account.speaking
        return self._made(doubtful, account, sure=Sureness.DOUBTFUL) if doubtful and carried else None

    def _made(
        self, evidence: Sequence[Evidence], account: Account, *, sure: Sureness = Sureness.SAID
    ) -> Line:
        first = min(evidence, key=lambda one: one.sighting.start_ms).sighting
        entry = self._entries[first.marker, first.party, first.utterance]
        marker = self._markers.get(first.marker)
        return Line(
            marker=first.marker,
            title=marker.title if marker else str(first.marker),
            severity=marker.severity if marker else MarkerClass.HIGH,
            quote=first.quote,
            party=first.party,
            at_ms=first.start_ms,
            said_at=entry.recorded_at,
            seq=entry.seq,
            must=first.marker in MUST_CARRY,
            sure=sure,
            times=len(evidence),
            answers=first.answers,
            taken_back=account.taken_back[0].sighting.quote if account.taken_back else "",
            doubted_by=self._doubted(evidence),
            by_hand=first.rule == BY_HAND,
            after_arrival=self.crew_there is not None and entry.seq > self.crew_there,
            source=first.source,
        )

    def _doubted(self, evidence: Sequence[Evidence]) -> PersonId | None:
        """Who judged that the words do not say so, if that stands of all of them."""
        wheres = {(one.sighting.marker, one.sighting.party, one.sighting.utterance) for one in evidence}
        judged = [one for key, one in self._state.judgements.items() if tuple(key) in wheres]
        against = [one.person for one in judged if one.verdict is Verdict.NOT]
        return against[0] if len(against) == len(wheres) else None

    def _rank(self, line: Line) -> tuple[bool, int, int, int]:
        """What must not be lost first, then the graver, then the order in which they are asked."""
        marker = self._markers.get(line.marker)
        return not line.must, -line.severity.rank, marker.order if marker else 0, line.at_ms


def _read_for_sure(one: Evidence, account: Account) -> bool:
    """Whether the settled words are others, or deny it. The same words, only believed less, are a doubt."""
    turn = one.sighting.party, one.sighting.utterance
    denied = any((no.sighting.party, no.sighting.utterance) == turn for no in account.denied)
    return bool(one.heard) and (denied or one.sighting.quote not in one.heard)
