"""Letters made plain and sounds made coarse, so that one name written five ways is found five times."""

import re
import unicodedata
from functools import lru_cache

import jellyfish

from server.adapters.matching.letters import LETTERS

SOUNDS = (
    (re.compile(r"sch|sh|sz|zh|ch|cz|tj"), "s"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"kh|ck|cq|q"), "k"),
    (re.compile(r"gh"), "g"),
    (re.compile(r"th|dt"), "t"),
    (re.compile(r"dh"), "d"),
    (re.compile(r"^kn|^gn"), "n"),
    (re.compile(r"^wr"), "r"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"c(?=[eiy])|z"), "s"),
    (re.compile(r"c"), "k"),
    (re.compile(r"v|w(?=[aeiou].*[cz]$)"), "f"),
)
VOWELS = re.compile(r"[aeiouyhw]+")
DOUBLES = re.compile(r"(.)\1+")
UNSAID = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """Small Latin letters, digits and single spaces."""
    folded = text.casefold().translate(LETTERS).replace("'", "").replace("\u2019", "")
    bare = "".join(one for one in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(one))
    return UNSAID.sub(" ", bare.translate(LETTERS)).strip()


@lru_cache(maxsize=65_536)
def bones(word: str) -> str:
    """The consonants that are heard, in classes; whether it begins with a vowel. `oudeh` and `awda` agree."""
    said = word
    for pattern, sound in SOUNDS:
        said = pattern.sub(sound, said)
    first = "a" if VOWELS.match(said) else ""
    return first + DOUBLES.sub(r"\1", VOWELS.sub("", said))


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """Finer than `bones`: metaphone."""
    return jellyfish.metaphone(word)
