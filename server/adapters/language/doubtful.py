"""Words on which much hangs, that sound like another, and that the recogniser was not sure of.

"He's got a night" may have been a knife: the turn is read again with the other word in its place. What only
that reading shows is no sighting and no guess; it asks for the last seconds to be heard again.
"""

from collections.abc import Iterator
from dataclasses import replace

from server.domain.sightings import Polarity, Sighting
from server.domain.speech import Utterance

DOUBTED = 0.6
"""Below this the recogniser may well have meant another word."""
PAIRS = (
    ("kill", "hit"),
    ("killed", "hit"),
    ("killing", "hitting"),
    ("knife", "night"),
    ("petrol", "patrol"),
    ("gun", "gone"),
    ("strangled", "struggled"),
    ("strangling", "struggling"),
)
"""A grave word and a plain one that is heard for it, or that it is heard for."""
HEARD_FOR = {plain: grave for grave, plain in reversed(PAIRS)}
GRAVE = dict(PAIRS)
NOUN_ONLY = frozenset({"gone"})
BEFORE_NOUNS = frozenset({"a", "the", "his", "her", "their", "this", "that", "my", "with", "hand"})
REPLAY = " The recogniser is not sure: replay 5 s before acting on it."


def in_doubt(word: str, confidence: float) -> bool:
    return confidence < DOUBTED and (word in GRAVE or word in HEARD_FOR)


def choice(word: str) -> str:
    """How the doubt is put: the grave word first."""
    return f"{word} or {GRAVE[word]}" if word in GRAVE else f"{HEARD_FOR.get(word, word)} or {word}"


def readings(turn: Utterance) -> Iterator[tuple[int, Utterance]]:
    """The turn with each doubtful plain word as the grave one, and the place of that word."""
    for place, word in enumerate(turn.words):
        if word.confidence < DOUBTED and word.text in HEARD_FOR and _fits(turn, place):
            said = replace(word, text=HEARD_FOR[word.text], confidence=1.0)
            yield place, replace(turn, words=(*turn.words[:place], said, *turn.words[place + 1 :]))


def _fits(turn: Utterance, place: int) -> bool:
    """Whether the grave word could stand there: "gone" is in every other sentence, "a gone" in none."""
    if turn.words[place].text not in NOUN_ONLY:
        return True
    return place > 0 and turn.words[place - 1].text in BEFORE_NOUNS


def asked_again(turn: Utterance, place: int, sighting: Sighting) -> Sighting | None:
    """The sighting of a reading as a question, if it turns on the doubtful word."""
    here = (sighting.party, sighting.utterance) == (turn.party, turn.number)
    if not here or not sighting.stands or not any(start <= place < end for start, end in sighting.matched):
        return None
    heard = turn.words[place].text
    said = [word.text for word in turn.words]
    return replace(
        sighting,
        polarity=Polarity.UNCERTAIN,
        quote=" ".join(said[max(0, place - 8) : place + 9]),
        rule=f"{sighting.marker}/doubtful-word",
        because=f'Heard "{heard}", which may have been "{HEARD_FOR[heard]}".{REPLAY}',
        confidence=turn.words[place].confidence,
        doubtful=choice(heard),
    )
