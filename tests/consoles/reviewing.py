"""Calls to review: one whose second hearing heard more, and others beside it in the queue."""

from dataclasses import replace

from server.domain.events import (
    CallEnded,
    Ending,
    HandlerAssigned,
    HeardAgain,
    PromptsUnresolved,
    ReviewAsked,
    ReviewWhy,
    RiskRaised,
)
from server.domain.ids import CallId, MarkerId, PromptId
from server.domain.markers import MarkerClass
from server.domain.speech import Party
from tests.consoles import busy
from tests.house import House
from tests.stories import HANNAH, HARRY, arrived, opened, raised, said, sighted

HEARD_MORE = CallId("CA3a00000000000000000000000000004d1e")
LOWERED = CallId("CA3a00000000000000000000000000007b20")
C, H = Party.CALLER, Party.HANDLER
AGAIN = "he had his hands round my throat"
KNIFE = sighted("weapon", "he has a knife", utterance=1, at_ms=30_000)
ASKED = replace(
    sighted("children", "yes two of them", utterance=2, at_ms=42_000).sighting,
    answers="is there anybody else in the house, any children",
)


async def fill(house: House) -> None:
    """One that was heard as something else, its knife unanswered, its children asked for; and another."""
    throat = replace(sighted("strangulation", AGAIN, utterance=0, at_ms=12_000).sighting, rule="s/1")
    again = [
        said(C, 0, f"my husband {AGAIN} just now", at_ms=11_400).utterance,
        said(C, 1, "and he has a knife", at_ms=30_000).utterance,
    ]
    children = replace(KNIFE, sighting=ASKED)
    await busy.begin(
        house,
        HEARD_MORE,
        HANNAH.id,
        said(H, 0, "police emergency what is happening", at_ms=800),
        said(C, 0, "my husband he had his hands on the boat just now", at_ms=11_400),
        said(C, 1, "he has a knife", at_ms=30_000),
        KNIFE,
        RiskRaised(at_ms=31_000, severity=MarkerClass.IMMEDIATE, because=MarkerId("weapon")),
        raised(1, KNIFE),
        said(H, 1, "is there anybody else in the house any children", at_ms=38_000),
        said(C, 2, "yes two of them", at_ms=42_000),
        children,
        CallEnded(at_ms=60_000, why=Ending.HUNG_UP),
        PromptsUnresolved(at_ms=60_000, prompts=(PromptId("p1"),)),
        ReviewAsked(at_ms=60_000, why=ReviewWhy.UNOWNED, severity=MarkerClass.IMMEDIATE),
        HeardAgain(
            at_ms=60_000,
            model="vosk-model-en-us-0.22",
            how="a larger model",
            utterances=tuple(again),
            sightings=(throat,),
        ),
        ReviewAsked(at_ms=60_000, why=ReviewWhy.HEARD_MORE, severity=MarkerClass.IMMEDIATE),
    )
    await house.grant(HEARD_MORE, HANNAH)
    await house.record(
        LOWERED,
        arrived(),
        HandlerAssigned(at_ms=0, person=HARRY.id),
        *opened(),
        CallEnded(at_ms=50_000, why=Ending.HUNG_UP),
        ReviewAsked(at_ms=50_000, why=ReviewWhy.DOWNGRADED, severity=MarkerClass.HIGH),
    )
