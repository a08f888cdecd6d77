"""What people do on calls, over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from server.domain.events import (
    Escalation,
    HandlerAssigned,
    PromptEscalated,
    PromptOwned,
    ReviewAsked,
    ReviewWhy,
    SpecialistAssigned,
    WhisperSent,
)
from server.domain.ids import CallId, PromptId
from server.domain.markers import MarkerClass
from server.domain.speech import Party
from tests.house import House, open_house
from tests.stories import HANNAH, SAM, SUE, arrived, opened, raised, said, sighted
from tests.web.visitor import Visitor, code

CALL = CallId("CA1")
HERE = "/api/calls/CA1"
P1 = f"{HERE}/prompts/p1"
SAID = said(Party.CALLER, 0, "he had his hands round my throat", at_ms=4000)
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
WORDS = {"party": "caller", "utterance": 0, "from_word": 3, "to_word": 5}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        await house.record(CALL, arrived(), *opened(), HandlerAssigned(at_ms=0, person=HANNAH.id))
        await house.record(CALL, SpecialistAssigned(at_ms=0, person=SAM.id), SAID, THROAT)
        await house.record(CALL, raised(1, THROAT, severity=MarkerClass.HIGH))
        await house.grant(CALL, HANNAH, SAM)
        yield house


@pytest.fixture
async def visitor(house: House) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # cookies of an address rather than of a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield Visitor(house, session)


async def kinds(house: House) -> list[str]:
    return [type(entry.event).__name__ for entry in await house.store.journal.entries(CALL)]


async def test_a_prompt_lives_through_all_its_steps(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    before = len(await kinds(house))
    for step, body in (
        ("own", {"id": "a1"}),
        ("drop", {"id": "a2"}),
        ("asked", {"id": "a3"}),
        ("share", {"id": "a4"}),
        ("answer", {"id": "a5", "outcome": "not safe to ask"}),
    ):
        assert await visitor.post(f"{P1}/{step}", body) == (200, {})
        assert await visitor.post(f"{P1}/{step}", body) == (200, {})
    assert (await kinds(house))[before:] == [
        "PromptOwned",
        "PromptDropped",
        "PromptOwned",
        "PromptAsked",
        "PromptShared",
        "PromptAnswered",
    ]
    last = len(await kinds(house))
    assert await visitor.post(f"{P1}/undo", {"id": "a6", "step": last}) == (200, {})
    assert await visitor.post(f"{P1}/undo", {"id": "a6", "step": last}) == (200, {})
    assert (await kinds(house))[last:] == ["PromptUndone"]


async def test_a_whisper_goes_to_the_handler_and_comes_back(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    sent = await visitor.post(f"{HERE}/whispers", {"id": "w", "text": "Ask about her neck", "prompt": "p1"})
    assert sent == (200, {"whisper": "w1"})
    await visitor.sign_in("hannah")
    assert await visitor.post(f"{HERE}/whispers/w1/read", {}) == (200, {})
    assert await visitor.post(f"{HERE}/whispers/w1/reply", {"reply": "will ask"}) == (200, {})
    assert (await kinds(house))[-3:] == ["WhisperSent", "WhisperRead", "WhisperAnswered"]
    assert code(await visitor.post(f"{HERE}/whispers/w9/read", {})) == (404, "no-such-whisper")


async def test_words_are_marked_asked_about_and_judged(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    assert await visitor.post(f"{HERE}/markers", {**WORDS, "marker": "weapon"}) == (200, {})
    asked = await visitor.post(f"{HERE}/prompts", {**WORDS, "ask": "Can you breathe now?"})
    assert asked == (200, {"prompt": "h2"})
    judged = {"marker": "strangulation", "party": "caller", "utterance": 0, "verdict": "true"}
    assert await visitor.post(f"{HERE}/judgements", judged) == (200, {})
    assert (await kinds(house))[-2:] == ["MarkerJudged", "PromptShared"]


async def test_a_call_is_handed_over_released_and_taken(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("sue")
    assert await visitor.post(f"{HERE}/release", {"id": "r1", "note": "end of shift"}) == (200, {})
    assert code(await visitor.post(f"{HERE}/release", {})) == (409, "no-specialist")
    assert await visitor.post(f"{HERE}/hand-over", {"to": "sam"}) == (200, {})
    assert code(await visitor.post(f"{HERE}/hand-over", {"to": "hannah"})) == (409, "not-available")
    await visitor.sign_in("sam")
    assert code(await visitor.post("/api/duty", {"on_duty": False})) == (409, "holds-calls")
    assert await visitor.post("/api/break", {"on_break": True}) == (200, {})
    assert (await visitor.get("/api/session"))[1]["person"]["on_break"] is True


async def test_needs_and_quiet_are_noted(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("hannah")
    assert await visitor.post(f"{HERE}/needs", {"need": "language:pl"}) == (200, {})
    assert await visitor.post(f"{HERE}/quiet", {"why": "taking the address", "on": True}) == (200, {})
    assert (await kinds(house))[-2:] == ["NeedNoted", "QuietBegan"]


async def test_the_review_queue_is_read_and_worked_off(house: House, visitor: Visitor) -> None:
    await house.record(CALL, ReviewAsked(at_ms=9000, why=ReviewWhy.UNRESOLVED))
    await visitor.sign_in("hannah")
    assert code(await visitor.get("/api/review")) == (403, "read-only")
    await visitor.sign_in("sam")
    assert await visitor.post(f"{HERE}/review", {}) == (200, {})
    await visitor.sign_in("sue")
    status, queue = await visitor.get("/api/review")
    assert (status, [(one["call"], one["whys"]) for one in queue["calls"]]) == (
        200,
        [("CA1", ["unresolved at the end"])],
    )
    assert code(await visitor.post(f"{HERE}/reviewed", {})) == (409, "not-read")
    await house.need_to_know.viewed(SUE.id, CALL, by="feed")
    assert await visitor.post(f"{HERE}/reviewed", {"note": "rang back"}) == (200, {})
    assert (await visitor.get("/api/review"))[1] == {"calls": []}


async def test_a_force_says_its_rules_and_who_comes_next(visitor: Visitor) -> None:
    await visitor.sign_in("sam")
    status, force = await visitor.get("/api/force")
    assert status == 200
    assert (force["id"], force["rules"]["immediate_s"], force["next_shift"]) == ("midshire", 10.0, "")
    assert force["checklist"] == {}


async def test_a_supervisor_owns_what_was_brought_to_them(house: House, visitor: Visitor) -> None:
    await visitor.sign_in("sue")
    assert code(await visitor.post(f"{P1}/own", {})) == (403, "read-only")
    brought = PromptEscalated(
        at_ms=5180, prompt=PromptId("p1"), to=Escalation.DUTY_SUPERVISOR, after_ms=30_000, person=SUE.id
    )
    await house.record(CALL, brought)
    assert await visitor.post(f"{P1}/own", {"id": "s1"}) == (200, {})
    owned = (await house.store.journal.entries(CALL))[-1].event
    assert isinstance(owned, PromptOwned)
    assert (owned.person, owned.act) == (SUE.id, "s1")


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (f"{P1}/own", {"id": "not an id!"}, (400, "bad-body")),
        (f"{P1}/own", {"id": "x" * 65}, (400, "bad-body")),
        (f"{P1}/undo", {"step": "last"}, (400, "bad-body")),
        (f"{P1}/undo", {"step": 99}, (409, "nothing-to-undo")),
        (f"{HERE}/whispers", {"text": ""}, (400, "bad-text")),
        (f"{HERE}/whispers", {"text": "x" * 121}, (400, "bad-text")),
        (f"{HERE}/whispers", {"text": "hello", "prompt": "p9"}, (404, "no-such-prompt")),
        (f"{HERE}/whispers/w1/reply", {"reply": "maybe"}, (400, "bad-body")),
        (f"{HERE}/markers", {**WORDS, "marker": "bins"}, (404, "no-such-marker")),
        (f"{HERE}/markers", {**WORDS, "to_word": 99, "marker": "weapon"}, (404, "no-such-words")),
        (f"{HERE}/markers", {**WORDS, "from_word": -1, "marker": "weapon"}, (400, "bad-body")),
        (f"{HERE}/prompts", WORDS, (400, "bad-text")),
        (f"{HERE}/prompts", {**WORDS, "ask": "x" * 91}, (400, "bad-text")),
        (f"{HERE}/needs", {"need": "Polish, please"}, (400, "bad-text")),
        (f"{HERE}/quiet", {"why": "tea", "on": True}, (400, "bad-body")),
        (f"{HERE}/hand-over", {"to": "nobody"}, (409, "not-available")),
        (f"{HERE}/hand-over", {"to": "sam", "holder": "sue"}, (409, "not-holder")),
        (f"{HERE}/review", {}, (409, "not-in-review")),
        ("/api/calls/CA9/release", {}, (403, "not-your-call")),
        ("/api/break", {"on_break": "perhaps"}, (400, "bad-body")),
    ],
)
async def test_bad_input_is_refused_with_a_code_and_changes_nothing(
    house: House, visitor: Visitor, path: str, body: object, expected: tuple[int, str]
) -> None:
    await visitor.sign_in("sam")
    before = await kinds(house)
    assert code(await visitor.post(path, body)) == expected
    assert await kinds(house) == before


async def test_what_was_whispered_is_in_no_log(
    house: House, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    await visitor.sign_in("sam")
    await visitor.post(f"{HERE}/whispers", {"text": "Ask about her neck"})
    sent: Any = (await house.store.journal.entries(CALL))[-1].event
    assert isinstance(sent, WhisperSent)
    assert "neck" not in caplog.text
    assert "neck" not in repr(sent)
