"""What another force heard, as facts of the call here: its words, sightings and prompts, each told once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from server.domain.attention import prompt_number
from server.domain.call import CallState, applied
from server.domain.events import Event, MarkerSighted, PromptRaised, RiskRaised, UtteranceHeard
from server.domain.ids import MarkerId
from server.domain.markers import Marker, MarkerClass, PromptTexts
from server.domain.prompts import Standing, prompt_for
from server.domain.sightings import WORDLESS, Polarity, Sighting, Source
from server.domain.speech import Party, Utterance, Word
from server.domain.transfers import Received, TransferItem, TransferSheet

BY_TRANSFER = "transfer"
"""The rule of a sighting that another force made."""
UNKNOWN = PromptTexts(
    ask="Can you tell me more about that?",
    yes_no="Is that still so?",
    handler="Put it into the dispatch text, in the caller's words.",
    specialist="Check that it is in the dispatch text.",
)
"""For a marker of the other force's own, of which nothing is known here."""


def told_of(
    state: CallState, sheet: TransferSheet, before: Received | None, markers: Mapping[MarkerId, Marker]
) -> Iterator[Event]:
    """What this sheet brings that no earlier one did. Nothing that was told is ever taken away again."""
    known = {_key(item) for item in before.sheet.items} if before is not None else set()
    numbers = _next_numbers(state)
    for item in sheet.items:
        if _key(item) in known:
            continue
        number = numbers[item.party]
        numbers[item.party] += 1
        for event in _told(state, item, number, sheet, markers.get(item.marker) or _marker(item)):
            yield event
            state = applied(state, event)


def _told(
    state: CallState, item: TransferItem, number: int, sheet: TransferSheet, marker: Marker
) -> Iterator[Event]:
    source = _source(item)
    words = () if source in WORDLESS else _words(item)
    if source not in WORDLESS:
        said = Utterance(party=item.party, number=number, words=words, heard_to_ms=item.at_ms, typed=True)
        yield UtteranceHeard(at_ms=item.at_ms, utterance=said)
    sighting = Sighting(
        marker=item.marker,
        polarity=Polarity.AFFIRMED if item.sure else Polarity.UNCERTAIN,
        party=item.party,
        utterance=number,
        quote=item.quote,
        matched=((0, len(words)),) if words else (),
        start_ms=item.at_ms,
        end_ms=item.at_ms,
        rule=BY_TRANSFER,
        because=f"Told by {sheet.from_name} on their transfer sheet.",
        source=source,
        answers=item.answers,
    )
    yield MarkerSighted(at_ms=item.at_ms, sighting=sighting, standing=Standing.SETTLED)
    severity = max(marker.severity, item.severity, key=lambda one: one.rank)
    if severity.rank > state.severity.rank:
        yield RiskRaised(at_ms=item.at_ms, severity=severity, because=item.marker)
    if (item.grave or severity.rank >= MarkerClass.HIGH.rank) and state.prompt_of(item.marker) is None:
        graver = replace(marker, severity=severity)
        yield PromptRaised(
            at_ms=item.at_ms,
            prompt=prompt_for(graver, sighting, number=prompt_number(state), standing=Standing.SETTLED),
        )


def _source(item: TransferItem) -> Source:
    return next((one for one in WORDLESS if one == item.wordless), item.source)


def _words(item: TransferItem) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_ms=item.at_ms, end_ms=item.at_ms, confidence=1.0) for word in item.quote.split()
    )


def _key(item: TransferItem) -> tuple[MarkerId, Source]:
    return item.marker, item.source


def _next_numbers(state: CallState) -> dict[Party, int]:
    """Every sighting of a transferred call has an utterance of its own."""
    numbers = dict.fromkeys(Party, 0)
    for sighting in state.sightings:
        numbers[sighting.party] = max(numbers[sighting.party], sighting.utterance + 1)
    return numbers


def _marker(item: TransferItem) -> Marker:
    return Marker(
        id=item.marker,
        severity=item.severity,
        title=item.title,
        why="",
        sources=(),
        prompts=UNKNOWN,
        order=0,
    )
