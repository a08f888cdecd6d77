"""A call goes from one force's server to another's: whole, once, signed, and believed by nobody else."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from itertools import count
from types import MappingProxyType
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from server.adapters.clock import SystemClock
from server.adapters.matching.matcher import LibraryMatcher
from server.domain.access import AccessKind
from server.domain.entities import EntityKind
from server.domain.events import (
    CallEnded,
    Carriage,
    Ending,
    Entry,
    MarkerSighted,
    PromptRaised,
    SheetCarried,
    SheetKind,
    SheetRead,
    SheetSent,
    SheetWay,
    UtteranceHeard,
)
from server.domain.events.transferring import SheetReceived, TransferReceived
from server.domain.ids import ActId, CallId, MarkerId, SheetId
from server.domain.markers import MarkerClass
from server.domain.sightings import Source
from server.domain.transfers import TransferSheet
from server.ports.journal import JournalLost
from server.services.history import History
from server.services.pages import Doing
from server.services.signed import OLDEST_S, signed_headers
from server.services.taking_over import call_of
from server.services.transfer_wire import FROM, PATH, TO, Message, message_of, written
from tests.house import House
from tests.stories import HANNAH, MIDSHIRE, SAM, arrived, opened, raised, sighted
from tests.transfer_house import EARL, EASTSHIRE, EVE, SECRET, E, Forces, open_forces, transfers_in
from tests.web.visitor import Visitor, code

pytestmark = pytest.mark.asyncio(loop_scope="module")

THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
KNIFE = sighted("weapon", "he has a knife", utterance=1, at_ms=8000)
OVER = {"id": "a1", "kind": "transfer", "way": "earshot", "name": "Eastshire", "to": "eastshire"}
BOTH = ["strangulation", "weapon"]


NUMBERS = count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forces(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Forces]:
    async with open_forces(tmp_path_factory.mktemp("forces")) as forces:
        yield forces


@asynccontextmanager
async def visiting(house: House, name: str) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address rather than of a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        visitor = Visitor(house, session)
        assert await visitor.sign_in(name) == 200
        yield visitor


@dataclass(frozen=True, kw_only=True)
class Hand:
    """A call of Midshire's, and Sam, who hands it over."""

    forces: Forces
    sam: Visitor
    call: CallId

    async def send(self, **changes: str) -> tuple[int, Any]:
        return await self.sam.post(f"/api/calls/{self.call}/brief/sheets", {**OVER, **changes})

    async def over(self) -> CallId:
        """The call as the other force's server has it."""
        status, answer = await self.send()
        assert status == 200, answer
        await self.recorded(SheetReceived)
        (there,) = await self.forces.transferred(self.call)
        return there

    async def recorded(self, kind: type[E], times: int = 1) -> list[E]:
        return await self.forces.until(self.forces.ours, self.call, kind, times)

    async def taken_over(self) -> CallId:
        """As the other force's server has it, which has named all that is grave in it."""
        there = await self.over()
        assert (await self.acknowledge(there, "strangulation"))[0] == 200
        await self.recorded(SheetRead)
        return there

    async def acknowledge(self, there: CallId, *named: str, act: str = "b1") -> tuple[int, Any]:
        async with visiting(self.forces.theirs, EVE.id) as eve:
            return await eve.post(f"/api/calls/{there}/transfer/acknowledge", {"id": act, "named": named})

    async def seen(self) -> dict[str, Any]:
        view: dict[str, Any] = (await self.sam.get(f"/api/calls/{self.call}/brief"))[1]["view"]
        return view


@pytest_asyncio.fixture(loop_scope="module")
async def hand(forces: Forces) -> AsyncIterator[Hand]:
    call = CallId(f"CA{next(NUMBERS)}")
    await forces.ours.record(call, arrived(), *opened(), THROAT)
    await forces.ours.grant(call, SAM)
    async with visiting(forces.ours, SAM.id) as sam:
        yield Hand(forces=forces, sam=sam, call=call)


async def test_the_other_force_has_every_grave_words_at_once_as_a_call_of_its_own(
    forces: Forces, hand: Hand
) -> None:
    there = await hand.over()
    found = await forces.theirs_of(there)
    assert found is not None
    assert [(one.title, one.quote) for one in found.missing] == [
        ("Strangulation or suffocation", "hands round my throat")
    ]
    assert (found.sheet.caller, found.phone) == ("+447700900123", "01632 960100")
    (raised,) = await forces.until(forces.theirs, there, PromptRaised)
    assert raised.prompt.quote == "hands round my throat"
    async with visiting(forces.theirs, EARL.id) as earl:
        _, answer = await earl.get(f"/api/calls/{there}/grade")
        assert [one["quote"] for one in answer["against"]] == ["hands round my throat"]


async def test_the_sender_sees_who_has_it_since_when_and_who_named_what(forces: Forces, hand: Hand) -> None:
    there = await hand.over()
    (sheet,) = (await hand.seen())["sheets"]
    assert (sheet["name"], sheet["phone"], sheet["carried"]) == (
        "Eastshire Police",
        "01632 960111",
        "delivered",
    )
    assert sheet["received_at"]
    assert [one["marker"] for one in sheet["missing"]] == ["strangulation"]
    assert (await hand.seen())["responsible"] == "Midshire Police"
    assert (await hand.acknowledge(there, "strangulation"))[0] == 200
    (read,) = await hand.recorded(SheetRead)
    assert (read.by, read.named, read.person) == ("Eve Lowe", ("strangulation",), None)
    assert (await hand.seen())["responsible"] == "Eastshire Police"


async def test_what_is_heard_after_the_transfer_follows_it_and_has_to_be_named_too(
    forces: Forces, hand: Hand
) -> None:
    there = await hand.taken_over()
    await forces.ours.record(hand.call, KNIFE)
    await forces.until(forces.theirs, there, PromptRaised, 2)
    await hand.recorded(SheetReceived, 2)
    assert [one["marker"] for one in (await hand.seen())["sheets"][0]["missing"]] == ["weapon"]
    assert (await hand.seen())["responsible"] == "Midshire Police"
    await hand.acknowledge(there, "weapon", act="b2")
    await hand.recorded(SheetRead, 2)
    assert (await hand.seen())["responsible"] == "Eastshire Police"


async def test_what_nobody_said_is_told_as_what_it_is_and_never_as_words(forces: Forces, hand: Hand) -> None:
    seen = sighted("weapon", "2 taps", utterance=-1, at_ms=8000)
    tapped = replace(seen, sighting=replace(seen.sighting, matched=(), source=Source.SOUND))
    await forces.ours.record(hand.call, tapped)
    there = await hand.over()
    told = [entry.event for entry in await forces.theirs.store.journal.entries(there)]
    said = [one.utterance.text for one in told if isinstance(one, UtteranceHeard)]
    assert said == ["hands round my throat"]
    found = {one.sighting.quote: one.sighting.source for one in told if isinstance(one, MarkerSighted)}
    assert found == {"hands round my throat": Source.HEARD, "2 taps": Source.SOUND}


async def test_it_is_told_once_however_often_and_ends_with_the_call_once_all_is_named(
    forces: Forces, hand: Hand
) -> None:
    there = await hand.taken_over()
    await forces.ours.record(hand.call, CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    await forces.until(forces.theirs, there, CallEnded)
    assert await forces.transferred(hand.call) == [there]
    await told_once(forces, there)


async def test_what_is_marked_after_the_call_has_ended_is_handed_on_all_the_same(
    forces: Forces, hand: Hand
) -> None:
    there = await hand.taken_over()
    await forces.ours.record(hand.call, CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    await forces.until(forces.theirs, there, CallEnded)
    await forces.ours.record(hand.call, KNIFE)
    await forces.until(forces.theirs, there, PromptRaised, 2)
    found = await forces.theirs_of(there)
    assert found is not None
    assert [one.marker for one in found.missing] == ["weapon"]


async def told_once(forces: Forces, there: CallId) -> None:
    entries = await forces.theirs.store.journal.entries(there)
    told = [entry.event for entry in entries]
    assert sum(isinstance(event, MarkerSighted) for event in told) == 1
    assert sum(isinstance(event, TransferReceived) for event in told) == 2  # the second: it is over there


async def test_a_server_that_is_down_is_told_once_it_is_back_and_people_read_why_it_was_not(
    forces: Forces, hand: Hand
) -> None:
    await forces.theirs.close()
    assert (await hand.send())[0] == 200
    (failed,) = await hand.recorded(SheetCarried)
    assert (failed.carried, failed.why) == (Carriage.FAILED, "no connection")
    assert (await hand.seen())["sheets"][0]["phone"] == "01632 960111"
    await forces.theirs.open()
    await hand.recorded(SheetReceived)
    assert len(await forces.transferred(hand.call)) == 1


async def test_a_sheet_that_an_earlier_run_left_is_told_though_its_call_cannot_be_read_at_first(
    forces: Forces, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = SystemClock().now()
    left = SheetSent(
        at_ms=0,
        person=SAM.id,
        sheet=SheetId("s1"),
        sheet_kind=SheetKind.TRANSFER,
        way=SheetWay.EARSHOT,
        to="eastshire",
        name="Eastshire Police",
        until=now + timedelta(hours=1),
        must=(MarkerId("strangulation"),),
    )
    await forces.ours.store.journal.append(hand.call, [left])  # nobody who runs now hears of it
    lost = losing_once(monkeypatch, forces.ours, hand.call)
    async with asyncio.TaskGroup() as tasks:
        later = tasks.create_task(transfers_in(forces.ours, forces.line).handing.run())
        await lost.wait()
        await hand.recorded(SheetReceived)
        later.cancel()
    assert len(await forces.transferred(hand.call)) == 1


def losing_once(monkeypatch: pytest.MonkeyPatch, house: House, lost: CallId) -> asyncio.Event:
    """The first time that this call is asked for, its journal is out of reach."""
    asked, entries = asyncio.Event(), house.store.journal.entries

    async def once(call: CallId) -> list[Entry]:
        if call == lost and not asked.is_set():
            asked.set()
            raise JournalLost
        return await entries(call)

    monkeypatch.setattr(house.store.journal, "entries", once)
    return asked


async def test_only_somebody_on_duty_who_has_desks_to_answer_for_names_it(forces: Forces, hand: Hand) -> None:
    there = await hand.over()
    async with visiting(forces.theirs, SAM.id) as other:  # of Midshire, with an account here
        path = f"/api/calls/{there}/transfer/acknowledge"
        assert code(await other.post(path, {"id": "x", "named": BOTH})) == (403, "not-your-call")
        await other.sign_in(HANNAH.id)
        assert code(await other.post(path, {"id": "x", "named": BOTH})) == (403, "read-only")
    await forces.theirs.store.people.set_duty(EVE.id, on_duty=False)
    assert code(await hand.acknowledge(there, "strangulation")) == (409, "off-duty")
    await forces.theirs.store.people.set_duty(EVE.id, on_duty=True)


async def test_a_force_that_is_no_peer_is_refused_by_name(hand: Hand) -> None:
    refused = await hand.send(to="westshire")
    assert code(refused) == (409, "no-such-force")
    assert code(await hand.send(kind="brief")) == (409, "no-such-force")


def sheet(**changes: object) -> TransferSheet:
    plain = TransferSheet(
        transfer="CX9/s1",
        revision=1,
        from_force=MIDSHIRE,
        from_name="Midshire Police",
        to_force=EASTSHIRE,
        call=CallId("CX9"),
        name="Call CX9",
        live=True,
        sent_by="sam",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def message(sent: TransferSheet, *, sent_ms: int = 1) -> str:
    return written(Message(sent_ms=sent_ms, sheet=sent))


def headers(
    body: str, changes: Mapping[str, str] = MappingProxyType({}), *, secret: bytes = SECRET
) -> dict[str, str]:
    now = SystemClock().now()
    signed = dict(signed_headers((secret,), message="msg_1", now=now, body=body))
    return {FROM: MIDSHIRE, TO: EASTSHIRE, "Content-Type": "application/json", **signed, **changes}


async def posted(forces: Forces, body: str, given: Mapping[str, str]) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(forces.theirs.url + PATH, data=body.encode(), headers=given) as answer,
    ):
        return answer.status, await answer.json()


async def test_tampering_strangers_old_sheets_and_replays_are_refused_by_code(forces: Forces) -> None:
    body = message(sheet())
    old = str(int(SystemClock().now().timestamp()) - OLDEST_S - 5)
    now = SystemClock().now()
    late = dict(signed_headers((SECRET,), message="m", now=now.replace(year=now.year - 1), body=body))
    for given, expected in (
        (headers(body, {FROM: "westshire"}), (403, "unknown-peer")),
        (headers(body, {TO: "westshire"}), (403, "unknown-peer")),
        (headers(body, secret=b"another secret of some length"), (401, "bad-signature")),
        (headers(message(sheet(why="changed"))), (401, "bad-signature")),
        (headers(body, {"webhook-timestamp": old}), (401, "bad-signature")),
        (headers(body, {"webhook-timestamp": "soon"}), (401, "bad-signature")),
        (headers(body, late), (401, "old-sheet")),
    ):
        assert code(await posted(forces, body, given)) == expected
    wrong = message(sheet(to_force=MIDSHIRE, from_force=EASTSHIRE))
    assert code(await posted(forces, wrong, headers(wrong))) == (409, "not-for-us")
    assert code(await posted(forces, "{}", headers("{}"))) == (400, "bad-sheet")
    assert await forces.transferred(CallId("CX9")) == []
    once = headers(body)
    assert (await posted(forces, body, once))[0] == 200
    assert code(await posted(forces, body, once)) == (409, "replayed")
    await forces.begin_again(forces.theirs)
    assert code(await posted(forces, body, once)) == (409, "replayed")
    assert await forces.transferred(CallId("CX9")) == [call_of(sheet())]


async def test_a_marker_that_this_force_does_not_know_is_shown_as_the_other_has_it(
    forces: Forces, hand: Hand
) -> None:
    foreign = sighted("forced_marriage_abroad", "they booked my flight", utterance=2, at_ms=12_000)
    await forces.ours.record(hand.call, foreign)
    there = await hand.over()
    found = await forces.theirs_of(there)
    assert found is not None
    assert "they booked my flight" in [one.quote for one in found.sheet.items]
    prompts = await forces.until(forces.theirs, there, PromptRaised, 2)
    assert MarkerId("forced_marriage_abroad") in {one.prompt.marker for one in prompts}


async def test_many_at_once_make_one_call(forces: Forces) -> None:
    many = sheet(transfer="CX8/s1", call=CallId("CX8"))
    bodies = [message(many, sent_ms=number) for number in range(1, 6)]
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(posted(forces, body, headers(body))) for body in bodies]
    assert {task.result()[0] for task in asked} <= {200, 409}
    assert len(await forces.transferred(CallId("CX8"))) == 1


EARLIER = CallId("CAearlier0000041b7")
KIDS = sighted("children", "the kids are upstairs", utterance=2, at_ms=12_000)


async def linked_call(forces: Forces, call: CallId, *, earlier: CallId, hers: str) -> None:
    """Somebody who rang before, in danger, rings again."""
    house = forces.ours
    rang = replace(arrived(), caller=hers)
    prompts = raised(1, KNIFE), raised(2, KIDS, severity=MarkerClass.HIGH)
    await house.record(earlier, rang, *opened(), KNIFE, KIDS, *prompts)
    await house.record(earlier, CallEnded(at_ms=60_000, why=Ending.HUNG_UP))
    await house.remembering.look()
    await house.record(call, rang, *opened(), THROAT)
    await house.grant(call, SAM)
    await house.remembering.look()


async def test_what_was_said_on_earlier_calls_goes_with_the_sheet_and_who_was_told_is_on_record(
    forces: Forces, hand: Hand
) -> None:
    later = replace(hand, call=CallId("CAlater"))
    await linked_call(forces, later.call, earlier=EARLIER, hers="+447700900777")
    history = History(forces.ours.room, history=forces.ours.store.history, matcher=LibraryMatcher())
    sam = Doing(person=SAM, act=ActId("e1"))
    await history.type_in(sam, later.call, EntityKind.PERSON, "Raneem Oudeh", "victim")
    found = await forces.theirs_of(await later.over())
    assert found is not None
    linked = found.sheet.linked
    assert linked is not None
    assert (linked.calls, linked.unread) == (1, False)
    assert [(one.quote, one.severity, one.name) for one in linked.said] == [
        ("he has a knife", MarkerClass.IMMEDIATE, "Call 41B7"),
        ("the kids are upstairs", MarkerClass.HIGH, "Call 41B7"),
    ]
    arrived_at = (await forces.ours.store.journal.entries(EARLIER))[0].recorded_at
    assert linked.said[0].said_at == arrived_at + timedelta(milliseconds=KNIFE.sighting.start_ms)
    assert [one.marker for one in found.missing] == ["strangulation"], "only what was said on this call"
    assert [(one.kind, one.text, one.about, one.sure) for one in found.sheet.known] == [
        (EntityKind.PERSON, "Raneem Oudeh", "victim", True)
    ]
    told = await forces.ours.store.accesses.find(
        since=arrived_at - timedelta(days=1), call=EARLIER, kind=AccessKind.VIEWED
    )
    assert [(one.person, one.by) for one in told] == [("sheet:s1", "transfer sheet")]


async def test_an_older_server_reads_a_newer_sheet_and_has_the_earlier_words_as_text(
    forces: Forces, hand: Hand
) -> None:
    later = replace(hand, call=CallId("CAlater2"))
    await linked_call(forces, later.call, earlier=CallId("CAbefore2"), hers="+447700900778")
    found = await forces.theirs_of(await later.over())
    assert found is not None
    then = [one for one in fields(TransferSheet) if one.name not in {"linked", "known"}]
    older = msgspec.defstruct("Sheet", [(one.name, one.type) for one in then])
    read: Any = msgspec.json.decode(msgspec.json.encode(found.sheet), type=older)
    assert "earlier call" in read.earlier
    assert "he has a knife”, " in read.earlier
    newer = message_of(message(sheet(earlier="1 earlier call: same mobile"))).sheet
    assert (newer.linked, newer.known) == (None, ())
