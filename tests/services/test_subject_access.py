"""Everything held about one person leaves as one bundle: found, decided item by item, agreed to by two."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.matching.matcher import LibraryMatcher
from server.domain.access import AccessKind
from server.domain.casework.events import (
    AddressNoted,
    CallAdded,
    CaseId,
    CaseOpened,
    PartyId,
    PartyNoted,
    PartyRole,
    ReferralBegun,
    ThingId,
)
from server.domain.entities import Entity, EntityKind, Known, Origin
from server.domain.events import (
    CallEnded,
    Disclosed,
    Ending,
    EntityTyped,
    LinkConfirmed,
    LinkFound,
    LinkUndone,
)
from server.domain.events.keeping import DisclosureApproved
from server.domain.history import EarlierCall
from server.domain.ids import ActId, CallId, EntityId
from server.domain.linking import Link, Strength
from server.domain.papers import PaperId
from server.domain.people import Person, Right
from server.domain.recordings import Stream, StreamId, StreamKind
from server.domain.retention import Records
from server.domain.speech import Party
from server.domain.subject_access import Fate, Item
from server.ports.vault import Vault
from server.services.erasing_copies import Copies
from server.services.linking import index_keys
from server.services.pages import Doing
from server.services.refusals import BadText, NoRight
from server.services.subject_access import SubjectAccess
from server.services.subject_asking import SubjectWanted
from server.services.subject_finding import MACHINE_ONLY, OTHERS_LINE, SUSPECT
from server.services.subject_refusals import (
    LessFound,
    MoreFound,
    NoSuchItem,
    NoSuchRequest,
    NotTheirs,
    PutForward,
    ReasonWanted,
    Undecided,
)
from server.services.subject_seen import Decision
from server.services.sweeping import PaperSweep
from server.settings.retention import load_retention
from tests.fakes import START
from tests.house import House, open_house
from tests.stories import HANNAH, MIDSHIRE, SAM, SUE, arrived, said

CASE, PRIYA, KARL = CaseId("case-1"), PartyId("p1"), PartyId("p2")
OWN, CONFIRMED, ALIKE = CallId("CA1"), CallId("CA2"), CallId("CA3")
RECORD = CallId("record:midshire:7")
OVER = CallEnded(at_ms=6000, why=Ending.HUNG_UP)
ASKER, SECOND = (replace(who, rights=frozenset({Right.EXPORT})) for who in (SAM, SUE))
WANTED = SubjectWanted(case=CASE, party=PRIYA, why="asked in writing on 3 May, passport seen")
NEIGHBOUR = "my neighbour karl is at it again"


def doing(who: Person, act: str) -> Doing:
    return Doing(person=who, act=ActId(act))


def link(earlier: CallId) -> LinkFound:
    reasons = ("same mobile, 41 min ago",)
    found = Link(
        earlier=earlier,
        force=MIDSHIRE,
        before_s=60,
        reasons=reasons,
        confidence=0.95,
        strength=Strength.LINKED,
    )
    return LinkFound(at_ms=0, link=found)


def typed(name: str, *, about: str) -> EntityTyped:
    reading = LibraryMatcher().read(EntityKind.PERSON, name)
    assert reading is not None
    entity = Entity(
        id=EntityId(name),
        kind=EntityKind.PERSON,
        text=name,
        value=reading.value,
        about=about,
        origin=Origin.TYPED,
    )
    return EntityTyped(at_ms=0, person=HANNAH.id, entity=entity)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Priya's case with her call; another that a person linked with it, and one that only the machine did."""
    async with open_house(tmp_path) as house:
        spoken = said(Party.CALLER, 0, "he is at the door", at_ms=0)
        linked = link(CONFIRMED), LinkConfirmed(at_ms=0, person=SAM.id, earlier=CONFIRMED), link(ALIKE)
        await house.record(CONFIRMED, arrived(), typed("Karl Novak", about="suspect"), spoken, OVER)
        neighbours = replace(arrived(), caller="+441632960555")
        await house.record(ALIKE, neighbours, said(Party.CALLER, 0, NEIGHBOUR, at_ms=0), OVER)
        await house.record(OWN, arrived(), spoken, *linked, OVER)
        assert house.vault is not None
        writing = await house.vault.write(OWN, Stream(id=StreamId("caller"), kind=StreamKind.ULAW))
        await writing.keep(b"\x21" * 8000, from_ms=0, to_ms=1000)
        await writing.close()
        await house.store.cases.append(
            CASE,
            [
                CaseOpened(person=SAM.id, force=MIDSHIRE),
                CallAdded(person=SAM.id, call=OWN),
                PartyNoted(
                    person=SAM.id,
                    party=PRIYA,
                    role=PartyRole.VICTIM,
                    name="Priya Shah",
                    number="07700 900123",
                ),
                PartyNoted(person=SAM.id, party=KARL, role=PartyRole.SUSPECT, name="Karl Novak"),
                AddressNoted(person=SAM.id, address=ThingId("a1"), text="14 Harbour Road", of=KARL),
                ReferralBegun(
                    person=SAM.id, referral=ThingId("r1"), service="aid", name="Aid", needs=(), party=PRIYA
                ),
            ],
            after=0,
        )
        yield house


def subjects(house: House) -> SubjectAccess:
    kept = house.safekeeping
    assert kept is not None
    return kept.subjects


async def imported(house: House) -> None:
    reading = LibraryMatcher().read(EntityKind.NUMBER, "07700 900123")
    assert reading is not None
    known = (Known(kind=EntityKind.NUMBER, value=reading.value),)
    record = EarlierCall(
        call=RECORD, force=MIDSHIRE, at=START, outcome="attended", imported=True, known=known
    )
    await house.store.history.keep(record, index_keys(LibraryMatcher(), record))


async def found(house: House, who: Person, wanted: SubjectWanted = WANTED) -> dict[str, Item]:
    paper = await subjects(house).ask(doing(who, f"look {wanted.name}"), wanted)
    seen = await subjects(house).look(who, paper, session="s")
    return {item.id: item for item in seen.items}


async def test_all_of_it_is_found_with_how_sure_it_is_and_who_else_is_in_it(house: House) -> None:
    await imported(house)
    items = await found(house, ASKER)
    assert {name: item.confirmed for name, item in items.items()} == {
        "call CA1": True,
        "call CA2": True,
        "call CA3": False,
        "case case-1": True,
        "referral case-1 r1": True,
        f"earlier {RECORD}": False,
    }
    assert items["call CA1"].cautions == ()
    assert items["call CA2"].others == ("Karl Novak",)
    assert items["call CA2"].because == ("linked with CA1: confirmed by sam",)
    assert items["call CA3"].cautions == (MACHINE_ONLY, OTHERS_LINE)
    assert items["call CA3"].because == ("linked with CA1: same mobile, 41 min ago",)
    looked = await house.store.accesses.find(since=START, kind=AccessKind.VIEWED, person=ASKER.id)
    assert {one.call for one in looked} == {OWN, CONFIRMED, ALIKE, CallId(CASE), RECORD}
    (searched,) = await house.store.accesses.find(since=START, kind=AccessKind.SEARCHED)
    assert "Priya Shah" in searched.by


async def test_nothing_is_found_through_a_call_that_the_looking_person_may_not_know_of(house: House) -> None:
    elsewhere = CallId("CA4")
    await house.record(elsewhere, replace(arrived(), caller="+441632960777"), OVER)
    by_sam = LinkConfirmed(at_ms=0, person=SAM.id, earlier=elsewhere)
    await house.record(CONFIRMED, link(elsewhere), by_sam)
    reached = await found(house, ASKER)
    assert reached["call CA4"].because == ("linked with CA2: confirmed by sam",)
    await house.store.bars.bar(ASKER.id, [CONFIRMED], by="admin")
    items = await found(house, ASKER)
    assert {"call CA2", "call CA4"}.isdisjoint(items)
    assert not [item for item in items.values() if any("CA2" in why for why in item.because)]


async def test_somebody_of_no_case_is_found_by_name_and_by_number(house: House) -> None:
    await imported(house)
    by_name = await found(house, ASKER, SubjectWanted(name="Priya Shah", why="asked"))
    number = SubjectWanted(name="Nobody Known", numbers=("07700 900123",), why="asked")
    by_number = await found(house, ASKER, number)
    for items in (by_name, by_number):
        assert (items["case case-1"].confirmed, items["call CA1"].confirmed) == (False, False)
    assert f"earlier {RECORD}" in by_number
    with pytest.raises(BadText):
        await found(house, ASKER, SubjectWanted(name="Priya Shah", numbers=("ring me",), why="asked"))


async def test_who_is_the_suspect_is_not_given_what_was_said_of_them_without_a_reason(house: House) -> None:
    items = await found(house, ASKER, replace(WANTED, party=KARL))
    for name in ("case case-1", "call CA1", "call CA2"):
        assert SUSPECT in items[name].cautions
        assert items[name].needs_reason(Fate.REDACT)
    assert "referral case-1 r1" not in items


async def put_forward(house: House, fates: dict[str, Decision], wanted: SubjectWanted = WANTED) -> PaperId:
    paper = await subjects(house).ask(doing(ASKER, "a"), wanted)
    for number, (item, decision) in enumerate(fates.items()):
        await subjects(house).decide(doing(ASKER, f"d{number}"), paper, item, decision)
    await subjects(house).propose(doing(ASKER, "p"), paper)
    return paper


FATES = {
    "call CA1": Decision(fate=Fate.INCLUDE, why="her own call"),
    "call CA2": Decision(fate=Fate.WITHHOLD, why="Another person's own call."),
    "call CA3": Decision(fate=Fate.UNSAID, why="the neighbour rang in confidence"),
    "case case-1": Decision(fate=Fate.REDACT, why="hers", names=("Karl Novak",)),
    "referral case-1 r1": Decision(fate=Fate.INCLUDE, why="hers"),
}


GIVEN = Decision(fate=Fate.REDACT, why="about them")


async def test_nothing_leaves_that_nobody_decided_about_or_that_wants_a_reason(house: House) -> None:
    service = subjects(house)
    paper = await service.ask(doing(ASKER, "a"), WANTED)
    with pytest.raises(ReasonWanted):
        await service.decide(doing(ASKER, "1"), paper, "call CA3", Decision(fate=Fate.INCLUDE))
    with pytest.raises(ReasonWanted):
        await service.decide(doing(ASKER, "2"), paper, "call CA1", Decision(fate=Fate.UNSAID))
    with pytest.raises(NoSuchItem):
        await service.decide(doing(ASKER, "3"), paper, "call CA9", Decision(fate=Fate.INCLUDE))
    with pytest.raises(NotTheirs):
        await service.decide(doing(SECOND, "4"), paper, "call CA1", Decision(fate=Fate.INCLUDE))
    with pytest.raises(NoRight):
        await service.look(SAM, paper, session="s")
    with pytest.raises(ReasonWanted):  # her husband is in her case
        await service.decide(doing(ASKER, "5"), paper, "call CA1", Decision(fate=Fate.INCLUDE))
    await service.decide(doing(ASKER, "6"), paper, "call CA1", Decision(fate=Fate.REDACT))
    with pytest.raises(Undecided):
        await service.propose(doing(ASKER, "7"), paper)


async def test_one_bundle_leaves_with_what_is_given_and_says_what_is_withheld_and_no_more(
    house: House, tmp_path: Path
) -> None:
    service = subjects(house)
    paper = await put_forward(house, FATES)
    with pytest.raises(PutForward):
        await service.decide(doing(ASKER, "late"), paper, "call CA3", Decision(fate=Fate.INCLUDE, why="x"))
    await service.settle(doing(SECOND, "s"), paper, agreed=True)
    bundle = await service.bundle(doing(ASKER, "b"), paper)
    archive = zipfile.ZipFile(io.BytesIO(bundle.data))
    names = archive.namelist()
    assert "calls/002/sound/caller.wav" in names or "calls/001/sound/caller.wav" in names
    everything = b"".join(archive.read(name) for name in names)
    for unsaid in (ALIKE, CONFIRMED, "neighbour", "Novak", "Harbour", "in confidence"):
        assert unsaid.encode() not in everything
    schedule = archive.read("schedule.csv").decode()
    assert "withheld,Another person's own call." in schedule
    assert schedule.count("\n") == 6  # its head, four items, and when it was made
    case = next(name for name in names if name.startswith("cases/"))
    kinds = [json.loads(line)["kind"] for line in archive.read(case).decode().splitlines()]
    assert kinds == ["CaseOpened", "CallAdded", "PartyNoted", "PartyNoted", "AddressNoted"]
    journal = next(name for name in names if name.endswith("journal.jsonl"))
    entries = [json.loads(line) for line in archive.read(journal).decode().splitlines()]
    assert [(one["seq"], one["kind"], one.get("asked")) for one in entries[2:]] == [
        (3, "CallEnded", None),
        (4, "DisclosureAsked", None),
        (5, "DisclosureApproved", 4),
    ]
    archive.extractall(tmp_path / "out")
    assert verified(tmp_path / "out") == (0, True)
    words = next((tmp_path / "out/calls").glob("*/transcript.txt"))
    words.write_text(words.read_text().replace("door", "pier"))
    assert verified(tmp_path / "out") == (1, False)


def verified(folder: Path) -> tuple[int, bool]:
    command = [sys.executable, "-I", str(folder / "verify.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - what is tested
    return done.returncode, done.stdout.count("Everything is as it was made.") == 2


async def test_what_left_is_on_record_on_each_call_and_for_both_people(house: House) -> None:
    service = subjects(house)
    paper = await put_forward(house, FATES)
    await service.settle(doing(SECOND, "s"), paper, agreed=True)
    await service.bundle(doing(ASKER, "b"), paper)
    for call, times in ((OWN, 1), (CONFIRMED, 0), (ALIKE, 0)):
        left = [one.event for one in await house.store.journal.entries(call)]
        assert [(one.person, one.approved_by) for one in left if isinstance(one, Disclosed)] == [
            (ASKER.id, SECOND.id)
        ] * times
    exported = await house.store.accesses.find(since=START, kind=AccessKind.EXPORTED)
    assert {one.call for one in exported} == {OWN, CallId(CASE)}
    (request,) = await service.of_force(SECOND)
    assert (request.approved_by, request.taken) == (SECOND.id, 1)


async def test_who_finds_more_agrees_to_nothing_and_what_is_turned_down_is_decided_anew(house: House) -> None:
    await house.store.bars.bar(ASKER.id, [ALIKE], by="admin")
    service = subjects(house)
    paper = await put_forward(house, {name: one for name, one in FATES.items() if name != "call CA3"})
    seen = await service.look(SECOND, paper, session="s")
    assert seen.more
    assert not (await service.look(ASKER, paper, session="s")).more
    with pytest.raises(MoreFound):
        await service.settle(doing(SECOND, "s"), paper, agreed=True)
    await service.settle(doing(SECOND, "t"), paper, agreed=False, why="somebody else has to look")
    again = (await service.look(ASKER, paper, session="s")).request
    assert (again.open, again.turned_down is not None) == (True, True)


async def test_who_may_not_know_of_a_call_agrees_to_none(house: House) -> None:
    paper = await put_forward(house, {**FATES, "call CA2": GIVEN})
    await house.store.bars.bar(SECOND.id, [CONFIRMED], by="admin")
    with pytest.raises(LessFound):
        await subjects(house).settle(doing(SECOND, "s"), paper, agreed=True)
    await subjects(house).settle(doing(SECOND, "t"), paper, agreed=False, why="somebody else has to agree")
    assert not any(
        isinstance(one.event, DisclosureApproved) for one in await house.store.journal.entries(OWN)
    )


@pytest.mark.parametrize("barred_from", [CallId(CASE), OWN])
async def test_who_is_barred_from_a_case_or_a_call_of_it_opens_no_request_that_tells_of_it(
    house: House, barred_from: CallId
) -> None:
    service = subjects(house)
    paper = await put_forward(house, FATES)
    assert [one.id for one in await service.of_force(SECOND)] == [paper]
    await house.store.bars.bar(SECOND.id, [barred_from], by="admin")
    assert await service.of_force(SECOND) == []
    assert [one.id for one in await service.of_force(ASKER)] == [paper]
    with pytest.raises(NoSuchRequest):
        await service.look(SECOND, paper, session="s")
    with pytest.raises(NoSuchRequest):
        await service.settle(doing(SECOND, "s"), paper, agreed=False, why="no")
    refused = await house.store.accesses.find(since=START, kind=AccessKind.REFUSED)
    assert {(one.person, one.call) for one in refused} == {(SECOND.id, barred_from)}


async def by_name(house: House) -> PaperId:
    """Asked for from no case, and only the case leaves."""
    kept = Decision(fate=Fate.WITHHOLD, why="Not asked for.")
    fates = {"case case-1": GIVEN, "referral case-1 r1": kept, "call CA1": kept}
    return await put_forward(house, fates, SubjectWanted(name="Priya Shah", why="asked in writing"))


async def test_who_does_not_find_all_that_is_to_leave_does_not_agree(house: House) -> None:
    paper = await by_name(house)
    await house.store.bars.bar(SECOND.id, [CallId(CASE)], by="admin")
    assert not (await subjects(house).look(SECOND, paper, session="s")).more
    with pytest.raises(LessFound):
        await subjects(house).settle(doing(SECOND, "s"), paper, agreed=True)


async def test_a_case_that_somebody_was_barred_from_meanwhile_leaves_no_more(house: House) -> None:
    paper = await by_name(house)
    await subjects(house).settle(doing(SECOND, "s"), paper, agreed=True)
    await house.store.bars.bar(ASKER.id, [CallId(CASE)], by="admin")
    with pytest.raises(LessFound):
        await subjects(house).bundle(doing(ASKER, "b"), paper)
    await house.store.bars.unbar(ASKER.id, [CallId(CASE)], by="admin")
    assert (await subjects(house).bundle(doing(ASKER, "b"), paper)).data


async def test_a_call_that_is_no_longer_theirs_leaves_no_more(house: House) -> None:
    paper = await put_forward(house, {**FATES, "call CA2": GIVEN})
    await subjects(house).settle(doing(SECOND, "s"), paper, agreed=True)
    await house.record(OWN, LinkUndone(at_ms=0, person=SAM.id, earlier=CONFIRMED))
    with pytest.raises(LessFound):
        await subjects(house).bundle(doing(ASKER, "b"), paper)
    assert not any(isinstance(one.event, Disclosed) for one in await house.store.journal.entries(OWN))


async def test_a_request_is_kept_as_long_as_its_class_says_and_then_is_gone(house: House) -> None:
    paper = await put_forward(house, FATES)
    store = house.store
    copies = Copies(journal=store.journal, cases=store.cases, papers=store.papers, vault=vault_of(house))
    sweep = PaperSweep(papers=store.papers, copies=copies, retention=store.retention, audit=store.audit)
    classes = load_retention(Path(__file__).parents[2] / "config/retention.toml")
    (kept,) = [one for one in classes if one.of is Records.SUBJECT_ACCESS]
    now = house.room.clock.now()
    assert await sweep.due(kept, now, limit=9) == []
    assert await sweep.due(kept, now + kept.keep + timedelta(days=1), limit=9) == [paper]
    await sweep.erase(paper, kept)
    assert await subjects(house).of_force(ASKER) == []


def vault_of(house: House) -> Vault:
    assert house.vault is not None
    return house.vault
