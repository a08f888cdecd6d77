"""Cases by their doors: who may know of one, what stands suggested, what people answer, how referrals go."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_string
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from server.adapters.clock import SystemClock
from server.domain.casework.directory import Directory, Helper, Nation, Need
from server.domain.casework.files import CaseFiles
from server.domain.casework.forms import Form, Question, Section
from server.domain.casework.marac import MaracText
from server.domain.ids import CallId, MarkerId
from server.domain.integrations import Scope
from server.services.api_keys import ApiKeys
from server.services.briefing import Channels
from tests.adapters.channels.maildrop import drop
from tests.house import open_house
from tests.letterbox import Letterbox
from tests.stories import HANNAH, MIDSHIRE, SAM, SUE, arrived, opened, sighted
from tests.web.visitor import Visitor, code

CALL, LATER = CallId("CA1"), CallId("CA2")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
THREAT = MarkerId("strangulation")
TODAY = SystemClock().now().date()
FORM = Form(
    id="general",
    version="1",
    title="Risk conversation",
    about="For a specialist.",
    licence="Ours",
    levels=("standard", "high"),
    sections=(
        Section(
            title="This time",
            questions=(
                Question(id="neck", ask="Has anybody pressed on their neck?", markers=frozenset({THREAT})),
                Question(id="words", ask="In their own words?", answers=()),
            ),
        ),
    ),
    marac_yes=1,
)


def helper(name: str, need: str, *, checked: date | None = TODAY, email: str = "") -> Helper:
    return Helper(
        id=name,
        name=name.title(),
        nations=frozenset({Nation.ENGLAND}),
        needs=frozenset({need}),
        number="0808 000 0000",
        hours="day and night",
        email=email,
        verified_on=checked,
    )


def text(nation: Nation, **criteria: str) -> MaracText:
    return MaracText(
        nation=nation, title="Conference", about="People decide.", without_consent="Say why.",
        criteria=criteria, source="ours",
    )  # fmt: skip


FILES = CaseFiles(
    forms={FORM.id: FORM},
    directory=Directory(
        needs=(
            Need(id="stalking", title="Stalking", markers=frozenset({THREAT})),
            Need(id="children", title="Children"),
        ),
        helpers=(
            helper("paladin", "stalking", email="in@paladin.example"),
            helper("childline", "children"),
            helper("stale", "stalking", checked=date(2026, 1, 1)),
            helper("never", "stalking", checked=None),
        ),
    ),
    maracs={
        Nation.ENGLAND: text(
            Nation.ENGLAND, judgement="You are concerned.", escalation="Three.", visible="As many."
        ),
        Nation.SCOTLAND: text(Nation.SCOTLAND, judgement="Scotland's own."),
    },
    nation=Nation.ENGLAND,
)


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest_asyncio.fixture
async def visitor(tmp_path: Path, letterbox: Letterbox) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address rather than of a name
    async with open_house(tmp_path) as house, aiohttp.ClientSession(cookie_jar=jar) as session:
        house.channels = Channels(mail=letterbox)
        house.case_files = FILES
        await house.restart()
        await house.record(CALL, arrived(), *opened(), THROAT)
        await house.record(LATER, arrived(), *opened())
        visitor = Visitor(house, session)
        await visitor.sign_in(SAM.id)
        yield visitor


async def opened_case(visitor: Visitor) -> str:
    status, answer = await visitor.post("/api/cases", {"call": CALL})
    assert status == 200
    return f"/api/cases/{answer['case']}"


async def view(visitor: Visitor, case: str, query: str = "") -> dict[str, Any]:
    status, answer = await visitor.get(case + query)
    assert status == 200, answer
    shown: dict[str, Any] = answer
    return shown


async def done(visitor: Visitor, path: str, **body: object) -> dict[str, Any]:
    status, answer = await visitor.post(path, body)
    assert status == 200, answer
    given: dict[str, Any] = answer
    return given


async def somebody(visitor: Visitor, case: str, role: str = "victim", name: str = "Aisha K") -> str:
    return str((await done(visitor, f"{case}/parties", role=role, name=name))["party"])


async def test_a_call_opens_one_case_however_often_it_is_asked_for(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    assert await opened_case(visitor) == case
    shown = await view(visitor, case)
    assert [(one["call"], one["lines"][0]["quote"]) for one in shown["calls"]] == [
        (CALL, "hands round my throat")
    ]


async def test_handlers_keep_no_cases(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    await visitor.sign_in(HANNAH.id)
    assert code(await visitor.get(case)) == (403, "read-only")
    assert code(await visitor.post("/api/cases", {"call": CALL})) == (403, "read-only")


async def test_a_bar_on_one_call_hides_the_whole_case_even_after_the_call_was_taken_out(
    visitor: Visitor,
) -> None:
    case = await opened_case(visitor)
    await done(visitor, f"{case}/calls", call=LATER)
    await done(visitor, f"{case}/calls/{LATER}/remove", note="Another couple.")
    await visitor.house.store.bars.bar(SUE.id, [LATER], by="sam")
    await visitor.sign_in(SUE.id)
    assert code(await visitor.get(case)) == (404, "no-such-case")


async def test_a_case_that_somebody_is_barred_from_is_not_in_their_list(visitor: Visitor) -> None:
    await opened_case(visitor)
    await visitor.house.store.bars.bar(SUE.id, [CALL], by="sam")
    await visitor.sign_in(SUE.id)
    assert (await visitor.get("/api/cases"))[1]["cases"] == []
    await visitor.sign_in(SAM.id)
    assert len((await visitor.get("/api/cases"))[1]["cases"]) == 1


async def test_an_order_that_nobody_checked_is_counted_until_somebody_does(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    await done(visitor, f"{case}/orders", kind="non-molestation order", terms="no contact")
    (order,) = (await view(visitor, case))["orders"]
    assert order["checked_at"] is None
    assert (await visitor.get("/api/cases"))[1]["cases"][0]["not_checked"] == 1
    checked = f"{case}/orders/{order['noted']['order']}/checked"
    await done(visitor, checked, found="found", source="family court", text="in force until May")
    (order,) = (await view(visitor, case))["orders"]
    assert (order["checked"]["source"], order["checked_at"] is not None) == ("family court", True)


async def test_who_fears_whom_is_one_direction_at_a_time(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    her, him = await somebody(visitor, case), await somebody(visitor, case, "suspect", "Adam B")
    await done(visitor, f"{case}/fears", who=her, of=him, afraid="yes", words="she hid in the bathroom")
    await done(visitor, f"{case}/fears", who=him, of=her, afraid="no", words="he laughed when asked")
    fears = (await view(visitor, case))["fears"]
    assert [(one["who"], one["of"], one["afraid"]) for one in fears] == [(her, him, "yes"), (him, her, "no")]
    wrong = {"who": her, "of": her, "afraid": "yes", "words": "herself"}
    assert code(await visitor.post(f"{case}/fears", wrong)) == (400, "bad-text")


async def test_calls_suggest_and_a_person_answers_and_every_answer_is_kept(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    form = (await done(visitor, f"{case}/assessments", form="general"))["assessment"]
    (one,) = (await view(visitor, case))["assessments"]
    (suggested,) = one["suggested"]["neck"]
    assert (suggested["quote"], suggested["says"], suggested["call"]) == (
        "hands round my throat",
        "says so",
        CALL,
    )
    assert one["stands"]["answers"] == {}
    for answer in ("not known", "yes"):
        await done(visitor, f"{case}/assessments/{form}/answers", question="neck", answer=answer)
    (one,) = (await view(visitor, case))["assessments"]
    given = one["stands"]["answers"]["neck"]
    assert (given["given"]["answer"], given["given"]["person"], given["before"]) == (
        "yes",
        "sam",
        ["not known"],
    )


async def test_a_search_offers_what_the_forms_can_conclude_and_handlers_no_cases(visitor: Visitor) -> None:
    _, terms = await visitor.get("/api/search/terms")
    assert terms["case_outcomes"][-2:] == ["assessed standard", "assessed high"]
    assert {"assessed", "closed", "referral sent"} <= set(terms["case_outcomes"])
    await visitor.sign_in(HANNAH.id)
    assert (await visitor.get("/api/search/terms"))[1]["case_outcomes"] == []


async def test_what_was_signed_does_not_change_any_more(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    form = (await done(visitor, f"{case}/assessments", form="general"))["assessment"]
    path = f"{case}/assessments/{form}"
    await done(visitor, f"{path}/sign", level="high", judgement="Strangled tonight, and he is still there.")
    late = {"question": "neck", "answer": "no"}
    assert code(await visitor.post(f"{path}/answers", late)) == (409, "signed")
    unknown = {"level": "very high", "judgement": "x"}
    assert code(await visitor.post(f"{path}/sign", unknown))[1] == "signed"


@pytest.mark.parametrize(("question", "answer"), [("nothing", "yes"), ("neck", "maybe")])
async def test_only_what_the_form_asks_is_answered(visitor: Visitor, question: str, answer: str) -> None:
    case = await opened_case(visitor)
    form = (await done(visitor, f"{case}/assessments", form="general"))["assessment"]
    given = {"question": question, "answer": answer}
    assert code(await visitor.post(f"{case}/assessments/{form}/answers", given)) == (404, "no-such-form")


async def test_services_are_matched_by_need_with_the_reason_and_stale_ones_are_not_shown(
    visitor: Visitor,
) -> None:
    case = await opened_case(visitor)
    shown = await view(visitor, case)
    assert {one["id"]: len(one["suggested"]) for one in shown["needs"]} == {"stalking": 1, "children": 0}
    assert shown["unchecked_services"] == 2
    _, answer = await visitor.get(f"{case}/services?nation=england&needs=stalking")
    assert [(one["helper"]["id"], one["because"]) for one in answer["services"]] == [
        ("paladin", ["for stalking"])
    ]
    assert (await visitor.get(f"{case}/services?nation=wales&needs=stalking"))[1]["services"] == []


async def test_the_conference_is_described_in_the_nation_s_own_words_and_by_its_own_criteria(
    visitor: Visitor,
) -> None:
    case = await opened_case(visitor)
    await done(visitor, f"{case}/judgement", refer=True, why="Strangulation and separation.")
    english, scottish = await view(visitor, case), await view(visitor, case, "?nation=scotland")
    met = {one["name"]: one["met"] for one in english["marac"]["criteria"]}
    assert met == {"judgement": True, "escalation": False}
    assert [one["name"] for one in scottish["marac"]["criteria"]] == ["judgement"]
    assert scottish["marac"]["text"]["criteria"]["judgement"] == "Scotland's own."


async def test_three_calls_in_a_year_and_the_makers_count_are_listed_as_met(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    await visitor.house.record(CallId("CA3"), arrived(), *opened())
    for call in (LATER, "CA3"):
        await done(visitor, f"{case}/calls", call=call)
    form = (await done(visitor, f"{case}/assessments", form="general"))["assessment"]
    await done(visitor, f"{case}/assessments/{form}/answers", question="neck", answer="yes")
    await done(visitor, f"{case}/assessments/{form}/sign", level="high", judgement="Strangled.")
    marac = (await view(visitor, case))["marac"]
    assert {one["name"]: one["met"] for one in marac["criteria"]} == {
        "judgement": False,
        "visible": True,
        "escalation": True,
    }


async def drafted(visitor: Visitor, case: str) -> str:
    her = await somebody(visitor, case)
    begun = await done(visitor, f"{case}/referrals", service="paladin", party=her, needs=["stalking"])
    await done(visitor, f"{case}/contacts", party=her, phone_safe="yes", when="mornings", word="library")
    return f"{case}/referrals/{begun['referral']}"


async def filled(visitor: Visitor, case: str) -> str:
    referral = await drafted(visitor, case)
    fact = "Said on 22 November: “hands round my throat”"
    await done(visitor, f"{referral}/fill", help="Safety planning", facts=[fact])
    return referral


async def test_a_referral_names_what_it_lacks_and_is_not_sent_until_it_has_it(
    visitor: Visitor, letterbox: Letterbox
) -> None:
    case = await opened_case(visitor)
    referral = await drafted(visitor, case)
    status, answer = await visitor.post(f"{referral}/send", {"way": "email"})
    assert (status, answer["error"]["code"]) == (409, "not-ready")
    assert "what help is asked for" in answer["error"]["message"]
    assert "whether they agree" in answer["error"]["message"]
    assert letterbox.sent == []


async def test_without_their_agreement_it_needs_a_basis_and_a_reason(
    visitor: Visitor, letterbox: Letterbox
) -> None:
    case = await opened_case(visitor)
    referral = await filled(visitor, case)
    await done(visitor, f"{referral}/consent", consent="unsafe to ask")
    (one,) = (await view(visitor, case))["referrals"]
    assert "the lawful basis for going without their agreement" in one["gaps"]
    basis = "to prevent serious harm: necessary and proportionate"
    await done(visitor, f"{referral}/consent", consent="unsafe to ask", basis=basis, why="Strangled twice.")
    await done(visitor, f"{referral}/send", way="email")
    (mail,) = letterbox.sent
    assert "WITHOUT THEIR AGREEMENT (unsafe to ask)" in mail.text
    assert "Why: Strangled twice." in mail.text


async def test_a_sent_referral_holds_the_words_and_the_safe_way_and_waits_to_be_confirmed(
    visitor: Visitor, letterbox: Letterbox
) -> None:
    case = await opened_case(visitor)
    referral = await filled(visitor, case)
    await done(visitor, f"{referral}/consent", consent="yes")
    await done(visitor, f"{referral}/send", way="email", id="s1")
    await done(visitor, f"{referral}/send", way="email", id="s1")
    (mail,) = letterbox.sent
    assert (mail.to, mail.subject) == ("in@paladin.example", "A referral for you, in confidence")
    assert "hands round my throat" in mail.text
    assert "Say, so that they know who rings: library" in mail.text
    (one,) = (await view(visitor, case))["referrals"]
    assert (one["stands"]["carried"]["carried"], one["overdue"]) == ("taken", False)
    await done(visitor, f"{referral}/chase", note="Rang the office, nobody there.")
    await done(visitor, f"{referral}/confirm", by="J. Osei, duty worker")
    (one,) = (await view(visitor, case))["referrals"]
    assert one["stands"]["confirmed"]["by"] == "J. Osei, duty worker"
    assert code(await visitor.post(f"{referral}/chase", {"note": "again"})) == (409, "not-ready")


async def test_a_mail_server_that_refuses_is_said_on_the_referral(
    visitor: Visitor, letterbox: Letterbox
) -> None:
    letterbox.refuses = "the mail server refused the address"
    case = await opened_case(visitor)
    referral = await filled(visitor, case)
    await done(visitor, f"{referral}/consent", consent="yes")
    await done(visitor, f"{referral}/send", way="email")
    (one,) = (await view(visitor, case))["referrals"]
    assert one["stands"]["carried"]["why"] == "the mail server refused the address"


async def test_nobody_is_referred_to_a_service_that_was_not_checked_lately(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    her = await somebody(visitor, case)
    stale = {"service": "stale", "party": her}
    assert code(await visitor.post(f"{case}/referrals", stale)) == (404, "no-such-service")


async def test_looking_at_a_case_is_on_record_for_it_and_for_every_call_it_quotes(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    await view(visitor, case)
    looked = await visitor.house.store.accesses.find(since=datetime(2026, 1, 1, tzinfo=UTC), person=SAM.id)
    assert {one.call for one in looked if one.by == "case"} == {case.rpartition("/")[2], CALL}


async def test_a_referral_by_the_other_system_waits_there_until_the_service_has_it(visitor: Visitor) -> None:
    case = await opened_case(visitor)
    referral = await filled(visitor, case)
    await done(visitor, f"{referral}/consent", consent="yes")
    await done(visitor, f"{referral}/send", way="api")
    keys = ApiKeys(book=visitor.house.store.keys, clock=SystemClock())
    _, token = await keys.issue("cad", MIDSHIRE, [Scope.REFERRALS])
    visitor.session.headers["Authorization"] = f"Bearer {token}"
    _, waiting = await visitor.get("/api/v1/referrals")
    (one,) = waiting["items"]
    assert (one["service"], "hands round my throat" in one["letter"]) == ("Paladin", True)
    received = f"/api/v1/cases/{one['case']}/referrals/{one['referral']}/received"
    assert (await visitor.post(received, {"id": "r1", "by": "J. Osei"}))[0] == 200
    assert (await visitor.get("/api/v1/referrals"))[1]["items"] == []
    (one,) = (await view(visitor, case))["referrals"]
    assert one["stands"]["confirmed"]["by"] == "J. Osei"


async def test_a_referral_goes_over_a_real_mail_server_and_its_receipt_stands_beside_it(
    visitor: Visitor,
) -> None:
    async with drop() as (taking, mail):
        visitor.house.channels = Channels(mail=mail)
        await visitor.house.restart()
        await visitor.sign_in(SAM.id)
        case = await opened_case(visitor)
        referral = await filled(visitor, case)
        await done(visitor, f"{referral}/consent", consent="yes")
        await done(visitor, f"{referral}/send", way="email")
    (body,) = taking.taken
    message = message_from_string(body)
    assert (message["To"], message["Subject"]) == ("in@paladin.example", "A referral for you, in confidence")
    assert "Safety planning" in body
    (one,) = (await view(visitor, case))["referrals"]
    assert (one["stands"]["carried"]["carried"], one["stands"]["carried"]["reference"]) == (
        "taken",
        message["Message-ID"],
    )


async def test_an_assessment_keeps_the_form_as_it_was_begun_whatever_becomes_of_the_file(
    visitor: Visitor,
) -> None:
    case = await opened_case(visitor)
    begun = await done(visitor, f"{case}/assessments", form=FORM.id)
    (first, *_) = FORM.questions
    newer = replace(
        FORM, version="2", sections=(Section(title="New", questions=(Question(id="new", ask="New?"),)),)
    )
    visitor.house.case_files = replace(FILES, forms={FORM.id: newer})
    await visitor.house.restart()
    await visitor.sign_in(SAM.id)
    answers = f"{case}/assessments/{begun['assessment']}/answers"
    await done(visitor, answers, question=first.id, answer=first.answers[0])
    (one,) = (await view(visitor, case))["assessments"]
    asked = [question["ask"] for section in one["form"]["sections"] for question in section["questions"]]
    assert (one["form"]["version"], asked[0]) == ("1", first.ask)
    assert [form["version"] for form in (await view(visitor, case))["forms"]] == ["2"]
