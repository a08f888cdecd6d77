"""Roles, as far as plain words tell them: who is speaking, and who "he" is."""

from enum import Enum

from server.adapters.language.knowledge import Knowledge
from server.adapters.language.turns import Line
from server.domain.speech import Party

CALL_LONG = frozenset({"child", "bystander"})
"""Whoever a caller is once, that is who they are for the whole call."""


OTHERS = {"i": "he", "am": "is", "have": "has", "my": "his", "me": "him", "myself": "himself", "mine": "his"}


class Mention(Enum):
    """Of whom "he" or "she" is said."""

    NOBODY = "nobody yet"
    HARMLESS = "a child or a pet"
    ADULT = "anybody else"


def speakers_in(line: Line, party: Party, known: Knowledge) -> frozenset[str]:
    """Who a turn shows to be speaking; the suspect is not on a leg of their own unless a third party is."""
    shown = {name for name in CALL_LONG if known.cues[f"speaker_{name}"].search(line.text)}
    if party is Party.OTHER or known.cues["speaker_suspect"].search(line.text):
        shown.add("suspect")
    return frozenset(shown)


def last_mention(text: str, end: int, known: Knowledge) -> Mention:
    """The last person spoken of before a position; "my little lad" is a child though a lad may be grown."""
    harmless = _last(known, "mention_harmless", text, end)
    adult = _last(known, "mention_adult", text, end)
    if harmless < 0 and adult < 0:
        return Mention.NOBODY
    return Mention.HARMLESS if harmless >= adult else Mention.ADULT


def _last(known: Knowledge, cue: str, text: str, end: int) -> int:
    return max((found.end() for found in known.cues[cue].finditer(text, 0, end)), default=-1)


def names_nobody(text: str, start: int, end: int, known: Knowledge) -> bool:
    """Whether the words between these positions leave open of whom they are said."""
    return last_mention(text[start:end], end - start, known) is Mention.NOBODY


def swapped(text: str, known: Knowledge) -> str:
    """The words as somebody else would tell them of the speaker."""
    letters = known.alphabet.encode
    return text.translate({ord(letters(mine)): letters(theirs) for mine, theirs in OTHERS.items()})
