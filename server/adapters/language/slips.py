"""Words written for others that sound the same, and spoken hedges: told apart by the words beside them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from server.adapters.language.inflect import forms
from server.adapters.language.words import Token

_SOUNDS_LIKE = {"his": ("he", "s"), "there": ("they", "are"), "your": ("you", "are")}
"""A word, and the two that sound like it before a verb."""
_THINGS_IN_ING = frozenset(
    {"wedding", "dressing", "dining", "living", "building", "clothing", "driving", "sleeping", "swimming"}
    | {"washing", "training", "ring", "king", "thing", "morning", "evening", "string", "wing", "ceiling"}
    | {"earring", "parking", "feeling", "hearing", "meeting", "sitting", "walking", "shooting", "fishing"}
    | {"drinking", "behaving", "upbringing", "breathing", "offspring", "belonging", "spring", "darling"}
)
"""Words in -ing that somebody has."""
_AFTER = {
    "his": frozenset(
        {"got", "been", "gone", "going", "trying", "still", "outside", "always", "never", "not", "hit", "a"}
        | {"strangled", "punched", "kicked", "locked", "threatened", "took", "taken", "at", "in", "on", "an"}
        | {"coming", "drunk", "the", "my", "me", "here", "grabbed", "stabbed", "choked", "smashed", "being"}
    ),
    "there": frozenset({"going", "trying", "coming", "hitting", "fighting", "killing", "hurting", "beating"}),
    "your": frozenset({"dead", "going", "not", "finished", "gonna", "nothing", "getting", "never", "lying"}),
}
_DOING = {
    verb: min((form for form in forms(verb) if form.endswith("ing")), key=len)
    for verb in [
        "hit",
        "kick",
        "beat",
        "punch",
        "hurt",
        "batter",
        "choke",
        "strangle",
        "slap",
        "smack",
        "grab",
        "push",
        "hammer",
        "scream",
        "attack",
        "throttle",
        "stab",
    ]
}
_HEDGE_OF = frozenset({"kind", "sort"})
_TRUE_OF = frozenset(
    {"what", "a", "the", "any", "that", "this", "some", "these", "no", "all", "same", "every"}
)
"""Before "kind of" these ask or name a kind."""
_LIKE_AFTER = frozenset(
    {"was", "were", "is", "s", "are", "am", "he", "she", "they", "i", "and", "been", "got"}
)
_VERBAL = ("ing", "ed")
_KNOWING = frozenset({"do", "did", "if", "to", "let", "that", "what", "must", "will", "can", "not", "how"})
_KNOWN = frozenset(
    {"what", "who", "where", "how", "if", "that", "him", "her", "them", "he", "she", "about", "why"}
)


def mended(tokens: Sequence[Token]) -> list[Token]:
    """The words without spoken hedges ("he kind of hit me") and with what was meant by "his got a knife"."""
    made: list[Token] = []
    at = 0
    while at < len(tokens):
        hedge = next((size for size, says in _HEDGES if says(tokens, at)), 0)
        if hedge:
            made += [replace(token, filler=True) for token in tokens[at : at + hedge]]
            at += hedge
            continue
        made += _meant(tokens, at)
        at += 1
    return made


def _meant(tokens: Sequence[Token], at: int) -> list[Token]:
    token = tokens[at]
    if token.text == "in" and _splits(tokens, at):
        return []
    if _splits(tokens, at + 1):
        return [replace(token, text=_DOING[token.text], last=tokens[at + 1].last)]
    meant = _SOUNDS_LIKE.get(token.text)
    following = _text(tokens, at + 1)
    if meant is None:
        return [token]
    doing = token.text == "his" and following.endswith("ing") and following not in _THINGS_IN_ING
    if not doing and following not in _AFTER[token.text]:
        return [token]
    return [replace(token, text=meant[0]), replace(token, text=meant[1], stop=False)]


def _splits(tokens: Sequence[Token], at: int) -> bool:
    """Whether "in" is the end of the word before it: "he's hit in me"."""
    split = _text(tokens, at) == "in" and _text(tokens, at - 1) in _DOING
    return split and _text(tokens, at + 1) in {"me", "us"}


def _kind_of(tokens: Sequence[Token], at: int) -> bool:
    said = tokens[at].text in _HEDGE_OF and _text(tokens, at + 1) == "of"
    return said and _text(tokens, at - 1) not in _TRUE_OF


def _you_know(tokens: Sequence[Token], at: int) -> bool:
    said = tokens[at].text == "you" and _text(tokens, at + 1) == "know"
    return said and _text(tokens, at - 1) not in _KNOWING and _text(tokens, at + 2) not in _KNOWN


def _like(tokens: Sequence[Token], at: int) -> bool:
    said = tokens[at].text == "like" and _text(tokens, at - 1) in _LIKE_AFTER
    return said and _text(tokens, at + 1).endswith(_VERBAL)


_HEDGES: tuple[tuple[int, Callable[[Sequence[Token], int], bool]], ...] = (
    (2, _kind_of),
    (2, _you_know),
    (1, _like),
)


def _text(tokens: Sequence[Token], at: int) -> str:
    return tokens[at].text if 0 <= at < len(tokens) else ""
