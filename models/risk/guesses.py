"""What the recogniser's guesses say together: how sure each word is, and what was nearly heard instead.

Asked for several guesses, Vosk scores each as a whole and gives the words no confidence. It gives one to the
words of a draft, which ends half a second before: so a word is as sure as it was in the last draft, and the
newest, which no draft holds, are as sure as the guesses that hold them are likely.
"""  # noqa: INP001 - a recipe beside its material, not part of a package

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp

from server.adapters.speech.messages import TimedWord

GUESSES = 20
"""So many are asked for: more cost time, and say little more."""
SHARPNESS = 0.7
"""Guesses are less far apart in truth than their scores say: fitted with models/risk/measure_nbest.py."""
KEPT = 4
"""So many places at most are kept with what they may have been, the likeliest first."""
LEAST = 0.1
"""A guess less likely than this is not kept."""
LONGEST = 6
"""Words that may have stood in one place."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a stretch of the words may have been instead."""

    start: int
    end: int
    """Positions of the words as heard, half-open; never none."""
    text: str
    share: float
    """How likely it is, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Settling:
    words: tuple[TimedWord, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()


Words = Sequence[TimedWord]
Place = tuple[int, int, str]


def weighed(guesses: Sequence[tuple[float, Words]], draft: Words = ()) -> Settling:
    """The words of the guess that the others bear out, how sure each is, and what else was nearly heard."""
    shares = _shares([score for score, _ in guesses])
    best = _borne_out(shares, [words for _, words in guesses])
    sure = [0.0] * len(best)
    places: dict[Place, float] = {}
    for share, (_, words) in zip(shares, guesses, strict=True):
        twins = list(_twins(best, words))
        for mine, _ in twins:
            sure[mine] += share
        for place in _between(best, words, twins):
            places[place] = places.get(place, 0.0) + share
    for mine, yours in _twins(best, draft):
        sure[mine] = draft[yours].confidence
    scored = (_as_sure(word, by) for word, by in zip(best, sure, strict=True))
    return Settling(tuple(scored), tuple(_likeliest(places)))


def _borne_out(shares: Sequence[float], guesses: Sequence[Words]) -> Words:
    """The likeliest guess as a whole has more wrong words than the one that is most like all of them."""

    def alike(words: Words) -> float:
        return sum(
            share * sum(1 for _ in _twins(words, other)) / (len(words) + len(other) or 1)
            for share, other in zip(shares, guesses, strict=True)
        )

    return max(guesses, key=alike)


def _as_sure(word: TimedWord, confidence: float) -> TimedWord:
    return TimedWord(word.text, word.start_ms, word.end_ms, min(1.0, confidence))


def _shares(scores: Sequence[float]) -> list[float]:
    likely = [exp(SHARPNESS * (score - scores[0])) for score in scores]
    whole = sum(likely)
    return [one / whole for one in likely]


def _twins(best: Words, other: Words) -> Iterator[tuple[int, int]]:
    """The places of the words that both guesses hear, at the same time."""
    mine = yours = 0
    while mine < len(best) and yours < len(other):
        one, two = best[mine], other[yours]
        together_ms = min(one.end_ms, two.end_ms) - max(one.start_ms, two.start_ms)
        if one.text == two.text and 2 * together_ms >= one.end_ms - one.start_ms:
            yield mine, yours
            mine, yours = mine + 1, yours + 1
        elif one.end_ms <= two.end_ms:
            mine += 1
        else:
            yours += 1


def _between(best: Words, other: Words, twins: Sequence[tuple[int, int]]) -> Iterator[Place]:
    """Where the guesses differ: the stretch of the best one's words, and what the other hears there."""
    before = (-1, -1)
    for mine, yours in (*twins, (len(best), len(other))):
        start, end = before[0] + 1, mine
        first, last = before[1] + 1, yours
        before = (mine, yours)
        if (start, first) == (end, last):
            continue
        if start == end or first == last:  # a word more or less: told with the word before it, or after it
            start, first = (start - 1, first - 1) if start and first else (start, first)
            end, last = (end, last) if start < end and first < last else (end + 1, last + 1)
        if end <= len(best) and last <= len(other) and last - first <= LONGEST:
            yield start, end, " ".join(word.text for word in other[first:last])


def _likeliest(places: dict[Place, float]) -> list[Otherwise]:
    ranked = sorted(places.items(), key=lambda one: -one[1])[:KEPT]
    return [
        Otherwise(start=start, end=end, text=text, share=round(share, 3))
        for (start, end, text), share in ranked
        if share >= LEAST
    ]
