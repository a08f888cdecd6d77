"""A control room in the middle of a shift: one grave call in full, three others beside it."""

from dataclasses import replace
from datetime import timedelta

from server.domain.events import (
    CallEnded,
    DowngradeAsked,
    EarLost,
    Ending,
    Escalation,
    Event,
    GapCause,
    GapHeard,
    GradeSet,
    HandlerAssigned,
    HistoryLinked,
    NobodyOnDuty,
    PromptAsked,
    PromptEscalated,
    PromptOwned,
    PromptShown,
    Reply,
    RiskRaised,
    SpecialistAssigned,
    SpecialistAwaited,
    UnitAssigned,
    Watch,
    WatchRaised,
    WhisperAnswered,
    WhisperRead,
    WhisperSent,
)
from server.domain.events.transferring import TransferAcknowledged, TransferReceived
from server.domain.ids import CallId, ChangeId, ForceId, MarkerId, PersonId, PromptId, WhisperId
from server.domain.markers import MarkerClass
from server.domain.sightings import Source
from server.domain.speech import Party
from server.domain.transfers import TRANSFER, EarlierCalls, SaidBefore, TransferItem, TransferSheet
from server.ports.bus import DraftHeard
from tests.fakes import START
from tests.house import House
from tests.stories import HANNAH, HARRY, MIDSHIRE, SAM, arrived, draft, opened, raised, said, sighted

GRAVE = CallId("CA1f00000000000000000000000000008f6e")
WAITING = CallId("CA2b00000000000000000000000000003c1d")
DEAF = CallId("CA2b000000000000000000000000000077a0")
QUIET = CallId("CA2b0000000000000000000000000000e52b")
EARLIER = CallId("CA0c000000000000000000000000000041b7")
C, H = Party.CALLER, Party.HANDLER
P1, P2, P3 = (PromptId(f"p{number}") for number in (1, 2, 3))
HANDED_OVER = CallId("TR2b0000000000000000000000000000d2a4")
W1, W2 = WhisperId("w1"), WhisperId("w2")

_THROAT = sighted("strangulation", "he had his hands round my throat", utterance=1, at_ms=12_000)
_PLACED = replace(_THROAT.sighting, matched=((9, 16),), start_ms=14_700)
THROAT = replace(_THROAT, sighting=_PLACED)
KIDS = sighted("children", "the kids are upstairs", utterance=4, at_ms=36_000)
KNIFE = sighted("weapon", "he has got a knife", utterance=5, at_ms=47_000)


def spoken() -> list[tuple[Event, ...]]:
    """What was said, each with what came of it."""
    why = ("the only one free", "0 live calls", "on the rota until 00:00")
    return [
        (said(H, 0, "police emergency what is the address", at_ms=800),),
        (said(C, 0, "number fourteen mill lane please i'm at my sister's house", at_ms=4000),),
        (said(H, 1, "okay tell me what has happened", at_ms=9000),),
        (
            said(C, 1, "my husband we had a row just now and he had his hands round my throat", at_ms=12_000),
            THROAT,
            RiskRaised(at_ms=19_000, severity=MarkerClass.IMMEDIATE, because=MarkerId("strangulation")),
            raised(1, THROAT),
            SpecialistAssigned(at_ms=19_000, person=SAM.id, because=why),
            PromptShown(at_ms=19_000, prompt=P1, waited_ms=0),
        ),
        (said(H, 2, "are you hurt now can you breathe all right", at_ms=20_000),),
        (said(C, 2, "yes but it hurts when i swallow", at_ms=24_000),),
        (said(H, 3, "is he there with you now", at_ms=27_500),),
        (said(C, 3, "no he went away in the car", at_ms=29_500),),
        *_whispered(),
        (said(H, 4, "who else is in the house", at_ms=33_000),),
        (
            said(C, 4, "the kids are upstairs he said he will kill me if i go", at_ms=36_000),
            KIDS,
            raised(2, KIDS, severity=MarkerClass.HIGH),
            HistoryLinked(at_ms=41_000, earlier_calls=3, within_7_days=2),
        ),
        (GapHeard(at_ms=46_000, party=C, from_ms=43_500, to_ms=46_000, cause=GapCause.LOST),),
        (said(C, 5, "he has got a knife i think in the car", at_ms=47_000), KNIFE, raised(3, KNIFE)),
        (PromptEscalated(at_ms=58_000, prompt=P3, to=Escalation.SUPERVISOR, after_ms=10_000),),
    ]


def _whispered() -> list[tuple[Event, ...]]:
    sent = WhisperSent(at_ms=31_000, person=SAM.id, whisper=W1, text="ask how her voice sounds", to=HANNAH.id)
    read = WhisperRead(at_ms=31_500, person=HANNAH.id, whisper=W1)
    answered = WhisperAnswered(at_ms=32_000, person=HANNAH.id, whisper=W1, reply=Reply.WILL_ASK)
    return [(sent, read, answered)]


async def begin(house: House, call: CallId, handler: PersonId | None, *events: Event) -> None:
    assigned = (HandlerAssigned(at_ms=0, person=handler),) if handler else ()
    await house.record(call, arrived(), *assigned, *opened(), *events)


async def fill(house: House) -> None:
    """Everything at once, as it stands in the minute after the knife was mentioned."""
    await begin(house, QUIET, None)
    await begin(house, DEAF, HARRY.id, EarLost(at_ms=9000, party=C, why="worker died"))
    await begin(
        house,
        WAITING,
        HARRY.id,
        RiskRaised(at_ms=9, severity=MarkerClass.HIGH, because=MarkerId("children")),
        raised(1, KIDS, severity=MarkerClass.HIGH),
        SpecialistAwaited(at_ms=9, because=("1 on duty, each with as many calls as they can hold",)),
    )
    await begin(house, GRAVE, HANNAH.id)
    await house.grant(GRAVE, HANNAH, SAM)
    for events in spoken():
        await house.record(GRAVE, *events)
    house.bus.publish(DraftHeard(call=GRAVE, draft=draft(H, 5, "all right stay where you", at_ms=52_000)))


async def owe(house: House) -> None:
    """The grave call is graded and watched, and somebody rang about the same people an hour before."""
    await begin(
        house, EARLIER, HARRY.id, said(C, 0, "my name is raneem oudeh", at_ms=3000), KIDS, raised(1, KIDS)
    )
    await house.record(EARLIER, CallEnded(at_ms=60_000, why=Ending.HUNG_UP))
    lower = DowngradeAsked(
        at_ms=58_000,
        person=HANNAH.id,
        change=ChangeId("c1"),
        grade="appointment",
        was="emergency",
        reason="Officer with her, nobody hurt",
        against=(MarkerId("strangulation"),),
    )
    await house.record(
        GRAVE,
        GradeSet(at_ms=20_000, person=HANNAH.id, grade="emergency"),
        lower,
        UnitAssigned(at_ms=50_000, person=HANNAH.id, unit="Mid 21"),
        WatchRaised(at_ms=58_000, watch=Watch.DOWNGRADE, to=Escalation.SUPERVISOR, after_s=120),
    )
    await house.record(
        DEAF, WatchRaised(at_ms=9000, watch=Watch.NO_UNIT, to=Escalation.DUTY_SUPERVISOR, after_s=360)
    )
    await house.remembering.look()
    await house.grant(EARLIER, SAM)


def whisper() -> WhisperSent:
    return WhisperSent(at_ms=59_000, person=SAM.id, whisper=W2, text="ask about her neck", to=HANNAH.id)


def owned() -> tuple[PromptOwned, PromptAsked]:
    return PromptOwned(at_ms=59_000, prompt=P1, person=SAM.id), PromptAsked(
        at_ms=59_500, prompt=P1, person=SAM.id
    )


def alone() -> NobodyOnDuty:
    return NobodyOnDuty(at_ms=60_000, next_shift="Thu 16:00")


def said_before() -> tuple[SaidBefore, ...]:
    """On the other force's earlier calls: a danger to life, and what is none by itself."""
    threat = SaidBefore(
        marker=MarkerId("threat_to_kill"),
        title="Threat to kill",
        severity=MarkerClass.IMMEDIATE,
        quote="he said he will kill me",
        said_at=START - timedelta(minutes=41),
        name="Call 41B7",
    )
    left = SaidBefore(
        marker=MarkerId("separation"),
        title="Separation or leaving",
        severity=MarkerClass.HIGH,
        quote="i left him in june",
        said_at=START - timedelta(days=2),
        name="Call 77A0",
    )
    return threat, left


async def take_over(house: House) -> None:
    """Another force hands a call over, of which one item is named and the other is not."""
    titles = ((THROAT, "Strangulation or suffocation"), (KNIFE, "Weapon in hand, used, or to hand"))
    items = [
        TransferItem(
            marker=one.sighting.marker,
            title=title,
            severity=MarkerClass.IMMEDIATE,
            quote=one.sighting.quote,
            party=C,
            at_ms=one.at_ms,
            said_at=START,
            source=Source.HEARD,
            grave=True,
        )
        for one, title in titles
    ]
    sheet = TransferSheet(
        transfer="CA9/s1",
        revision=9,
        from_force=ForceId("eastshire"),
        from_name="Eastshire Police",
        to_force=MIDSHIRE,
        call=CallId("CA9"),
        name="Call CA9",
        caller="+447700900555",
        live=True,
        sent_by="eve",
        why="Their mast, our address",
        items=tuple(items),
        linked=EarlierCalls(calls=2, because="same mobile, 41 min ago", said=said_before()),
        not_asked=("Children, vulnerable adults",),
        notes=("Dog in the yard",),
        sound="Recorded by Eastshire Police as CA9",
    )
    told = TransferReceived(at_ms=0, sheet=sheet, phone="01632 960111")
    named = TransferAcknowledged(at_ms=0, person=SAM.id, named=(KNIFE.sighting.marker,), by=SAM.name)
    await house.record(HANDED_OVER, replace(arrived(), doorway=TRANSFER), told, named)
