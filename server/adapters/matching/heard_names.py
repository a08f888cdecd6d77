"""People's names in what is said: after the words by which people give them, and in answers to who it is."""

import re
from collections.abc import Iterator, Sequence

from server.adapters.matching.folding import plain
from server.adapters.matching.known_names import SAME_GIVEN, SHARES
from server.domain.entities import EntityKind
from server.domain.speech import Party, Utterance

_RELATIONS = """
mum:mother mother:mother mom:mother mam:mother dad:father father:father sister:sister
brother:brother son:son daughter:daughter neighbour:neighbour friend:friend mate:friend
husband:husband wife:wife partner:partner boyfriend:boyfriend girlfriend:girlfriend ex:ex-partner
aunt:aunt auntie:aunt uncle:uncle cousin:cousin nan:grandmother grandma:grandmother
stepdad:stepfather stepfather:stepfather
"""
RELATIONS = dict(pair.split(":") for pair in _RELATIONS.split())
_NO_NAMES = """
its hes shes theyre im youre weve ive hed theres whats whos isnt doesnt didnt wont couldnt wouldnt
a an the and but or so if then he she it they we you i me him her his hers my your our their them us
is was are were am be been being has have had do does did not no yes yeah yep okay ok please sorry
hello hi hiya bye thanks thank help police ambulance fire what who where when why how which that
this these those there here now just really very going gone coming come came get got go went run
running hit hitting hurt hurting kill killing dead scared frightened outside inside upstairs
downstairs house home door car phone number name called calling call said says saying told with from
for at in on of to by up down out off over again still back always never ever can cant could would
will wont all right alright fine good bad one two three four five six seven eight nine ten somebody
someone anybody everybody nobody something anything nothing because about after before drunk angry
shouting screaming crying banging um er uh well like mate love sir madam officer emergency speaking
dont know think want need let look listen wait stop
"""
NO_NAMES = frozenset(_NO_NAMES.split()) | RELATIONS.keys()
GIVEN = frozenset(SAME_GIVEN) | frozenset(SHARES)

_NAMED = r"(?P<name>\S+(?: \S+){0,2})"
OWN = re.compile(rf"\b(?:my name is|my names|my name|im called|i am called|this is|its|im) {_NAMED}")
_WHOSE = (
    r"(?P<who>his|her|(?:my|the) (?:\S+ )?(?:husband|ex|partner|boyfriend|wife|girlfriend|mum|mother|dad|"
    r"father|sister|brother|son|daughter|neighbour|friend)s?)"
)
THEIRS = re.compile(rf"\b{_WHOSE}(?: husband| partner| boyfriend| wife)? names? (?:is )?{_NAMED}")
CALLED = re.compile(
    rf"\b(?:hes|shes|(?:he|she) is|whos|man|woman|guy|bloke|lad|someone|person) called {_NAMED}"
)
RELATED = re.compile(rf"\b(?:my|her|his) (?:ex )?(?P<who>{'|'.join(RELATIONS)}) {_NAMED}")
ASKED_OWN = re.compile(r"\b(?:your (?:full |first |last )?name|who am i speaking)\b")
ASKED = re.compile(
    r"\b(?:(?:your|his|her|their|full|first|last) (?:full |first |last )?name|who am i speaking|"
    r"whats he called|who is (?:he|she|it|this))\b"
)
LONGEST_ANSWER = 6

Heard = tuple[EntityKind, str, str, int]


def names_in(words: Sequence[str], said: Sequence[Utterance]) -> list[Heard]:
    """The names, each once."""
    text = " ".join(words)
    found: dict[str, Heard] = {}
    for name, about, at in (*_given(text), *_answered(words, said)):
        found.setdefault(name, (EntityKind.PERSON, name, about, text[:at].count(" ")))
    return list(found.values())


def _given(text: str) -> Iterator[tuple[str, str, int]]:
    for match in OWN.finditer(text):
        sure = "name" in match[0].split()[:2] or "names" in match[0].split()[:2] or "called" in match[0]
        name = _name(match["name"], sure=sure)
        if name:
            yield name, "caller", match.start("name")
    for pattern in (THEIRS, CALLED, RELATED):
        for match in pattern.finditer(text):
            name = _name(match["name"], sure=pattern is not RELATED)
            if name:
                yield name, _whose(match), match.start("name")


def _whose(match: re.Match[str]) -> str:
    words = match.groupdict().get("who") or ""
    return next(
        (RELATIONS[word.removesuffix("s")] for word in words.split() if word.removesuffix("s") in RELATIONS),
        "",
    )


def _answered(words: Sequence[str], said: Sequence[Utterance]) -> Iterator[tuple[str, str, int]]:
    """A short turn after somebody was asked for a name."""
    turn = said[-1]
    asked = next((one for one in reversed(said[:-1]) if one.party is not turn.party), None)
    if turn.party is not Party.CALLER or asked is None or len(words) > LONGEST_ANSWER:
        return
    question = plain(asked.text)
    if not ASKED.search(question):
        return
    kept = [word for word in words if word not in NO_NAMES]
    name = _name(" ".join(kept), sure=True)
    if name:
        yield name, "caller" if ASKED_OWN.search(question) else "", 0


def _name(text: str, *, sure: bool) -> str:
    """The name at the beginning of this: one or two words that nobody says for something else."""
    taken: list[str] = []
    for word in text.split():
        if word in NO_NAMES or len(word) < 2 or not word.isalpha():
            break
        taken.append(word)
    if not taken or (not sure and taken[0] not in GIVEN):
        return ""
    return " ".join(taken[:2])
