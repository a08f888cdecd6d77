"""A referral that nobody confirms is chased by people, or stands before the supervisor until it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from server.adapters.store import Store, open_store
from server.domain.casework.directory import Directory, Helper, Nation, Need
from server.domain.casework.events import (
    CaseId,
    Consent,
    ConsentNoted,
    Known,
    PartyId,
    PartyNoted,
    PartyRole,
    ReferralFilled,
    ReferralWay,
    SafeContactNoted,
    ThingId,
)
from server.domain.casework.files import CaseFiles
from server.services.case_desk import CaseDesk, CaseKit
from server.services.referring import Begin, Send
from server.services.refusals import ReadOnly
from tests.services.room import CALL, Room, doing
from tests.stories import HANNAH, SAM, SUE

HELPER = Helper(
    id="paladin",
    name="Paladin",
    nations=frozenset({Nation.ENGLAND}),
    needs=frozenset({"stalking"}),
    number="0808 000 0000",
    hours="day and night",
    verified_on=date(2026, 1, 1),
)
FILES = CaseFiles(directory=Directory(needs=(Need(id="stalking", title="Stalking"),), helpers=(HELPER,)))
DAY_S = 24 * 3600


@dataclass
class Sent:
    """A referral that went out just now."""

    room: Room
    store: Store
    desk: CaseDesk
    case: CaseId
    referral: ThingId

    async def overdue(self) -> list[tuple[str, int, bool]]:
        await self.desk.chasing.look()
        return [(one.service, one.chased, one.escalated) for one in await self.desk.chasing.overdue(SUE)]


@pytest.fixture
async def sent(tmp_path: Path) -> AsyncIterator[Sent]:
    room = await Room().open()
    async with open_store(f"sqlite:{tmp_path}/earshot.db", clock=room.clock) as store:
        yield await send_one(room, store)


async def send_one(room: Room, store: Store) -> Sent:
    """On paper, by Sam, who has just opened a case for it."""
    desk = CaseDesk.of(room.room, CaseKit(book=store.cases, files=lambda _: FILES, markers={}))
    case = await desk.cases.open(doing(SAM), CALL)
    noted = PartyNoted(
        person=SAM.id, party=PartyId(""), role=PartyRole.VICTIM, name="Ann", number="07700900461"
    )
    her = await desk.cases.party(doing(SAM), case, noted)
    safe = SafeContactNoted(person=SAM.id, party=her, phone_safe=Known.YES)
    await desk.cases.contact(doing(SAM), case, safe)
    begin = Begin(service="paladin", party=her, needs=("stalking",))
    name = await desk.referrals.begin(doing(SAM), case, begin)
    filled = ReferralFilled(person=SAM.id, referral=name, help="Safety planning", facts=("He follows her.",))
    await desk.referrals.fill(doing(SAM), case, filled)
    agreed = ConsentNoted(person=SAM.id, referral=name, consent=Consent.YES)
    await desk.referrals.consent(doing(SAM), case, agreed)
    await desk.referrals.send(doing(SAM), case, name, Send(way=ReferralWay.PRINT))
    return Sent(room, store, desk, case, name)


async def test_it_is_overdue_after_a_day_and_the_supervisors_after_another(sent: Sent) -> None:
    assert await sent.overdue() == []
    sent.room.clock.advance(DAY_S + 1)
    assert await sent.overdue() == [("Paladin", 0, False)]
    sent.room.clock.advance(DAY_S)
    assert await sent.overdue() == await sent.overdue() == [("Paladin", 0, True)]
    kinds = [type(entry.event).__name__ for entry in await sent.store.cases.entries(sent.case)]
    assert kinds.count("ReferralEscalated") == 1


async def test_a_chase_sets_it_a_new_time_and_only_the_service_ends_it(sent: Sent) -> None:
    sent.room.clock.advance(2 * DAY_S + 1)
    assert await sent.overdue() == [("Paladin", 0, True)]
    await sent.desk.referrals.chase(doing(SAM), sent.case, sent.referral, "Rang, they will look.")
    assert await sent.overdue() == []
    sent.room.clock.advance(2 * DAY_S + 1)
    assert await sent.overdue() == [("Paladin", 1, True)]
    await sent.desk.referrals.confirm(doing(SAM), sent.case, sent.referral, "J. Osei")
    assert await sent.overdue() == []


async def test_who_is_kept_from_its_call_and_handlers_hear_nothing_of_it(sent: Sent) -> None:
    sent.room.clock.advance(DAY_S + 1)
    await sent.room.need_to_know.bars.bar(SUE.id, [CALL], by="test")
    assert await sent.overdue() == []
    with pytest.raises(ReadOnly):
        await sent.desk.chasing.overdue(HANNAH)
