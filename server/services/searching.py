"""Searching calls and cases: only what one may see, and every search and every opened result on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from server.domain.access import Access, AccessKind
from server.domain.call import folded
from server.domain.events import Entry, HeardAgain, UtteranceHeard
from server.domain.ids import CallId, ForceId, MarkerId, PersonId
from server.domain.markers import MarkerClass
from server.domain.people import Person, Role
from server.domain.searching import Hit, Query, Subject, Within
from server.domain.speech import Party, Utterance
from server.ports.people import Grants
from server.ports.searching import SearchIndex
from server.services.control_room import ControlRoom
from server.services.refusals import BadText, NotYourCall

PAGE = 20
TEXT_LIMIT = 200
QUOTES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    party: Party
    at_ms: int
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    hit: Hit
    handler: PersonId | None
    specialist: PersonId | None
    markers: tuple[MarkerId, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One found call, to be read."""

    call: CallId
    entries: tuple[Entry, ...]
    severity: MarkerClass
    turns: tuple[Quote, ...]


class Searching:
    def __init__(self, room: ControlRoom, index: SearchIndex) -> None:
        self._room = room
        self._index = index

    async def find(
        self, person: Person, query: Query, *, before: Hit | None = None
    ) -> tuple[list[Found], bool]:
        """What the person may see of what they look for, and whether there is more.

        That they searched, and for what, is on record before anything is found.
        """
        _check(query)
        await self._on_record(person.id, query)
        within = await self._within(person)
        hits = await self._index.find(query, within, before=before, limit=PAGE + 1)
        return [await self._found(hit, query) for hit in hits[:PAGE]], len(hits) > PAGE

    async def find_for_system(
        self, key: str, force: ForceId, query: Query, *, before: Hit | None, limit: int
    ) -> Sequence[Hit]:
        """For another system, of its own force, without a word of any call; naming nothing finds all."""
        await self._on_record(PersonId(key), query)
        return await self._index.find(query, Within(force=force), before=before, limit=limit)

    async def open(self, person: Person, call: CallId, *, session: str) -> Opened:
        """Raises `NotYourCall`. It is on record before the first word is read."""
        await self._room.need_to_know.admit(person.id, call, by="search")
        granted = await self._grants.granted(call, person.id)
        entries = await self._room.recorder.journal.entries(call) if granted or _supervises(person) else []
        state = folded(entries)
        if not entries or not (granted or state.force == person.force):
            raise NotYourCall
        await self._room.need_to_know.viewed(person.id, call, by="search", session=f"search {session}")
        said = [entry.event.utterance for entry in entries if isinstance(entry.event, UtteranceHeard)]
        return Opened(
            call=call,
            entries=tuple(entries),
            severity=state.severity,
            turns=tuple(_quote(one) for one in sorted(said, key=lambda one: one.start_ms) if one.words),
        )

    @property
    def _grants(self) -> Grants:
        return self._room.duty.grants

    async def _within(self, person: Person) -> Within:
        """Grants let in, bars keep out; supervisors may read their force's calls."""
        barred = await self._room.need_to_know.bars.calls_barred(person.id)
        only = None if _supervises(person) else frozenset(await self._grants.calls_of(person.id))
        return Within(
            force=person.force,
            cases=person.role is not Role.HANDLER,
            only=None if only is None else frozenset(map(str, only)),
            never=frozenset(barred),
        )

    async def _on_record(self, person: PersonId, query: Query) -> None:
        accesses = self._room.need_to_know.accesses
        await accesses.add(Access(person=person, kind=AccessKind.SEARCHED, by=_said(query)))

    async def _found(self, hit: Hit, query: Query) -> Found:
        entries = await self._room.recorder.journal.entries(CallId(hit.id))
        state = folded(entries)
        return Found(
            hit=hit,
            handler=state.handler,
            specialist=state.specialist,
            markers=tuple(dict.fromkeys(one.marker for one in state.sightings if one.stands)),
            quotes=tuple(_quotes(entries, hit, query))[:QUOTES],
        )


def _check(query: Query) -> None:
    if len(query.text) > TEXT_LIMIT or not query.text.isprintable():
        raise BadText
    if query.empty:
        raise BadText("Say what you look for: words, a marker, a day, a person or an outcome.")


def _supervises(person: Person) -> bool:
    return person.role is Role.SUPERVISOR


def _quotes(entries: Sequence[Entry], hit: Hit, query: Query) -> list[Quote]:
    """The utterances that hold what was looked for."""
    at = set(hit.entries)
    said: list[Utterance] = []
    for entry in entries:
        if entry.seq not in at:
            continue
        if isinstance(entry.event, UtteranceHeard):
            said.append(entry.event.utterance)
        elif isinstance(entry.event, HeardAgain):
            said += [one for one in entry.event.utterances if query.said_in(one.text)]
    return [_quote(one) for one in said]


def _quote(utterance: Utterance) -> Quote:
    return Quote(party=utterance.party, at_ms=utterance.start_ms, text=utterance.text)


def _said(query: Query) -> str:
    """What was looked for, as it stands in the access log: a search that cannot be judged is not audited."""
    parts = {
        "words": query.text,
        "marker": query.marker,
        "person": query.person,
        "outcome": query.outcome,
        "since": query.since and query.since.date().isoformat(),
        "until": query.until and query.until.date().isoformat(),
        "in": query.subject and Subject(query.subject).value,
    }
    said = ", ".join(f"{name} {value}" for name, value in parts.items() if value)
    return "search: " + "".join(letter if letter.isprintable() else " " for letter in said)
