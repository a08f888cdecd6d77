"""Orders in what is said: that there is one, of what kind, and its reference where one is spelt behind it."""

import re
from collections.abc import Iterator, Sequence

from server.adapters.matching.folding import plain
from server.adapters.matching.orders import KIND, kind_of, may_be_reference
from server.adapters.matching.spoken import LONGEST_GROUP, PLATE, TELEPHONE, Sign, runs
from server.domain.entities import EntityKind
from server.domain.speech import Party, Utterance

BEHIND = 9
"""Words between the order and the beginning of its reference: `that he got in june and the number is`."""
CUES = frozenset({"number", "numbers", "reference", "ref", "case"})
NONE_OF_IT = re.compile(
    r"\b(?:(?:no|any|without)(?: \w+)?"
    r"|(?:not|never|havent|hasnt|isnt|dont|didnt|doesnt|wasnt|aint)(?: \w+){0,2}"
    r"|(?:(?:want|need|trying) to get|want|need|(?:how|can|could|should|do) i get|apply(?:ing)? for)"
    r" (?:a|an|the|some)) $"
)
"""That there is none, or that one is wanted."""
ASKED = re.compile(r"\b(?:reference|case number|order number|number (?:of|on) (?:it|the|that|your)\b)")

Heard = tuple[EntityKind, str, str, int]


def orders_in(words: Sequence[str], said: Sequence[Utterance]) -> list[Heard]:
    """Each once, with its reference where it has one; a question of the handler's names none."""
    tokens = [token for word in words for token in word.split()]
    found: dict[str, Heard] = {}
    for text, place in (*_named(tokens, said[-1].party), *_answered(tokens, said)):
        found.setdefault(text, (EntityKind.ORDER, text, "", place))
    return list(found.values())


def _named(tokens: Sequence[str], party: Party) -> Iterator[tuple[str, int]]:
    text = " ".join(tokens)
    matches = list(KIND.finditer(text))
    for place, match in enumerate(matches):
        start, end = text[: match.start()].count(" "), text[: match.end()].count(" ") + 1
        until = text[: matches[place + 1].start()].count(" ") if matches[place + 1 :] else len(tokens)
        reference = _behind(tokens[end:until])
        if reference:
            yield f"{kind_of(match)} {reference.upper()}", start
        elif party is not Party.HANDLER and not NONE_OF_IT.search(text[: match.start()]):
            yield kind_of(match), start


def _behind(tokens: Sequence[str]) -> str:
    """What is spelt behind an order, and is no telephone, number plate or place."""
    for run in _stretches(tokens):
        if run[0].place > BEHIND:
            return ""
        spelt = _spelt(run)
        lettered = any(sign.sure and not sign.text.isdigit() for sign in run)
        if spelt and (lettered or run[0].place <= 1 or CUES & set(tokens[: run[0].place])):
            return spelt
    return ""


def _answered(tokens: Sequence[str], said: Sequence[Utterance]) -> Iterator[tuple[str, int]]:
    """The reference alone, when somebody has asked for that of the order that was spoken of."""
    turn = said[-1]
    asked = next((one for one in reversed(said[:-1]) if one.party is not turn.party), None)
    if turn.party is not Party.CALLER or asked is None or not ASKED.search(plain(asked.text)):
        return
    kind = next((found for one in reversed(said[:-1]) if (found := KIND.search(plain(one.text)))), None)
    if kind is None or KIND.search(" ".join(tokens)):
        return
    for run in _stretches(tokens):
        if spelt := _spelt(run):
            yield f"{kind_of(kind)} {spelt.upper()}", run[0].place
            return


def _stretches(tokens: Sequence[str]) -> list[Sequence[Sign]]:
    """Letters and digits one by one, and a whole reference that was written as one word."""
    whole = [
        [Sign(token, sure=True, place=place, end=place + 1)]
        for place, token in enumerate(tokens)
        if len(token) > LONGEST_GROUP and not token.isdigit() and may_be_reference(token)
    ]
    return sorted([*runs(tokens), *whole], key=lambda run: run[0].place)


def _spelt(run: Sequence[Sign]) -> str:
    text = "".join(sign.text for sign in run)
    other = TELEPHONE.fullmatch(text) or PLATE.fullmatch(text)
    return text if may_be_reference(text) and not other else ""
