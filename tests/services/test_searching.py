"""Search: found by what was said and by what came of it, within one's grants, and on record."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.adapters.store import open_store
from server.adapters.store.search import SearchFile, open_search
from server.domain.access import AccessKind
from server.domain.casework.events import (
    AnswerGiven,
    AssessmentBegun,
    AssessmentSigned,
    CallAdded,
    CallRemoved,
    CaseClosed,
    CaseFact,
    CaseId,
    CaseOpened,
    MaracHeard,
    PartyId,
    PartyNoted,
    PartyRole,
    ReferralBegun,
    ReferralConfirmed,
    ReferralSent,
    ReferralWay,
    ThingId,
)
from server.domain.casework.forms import YES, Form, Question, Section
from server.domain.events import (
    CallEnded,
    Ending,
    Event,
    HandlerAssigned,
    HeardAgain,
    PromptAnswered,
    ReviewDone,
)
from server.domain.events.keeping import WordsErased
from server.domain.ids import CallId, ForceId, MarkerId, PromptId
from server.domain.people import Person
from server.domain.prompts import Outcome
from server.domain.searching import Query, Subject, tokens
from server.domain.speech import Party
from server.ports.following import News
from server.ports.people import PeopleLost
from server.services.indexing import (
    ASSESSED,
    CASE_OUTCOMES,
    CLOSED,
    CONFERENCE,
    CONFIRMED,
    REFERRED,
    Cases,
    Indexing,
)
from server.services.refusals import BadText, NotYourCall
from server.services.searching import Searching
from tests.services.room import ANN, CALL, THROAT, Room
from tests.stories import HANNAH, HARRY, SAM, SUE, arrived, raised, said

ENDED = CallEnded(at_ms=9000, why=Ending.HUNG_UP)
OTHER = CallId("CA2")
STRANGLED, STALKING, THREAT = map(MarkerId, ("strangulation", "stalking_harassment", "threat_to_kill"))
THROAT_SAID = said(Party.CALLER, 0, "he had his hands round my throat", at_ms=4000)
KEY = b"k" * 32


class Diary:
    """The rooms' journal, followed from the beginning."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.places: dict[str, int] = {}

    async def news(self, follower: str, kinds: Sequence[str], *, limit: int = 500) -> tuple[list[News], int]:
        _, end = await self.after(0)
        found, place = await self.after(self.places.setdefault(follower, end), limit=limit)
        return [one for one in found if one.kind in kinds], place

    async def after(self, place: int, *, limit: int = 500) -> tuple[list[News], int]:
        entries = [entry for kept in self.room.journal.kept.values() for entry in kept]
        return [News(call=one.call, kind=type(one.event).__name__) for one in entries[place:]], len(entries)

    async def reach(self, follower: str, place: int) -> None:
        self.places[follower] = place


class Desk:
    def __init__(self, room: Room, index: SearchFile) -> None:
        self.room = room
        self.index = index
        self.searching = Searching(room.room, index)
        self.indexing = Indexing(room.journal, Diary(room), index)

    async def end(self, call: CallId, *events: Event) -> None:
        await self.room.happens(*events, ENDED, call=call)
        await self.indexing.catch_up()

    async def found(self, who: Person, query: Query) -> list[str]:
        return [one.hit.id for one in (await self.searching.find(who, query))[0]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    room = await Room().open()
    async with open_search(tmp_path / "search.db", KEY) as index:
        yield Desk(room, index)


async def spoken(desk: Desk) -> None:
    """Hannah's call with a throat in it, and Harry's with a knife, which was answered."""
    room = desk.room
    for call, who in ((CALL, HANNAH), (OTHER, HARRY)):
        await room.grants.give(call, who.id)
    room.clock.advance(60)
    await desk.end(CALL, HandlerAssigned(at_ms=0, person=HANNAH.id), THROAT_SAID, THROAT)
    room.clock.advance(60)
    answered = PromptAnswered(at_ms=8000, person=HARRY.id, prompt=PromptId("p1"), outcome=Outcome.YES)
    knife = said(Party.CALLER, 0, "he's kicked me and he's got a knife", at_ms=4000)
    handled = HandlerAssigned(at_ms=0, person=HARRY.id)
    await desk.end(OTHER, arrived(), handled, knife, THROAT, raised(1, THROAT), answered)


async def test_words_are_found_whatever_their_endings_and_phrases_as_they_stand(desk: Desk) -> None:
    await spoken(desk)
    assert await desk.found(SUE, Query(text="throat")) == [CALL]
    assert await desk.found(SUE, Query(text="Kicking HES")) == [OTHER]
    assert await desk.found(SUE, Query(text='"hands round my"')) == [CALL]
    assert await desk.found(SUE, Query(text='"round hands"')) == []
    assert await desk.found(SUE, Query(text="throat knife")) == []
    assert await desk.found(SUE, Query(text='throat" OR knife (')) == []


async def test_words_are_found_by_their_beginnings_within_grants_and_on_record_first(desk: Desk) -> None:
    await spoken(desk)
    assert await desk.found(SUE, Query(text="thro*")) == [CALL]
    assert await desk.found(SUE, Query(text="KIC* knife")) == [OTHER]
    assert await desk.found(SUE, Query(text="thro* knif*")) == []
    assert await desk.found(HANNAH, Query(text="knif*")) == [], "nobody finds more by half a word"
    assert await desk.found(SUE, Query(text="thr")) == [], "only what is asked for so is a beginning"
    assert await desk.found(SUE, Query(text="th*")) == [], "too short to tell anything"
    ((found,), _) = await desk.searching.find(SUE, Query(text="kick*"))
    assert [one.text for one in found.quotes] == ["he's kicked me and he's got a knife"]
    accesses = desk.room.need_to_know.accesses
    searched = [one.by for one in await accesses.find(since=desk.room.clock.now() - timedelta(days=1))]
    assert "search: words kick*" in searched


async def test_what_cannot_be_put_on_record_is_not_searched(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await spoken(desk)

    async def lost(_: object) -> None:
        raise PeopleLost

    monkeypatch.setattr(desk.room.need_to_know.accesses, "add", lost)
    with pytest.raises(PeopleLost):
        await desk.searching.find(SUE, Query(text="thro*"))


async def test_a_hit_quotes_what_was_found(desk: Desk) -> None:
    await spoken(desk)
    ((found,), more) = await desk.searching.find(SUE, Query(text="knife"))
    assert [one.text for one in found.quotes] == ["he's kicked me and he's got a knife"]
    assert (found.handler, more) == (HARRY.id, False)


async def test_calls_are_found_by_marker_person_outcome_and_time_the_newest_first(desk: Desk) -> None:
    await spoken(desk)
    assert await desk.found(SUE, Query(marker=MarkerId("strangulation"))) == [OTHER, CALL]
    assert await desk.found(SUE, Query(person=HANNAH.id)) == [CALL]
    assert await desk.found(SUE, Query(outcome="yes")) == [OTHER]
    began = desk.room.journal.kept[OTHER][0].recorded_at
    assert await desk.found(SUE, Query(since=began)) == [OTHER]
    assert await desk.found(SUE, Query(until=began)) == [CALL]


async def test_what_only_the_second_hearing_heard_is_found(desk: Desk) -> None:
    heard = said(Party.CALLER, 0, "he has petrol", at_ms=4000).utterance
    again = HeardAgain(at_ms=9000, model="large", how="a larger model", utterances=(heard,), sightings=())
    await desk.end(CALL, THROAT_SAID)
    assert await desk.found(SUE, Query(text="petrol")) == []
    await desk.room.happens(again)
    await desk.indexing.catch_up()
    ((found,), _) = await desk.searching.find(SUE, Query(text="petrol"))
    assert [one.text for one in found.quotes] == ["he has petrol"]


async def test_everybody_finds_only_what_they_were_given_and_nobody_what_they_are_barred_from(
    desk: Desk,
) -> None:
    await spoken(desk)
    strangled = Query(marker=MarkerId("strangulation"))
    assert await desk.found(HANNAH, strangled) == [CALL]
    assert await desk.found(ANN, strangled) == []
    assert await desk.found(replace(SUE, force=ForceId("otherton")), strangled) == []
    await desk.room.need_to_know.bars.bar(HANNAH.id, [CALL], by="psd")
    await desk.room.need_to_know.bars.bar(SUE.id, [OTHER], by="psd")
    assert await desk.found(HANNAH, strangled) == []
    assert await desk.found(SUE, strangled) == [CALL]
    with pytest.raises(NotYourCall):
        await desk.searching.open(SUE, OTHER, session="s")
    with pytest.raises(NotYourCall):
        await desk.searching.open(SAM, CALL, session="s")


async def test_every_search_and_every_opened_result_is_on_record(desk: Desk) -> None:
    await spoken(desk)
    await desk.found(HANNAH, Query(text="throat", marker=MarkerId("strangulation")))
    opened = await desk.searching.open(HANNAH, CALL, session="s")
    assert [one.text for one in opened.turns] == ["he had his hands round my throat"]
    log = await desk.room.need_to_know.accesses.find(since=desk.room.clock.now() - timedelta(days=1))
    assert [(one.person, one.kind, one.call, one.by) for one in log] == [
        (HANNAH.id, AccessKind.SEARCHED, None, "search: words throat, marker strangulation"),
        (HANNAH.id, AccessKind.VIEWED, CALL, "search"),
    ]


async def test_a_live_call_is_found_once_it_has_ended(desk: Desk) -> None:
    await desk.room.happens(THROAT_SAID)
    await desk.indexing.catch_up()
    assert await desk.found(SUE, Query(text="throat")) == []
    await desk.end(CALL)
    assert await desk.found(SUE, Query(text="throat")) == [CALL]


async def test_an_erased_call_leaves_the_index(desk: Desk, tmp_path: Path) -> None:
    await spoken(desk)
    kept = desk.room.journal.kept[CALL]
    kept[:] = [
        replace(entry, event=WordsErased(at_ms=4000, was="UtteranceHeard"))
        if entry.event == THROAT_SAID
        else entry
        for entry in kept
    ]
    await desk.indexing.index(CALL)
    assert await desk.found(SUE, Query(text="throat")) == []
    assert await desk.found(SUE, Query(marker=MarkerId("strangulation"))) == [OTHER]


async def test_the_file_holds_no_word_that_was_said_and_is_made_again_when_it_is_gone(tmp_path: Path) -> None:
    room, path = await Room().open(), tmp_path / "search.db"
    async with open_search(path, KEY) as index:
        await Desk(room, index).end(CALL, THROAT_SAID)
    written = taken(tmp_path)
    assert not any(word.encode() in written for word in ("throat", "hands", "hand"))
    async with open_search(path, KEY) as index:
        again = Desk(room, index)
        await again.indexing.catch_up()
        assert await again.found(SUE, Query(text="throat")) == [CALL]


async def test_a_search_for_nothing_is_refused(desk: Desk) -> None:
    for query in (Query(), Query(text="!!"), Query(text="x" * 300)):
        with pytest.raises(BadText):
            await desk.searching.find(SUE, query)


def test_words_are_compared_without_case_apostrophes_and_endings() -> None:
    assert tokens("He's KICKING the doors, o\u2019clock") == ("hes", "kick", "the", "door", "oclock")


def taken(folder: Path) -> bytes:
    """What the files in the folder held; they are gone now."""
    written = b""
    for one in folder.iterdir():
        written += one.read_bytes()
        one.unlink()
    return written


async def test_cases_are_found_by_what_is_written_in_them_and_by_who_may_open_them(
    desk: Desk, tmp_path: Path
) -> None:
    case, party = CaseId("case-1"), PartyId("p1")
    events: list[CaseFact] = [
        CaseOpened(person=SAM.id, force=SUE.force),
        PartyNoted(person=SAM.id, party=party, role=PartyRole.VICTIM, name="Priya Sharma"),
        CallAdded(person=SAM.id, call=CALL),
    ]
    async with open_store(f"sqlite:{tmp_path / 'cases.db'}", clock=desk.room.clock) as store:
        await store.cases.append(case, events, after=0)
        await Cases(book=store.cases, forces=[SUE.force]).catch_up(desk.index, desk.room.journal)
    named = Query(text='"priya sharma"')
    assert await desk.found(SAM, named) == await desk.found(SUE, named) == [case]
    assert await desk.found(HANNAH, named) == []
    await desk.room.need_to_know.bars.bar(SAM.id, [CALL], by="psd")
    assert await desk.found(SAM, named) == []


CASE, PAPER = CaseId("case-1"), ThingId("f1")


@dataclass
class Shelf:
    """A case with Hannah's call in it, and the index kept level with both."""

    desk: Desk
    cases: Cases

    async def write(self, *events: CaseFact) -> None:
        await self.cases.book.append(CASE, events, after=len(await self.cases.book.entries(CASE)))

    async def holds(self, query: Query) -> bool:
        room = self.desk.room
        await Indexing(room.journal, Diary(room), self.desk.index, self.cases).catch_up()
        await self.cases.catch_up(self.desk.index, room.journal)
        return await self.desk.found(SAM, replace(query, subject=Subject.CASE)) == [CASE]


@pytest.fixture
async def shelf(desk: Desk, tmp_path: Path) -> AsyncIterator[Shelf]:
    async with open_store(f"sqlite:{tmp_path / 'cases.db'}", clock=desk.room.clock) as store:
        shelf = Shelf(desk, Cases(book=store.cases, forces=[SUE.force]))
        await shelf.write(CaseOpened(person=SAM.id, force=SUE.force), CallAdded(person=SAM.id, call=CALL))
        yield shelf


async def test_cases_are_found_by_what_their_calls_show_and_came_to_as_it_stands_now(shelf: Shelf) -> None:
    room, strangled, reviewed = shelf.desk.room, Query(marker=STRANGLED), Query(outcome="reviewed")
    await room.happens(HandlerAssigned(at_ms=0, person=HANNAH.id), THROAT_SAID, THROAT)
    assert not await shelf.holds(strangled), "a call that goes on is not found either"
    await room.happens(ENDED)
    assert await shelf.holds(strangled)
    assert not await shelf.holds(reviewed)
    await room.happens(ReviewDone(at_ms=9000, person=SAM.id))
    assert await shelf.holds(reviewed)
    await shelf.write(CallRemoved(person=SAM.id, call=CALL))
    assert not await shelf.holds(strangled)
    assert not await shelf.holds(reviewed)


async def test_a_new_index_has_every_case_and_an_old_case_is_renewed_with_its_calls(shelf: Shelf) -> None:
    room, book, written = shelf.desk.room, shelf.cases.book, Query(text="ironmonger", subject=Subject.CASE)
    await shelf.write(
        PartyNoted(person=SAM.id, party=PartyId("p1"), role=PartyRole.VICTIM, name="Ironmonger")
    )
    later = [CaseOpened(person=SAM.id, force=SUE.force)]
    await book.append(CaseId("case-2"), later, after=0)
    await book.append(CaseId("case-3"), later, after=0)
    cases = Cases(book=book, forces=[SUE.force], latest=1)
    indexing = Indexing(room.journal, Diary(room), shelf.desk.index, cases)
    await indexing.level()
    assert await shelf.desk.found(SAM, written) == [CASE]
    await room.happens(HandlerAssigned(at_ms=0, person=HANNAH.id), THROAT_SAID, THROAT, ENDED)
    await indexing.level()
    assert await shelf.desk.found(SAM, Query(marker=STRANGLED, subject=Subject.CASE)) == [CASE]


async def test_cases_are_found_by_what_was_answered_and_concluded_in_them(shelf: Shelf) -> None:
    stalked = Question(id="follows", ask="Does he follow them?", markers=frozenset({STALKING}))
    hurt = Question(id="hurt", ask="Were they hurt?", markers=frozenset({MarkerId("injury"), THREAT}))
    sections = (Section(title="Now", questions=(stalked, hurt)),)
    form = Form(
        id="general",
        version="1",
        title="General",
        about="",
        licence="",
        levels=("high",),
        sections=sections,
    )
    assert not await shelf.holds(Query(outcome="assessed"))
    await shelf.write(
        AssessmentBegun(person=SAM.id, assessment=PAPER, form="general", version="1", kept=form),
        AnswerGiven(person=SAM.id, assessment=PAPER, question="follows", answer=YES),
        AnswerGiven(person=SAM.id, assessment=PAPER, question="hurt", answer=YES),
        AssessmentSigned(person=SAM.id, assessment=PAPER, level="high", judgement="He will not stop."),
    )
    assert await shelf.holds(Query(outcome="assessed", marker=STALKING))
    assert await shelf.holds(Query(outcome="assessed high"))
    assert not await shelf.holds(Query(marker=THREAT)), "a yes to a question about two says neither"


async def test_cases_are_found_by_what_became_of_them_and_of_their_referrals(shelf: Shelf) -> None:
    begun = ReferralBegun(
        person=SAM.id, referral=PAPER, service="paladin", name="Paladin", needs=(), party=PartyId("p1")
    )
    due_at = shelf.desk.room.clock.now() + timedelta(days=1)
    sent = ReferralSent(person=SAM.id, referral=PAPER, way=ReferralWay.PRINT, text="for her", due_at=due_at)
    became: list[tuple[CaseFact, str]] = [
        (MaracHeard(person=SAM.id, on=date(2026, 8, 27)), CONFERENCE),
        (sent, REFERRED),
        (ReferralConfirmed(person=SAM.id, referral=PAPER, by="the service"), CONFIRMED),
        (CaseClosed(person=SAM.id, why="safe elsewhere"), CLOSED),
    ]
    await shelf.write(begun)
    for event, outcome in became:
        assert not await shelf.holds(Query(outcome=outcome))
        await shelf.write(event)
        assert await shelf.holds(Query(outcome=outcome))
    assert {outcome for _, outcome in became} | {ASSESSED} == set(CASE_OUTCOMES)
