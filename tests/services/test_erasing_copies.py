"""Once a call is erased nothing of its words is left, in the bytes of any file or in what can be opened."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.adapters.store import Store, open_store
from server.adapters.store.search import SearchFile, open_search
from server.adapters.vault import AesSealer, FileVault
from server.domain.access import Access, AccessKind
from server.domain.casework.events import (
    CallAdded,
    CaseClosed,
    CaseFact,
    CaseId,
    CaseOpened,
    FearNoted,
    Known,
    PartyId,
    PartyNoted,
    PartyRole,
    ReferralBegun,
    ReferralConfirmed,
    ReferralFilled,
    ThingId,
)
from server.domain.entities import Entity, EntityKind, Origin
from server.domain.entities import Known as Sought
from server.domain.events import CallEnded, Ending, EntityHeard
from server.domain.feedback import FeedbackSent
from server.domain.history import EarlierCall, EarlierMarker
from server.domain.ids import CallId, EntityId, MarkerId, PersonId
from server.domain.markers import MarkerClass
from server.domain.papers import PaperId
from server.domain.people import Role
from server.domain.recordings import Part, Stream, StreamId, StreamKind
from server.domain.speech import Party
from server.domain.striking import STRUCK
from server.domain.training.papers import (
    ExerciseMade,
    ExercisePlayed,
    MadeOf,
    SaidLine,
    SessionBegun,
    TrainerNoted,
)
from server.domain.video_links import VideoLink
from server.services.erasing import Erasing, UnderHold
from server.services.indexing import document_of
from server.settings.retention import load_retention
from server.wiring.erasing import erasing_of
from tests.fakes import FakeClock
from tests.stories import MIDSHIRE, arrived, said, video_link

CALL, OTHER, PLAYED = CallId("CA1"), CallId("CA2"), CallId("exercise-played")
CASE, EXERCISE, SESSION = CaseId("case-1"), PaperId("exercise-1"), PaperId("session-1")
FEEDBACK = PaperId("feedback-1")
SUE, HAL = PersonId("sue"), PersonId("hal")
SENTENCE = "he put the quillon knife against my throat"
PLANTED = ("quillon", "Bertranda", "07700900461")
ALL = frozenset(Part)
SOUND = Stream(id=StreamId("caller"), kind=StreamKind.ULAW)
ENDED = CallEnded(at_ms=900, why=Ending.HUNG_UP)


@dataclass
class House:
    path: Path
    clock: FakeClock
    store: Store
    played: Store
    vault: FileVault
    index: SearchFile

    @property
    def erasing(self) -> Erasing:
        return erasing_of(self.store, self.vault, self.index, self.played.retention, clock=self.clock)

    def bytes_left(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.path.rglob("*")) if path.is_file())


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    sealer, clock, url = AesSealer([bytes(32)]), FakeClock(), f"sqlite:{tmp_path}/earshot.db"
    async with (
        open_store(url, clock=clock, sealer=sealer) as store,
        open_store(f"{url}.training", clock=clock, sealer=sealer) as played,
        open_search(tmp_path / "earshot.db.search", bytes(32)) as index,
    ):
        vault = FileVault(tmp_path / "vault", sealer=sealer, keys=store.shelf)
        house = House(tmp_path, clock, store, played, vault, index)
        await _filled(house)
        yield house
        await vault.close()


async def test_nothing_of_an_erased_call_is_left_in_any_copy(house: House) -> None:
    certificate = await house.erasing.erase(CALL, ALL, by="sue", why="asked for")
    assert (certificate.facts["case_lines_struck"], certificate.facts["papers"]) == (2, 2)
    assert [entry.event for entry in await house.store.cases.entries(CASE)][-1] == FearNoted(
        person=SUE,
        who=PartyId("p1"),
        of=PartyId("p2"),
        afraid=Known.YES,
        words=f"She said {STRUCK} on {STRUCK}",
    )
    for paper in (FEEDBACK, EXERCISE, SESSION):
        assert await house.store.papers.lines(paper) == []
    assert await house.store.history.named([CALL]) == []
    assert await house.store.links.of_call(CALL) == []
    assert await house.vault.streams(CallId(EXERCISE)) == []
    assert {type(one.event).__name__ for one in await house.played.journal.entries(PLAYED)} <= {
        "WordsErased",
        "CallEnded",
    }


async def test_what_a_person_noted_of_the_case_and_other_calls_words_stay(house: House) -> None:
    await house.erasing.erase(CALL, ALL, by="sue", why="asked for")
    kept = [entry.event for entry in await house.store.cases.entries(CASE)]
    assert PartyNoted(person=SUE, party=PartyId("p1"), role=PartyRole.VICTIM, name="Ann Example") in kept
    filled = next(event for event in kept if isinstance(event, ReferralFilled))
    assert filled.facts == (
        f"Caller: {STRUCK} (21:04).",
        'Caller: "he came back to the house again" (22:10).',
    )


async def test_the_bytes_of_every_file_never_held_a_planted_word(house: House) -> None:
    before = house.bytes_left()
    assert [word for word in PLANTED if word.encode() in before] == []
    await house.erasing.erase(CALL, ALL, by="sue", why="asked for")
    after = house.bytes_left()
    assert [word for word in PLANTED if word.encode() in after] == []


async def test_a_hold_keeps_the_copies_too(house: House) -> None:
    await house.store.retention.hold(CALL, by=SUE)
    with pytest.raises(UnderHold):
        await house.erasing.erase(CALL, ALL, by="sue", why="asked for")
    assert len(await house.store.papers.lines(FEEDBACK)) == 1
    assert (await house.store.history.named([CALL]))[0].markers[0].quote == SENTENCE
    feared = (await house.store.cases.entries(CASE))[-1].event
    assert isinstance(feared, FearNoted)
    assert SENTENCE in feared.words


async def test_an_index_of_an_older_version_is_sealed_at_the_next_writing(tmp_path: Path) -> None:
    url, clock = f"sqlite:{tmp_path}/earshot.db", FakeClock()
    async with open_store(url, clock=clock) as clear:
        await clear.history.keep(_earlier(CALL), ["number:+447700900461"])
        await clear.cases.append(CASE, [CaseOpened(person=SUE, force=MIDSHIRE), *_quoting()], after=0)
    assert b"quillon" in (tmp_path / "earshot.db").read_bytes()
    async with open_store(url, clock=clock, sealer=AesSealer([bytes(32)])) as sealed:
        await sealed.history.keep(_earlier(OTHER), ["number:+447700900461"])
        while await sealed.retention.seal(limit=100):
            pass
        since = datetime(2000, 1, 1, tzinfo=UTC)
        found = await sealed.history.under(["number:+447700900461"], forces=[MIDSHIRE], since=since)
        assert {one.call for one in found} == {CALL, OTHER}
        assert len(await sealed.cases.entries(CASE)) == 5
    assert b"quillon" not in (tmp_path / "earshot.db").read_bytes()


async def test_each_class_ends_in_its_own_time_and_a_hold_stops_it(house: House) -> None:
    classes = load_retention(Path("config/retention.toml"))
    await _closed_and_confirmed(house)
    await house.store.retention.hold(CALL, by=SUE)
    house.clock.advance(timedelta(days=12 * 366).total_seconds())
    held = await house.erasing.run(classes)
    assert {name for name, _ in held.erased if name == CASE} == set()
    assert {CALL, CASE, FEEDBACK, EXERCISE, f"{CASE} r1"} <= set(held.held)
    await house.store.retention.lift(CALL, by=SUE)
    erased = dict(reversed((await house.erasing.run(classes)).erased))
    assert {erased[CALL], erased[CASE], erased[f"{CASE} r1"]} == {"call-unmarked", "case", "referral"}
    assert await house.store.cases.entries(CASE) == []
    assert await house.store.papers.lines(FEEDBACK) == []
    assert [line.kind for line in await house.store.audit.lines(call=CallId(CASE))] == [
        "referral erased",
        "case erased",
    ]
    assert await house.store.accesses.find(since=datetime(2000, 1, 1, tzinfo=UTC)) == []
    assert (await house.store.audit.verify()).broken_at is None


async def test_video_ends_without_the_sound(house: House) -> None:
    camera = Stream(id=StreamId("victim-1"), kind=StreamKind.WEBM)
    for stream in (SOUND, camera):
        writing = await house.vault.write(CALL, stream)
        await writing.keep(b"kept", from_ms=0, to_ms=100)
        await writing.close()
    house.clock.advance(timedelta(days=366).total_seconds())
    classes = load_retention(Path("config/retention.toml"))
    assert (CALL, "video-unmarked") in (await house.erasing.run(classes)).erased
    assert await house.vault.streams(CALL) == [SOUND]
    assert await house.vault.read(CALL, SOUND, [1]) == [b"kept"]
    assert (CALL, "video-unmarked") not in (await house.erasing.run(classes)).erased


async def test_what_was_searched_for_lies_sealed_and_ends_with_its_month(house: House) -> None:
    await house.store.accesses.add(Access(person=SUE, kind=AccessKind.SEARCHED, by="words quillon"))
    assert b"quillon" not in house.bytes_left()
    (found,) = await house.store.accesses.find(since=datetime(2000, 1, 1, tzinfo=UTC))
    assert found.by == "words quillon"


async def _closed_and_confirmed(house: House) -> None:
    begun = ReferralBegun(
        person=SUE, referral=ThingId("r1"), service="refuge", name="Refuge", needs=(), party=PartyId("p1")
    )
    closed = CaseClosed(person=SUE, why="Moved away.")
    confirmed = ReferralConfirmed(person=SUE, referral=ThingId("r1"), by="Rita at the refuge")
    await house.store.cases.append(CASE, [begun, confirmed, closed], after=5)
    await house.store.accesses.add(Access(person=SUE, kind=AccessKind.VIEWED, call=CALL, by="case"))


async def _filled(house: House) -> None:
    store = house.store
    name = Entity(
        id=EntityId("e1"), kind=EntityKind.PERSON, text="Bertranda", value="bertranda", origin=Origin.HEARD
    )
    words = [
        said(Party.CALLER, 0, SENTENCE, at_ms=100),
        said(Party.CALLER, 1, "ring Bertranda on 07700900461", at_ms=400),
    ]
    await store.journal.append(CALL, [arrived(), *words, EntityHeard(at_ms=500, entity=name), ENDED])
    later = said(Party.CALLER, 0, "he came back to the house again", at_ms=100)
    await store.journal.append(OTHER, [arrived(), later, ENDED])
    await store.cases.append(CASE, [CaseOpened(person=SUE, force=MIDSHIRE), *_quoting()], after=0)
    await store.history.keep(_earlier(CALL), ["number:+447700900461", "name:bertranda"])
    await store.papers.append(FEEDBACK, [_feedback()], after=0)
    await _exercise(house)
    await store.links.add(_link(), token_hash="hash")
    document = document_of(CALL, await store.journal.entries(CALL))
    assert document is not None
    await house.index.put(document)


def _quoting() -> list[CaseFact]:
    return [
        CallAdded(person=SUE, call=CALL),
        PartyNoted(person=SUE, party=PartyId("p1"), role=PartyRole.VICTIM, name="Ann Example"),
        ReferralFilled(
            person=SUE,
            referral=ThingId("r1"),
            help="Somewhere to stay.",
            facts=(f'Caller: "{SENTENCE}" (21:04).', 'Caller: "he came back to the house again" (22:10).'),
        ),
        FearNoted(
            person=SUE,
            who=PartyId("p1"),
            of=PartyId("p2"),
            afraid=Known.YES,
            words=f'She said "{SENTENCE}" on 07700900461.',
        ),
    ]


def _feedback() -> FeedbackSent:
    return FeedbackSent(person=SUE, call=CALL, to=HAL, well="You kept Bertranda talking.")


async def _exercise(house: House) -> None:
    made = ExerciseMade(
        person=SUE,
        force=MIDSHIRE,
        title="Knife",
        of=MadeOf.CALL,
        lines=(SaidLine(party=Party.CALLER, at_ms=100, text=SENTENCE),),
        marks=(),
        call=CALL,
    )
    writing = await house.vault.write(CallId(EXERCISE), SOUND)
    await writing.keep(b"sound", from_ms=0, to_ms=100)
    await writing.close()
    await house.store.papers.append(EXERCISE, [made], after=0)
    begun = SessionBegun(person=SUE, force=MIDSHIRE, title="Knife", exercise=EXERCISE, trainees=(HAL,))
    played = ExercisePlayed(person=HAL, call=PLAYED, role=Role.HANDLER)
    noted = TrainerNoted(person=SUE, text="Asked about the quillon at once.")
    await house.store.papers.append(SESSION, [begun, played, noted], after=0)
    heard = said(Party.CALLER, 0, SENTENCE, at_ms=100)
    await house.played.journal.append(PLAYED, [arrived(), heard, ENDED])


def _earlier(call: CallId) -> EarlierCall:
    marker = EarlierMarker(marker=MarkerId("weapon"), severity=MarkerClass.IMMEDIATE, quote=SENTENCE)
    known = Sought(kind=EntityKind.NUMBER, value="+447700900461")
    at = datetime(2026, 5, 1, tzinfo=UTC)
    return EarlierCall(call=call, force=MIDSHIRE, at=at, markers=(marker,), known=(known,), seq=1)


def _link() -> VideoLink:
    link = video_link("l1", CALL, until=datetime(2026, 5, 1, tzinfo=UTC))
    return replace(link, by=SUE, name="Interpreter")
