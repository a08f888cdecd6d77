"""Builders for what happens on a call, so that a test arranges in one line."""

from datetime import datetime, timedelta

from server.domain.events import (
    CallArrived,
    LegJoined,
    LineOpened,
    MarkerSighted,
    PromptRaised,
    UtteranceHeard,
)
from server.domain.ids import CallId, ForceId, LinkId, MarkerId, PersonId, PromptId
from server.domain.markers import MarkerClass
from server.domain.people import Person, Role
from server.domain.prompts import Prompt, Standing
from server.domain.sightings import Polarity, Sighting
from server.domain.speech import Draft, Party, Utterance, Word
from server.domain.video_links import LinkKind, VideoLink

MIDSHIRE = ForceId("midshire")
WORD_MS = 300


def person(name: str, role: Role, *, on_duty: bool = True, force: ForceId = MIDSHIRE) -> Person:
    return Person(id=PersonId(name), name=name.title(), role=role, force=force, on_duty=on_duty)


HANNAH = person("hannah", Role.HANDLER)
HARRY = person("harry", Role.HANDLER)
SAM = person("sam", Role.SPECIALIST)
SUE = person("sue", Role.SUPERVISOR)
TESS = person("tess", Role.SPECIALIST)


def arrived(force: ForceId = MIDSHIRE) -> CallArrived:
    return CallArrived(at_ms=0, force=force, doorway="replay", caller="+447700900123", called="999")


def opened() -> tuple[LineOpened, LegJoined, LegJoined]:
    return (
        LineOpened(at_ms=0, epoch=1),
        LegJoined(at_ms=0, party=Party.CALLER),
        LegJoined(at_ms=0, party=Party.HANDLER),
    )


def words(text: str, *, at_ms: int, confidence: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=word,
            start_ms=at_ms + place * WORD_MS,
            end_ms=at_ms + place * WORD_MS + WORD_MS - 20,
            confidence=confidence,
        )
        for place, word in enumerate(text.split())
    )


def said(party: Party, number: int, text: str, *, at_ms: int) -> UtteranceHeard:
    spoken = words(text, at_ms=at_ms)
    heard_to_ms = spoken[-1].end_ms + 200
    utterance = Utterance(party=party, number=number, words=spoken, heard_to_ms=heard_to_ms)
    return UtteranceHeard(at_ms=heard_to_ms, utterance=utterance)


def draft(party: Party, number: int, text: str, *, at_ms: int) -> Draft:
    spoken = words(text, at_ms=at_ms)
    return Draft(party=party, number=number, words=spoken, heard_to_ms=spoken[-1].end_ms + 100)


def sighted(
    marker: str, quote: str, *, utterance: int, at_ms: int, standing: Standing = Standing.SETTLED
) -> MarkerSighted:
    """The whole quote is matched, from the first word of the caller's utterance."""
    spoken = words(quote, at_ms=at_ms)
    sighting = Sighting(
        marker=MarkerId(marker),
        polarity=Polarity.AFFIRMED,
        party=Party.CALLER,
        utterance=utterance,
        quote=quote,
        matched=((0, len(spoken)),),
        start_ms=at_ms,
        end_ms=spoken[-1].end_ms,
        rule=f"{marker}/1",
        because="The words name the act.",
    )
    return MarkerSighted(at_ms=spoken[-1].end_ms, sighting=sighting, standing=standing)


STRANGULATION = {
    "title": "Strangulation or suffocation",
    "ask": "Has anyone put anything around your neck, or stopped you breathing?",
    "yes_no": "Did they put hands or anything on your neck?",
    "handler": "Request an ambulance: neck pressure needs checking even with no marks.",
    "specialist": "Ask officers to check breathing, voice, swallowing and blackout.",
}
WEAPON = {
    "title": "Weapon in hand, used, or to hand",
    "ask": "Is there a weapon, and where is it now?",
    "yes_no": "Is there a weapon in the room?",
    "handler": "Tell dispatch there is a weapon before officers reach the door.",
    "specialist": "Check the weapon is in the dispatch text.",
}
CHILDREN = {
    "title": "Children in the home",
    "ask": "Who else is in the house with you?",
    "yes_no": "Are there children in the house?",
    "handler": "Ask where the children are.",
    "specialist": "Check every child is named in the log.",
}
TEXTS = {"strangulation": STRANGULATION, "weapon": WEAPON, "children": CHILDREN}


def raised(
    number: int, seen: MarkerSighted, *, severity: MarkerClass = MarkerClass.IMMEDIATE
) -> PromptRaised:
    sighting = seen.sighting
    texts = TEXTS[sighting.marker]
    prompt = Prompt(
        id=PromptId(f"p{number}"),
        marker=sighting.marker,
        severity=severity,
        title=texts["title"],
        ask=texts["ask"],
        yes_no=texts["yes_no"],
        handler=texts["handler"],
        specialist=texts["specialist"],
        quote=sighting.quote,
        party=sighting.party,
        utterance=sighting.utterance,
        at_ms=sighting.end_ms,
        start_ms=sighting.start_ms,
        standing=seen.standing,
    )
    return PromptRaised(at_ms=sighting.end_ms, prompt=prompt)


def video_link(name: str, call: CallId, *, until: datetime) -> VideoLink:
    """Hannah's, made an hour before it can no longer be opened, into the call itself."""
    return VideoLink(
        id=LinkId(name),
        call=call,
        room=call,
        force=MIDSHIRE,
        kind=LinkKind.VIDEO,
        by=HANNAH.id,
        made_at=until - timedelta(hours=1),
        until=until,
    )
