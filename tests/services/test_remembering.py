"""Remembering: the calls that a call belongs to, found as it arrives and as it is heard; never merged."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.matching.hearing import HeardEntities
from server.adapters.matching.matcher import LibraryMatcher
from server.adapters.store import open_store
from server.domain.entities import EntityKind, Known, Origin
from server.domain.events import (
    CallArrived,
    CallEnded,
    CombinationSeen,
    Ending,
    Event,
    GradeSet,
    HistoryLinked,
    LinkFound,
    PromptRaised,
    RungBack,
    SpecialistAssigned,
    UnitArrived,
    UnitAssigned,
    UnitNotNeeded,
    UnitStoodDown,
    VideoInvited,
    VideoOpened,
    WatchRaised,
)
from server.domain.events.transferring import TransferReceived
from server.domain.history import EarlierCall
from server.domain.ids import CallId, ForceId, LinkId, MarkerId
from server.domain.linking import DAY, Strength
from server.domain.markers import MarkerClass
from server.domain.people import Force
from server.domain.quiet_calls import SILENT
from server.domain.room import VIDEO
from server.domain.rules import Policies
from server.domain.speech import Party
from server.domain.transfers import TRANSFER, TransferKnown, TransferSheet
from server.domain.video_links import LinkKind
from server.ports.access import AccessLog
from server.services.history import History
from server.services.linking import index_keys
from server.services.refusals import BadText, NotLinked
from server.services.remembering import Remembering
from tests.fakes import START
from tests.services.room import FORCE, Room, doing
from tests.stories import HANNAH, MIDSHIRE, SAM, SUE, opened, raised, said, sighted

RANEEM, MOTHER = "+447700900111", "+447700900222"
FIRST, SECOND, THIRD, FOURTH = (CallId(f"CA{number}") for number in (1, 2, 3, 4))
ELSEWHERE = ForceId("northshire")


def came(caller: str, force: ForceId = MIDSHIRE) -> CallArrived:
    return CallArrived(at_ms=0, force=force, doorway="twilio", caller=caller, called="+441632960000")


def heard(text: str, number: int = 0, party: Party = Party.CALLER) -> Event:
    return said(party, number, text, at_ms=1000 + number * 5000)


class Night(Room):
    """A control room with a memory: each thing that happens is followed by a look."""

    history: History
    remembering: Remembering

    async def call(self, call: CallId, *events: Event) -> None:
        await self.grants.give(call, HANNAH.id)
        await self.grants.give(call, SAM.id)
        await self.happens(*events, call=call)
        await self.remembering.look()

    def links(self, call: CallId) -> dict[CallId, Strength]:
        return {
            one.link.earlier: one.link.strength
            for one in self.state(call).memory.links.values()
            if one.undone_by is None
        }

    def combined(self, call: CallId) -> list[str]:
        seen = self.of_kind(CombinationSeen, call=call)
        return [one.combination.name for one in seen if isinstance(one, CombinationSeen)]

    def last_count(self, call: CallId) -> HistoryLinked:
        counted = self.of_kind(HistoryLinked, call=call)[-1]
        assert isinstance(counted, HistoryLinked)
        return counted


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    giving = Force(id=ELSEWHERE, name="Northshire", numbers=(), desks=(), gives_history_to=(MIDSHIRE,))
    policies = Policies(silent="Send a unit to the last known address.")
    room = Night(force=replace(FORCE, shared_numbers=("+441632960111",), policies=policies))
    room.room = replace(room.room, forces={**room.room.forces, ELSEWHERE: giving})
    async with open_store(f"sqlite:{tmp_path / 'history.db'}", clock=room.clock) as store:
        matcher = LibraryMatcher()
        room.remembering = Remembering(
            room.room, history=store.history, matcher=matcher, reader=HeardEntities()
        )
        room.history = History(room.room, history=store.history, matcher=matcher)
        room.feeds.append(room.bus.subscribe(room.casebook.follow))
        room.bus.subscribe(room.remembering.follow)
        for who in (HANNAH, SAM, SUE):
            await room.people.add(replace(who, on_duty=False), password_hash="")
        yield room


async def test_a_second_call_from_the_same_mobile_is_linked_as_it_arrives(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    night.clock.advance(41 * 60)
    await night.call(SECOND, came(RANEEM))
    (found,) = night.of_kind(LinkFound, call=SECOND)
    assert isinstance(found, LinkFound)
    assert (found.link.earlier, found.link.strength) == (FIRST, Strength.LINKED)
    assert found.link.reasons == ("same mobile, 41 min ago",)
    counted = night.last_count(SECOND)
    assert (counted.earlier_calls, counted.tonight, counted.within_7_days) == (1, 1, 1)


async def test_earlier_calls_are_counted_by_the_day_the_week_and_the_year(night: Night) -> None:
    for call, hours_before_the_next in ((FIRST, 24 * 100), (SECOND, 24 * 3), (THIRD, 20)):
        await night.call(call, came(RANEEM))
        night.clock.advance(hours_before_the_next * 3600)
    await night.call(FOURTH, came(RANEEM))
    counted = night.last_count(FOURTH)
    assert (counted.tonight, counted.within_24_hours) == (0, 1)
    assert (counted.within_7_days, counted.within_12_months) == (2, 3)
    shown = (await night.history.shown(HANNAH, FOURTH)).counts
    assert (shown.tonight, shown.day, shown.week, shown.year) == (0, 1, 2, 3)


async def test_a_withheld_number_links_nothing(night: Night) -> None:
    await night.call(FIRST, came("anonymous"))
    await night.call(SECOND, came("anonymous"))
    await night.call(THIRD, came("+266696687"))
    await night.call(FOURTH, came("+266696687"))
    assert night.links(SECOND) == night.links(FOURTH) == {}


async def test_a_telephone_that_many_people_share_links_nothing_by_itself(night: Night) -> None:
    await night.call(FIRST, came("+441632960111"))
    await night.call(SECOND, came("+441632960111"))
    assert night.links(SECOND) == {}


async def test_four_calls_from_two_numbers_and_two_addresses_are_one_case(night: Night) -> None:
    await night.call(FIRST, came(RANEEM), *opened(), heard("my name is raneem oudeh he hit me in the street"))
    night.clock.advance(50 * 60)
    await night.call(SECOND, came(RANEEM), heard("i'm at my mum khaola saleem at 12 northdown road"))
    night.clock.advance(40 * 60)
    await night.call(THIRD, came(MOTHER), heard("it's khawla salim at twelve northdown road he followed us"))
    night.clock.advance(60 * 60)
    await night.call(FOURTH, came("anonymous"), heard("there is screaming outside number 12 northdown road"))
    assert night.last_count(SECOND).tonight == 1
    assert night.last_count(THIRD).tonight == 2, "the first through the second: it shares nothing with it"
    assert night.last_count(FOURTH).tonight == 3


async def test_who_only_shares_a_first_name_on_another_night_is_not_linked(night: Night) -> None:
    await night.call(FIRST, came(RANEEM), heard("my name is sarah"))
    night.clock.advance(timedelta(days=30).total_seconds())
    await night.call(SECOND, came(MOTHER), heard("my name is sarah"))
    assert Strength.LINKED not in night.links(SECOND).values()


async def test_what_is_heard_is_the_machines_until_a_person_confirms_it(night: Night) -> None:
    await night.call(FIRST, came(RANEEM), heard("my name is rainy oudeh"))
    (entity,) = [
        one for one in night.state(FIRST).memory.entities.values() if one.entity.origin is Origin.HEARD
    ]
    assert not entity.sure
    await night.history.confirm(doing(HANNAH, "a1"), FIRST, entity.entity.id, "Raneem Oudeh")
    await night.history.confirm(doing(HANNAH, "a1"), FIRST, entity.entity.id, "Raneem Oudeh")
    confirmed = night.state(FIRST).memory.entities[entity.entity.id]
    assert (confirmed.sure, confirmed.confirmed_by, confirmed.entity.value) == (
        True,
        HANNAH.id,
        "raneem|oudeh",
    )
    assert len([one for one in night.journal.events(FIRST) if type(one).__name__ == "EntityConfirmed"]) == 1


async def test_an_address_that_is_typed_links_as_one_that_is_heard(night: Night) -> None:
    await night.call(FIRST, came(RANEEM), heard("twenty four maple road"))
    night.clock.advance(600)
    await night.call(SECOND, came("anonymous"))
    await night.history.type_in(doing(HANNAH), SECOND, EntityKind.ADDRESS, "24 Maple Rd, Leeds LS6 2AB")
    await night.remembering.look()
    assert night.links(SECOND) == {FIRST: Strength.LINKED}


async def test_an_order_links_by_its_reference_typed_or_heard_and_never_by_its_kind(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    await night.history.type_in(doing(HANNAH), FIRST, EntityKind.ORDER, "Non-molestation order ZW23P00412")
    await night.remembering.look()
    night.clock.advance(timedelta(days=20).total_seconds())
    await night.call(SECOND, came("anonymous"), heard("there is a non molestation order against him"))
    assert night.links(SECOND) == {}
    spelt = "the injunction number is zulu whiskey two three papa double oh four one two"
    await night.call(THIRD, came(MOTHER), heard(spelt))
    assert night.links(THIRD) == {FIRST: Strength.LINKED}
    (link,) = [one.link for one in night.state(THIRD).memory.linked]
    assert link.reasons == ("same order, 20 days ago",)
    (order,) = night.state(SECOND).memory.entities.values()
    assert (order.entity.text, order.sure) == ("non-molestation order", False)
    await night.history.confirm(doing(HANNAH), SECOND, order.entity.id, "Non-molestation order ZW23P00412")
    await night.remembering.look()
    assert FIRST in night.links(SECOND)


async def test_what_cannot_be_read_as_its_kind_is_refused(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    with pytest.raises(BadText):
        await night.history.type_in(doing(HANNAH), FIRST, EntityKind.NUMBER, "not a number")


async def test_a_link_that_a_person_undid_stays_undone_and_is_not_counted(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    night.clock.advance(600)
    await night.call(SECOND, came(RANEEM))
    await night.history.undo_link(doing(SAM), SECOND, FIRST, "another tenant of the same phone")
    await night.remembering.look()
    assert night.last_count(SECOND).earlier_calls == 0
    await night.call(SECOND, heard("he hit me"))
    assert night.state(SECOND).memory.links[FIRST].undone_by == SAM.id
    assert night.state(SECOND).earlier_calls == 0
    await night.history.confirm_link(doing(SUE), SECOND, FIRST)
    await night.remembering.look()
    assert night.last_count(SECOND).earlier_calls == 1


async def test_a_call_that_is_not_linked_cannot_be_confirmed(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    with pytest.raises(NotLinked):
        await night.history.confirm_link(doing(SAM), FIRST, SECOND)


async def test_a_link_whose_reason_is_corrected_is_no_longer_counted(night: Night) -> None:
    await night.call(FIRST, came(RANEEM), heard("twenty four maple road"))
    night.clock.advance(600)
    await night.call(SECOND, came("anonymous"), heard("twenty four maple road"))
    assert night.links(SECOND) == {FIRST: Strength.LINKED}
    (place,) = night.state(SECOND).memory.entities
    await night.history.refuse(doing(HANNAH), SECOND, place)
    await night.remembering.look()
    assert night.links(SECOND) == {FIRST: Strength.POSSIBLE}
    assert night.last_count(SECOND).earlier_calls == 0


async def test_a_silent_call_that_is_known_by_its_address_alone_asks_with_the_policy(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    await night.history.type_in(doing(HANNAH), FIRST, EntityKind.ADDRESS, "24 Maple Road, Leeds LS6 2AB")
    await night.remembering.look()
    night.clock.advance(600)
    await night.call(SECOND, came("anonymous"), *opened())
    await night.pass_time(30)
    assert night.of_kind(PromptRaised, call=SECOND) == []
    await night.history.type_in(doing(HANNAH), SECOND, EntityKind.ADDRESS, "24 Maple Rd, Leeds LS6 2AB")
    await night.remembering.look()
    await night.minding.look()
    (asked,) = night.of_kind(PromptRaised, call=SECOND)
    assert isinstance(asked, PromptRaised)
    assert (asked.prompt.marker, asked.prompt.severity) == (SILENT, MarkerClass.IMMEDIATE)
    assert asked.prompt.handler == "Send a unit to the last known address."
    assert "1 earlier call about the same people: same address, 10 min ago" in asked.prompt.found


async def test_a_force_that_gives_its_history_is_linked_and_another_is_not(night: Night) -> None:
    await night.call(FIRST, came(RANEEM, ELSEWHERE))
    await night.call(SECOND, came(RANEEM))
    await night.call(THIRD, came(RANEEM, ELSEWHERE))
    assert night.links(SECOND) == {FIRST: Strength.LINKED}
    assert SECOND not in night.links(THIRD), "Midshire gives Northshire nothing"


async def test_two_live_calls_are_linked_once_though_no_notice_reaches_the_casebook(night: Night) -> None:
    for leave in night.feeds:
        leave()
    async with asyncio.timeout(60):
        await night.call(FIRST, came(RANEEM), heard("we are at 12 northdown road"))
        await night.call(SECOND, came(RANEEM), heard("we are at 12 northdown road"))
        await night.call(FIRST, heard("he is outside", 1))
        await night.call(SECOND, heard("he is outside", 1))
    for call in (FIRST, SECOND):
        assert len(night.of_kind(LinkFound, call=call)) == 1
    assert len(night.of_kind(HistoryLinked, call=SECOND)) == 1


async def test_a_call_that_goes_on_learns_of_one_that_comes_meanwhile(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    night.clock.advance(60)
    await night.call(SECOND, came(MOTHER), heard("it's about number 12 northdown road"))
    await night.call(FIRST, heard("we are at 12 northdown road"))
    assert set(night.links(FIRST)) == {SECOND}
    assert set(night.links(SECOND)) == {FIRST}
    assert night.last_count(SECOND).earlier_calls == 1
    assert night.state(FIRST).earlier_calls == 0, "the later one is not one before it"


ROOM = CallId("video-1")
SENT_TO = "+447700900333"


def asked_in(to: str, into: LinkKind = LinkKind.VIDEO) -> VideoInvited:
    return VideoInvited(
        at_ms=0, person=SAM.id, link=LinkId("l1"), room=ROOM, into=into, until=START, channel="sms", to=to
    )


async def video_from(night: Night, call: CallId) -> None:
    came_in = CallArrived(at_ms=0, force=MIDSHIRE, doorway=VIDEO, caller="", called="")
    await night.call(ROOM, came_in, VideoOpened(at_ms=0, from_call=call, invited_by=SAM.id))


def told_by(force: str, *known: TransferKnown) -> TransferReceived:
    sheet = TransferSheet(
        transfer="CX1/s1",
        revision=1,
        from_force=ForceId("eastshire"),
        from_name=force,
        to_force=MIDSHIRE,
        call=CallId("CX1"),
        name="Call CX1",
        live=True,
        sent_by="eve",
        known=known,
    )
    return TransferReceived(at_ms=0, sheet=sheet, phone="01632 960111")


async def test_calls_by_every_channel_are_linked_with_each_other_and_each_says_how_it_came(
    night: Night,
) -> None:
    record = Known(kind=EntityKind.NUMBER, value=RANEEM, about="caller")
    noted = EarlierCall(
        call=CallId("old-1"),
        force=MIDSHIRE,
        at=night.clock.now(),
        channel="101",
        imported=True,
        known=(record,),
    )
    await night.history._history.keep(noted, index_keys(LibraryMatcher(), noted))
    night.clock.advance(3600)
    await night.call(FIRST, came(RANEEM), heard("my name is raneem oudeh"))
    await night.call(FIRST, asked_in(RANEEM, LinkKind.TEXT))
    night.clock.advance(60)
    await video_from(night, FIRST)
    night.clock.advance(600)
    handed_over = CallArrived(at_ms=0, force=MIDSHIRE, doorway=TRANSFER, caller=RANEEM, called="")
    await night.call(SECOND, handed_over, told_by("Eastshire Police"))
    night.clock.advance(600)
    await night.call(THIRD, came(RANEEM))
    assert {call: set(night.links(call)) for call in (FIRST, ROOM, SECOND, THIRD)} == {
        FIRST: {noted.call, ROOM, SECOND, THIRD},
        ROOM: {noted.call, FIRST, SECOND, THIRD},
        SECOND: {noted.call, FIRST, ROOM, THIRD},
        THIRD: {noted.call, FIRST, ROOM, SECOND},
    }
    shown = (await night.history.shown(SAM, THIRD)).links
    assert [(one.channel, one.reasons[0]) for one in shown] == [
        ("handed over by Eastshire Police", "same mobile, 10 min ago"),
        ("text call", "same mobile, 20 min ago"),
        ("phone call", "same mobile, 21 min ago"),
        ("earlier record, 101", "same mobile, 81 min ago"),
    ]


async def test_a_video_call_on_another_number_is_linked_to_the_call_that_it_was_asked_in_from(
    night: Night,
) -> None:
    await night.call(FIRST, came(RANEEM), asked_in(SENT_TO))
    night.clock.advance(240)
    await video_from(night, FIRST)
    assert night.links(ROOM) == {FIRST: Strength.LINKED}
    assert night.links(FIRST) == {ROOM: Strength.LINKED}
    (link,) = (await night.history.shown(SAM, ROOM)).links
    assert (link.channel, link.reasons) == ("phone call", ("asked in from it, 4 min ago",))
    (back,) = (await night.history.shown(SAM, FIRST)).links
    assert (back.channel, back.reasons) == ("video call", ("asked in from this call, 4 min later",))
    await night.history.undo_link(doing(SAM), ROOM, FIRST, "a colleague tried the link")
    await night.call(ROOM, heard("hello"))
    assert night.links(ROOM) == {}
    assert night.of_kind(PromptRaised, WatchRaised, SpecialistAssigned, call=ROOM) == []


async def test_whom_another_force_says_that_a_call_is_about_links_it_too(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    await night.history.type_in(doing(HANNAH), FIRST, EntityKind.ADDRESS, "24 Maple Road, Leeds LS6 2AB")
    await night.history.type_in(doing(HANNAH), FIRST, EntityKind.PERSON, "Raneem Oudeh", "victim")
    await night.remembering.look()
    night.clock.advance(600)
    place = TransferKnown(kind=EntityKind.ADDRESS, text="24 Maple Rd, Leeds LS6 2AB", sure=True)
    name = TransferKnown(kind=EntityKind.PERSON, text="Raneem Oudeh", about="victim", sure=False)
    handed_over = CallArrived(at_ms=0, force=MIDSHIRE, doorway=TRANSFER, caller="anonymous", called="")
    await night.call(SECOND, handed_over, told_by("Eastshire Police", place, name))
    assert night.links(SECOND) == {FIRST: Strength.LINKED}
    held = [(one.entity.origin, one.sure) for one in night.state(SECOND).memory.entities.values()]
    assert held == [(Origin.TOLD, True), (Origin.HEARD, False)]
    night.clock.advance(600)
    await night.call(THIRD, came("anonymous"), heard("twenty four maple road"))
    assert {one.channel for one in (await night.history.shown(SAM, THIRD)).links} == {
        "phone call",
        "handed over by Eastshire Police",
    }


async def test_separation_threat_and_stalking_over_calls_raise_one_prompt(night: Night) -> None:
    await night.call(FIRST, came(RANEEM), *_marker("separation", "we split up"))
    night.clock.advance(600)
    await night.call(SECOND, came(RANEEM), *_marker("threat_to_kill", "he said he will kill me"))
    night.clock.advance(600)
    await night.call(THIRD, came(RANEEM), *_marker("stalking_harassment", "he follows me"))
    seen = [
        event.combination
        for event in night.of_kind(CombinationSeen, call=THIRD)
        if isinstance(event, CombinationSeen)
    ]
    assert "separation, threat and stalking" in {one.name for one in seen}
    prompts = [
        event.prompt for event in night.of_kind(PromptRaised, call=THIRD) if isinstance(event, PromptRaised)
    ]
    linked = [prompt for prompt in prompts if prompt.marker == "linked_calls"]
    assert len(linked) == 1
    assert linked[0].severity.value == "immediate"
    await night.call(THIRD, heard("hello", 3))
    assert len([one for one in night.state(THIRD).prompts if one.startswith("m")]) == 1


async def test_two_grave_markers_over_linked_calls_and_one_with_a_recent_call_are_said(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    night.clock.advance(3 * DAY.total_seconds())
    await night.call(SECOND, came(RANEEM), *_marker("threat_to_kill", "he said he will kill me"))
    assert night.combined(SECOND) == ["a grave marker, and a linked call in seven days"]
    night.clock.advance(3 * DAY.total_seconds())
    await night.call(THIRD, came(RANEEM), *_marker("weapon", "he has a knife"))
    assert set(night.combined(THIRD)) == {
        "a grave marker, and a linked call in seven days",
        "two grave markers over linked calls",
    }


async def test_a_linked_call_of_long_ago_makes_no_combination_with_one_grave_marker(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    night.clock.advance(8 * DAY.total_seconds())
    await night.call(SECOND, came(RANEEM), *_marker("threat_to_kill", "he said he will kill me"))
    assert night.links(SECOND) == {FIRST: Strength.LINKED}
    assert night.combined(SECOND) == []


async def test_a_mother_and_a_neighbour_are_linked_about_the_pair_and_counted(night: Night) -> None:
    for call, line in ((FIRST, RANEEM), (SECOND, MOTHER), (THIRD, "anonymous")):
        await night.call(call, came(line))
        await night.history.type_in(doing(HANNAH), call, EntityKind.ADDRESS, "24 Maple Road, Leeds LS6 2AB")
        if call != THIRD:
            await night.history.type_in(doing(HANNAH), call, EntityKind.PERSON, "Raneem Oudeh", "victim")
        await night.remembering.look()
        night.clock.advance(600)
    assert night.links(SECOND)[FIRST] is Strength.LINKED
    assert night.links(THIRD) == {FIRST: Strength.LINKED, SECOND: Strength.LINKED}
    assert night.last_count(THIRD).tonight == 2


@pytest.mark.parametrize("line", ["+441632960111", "anonymous", "+266696687"])
async def test_from_a_hospital_s_telephone_or_none_it_is_the_words_that_link(night: Night, line: str) -> None:
    await night.call(FIRST, came(RANEEM))
    await night.history.type_in(doing(HANNAH), FIRST, EntityKind.PERSON, "Raneem Oudeh", "victim")
    await night.history.type_in(doing(HANNAH), FIRST, EntityKind.ADDRESS, "24 Maple Road, Leeds LS6 2AB")
    await night.call(THIRD, came(line))
    night.clock.advance(60)
    await night.call(SECOND, came(line))
    assert night.links(SECOND) == {}
    await night.history.type_in(doing(HANNAH), SECOND, EntityKind.PERSON, "Raneem Oudeh", "victim")
    await night.history.type_in(doing(HANNAH), SECOND, EntityKind.ADDRESS, "24 Maple Road, Leeds LS6 2AB")
    await night.remembering.look()
    assert night.links(SECOND) == {FIRST: Strength.LINKED}


async def test_earlier_calls_are_shown_with_quotes_and_the_look_is_on_record(
    night: Night,
) -> None:
    await night.call(FIRST, came(RANEEM), *_marker("threat_to_kill", "he said he will kill me"))
    night.clock.advance(600)
    await night.call(SECOND, came(RANEEM))
    shown = await night.history.shown(HANNAH, SECOND)
    assert shown.number == 2
    (link,) = shown.links
    assert (link.call, link.outcome, link.confirmed_by) == (FIRST, "going on now", None)
    assert [marker.quote for marker in link.markers] == ["he said he will kill me"]
    log: AccessLog = night.need_to_know.accesses
    assert FIRST in {one.call for one in await log.find(since=night.clock.now() - timedelta(days=1))}


async def test_who_is_barred_from_an_earlier_call_is_not_shown_it(night: Night) -> None:
    await night.call(FIRST, came(RANEEM))
    await night.call(SECOND, came(RANEEM))
    await night.need_to_know.bars.bar(HANNAH.id, [FIRST], by="sue")
    shown = await night.history.shown(HANNAH, SECOND)
    assert (shown.links, shown.number, shown.counts.year) == ((), 1, 0)
    assert [link.call for link in (await night.history.shown(SAM, SECOND)).links] == [FIRST]


async def test_what_became_of_an_earlier_call_is_told_though_it_came_afterwards(night: Night) -> None:
    became: list[tuple[Event, str]] = [
        (GradeSet(at_ms=0, person=HANNAH.id, grade="priority", was=""), "ended, outcome not told"),
        (UnitNotNeeded(at_ms=0, person=HANNAH.id, reason="she rang off"), "no unit sent"),
        (UnitAssigned(at_ms=0, person=HANNAH.id, unit="MD21"), "unit on its way"),
        (UnitArrived(at_ms=0, person=HANNAH.id, unit="MD21"), "attended"),
        (UnitStoodDown(at_ms=0, person=HANNAH.id, unit="MD21", reason="done"), "attended"),
        (RungBack(at_ms=0, person=HANNAH.id, answered=False), "attended, rung back, no answer"),
    ]
    await night.call(FIRST, came(RANEEM))
    await night.call(SECOND, came(RANEEM))
    await night.call(FIRST, CallEnded(at_ms=0, why=Ending.HUNG_UP))
    for event, outcome in became:
        await night.call(FIRST, event)
        (link,) = (await night.history.shown(HANNAH, SECOND)).links
        assert (link.grade, link.outcome) == ("priority", outcome)


async def test_after_a_restart_what_was_found_is_not_found_again(night: Night) -> None:
    await night.call(FIRST, came(RANEEM), heard("my name is raneem oudeh"))
    await night.call(SECOND, came(RANEEM), heard("my name is raneem oudeh"))
    before = night.journal.events(SECOND)
    again = Remembering(
        night.room, history=night.history._history, matcher=LibraryMatcher(), reader=HeardEntities()
    )
    again._changed[SECOND] = None
    await again.look()
    assert night.journal.events(SECOND) == before


def _marker(marker: str, quote: str) -> tuple[Event, ...]:
    seen = sighted("weapon", quote, utterance=0, at_ms=2000)
    named = replace(seen, sighting=replace(seen.sighting, marker=MarkerId(marker)))
    prompt = raised(1, seen, severity=MarkerClass.HIGH)
    return named, replace(prompt, prompt=replace(prompt.prompt, marker=MarkerId(marker)))
