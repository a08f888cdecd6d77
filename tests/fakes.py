"""The ports kept in memory, with time that moves only when told: for tests of everything else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from server.domain.access import Access, AccessKind
from server.domain.events import CallArrived, CallEnded, Entry, Event, ReviewAsked, ReviewDone
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.papers import Line, PaperEvent, PaperId
from server.domain.people import DutyChange, Person, Presence, Right, Skill
from server.ports.journal import CallLine, JournalLost, ReviewWaiting, UnknownCall
from server.ports.papers import PaperMoved
from server.ports.people import PeopleLost, PersonExists, Session, UnknownPerson
from server.services.need_to_know import NeedToKnow
from server.services.wire import UnknownKind

START = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class FakeClock:
    """Both times, standing still until `advance`."""

    at: datetime = START
    elapsed_s: float = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.elapsed_s += seconds


@dataclass
class FakeJournal:
    """Set `lost` and it can be neither written nor read."""

    clock: FakeClock = field(default_factory=FakeClock)
    lost: bool = False
    kept: dict[CallId, list[Entry]] = field(default_factory=dict)
    unreadable: set[CallId] = field(default_factory=set)
    """Calls whose entries a newer version wrote."""

    async def append(self, call: CallId, events: Sequence[Event]) -> list[Entry]:
        self._check()
        if not events:
            return []
        if call not in self.kept and not isinstance(events[0], CallArrived):
            raise UnknownCall
        entries = self.kept.setdefault(call, [])
        first, now = len(entries) + 1, self.clock.now()
        new = [
            Entry(call=call, seq=seq, recorded_at=now, event=event) for seq, event in enumerate(events, first)
        ]
        entries.extend(new)
        return new

    async def entries(self, call: CallId, *, after: int = 0, limit: int | None = None) -> list[Entry]:
        self._check()
        if call in self.unreadable:
            raise UnknownKind("TeaMade")
        return self.kept.get(call, [])[max(after, 0) :][:limit]

    async def line(self, call: CallId) -> CallLine | None:
        self._check()
        return _line(self.kept[call]) if call in self.kept else None

    async def calls(self, *, live: bool | None = None, limit: int = 500) -> list[CallLine]:
        self._check()
        lines = [_line(entries) for entries in self.kept.values()]
        wanted = [line for line in lines if live is None or live is (line.ended_at is None)]
        wanted.reverse()
        return sorted(wanted, key=lambda line: line.arrived_at, reverse=True)[:limit]

    async def page(
        self, force: ForceId, *, live: bool | None = None, before: CallId | None = None, limit: int = 50
    ) -> list[CallLine]:
        self._check()
        arrived = list(self.kept)
        earlier = arrived[: arrived.index(before)] if before in arrived else arrived
        lines = [_line(self.kept[call]) for call in reversed(earlier)]
        wanted = [line for line in lines if live is None or live is (line.ended_at is None)]
        return [line for line in wanted if line.force == force][:limit]

    async def of_kinds(self, kinds: Sequence[type[Event]], *, force: ForceId) -> list[Entry]:
        self._check()
        theirs = [entries for entries in self.kept.values() if _line(entries).force == force]
        found = [entry for entries in theirs for entry in entries if isinstance(entry.event, tuple(kinds))]
        return sorted(found, key=lambda entry: entry.recorded_at)

    async def lately(self, kind: type[Event], *, since: datetime) -> list[CallId]:
        self._check()
        return [
            call
            for call, entries in self.kept.items()
            if entries[0].recorded_at >= since and any(isinstance(one.event, kind) for one in entries)
        ]

    async def to_review(self, force: ForceId) -> list[ReviewWaiting]:
        self._check()
        waiting: dict[CallId, list[ReviewWaiting]] = {}
        for entry in await self.of_kinds([ReviewAsked, ReviewDone], force=force):
            if isinstance(entry.event, ReviewAsked):
                asked = ReviewWaiting(
                    call=entry.call,
                    since=entry.recorded_at,
                    why=entry.event.why,
                    severity=entry.event.severity,
                )
                waiting.setdefault(entry.call, []).append(asked)
            else:
                waiting.pop(entry.call, None)
        return sorted((one for asked in waiting.values() for one in asked), key=lambda one: one.since)

    def events(self, call: CallId) -> list[Event]:
        """What was recorded on this call, for assertions."""
        return [entry.event for entry in self.kept.get(call, [])]

    def _check(self) -> None:
        if self.lost:
            raise JournalLost


def _line(entries: list[Entry]) -> CallLine:
    arrived = entries[0].event
    assert isinstance(arrived, CallArrived)
    ended = [entry.recorded_at for entry in entries if isinstance(entry.event, CallEnded)]
    return CallLine(
        call=entries[0].call,
        force=arrived.force,
        doorway=arrived.doorway,
        arrived_at=entries[0].recorded_at,
        ended_at=ended[0] if ended else None,
        last_seq=entries[-1].seq,
    )


@dataclass
class FakeHasher:
    """Hashes that can be read; `weak` hashes want making again."""

    verified: int = 0

    async def hash(self, password: str) -> str:
        return f"hash:{password}"

    async def verify(self, password_hash: str, password: str) -> bool:
        self.verified += 1
        return password_hash in (f"hash:{password}", f"weak:{password}")

    def needs_rehash(self, password_hash: str) -> bool:
        return password_hash.startswith("weak:")


@dataclass
class FakePeople:
    kept: dict[PersonId, Person] = field(default_factory=dict)
    hashes: dict[PersonId, str] = field(default_factory=dict)
    duty: list[PersonId] = field(default_factory=list)
    """In the order in which they came on duty."""
    open_sessions: dict[str, Session] = field(default_factory=dict)
    given: set[tuple[CallId, PersonId]] = field(default_factory=set)
    barred: set[tuple[CallId, PersonId]] = field(default_factory=set)
    subjects: dict[str, PersonId] = field(default_factory=dict)
    clock: FakeClock = field(default_factory=FakeClock)
    log: list[DutyChange] = field(default_factory=list)

    async def add(self, person: Person, *, password_hash: str) -> None:
        if person.id in self.kept:
            raise PersonExists
        self.kept[person.id] = person
        self.hashes[person.id] = password_hash
        if person.on_duty:
            self.duty.append(person.id)

    async def person(self, person: PersonId) -> Person:
        if person not in self.kept:
            raise UnknownPerson
        return self.kept[person]

    async def password_hash(self, person: PersonId) -> str:
        await self.person(person)
        return self.hashes[person]

    async def set_password_hash(self, person: PersonId, password_hash: str) -> None:
        await self.person(person)
        self.hashes[person] = password_hash

    async def set_duty(self, person: PersonId, *, on_duty: bool) -> None:
        before = await self.person(person)
        self.kept[person] = replace(before, on_duty=on_duty, on_break=False)
        if before.on_duty is not on_duty:
            self._log(person, Presence.ON_DUTY if on_duty else Presence.OFF_DUTY)
        if on_duty and person not in self.duty:
            self.duty.append(person)
        elif not on_duty and person in self.duty:
            self.duty.remove(person)

    async def set_break(self, person: PersonId, *, on_break: bool) -> None:
        before = await self.person(person)
        self.kept[person] = replace(before, on_break=on_break)
        if before.on_break is not on_break:
            self._log(person, Presence.ON_BREAK if on_break else Presence.BACK)

    async def set_skills(self, person: PersonId, skills: frozenset[Skill]) -> None:
        self.kept[person] = replace(await self.person(person), skills=skills)

    async def set_rights(self, person: PersonId, rights: frozenset[Right]) -> None:
        self.kept[person] = replace(await self.person(person), rights=rights)

    async def duty_log(self, force: ForceId, *, since: datetime) -> list[DutyChange]:
        theirs = {person.id for person in self.kept.values() if person.force == force}
        return [change for change in self.log if change.person in theirs and change.at >= since]

    def _log(self, person: PersonId, change: Presence) -> None:
        self.log.append(DutyChange(person=person, at=self.clock.now(), change=change))

    async def enrol(self, person: Person, *, subject: str) -> Person:
        if subject not in self.subjects:
            await self.add(person, password_hash="")
            self.subjects[subject] = person.id
            return person
        before = self.kept[self.subjects[subject]]
        after = replace(before, name=person.name, role=person.role, force=person.force)
        if (before.role, before.force) != (after.role, after.force):
            await self.set_duty(before.id, on_duty=False)
            after = replace(after, on_duty=False, on_break=False, rights=frozenset())
            self.given = {(call, who) for call, who in self.given if who != before.id}
            await FakeSessions(self).close_all(before.id)
        self.kept[before.id] = after
        return after

    async def remove(self, person: PersonId) -> None:
        await self.set_duty(person, on_duty=False)
        del self.kept[person], self.hashes[person]
        self.given = {(call, who) for call, who in self.given if who != person}
        await FakeSessions(self).close_all(person)

    async def people(self, force: ForceId | None = None) -> list[Person]:
        off_duty = sorted(person for person in self.kept if person not in self.duty)
        everybody = [self.kept[person] for person in (*self.duty, *off_duty)]
        return [person for person in everybody if force is None or person.force == force]


@dataclass
class FakeSessions:
    """The sessions of these people, so that removing somebody ends theirs."""

    people: FakePeople

    async def open(self, token_hash: str, session: Session) -> None:
        await self.people.person(session.person.id)
        self.people.open_sessions[token_hash] = session

    async def find(self, token_hash: str) -> Session | None:
        session = self.people.open_sessions.get(token_hash)
        if session is None or session.person.id not in self.people.kept:
            return None
        return replace(session, person=self.people.kept[session.person.id])

    async def note_seen(self, token_hash: str, at: datetime) -> None:
        if session := self.people.open_sessions.get(token_hash):
            self.people.open_sessions[token_hash] = replace(session, seen_at=at)

    async def note_proved(self, token_hash: str, at: datetime) -> None:
        if session := self.people.open_sessions.get(token_hash):
            self.people.open_sessions[token_hash] = replace(session, proved_at=at)

    async def close(self, token_hash: str) -> None:
        self.people.open_sessions.pop(token_hash, None)

    async def close_all(self, person: PersonId) -> None:
        for token_hash, session in tuple(self.people.open_sessions.items()):
            if session.person.id == person:
                del self.people.open_sessions[token_hash]


@dataclass
class FakeGrants:
    """The grants of these people, so that removing somebody takes theirs away."""

    people: FakePeople = field(default_factory=FakePeople)

    async def give(self, call: CallId, person: PersonId) -> None:
        self.people.given.add((call, person))

    async def granted(self, call: CallId, person: PersonId) -> bool:
        return (call, person) in self.people.given and (call, person) not in self.people.barred

    async def calls_of(self, person: PersonId) -> set[CallId]:
        return {call for call, who in self.people.given - self.people.barred if who == person}


@dataclass
class FakeBars:
    people: FakePeople
    log: "FakeAccessLog"

    async def bar(self, person: PersonId, calls: Collection[CallId], *, by: str) -> None:
        for call in calls:
            if (call, person) not in self.people.barred:
                self.people.barred.add((call, person))
                await self.log.add(Access(person=person, kind=AccessKind.BARRED, call=call, by=by))

    async def unbar(self, person: PersonId, calls: Collection[CallId], *, by: str) -> None:
        for call in calls:
            if (call, person) in self.people.barred:
                self.people.barred.remove((call, person))
                await self.log.add(Access(person=person, kind=AccessKind.UNBARRED, call=call, by=by))

    async def barred(self, person: PersonId, call: CallId) -> bool:
        return (call, person) in self.people.barred

    async def calls_barred(self, person: PersonId) -> frozenset[CallId]:
        return frozenset(call for call, who in self.people.barred if who == person)

    async def people_barred(self, call: CallId) -> frozenset[PersonId]:
        return frozenset(who for of, who in self.people.barred if of == call)


@dataclass
class FakeAccessLog:
    clock: FakeClock
    lost: bool = False
    kept: list[Access] = field(default_factory=list)

    async def add(self, access: Access) -> None:
        if self.lost:
            raise PeopleLost("people could not be written")
        self.kept.append(replace(access, at=self.clock.now()))

    async def older(self, than: datetime) -> bool:
        return any(one.at is not None and one.at < than for one in self.kept)

    async def forget(self, before: datetime) -> int:
        gone = [one for one in self.kept if one.at is not None and one.at < before]
        self.kept = [one for one in self.kept if one not in gone]
        return len(gone)

    async def find(
        self,
        *,
        since: datetime,
        person: PersonId | None = None,
        call: CallId | None = None,
        kind: AccessKind | None = None,
    ) -> list[Access]:
        return [
            one
            for one in self.kept
            if one.at is not None
            and one.at >= since
            and person in (None, one.person)
            and call in (None, one.call)
            and kind in (None, one.kind)
        ]


def need_to_know(people: FakePeople) -> NeedToKnow:
    log = FakeAccessLog(people.clock)
    return NeedToKnow(bars=FakeBars(people, log), accesses=log)


@dataclass
class FakePapers:
    clock: FakeClock
    kept: dict[PaperId, list[Line]] = field(default_factory=dict)

    async def append(self, paper: PaperId, events: Sequence[PaperEvent], *, after: int) -> list[Line]:
        lines = self.kept.setdefault(paper, [])
        if len(lines) != after:
            raise PaperMoved
        now = self.clock.now()
        new = [
            Line(paper=paper, seq=seq, recorded_at=now, event=event)
            for seq, event in enumerate(events, after + 1)
        ]
        lines += new
        return new

    async def lines(self, paper: PaperId) -> list[Line]:
        return [*self.kept.get(paper, [])]

    async def beginning_with(self, kind: type[PaperEvent]) -> list[Line]:
        return [lines[0] for lines in self.kept.values() if lines and isinstance(lines[0].event, kind)]

    async def of_call(self, call: CallId) -> list[PaperId]:
        return [paper for paper, lines in self.kept.items() if getattr(lines[0].event, "call", None) == call]

    async def still_since(self, kind: type[PaperEvent], when: datetime, *, limit: int) -> list[PaperId]:
        still = [paper for paper, lines in self.kept.items() if lines[-1].recorded_at < when]
        return [paper for paper in still if isinstance(self.kept[paper][0].event, kind)][:limit]

    async def forget(self, paper: PaperId) -> int:
        return len(self.kept.pop(paper, ()))
