"""The normaliser: words as heard or typed become the words that the patterns are written in."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

_STRIP = '"()[]{}<>*_~`\u2018\u201c\u201d\u2026\u2013\u2014'
_APOSTROPHE = "\u2019"
_STOPS = ".!?;:"
_THE = "t'"
"""Yorkshire and Lancashire."""
_SHORTEST_CLIPPED = 5
"""A shorter word in -in is seldom one in -ing: thin, begin, cabin."""
_CLIPPED = frozenset({"'em", "'im", "'er"})
_ENDINGS = {
    "n't": "not",
    "'s": "s",
    "'re": "are",
    "'ve": "have",
    "'ll": "will",
    "'d": "d",
    "'m": "am",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word as the patterns know it, and the heard words it came from."""

    text: str
    first: int
    last: int
    stop: bool = False
    """Whether a clause surely ends before it: typed punctuation, or a pause."""
    filler: bool = False


@dataclass(frozen=True, slots=True)
class Spelling:
    """The tables of `lexicon/spelling.yaml`, and the words after which "me" means "my"."""

    mapped: Mapping[str, tuple[str, ...]]
    fillers: frozenset[str]
    owned: frozenset[str]
    """Nouns that somebody has: family and parts of the body."""
    known: Container[str] = frozenset()
    """The words that patterns speak of."""

    def normal(self, word: str) -> tuple[str, ...]:
        """One heard word, without punctuation, as zero or more words."""
        found = self.mapped.get(word)
        if found is not None:
            return found
        for ending, full in _ENDINGS.items():
            if word.endswith(ending) and len(word) > len(ending):
                stem = word[: -len(ending)]
                return (*self.mapped.get(stem, (stem,)), full)
        if word.endswith("in'") or self._is_clipped(word):
            return (word.rstrip("'") + "g",)
        if word.startswith(_THE) and len(word) > len(_THE):
            return ("the", *self.normal(word[len(_THE) :]))
        if "-" in word:
            return tuple(made for part in word.split("-") if part for made in self.normal(part))
        return (word.strip("'"),) if word.strip("'") else ()

    def _is_clipped(self, word: str) -> bool:
        return word.endswith("in") and len(word) > _SHORTEST_CLIPPED and word + "g" in self.known


def split_text(text: str) -> list[str]:
    """Typed or recognised text as words, punctuation still on them."""
    return [word for word in re.split(r"\s+", text) if word]


def tokens_of(words: Sequence[str], pauses: Iterable[int], spelling: Spelling) -> list[Token]:
    """Normalise heard words; `pauses` are the positions before which the speaker stopped."""
    stopped = set(pauses)
    made: list[Token] = []
    stop = False
    for at, heard in enumerate(words):
        bare, ends_before, ends_after = _bare(heard)
        stop = stop or ends_before or at in stopped
        for text in spelling.normal(bare) if bare else ():
            made.append(Token(text, at, at, stop, text in spelling.fillers))
            stop = False
        stop = stop or ends_after
    return _owned(_without_stutter(made), spelling.owned)


def _bare(heard: str) -> tuple[str, bool, bool]:
    """The word alone, and whether a stop stands before and after it."""
    word = heard.lower().replace(_APOSTROPHE, "'").strip(_STRIP)
    bare = word.strip(_STOPS + ",-" + _STRIP)
    if bare not in _CLIPPED:
        bare = bare.strip("'")
    return bare, word[:1] in _STOPS, word.rstrip("'")[-1:] in _STOPS + "," or not word


def _without_stutter(tokens: list[Token]) -> list[Token]:
    """Collapse "he he's he's got" and "he's got he's got" to one; the last saying is kept."""
    kept: list[Token] = []
    for token in tokens:
        kept.append(token)
        for size in (1, 2):
            if _repeats(kept, size):
                first = kept[-2 * size]
                again = kept[-size:]
                del kept[-2 * size :]
                kept += [Token(again[0].text, again[0].first, again[0].last, first.stop, again[0].filler)]
                kept += again[1:]
                break
    return kept


def _repeats(kept: list[Token], size: int) -> bool:
    if len(kept) < 2 * size or kept[-1].text != kept[-1 - size].text:
        return False
    return size == 1 or kept[-2].text == kept[-2 - size].text


def _owned(tokens: list[Token], owned: frozenset[str]) -> list[Token]:
    """Northern and Scots "me mam", "us neck": a pronoun straight before family or body is "my"."""
    for at in range(len(tokens) - 1):
        token = tokens[at]
        if token.text == "me" and not tokens[at + 1].stop and tokens[at + 1].text in owned:
            tokens[at] = Token("my", token.first, token.last, token.stop)
    return tokens
