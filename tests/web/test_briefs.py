"""Briefs by their doors: who may read and send them, the crew's link, and what cannot be lost on transfer."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest_asyncio

from server.adapters.clock import SystemClock
from server.domain.access import AccessKind
from server.domain.casework.events import CallAdded, CaseId, CaseOpened, PartyId, PartyNoted, PartyRole
from server.domain.entities import Entity, EntityKind, Origin
from server.domain.events import CallEnded, Ending, EntityTyped, SheetCarried, SheetRead
from server.domain.ids import CallId, EntityId
from server.domain.integrations import Scope
from server.domain.people import Person
from server.ports.channels import Carriage, NotSent, Receipt, Report
from server.services.api_keys import ApiKeys
from server.services.briefing import Briefing, Channels
from server.services.sheet_views import Showing
from server.web.briefs import LINK_HEADER
from tests.fakes import START
from tests.house import MARKERS, House, open_house
from tests.letterbox import Letterbox
from tests.stories import HANNAH, HARRY, MIDSHIRE, SAM, arrived, opened, raised, sighted
from tests.web.visitor import Visitor, code

CALL, NEXT = CallId("CA1"), CallId("CA2")
BRIEF = "/api/calls/CA1/brief"
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
KNIFE = sighted("weapon", "he has a knife", utterance=1, at_ms=8000)
SMS = {"way": "sms", "name": "TN41", "to": "+447700900555"}


@dataclass
class Pigeon:
    """A text channel that keeps what it was given."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    refuses: str = ""

    async def send(self, to: str, text: str, *, tag: str = "") -> Receipt:
        if self.refuses:
            raise NotSent(self.refuses)
        self.sent.append((to, text))
        return Receipt(reference=f"SM{len(self.sent)}")

    async def carriage(self, reference: str) -> Carriage:
        return Carriage.DELIVERED


@dataclass
class Crewed:
    """Somebody with a link and no account."""

    house: House
    session: aiohttp.ClientSession
    token: str

    async def get(self, after: int = 0) -> tuple[int, Any]:
        url = f"{self.house.url}/api/crew?after={after}"
        async with self.session.get(url, headers={LINK_HEADER: self.token}) as answer:
            return answer.status, await answer.json()

    async def post(self, what: str, body: object) -> tuple[int, Any]:
        headers = {LINK_HEADER: self.token, "Origin": self.house.url}
        async with self.session.post(
            f"{self.house.url}/api/crew/{what}", json=body, headers=headers
        ) as answer:
            return answer.status, await answer.json()


@pytest_asyncio.fixture
async def pigeon() -> Pigeon:
    return Pigeon()


@pytest_asyncio.fixture
async def visitor(tmp_path: Path, pigeon: Pigeon) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address rather than of a name
    async with open_house(tmp_path) as house, aiohttp.ClientSession(cookie_jar=jar) as session:
        house.channels = Channels(text=pigeon)
        await house.restart()
        await house.record(CALL, arrived(), *opened(), THROAT)
        await house.grant(CALL, SAM, HANNAH)
        visitor = Visitor(house, session)
        await visitor.sign_in(SAM.id)
        yield visitor


@pytest_asyncio.fixture
async def stranger() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def sent(visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession, **sending: str) -> Crewed:
    status, answer = await visitor.post(f"{BRIEF}/sheets", {**SMS, **sending})
    assert (status, answer["sheet"]) == (200, "s1")
    ((_, text),) = pigeon.sent
    return Crewed(visitor.house, stranger, link_in(text))


def link_in(text: str) -> str:
    found = re.search(r"/crew#(\S+)", text)
    assert found is not None
    return found.group(1)


async def seen(visitor: Visitor) -> dict[str, Any]:
    status, answer = await visitor.get(BRIEF)
    assert status == 200
    view: dict[str, Any] = answer["view"]
    return view


async def test_whoever_has_the_call_reads_its_brief_and_is_on_record(visitor: Visitor) -> None:
    view = await seen(visitor)
    assert [line["quote"] for line in view["brief"]["heard"]] == ["hands round my throat"]
    assert view["must"] == [{"marker": "strangulation", "title": "Strangulation or suffocation"}]
    looked = await visitor.house.store.accesses.find(since=START.replace(year=2000), kind=AccessKind.VIEWED)
    assert [(one.person, one.call, one.by) for one in looked] == [(SAM.id, CALL, "brief")]


async def test_nobody_else_does_and_a_bar_is_stronger_than_a_grant(visitor: Visitor) -> None:
    await visitor.house.store.bars.bar(SAM.id, [CALL], by="sue")
    assert code(await visitor.get(BRIEF)) == (403, "not-your-call")
    await visitor.sign_in(HARRY.id)
    assert code(await visitor.get(BRIEF)) == (403, "not-your-call")


async def test_nothing_is_sent_again_while_nothing_is_new(visitor: Visitor) -> None:
    seq = (await seen(visitor))["brief"]["seq"]
    assert await visitor.get(f"{BRIEF}?after={seq}") == (200, {})
    await visitor.house.record(CALL, KNIFE)
    assert (await visitor.get(f"{BRIEF}?after={seq}"))[1]["view"]["brief"]["seq"] == seq + 1


async def test_what_was_looked_up_stands_with_its_source_and_the_rest_as_not_checked(
    visitor: Visitor,
) -> None:
    look = {"check": "court orders", "found": "found", "text": "non-mol until May", "source": "PNC"}
    assert (await visitor.post(f"{BRIEF}/checks", look))[0] == 200
    brief = (await seen(visitor))["brief"]
    assert [(one["check"], one["source"]) for one in brief["records"]] == [("court orders", "PNC")]
    assert "bail" in brief["not_checked"]
    empty = {"check": "bail", "found": "found"}
    assert code(await visitor.post(f"{BRIEF}/checks", empty)) == (400, "bad-text")


async def test_the_text_names_nobody_and_its_link_opens_the_brief_for_the_crew(
    visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession
) -> None:
    crew = await sent(visitor, pigeon, stranger)
    ((to, text),) = pigeon.sent
    assert to == "+447700900555"
    assert text.startswith("Brief, Call CA1: ")
    assert "throat" not in text
    status, shown = await crew.get()
    assert status == 200
    assert shown["view"]["brief"]["heard"][0]["quote"] == "hands round my throat"
    (sheet,) = (await seen(visitor))["sheets"]
    assert sheet["opened_at"] is not None
    assert sheet["carried"] == "taken"


async def test_the_crew_sees_what_is_heard_later_and_signs_for_it(
    visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession
) -> None:
    crew = await sent(visitor, pigeon, stranger)
    seq = (await crew.get())[1]["view"]["brief"]["seq"]
    await visitor.house.record(CALL, KNIFE)
    later = (await crew.get(after=seq))[1]
    assert {line["marker"] for line in later["view"]["brief"]["heard"]} == {"strangulation", "weapon"}
    assert (await crew.post("read", {"by": "PC 1234 Ahmed"}))[0] == 200
    (sheet,) = (await seen(visitor))["sheets"]
    assert [one["by"] for one in sheet["readings"]] == ["PC 1234 Ahmed"]


async def test_crew_and_specialist_talk_by_the_call(
    visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession
) -> None:
    crew = await sent(visitor, pigeon, stranger)
    ask = {"by": "PC 1234", "text": "He says she started it. What now?", "id": "q1"}
    assert (await crew.post("ask", ask))[0] == 200
    assert (await crew.post("ask", ask))[0] == 200
    await visitor.post(f"{BRIEF}/advice", {"text": "Ask each alone who is afraid of whom.", "id": "a1"})
    thread = (await crew.get())[1]["view"]["advice"]
    assert [(one["from_crew"], one["by"]) for one in thread] == [(True, "PC 1234"), (False, "sam")]


async def test_arriving_sets_apart_what_is_heard_afterwards(
    visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession
) -> None:
    crew = await sent(visitor, pigeon, stranger)
    assert (await crew.post("there", {"by": "PC 1234"}))[0] == 200
    await visitor.house.record(CALL, KNIFE)
    view = await seen(visitor)
    assert view["there_at"] is not None
    assert {one["marker"]: one["after_arrival"] for one in view["brief"]["heard"]} == {
        "strangulation": False,
        "weapon": True,
    }


async def test_a_transfer_cannot_be_signed_for_until_all_that_must_not_be_lost_is_named(
    visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession
) -> None:
    await visitor.house.record(CALL, KNIFE)
    other = await sent(visitor, pigeon, stranger, kind="transfer", name="Westshire Police")
    signing = {"by": "Sgt Okafor", "named": ["weapon"]}
    status, answer = await other.post("read", signing)
    assert (status, answer["error"]["code"]) == (409, "not-all-named")
    assert "Strangulation" in answer["error"]["message"]
    assert (await seen(visitor))["responsible"] == "midshire"
    named = {"by": "Sgt Okafor", "named": ["weapon", "strangulation"]}
    assert (await other.post("read", named))[0] == 200
    view = await seen(visitor)
    assert (view["responsible"], view["sheets"][0]["took_over"]) == ("Westshire Police", True)


async def test_what_is_heard_after_a_transfer_was_signed_for_has_to_be_named_too(
    visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession
) -> None:
    other = await sent(visitor, pigeon, stranger, kind="transfer", name="Westshire Police")
    await other.post("read", {"by": "Sgt Okafor", "named": ["strangulation"]})
    await visitor.house.record(CALL, KNIFE)
    view = await seen(visitor)
    assert view["responsible"] == "midshire"
    assert [one["marker"] for one in view["sheets"][0]["missing"]] == ["weapon"]


async def next_call(house: House, *people: Person) -> None:
    """The caller's first call ends in a danger to life, and they ring again."""
    await house.record(CALL, raised(1, THROAT), CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    await house.remembering.look()
    await house.grant(NEXT, *people)
    await house.record(NEXT, arrived(), *opened())
    await house.remembering.look()


async def test_what_was_said_on_an_earlier_call_goes_with_the_brief_and_the_look_at_it_is_on_record(
    visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession
) -> None:
    house = visitor.house
    await next_call(house, SAM)
    view = (await visitor.get(f"/api/calls/{NEXT}/brief"))[1]["view"]
    (earlier,) = view["brief"]["earlier"]
    assert (earlier["call"], earlier["marker"]) == (CALL, "strangulation")
    assert (earlier["title"], earlier["quote"]) == ("Strangulation or suffocation", "hands round my throat")
    assert earlier["said_at"]
    assert "“hands round my throat”" in dict(view["lead"])["Police record"]
    assert "on an earlier call: quote, hands round my throat, unquote" in view["spoken"]
    looked = await house.store.accesses.find(
        since=START.replace(year=2000), call=CALL, kind=AccessKind.VIEWED
    )
    assert [(one.person, one.by) for one in looked] == [(SAM.id, "brief")]
    assert (await visitor.post(f"/api/calls/{NEXT}/brief/sheets", SMS))[0] == 200
    crew = Crewed(house, stranger, link_in(pigeon.sent[0][1]))
    assert [one["quote"] for one in (await crew.get())[1]["view"]["brief"]["earlier"]] == [earlier["quote"]]
    await house.store.history.forget(CALL)
    assert (await crew.get())[1]["view"]["brief"]["earlier"] == [], "what is erased is in no brief"


async def test_who_is_barred_from_an_earlier_call_reads_nothing_of_it_in_the_brief(visitor: Visitor) -> None:
    await next_call(visitor.house, SAM)
    await visitor.house.store.bars.bar(SAM.id, [CALL], by="sue")
    status, answer = await visitor.get(f"/api/calls/{NEXT}/brief")
    assert (status, answer["view"]["brief"]["earlier"], answer["view"]["brief"]["earlier_calls"]) == (
        200,
        [],
        0,
    )
    assert "throat" not in str(answer)


async def test_who_is_barred_from_an_earlier_call_sends_no_link_to_a_brief_that_quotes_it(
    visitor: Visitor, pigeon: Pigeon
) -> None:
    await next_call(visitor.house, SAM, HARRY)
    await visitor.house.store.bars.bar(SAM.id, [CALL], by="sue")
    sheets = f"/api/calls/{NEXT}/brief/sheets"
    assert code(await visitor.post(sheets, SMS)) == (409, "somebody-else-sends")
    assert pigeon.sent == []
    assert (await visitor.post(sheets, {**SMS, "way": "radio"}))[0] == 200
    await visitor.sign_in(HARRY.id)
    assert (await visitor.post(sheets, SMS))[0] == 200


async def test_a_read_back_over_the_radio_is_put_on_record_for_them(visitor: Visitor) -> None:
    radio = {"way": "radio", "name": "Westshire Police", "kind": "transfer"}
    assert (await visitor.post(f"{BRIEF}/sheets", radio))[0] == 200
    read = {"by": "Sgt Okafor", "named": ["strangulation"]}
    assert (await visitor.post(f"{BRIEF}/sheets/s1/read", read))[0] == 200
    events = [entry.event for entry in await visitor.house.store.journal.entries(CALL)]
    (signed,) = [one for one in events if isinstance(one, SheetRead)]
    assert (signed.by, signed.person, signed.named) == ("Sgt Okafor", SAM.id, ("strangulation",))


async def test_a_brief_never_goes_to_the_caller_s_own_number(visitor: Visitor, pigeon: Pigeon) -> None:
    wrong = {**SMS, "to": "+447700900123"}
    assert code(await visitor.post(f"{BRIEF}/sheets", wrong)) == (409, "callers-own")
    assert pigeon.sent == []


async def test_nor_to_anybody_of_the_call_s_cases_nor_to_a_number_that_was_given_on_the_call(
    visitor: Visitor, pigeon: Pigeon
) -> None:
    """On a neighbour's call, which is not the victim's."""
    mother = Entity(
        id=EntityId("e1"),
        kind=EntityKind.NUMBER,
        text="07700 900777",
        value="+447700900777",
        about="mother",
        origin=Origin.TYPED,
    )
    await visitor.house.record(CALL, EntityTyped(at_ms=0, person=HANNAH.id, entity=mother))
    people = {"Karl Novak": ("07700 900666", PartyRole.SUSPECT), "Ivy": ("07700900888", PartyRole.CHILD)}
    noted = [
        PartyNoted(person=SAM.id, party=PartyId(name), role=role, name=name, number=number)
        for name, (number, role) in people.items()
    ]
    about = CaseOpened(person=SAM.id, force=MIDSHIRE), CallAdded(person=SAM.id, call=CALL)
    await visitor.house.store.cases.append(CaseId("case-1"), [*about, *noted], after=0)
    for number in ("+447700900777", "+447700900666", "+447700900888"):
        wrong = {**SMS, "to": number}
        assert code(await visitor.post(f"{BRIEF}/sheets", wrong)) == (409, "their-number")
    assert pigeon.sent == []
    assert (await visitor.post(f"{BRIEF}/sheets", SMS))[0] == 200


async def test_a_channel_that_fails_is_said_on_the_sheet(visitor: Visitor, pigeon: Pigeon) -> None:
    pigeon.refuses = "the provider refused the number"
    assert (await visitor.post(f"{BRIEF}/sheets", SMS))[0] == 200
    (sheet,) = (await seen(visitor))["sheets"]
    assert (sheet["carried"], sheet["why"]) == ("failed", "the provider refused the number")


async def test_what_the_provider_says_later_stands_on_the_sheet_and_no_other_message_does(
    visitor: Visitor, pigeon: Pigeon
) -> None:
    assert (await visitor.post(f"{BRIEF}/sheets", SMS))[0] == 200
    desk = Briefing(visitor.house.room, Showing(markers=MARKERS), visitor.house.sheet_rules())
    for tag in ("", "l17", "sheet/CA1/s9", "sheet/CA9/s1", "sheet/CA1/s1"):
        await desk.report(Report(tag=tag, carriage=Carriage.FAILED, instead="Ring them."))
    (sheet,) = (await seen(visitor))["sheets"]
    assert (sheet["carried"], sheet["why"]) == ("failed", "Ring them.")


async def test_a_way_that_is_not_set_up_is_refused_and_shown_as_such(visitor: Visitor) -> None:
    assert (await visitor.get(BRIEF))[1]["ways"]["email"] is False
    mail = {"way": "email", "name": "TN41", "to": "tn41@northshire.example"}
    assert code(await visitor.post(f"{BRIEF}/sheets", mail)) == (409, "no-channel")


async def test_a_brief_goes_by_e_mail_as_a_link_that_opens_it_and_no_word_of_the_call(
    visitor: Visitor, stranger: aiohttp.ClientSession
) -> None:
    letterbox = Letterbox()
    visitor.house.channels = Channels(mail=letterbox)
    await visitor.house.restart()
    assert (await visitor.get(BRIEF))[1]["ways"]["email"] is True
    mail = {"way": "email", "name": "TN41", "to": "tn41@northshire.example"}
    assert (await visitor.post(f"{BRIEF}/sheets", mail))[0] == 200
    (letter,) = letterbox.sent
    assert (letter.to, letter.subject) == ("tn41@northshire.example", "Brief, Call CA1")
    assert "throat" not in letter.text
    (sheet,) = (await seen(visitor))["sheets"]
    assert (sheet["way"], sheet["carried"]) == ("email", "taken")
    status, answer = await Crewed(visitor.house, stranger, link_in(letter.text)).get()
    assert status == 200
    assert [line["quote"] for line in answer["view"]["brief"]["heard"]] == ["hands round my throat"]


async def test_a_closed_link_and_a_forged_one_open_nothing(
    visitor: Visitor, pigeon: Pigeon, stranger: aiohttp.ClientSession
) -> None:
    crew = await sent(visitor, pigeon, stranger)
    forged = Crewed(visitor.house, stranger, crew.token[:-2] + "AA")
    assert code(await forged.get()) == (410, "link-over")
    await visitor.post(f"{BRIEF}/sheets/s1/end", {})
    assert code(await crew.get()) == (410, "link-over")
    assert code(await crew.post("ask", {"by": "PC 1", "text": "Hello?"})) == (410, "link-over")


async def test_an_act_sent_twice_is_sent_once(visitor: Visitor, pigeon: Pigeon) -> None:
    for _ in range(2):
        assert (await visitor.post(f"{BRIEF}/sheets", {**SMS, "id": "x1"}))[1]["sheet"] == "s1"
    assert len(pigeon.sent) == 1


async def test_a_brief_of_a_call_that_has_ended_is_still_read_and_sent(
    visitor: Visitor, pigeon: Pigeon
) -> None:
    await visitor.house.record(CALL, CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    assert (await visitor.post(f"{BRIEF}/sheets", SMS))[0] == 200
    events = [entry.event for entry in await visitor.house.store.journal.entries(CALL)]
    assert isinstance(events[-1], SheetCarried)


async def system(visitor: Visitor, session: aiohttp.ClientSession, *scopes: Scope) -> Crewed:
    keys = ApiKeys(book=visitor.house.store.keys, clock=SystemClock())
    _, token = await keys.issue("cad", MIDSHIRE, scopes)
    return Crewed(visitor.house, session, token)


async def asked(cad: Crewed, method: str, path: str, body: object = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {cad.token}"}
    url = f"{cad.house.url}/api/v1/calls/CA1/brief{path}"
    async with cad.session.request(method, url, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_the_control_system_fetches_what_it_was_given_and_says_who_read_it(
    visitor: Visitor, stranger: aiohttp.ClientSession
) -> None:
    cad = await system(visitor, stranger, Scope.BRIEFS)
    await visitor.post(f"{BRIEF}/sheets", {"way": "api", "name": "Westshire Police", "kind": "transfer"})
    status, fetched = await asked(cad, "GET", "")
    assert (status, [line["quote"] for line in fetched["heard"]]) == (200, ["hands round my throat"])
    signing = {"id": "r1", "by": "Sgt Okafor"}
    status, problem = await asked(cad, "POST", "/sheets/s1/read", signing)
    assert (status, problem["code"]) == (409, "not-all-named")
    named = {**signing, "named": ["strangulation"]}
    assert (await asked(cad, "POST", "/sheets/s1/read", named))[0] == 200
    (sheet,) = (await seen(visitor))["sheets"]
    assert (sheet["took_over"], sheet["opened_at"] is not None) == (True, True)


async def test_a_key_without_the_scope_fetches_no_brief_and_signs_for_none_that_was_sent_elsewhere(
    visitor: Visitor, stranger: aiohttp.ClientSession
) -> None:
    other = await system(visitor, stranger, Scope.CALLS, Scope.JOURNAL)
    assert (await asked(other, "GET", ""))[0] == 403
    await visitor.post(f"{BRIEF}/sheets", SMS)
    cad = await system(visitor, stranger, Scope.BRIEFS)
    status, problem = await asked(cad, "POST", "/sheets/s1/read", {"id": "r1", "by": "Sgt Okafor"})
    assert (status, problem["code"]) == (404, "no-such-sheet")
