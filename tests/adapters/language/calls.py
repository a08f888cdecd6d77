"""Written calls for the reader's tests: "handler: is he there? / caller: yeah"."""

from functools import cache
from pathlib import Path

from server.adapters.language.knowledge import Knowledge, knowledge
from server.adapters.language.reader import SpacyReader
from server.domain.sightings import Sighting
from server.domain.speech import Draft, Party, Utterance, Word

MARKERS = Path("config/markers")
GAP_MS = 500


@cache
def reader() -> SpacyReader:
    return SpacyReader(MARKERS)


def known() -> Knowledge:
    return knowledge(MARKERS)


def words(text: str, *, from_ms: int = 0, confidence: float = 1.0) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_ms=from_ms + at * 300, end_ms=from_ms + at * 300 + 300, confidence=confidence)
        for at, word in enumerate(text.split())
    )


def utterance(text: str, *, party: Party = Party.CALLER, number: int = 0, from_ms: int = 0) -> Utterance:
    said = words(text, from_ms=from_ms)
    return Utterance(party=party, number=number, words=said, heard_to_ms=from_ms + 300 * len(said))


def draft(text: str, *, party: Party = Party.CALLER, number: int = 0, from_ms: int = 0) -> Draft:
    said = words(text, from_ms=from_ms)
    return Draft(party=party, number=number, words=said, heard_to_ms=from_ms + 300 * len(said))


def turns(line: str) -> list[Utterance]:
    """The turns of one line; a line without a speaker is the caller's."""
    numbers = dict.fromkeys(Party, 0)
    from_ms = 0
    made = []
    for turn in (
        line.split(" / ") if line.startswith(tuple(f"{party}:" for party in Party)) else [f"caller: {line}"]
    ):
        speaker, text = turn.split(":", 1)
        party = Party(speaker.strip())
        made.append(utterance(text.strip(), party=party, number=numbers[party], from_ms=from_ms))
        from_ms = made[-1].heard_to_ms + GAP_MS
        numbers[party] += 1
    return made


def heard(line: str) -> list[Sighting]:
    """Every sighting that a new call of these turns brings."""
    reading = reader().begin()
    return [sighting for turn in turns(line) for sighting in reading.settle(turn)]
