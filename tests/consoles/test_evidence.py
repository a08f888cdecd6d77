"""Why a marker was raised, on one keypress, in a real browser."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from server.domain.events import MarkerSighted, PromptShown, PromptWithdrawn
from server.domain.ids import CallId, PromptId
from server.domain.people import Person
from server.domain.sightings import Polarity, Source
from server.domain.speech import Party
from tests.consoles.screen import Screens
from tests.house import House
from tests.stories import HANNAH, SAM, raised, said, sighted

pytestmark = pytest.mark.asyncio(loop_scope="session")

THROAT = sighted("strangulation", "he had his hands round my throat", utterance=0, at_ms=4000)
WORDS = said(Party.CALLER, 0, "last night he had his hands round my throat and i fell", at_ms=3400)
FOUND = replace(THROAT.sighting, matched=((4, 9),), cues=("time recent",), confidence=0.62)
SEEN = replace(THROAT, sighting=FOUND)
SHOWN = PromptShown(at_ms=5000, prompt=PromptId("p1"), waited_ms=0)


def denied() -> MarkerSighted:
    answered = replace(
        FOUND,
        utterance=1,
        polarity=Polarity.DENIED,
        quote="no he didn't",
        matched=((0, 3),),
        rule="strangulation/answered",
        answers="did he choke you",
        start_ms=12_000,
    )
    return replace(SEEN, sighting=answered)


@pytest.mark.parametrize("who", [SAM, HANNAH], ids=["specialist", "handler"])
async def test_one_key_shows_why_word_for_word_and_what_was_denied(
    screens: Screens, house: House, call: CallId, who: Person
) -> None:
    screen = await screens.of(who)
    await house.record(call, WORDS, SEEN, raised(1, SEEN), SHOWN)
    await house.record(call, said(Party.CALLER, 1, "no he didn't", at_ms=12_000), denied())
    await expect(screen.card).to_be_visible()
    panel = screen.page.locator("evidence-panel")
    await expect(panel).to_be_hidden()
    await screen.press("e")
    await expect(panel.get_by_role("region", name="Said for it")).to_contain_text("strangulation/1")
    await expect(panel.locator("mark").first).to_have_text("his hands round my throat")
    for fact in ("5 to 9 of turn 1", "time recent", "62 %", "heard in this call", "The words name the act."):
        await expect(panel).to_contain_text(fact)
    against = panel.get_by_role("region", name="Denied")
    await expect(against).to_contain_text("no he didn't")
    await expect(against).to_contain_text("did he choke you")
    await screen.press("e")
    await expect(panel).to_be_hidden()


async def test_the_evidence_grows_while_it_is_open_and_says_whence_it_came(
    screens: Screens, house: House, call: CallId
) -> None:
    sam = await screens.of(SAM)
    await house.record(call, WORDS, SEEN, raised(1, SEEN))
    await expect(sam.card).to_be_visible()
    await sam.click("Evidence")
    panel = sam.page.locator("evidence-panel")
    told = replace(
        FOUND, utterance=1, source=Source.THIRD_HAND, rule="strangulation/2", quote="my mum said so"
    )
    await house.record(call, replace(SEEN, sighting=told))
    await expect(panel).to_contain_text("third-hand")
    await expect(panel.get_by_role("heading", name="Said for it (2)")).to_be_visible()


async def test_a_prompt_that_rested_on_a_misread_answer_says_so_on_its_card(
    screens: Screens, house: House, call: CallId
) -> None:
    hannah = await screens.of(HANNAH)
    await house.record(call, WORDS, SEEN, raised(1, SEEN), SHOWN)
    await expect(hannah.card).to_be_visible()
    why = 'Taken for an answer to "did he choke you", but the handler had spoken since.'
    await house.record(call, PromptWithdrawn(at_ms=9000, prompt=PromptId("p1"), heard="yes", because=why))
    await expect(hannah.card).to_contain_text("but the handler had spoken since")


@pytest.mark.parametrize("who", [SAM, HANNAH], ids=["specialist", "handler"])
async def test_a_covert_calls_questions_are_put_for_a_yes_or_a_no(
    screens: Screens, house: House, call: CallId, who: Person
) -> None:
    screen = await screens.of(who)
    await house.record(call, WORDS, SEEN, raised(1, SEEN), SHOWN)
    await expect(screen.card).to_contain_text("Has anyone put anything around your neck")
    await house.record(call, sighted("covert_call", "last night he", utterance=0, at_ms=3400))
    await expect(screen.card).to_contain_text("Did they put hands or anything on your neck?")
    await screen.press("y")
    await expect(screen.card).to_contain_text("Has anyone put anything around your neck")
