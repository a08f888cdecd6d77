"""The pattern language of the marker files, compiled to regular expressions over one character per word.

A turn is encoded as a string with one character for each word, so that a frame such as
`<agent> ~2 <strike> <victim>` becomes an ordinary regular expression and runs in microseconds.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from server.adapters.language.inflect import forms

BOUNDARY = "\x01"
"""Stands between two clauses."""
UNKNOWN = "\x02"
"""A word that no pattern speaks of."""
MASKED = "\x03"
"""A word that belongs to a figure of speech."""
NUMBER = "\x04"
FIRST_WORD = 0x100
CLAUSE_END = f"(?={BOUNDARY}|$)"

NEGATIONS = frozenset(
    {"not", "no", "never", "nobody", "none", "nothing", "without", "neither", "nor", "nowhere"}
)

_LEXEMES = re.compile(r"\(|\)|\||[^\s()|]+\??|\?")
_LETTERS = re.compile(r"\[[^\[\]^]+\]")
_GAP = re.compile(r"(~~?)(\d+)$")
_BARE = frozenset({"^", "$", "?", "(", ")", "|"})
"""Lexemes that stand for no word."""


class BadPattern(ValueError):
    """A pattern that cannot be understood; the message says what was expected."""


@dataclass(slots=True)
class Alphabet:
    """One character for every word that some pattern speaks of."""

    letters: dict[str, str] = field(default_factory=dict)
    _words: list[str] = field(default_factory=list)

    def letter(self, word: str) -> str:
        if word not in self.letters:
            self.letters[word] = chr(FIRST_WORD + len(self.letters))
            self._words.append(word)
        return self.letters[word]

    def word(self, letter: str) -> str:
        """The word that a letter stands for; none for a boundary, a number or an unknown word."""
        at = ord(letter) - FIRST_WORD
        return self._words[at] if at >= 0 else ""

    def encode(self, word: str) -> str:
        found = self.letters.get(word)
        if found is not None:
            return found
        return NUMBER if word.isdigit() else UNKNOWN


@dataclass(slots=True)
class Grammar:
    """Compiles patterns; named classes may stand inside one another."""

    classes: Mapping[str, Sequence[str]]
    spelled: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """A word in another spelling, and the words that are heard in its place: "kids" is "children"."""
    alphabet: Alphabet = field(default_factory=Alphabet)
    _compiled: dict[str, str] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def pattern(self, source: str) -> str:
        """The regular expression for one pattern."""
        lexemes = _LEXEMES.findall(source)
        if not lexemes:
            raise BadPattern("expected at least one word, found an empty pattern")
        made, rest = self._alternatives(lexemes, 0)
        if rest != len(lexemes):
            raise BadPattern("found ')' without its '('")
        if all(lexeme in _BARE or lexeme.endswith("?") or _GAP.match(lexeme) for lexeme in lexemes):
            raise BadPattern(f"expected at least one word that must be said, found {source!r}")
        return made

    def any_of(self, sources: Sequence[str]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{self.pattern(source)})" for source in sources) or r"(?!)")

    def _alternatives(self, lexemes: list[str], at: int) -> tuple[str, int]:
        branches: list[str] = []
        while True:
            made, at = self._branch(lexemes, at)
            branches.append(made)
            if at >= len(lexemes) or lexemes[at] != "|":
                return "|".join(branches), at
            at += 1

    def _branch(self, lexemes: list[str], at: int) -> tuple[str, int]:
        sequence: list[str] = []
        while at < len(lexemes) and lexemes[at] not in ("|", ")"):
            lexeme = lexemes[at]
            if lexeme in ("(", "!"):
                made, at = self._group(lexemes, at)
                sequence.append(made)
            else:
                sequence.append(self._element(lexeme))
                at += 1
        if not sequence:
            raise BadPattern("expected a word on both sides of each '|', and between '(' and ')'")
        return _joined(sequence), at

    def _group(self, lexemes: list[str], at: int) -> tuple[str, int]:
        excludes = lexemes[at] == "!"
        at += excludes
        if at >= len(lexemes) or lexemes[at] != "(":
            raise BadPattern("expected a word or a group after '!'")
        _check_choices(lexemes, at + 1)
        inner, at = self._alternatives(lexemes, at + 1)
        if at >= len(lexemes):
            raise BadPattern("found '(' without its ')'")
        at += 1
        if excludes:
            return f"(?!{inner})", at
        optional = at < len(lexemes) and lexemes[at] == "?"
        return f"(?:{inner})" + ("?" if optional else ""), at + optional

    def _element(self, lexeme: str) -> str:
        if lexeme == "^":
            return f"(?:(?<={BOUNDARY})|(?<![^{BOUNDARY}]))"
        if lexeme == "$":
            return CLAUSE_END
        gap = _GAP.match(lexeme)
        if gap:
            return f"{'.' if gap[1] == '~~' else f'[^{BOUNDARY}]'}{{0,{gap[2]}}}?"
        if lexeme.startswith("!") and len(lexeme) > 1:
            return f"(?!{self._words(lexeme[1:])})"
        if lexeme.endswith("?") and len(lexeme) > 1:
            return f"{self._words(lexeme[:-1])}?"
        return self._words(lexeme)

    def _words(self, lexeme: str) -> str:
        parts = lexeme.split("/")
        if "" in parts:
            raise BadPattern(f"expected a word on both sides of each '/', with no space, found {lexeme!r}")
        return _choice([self._word(part) for part in parts])

    def _word(self, part: str) -> str:
        if part.startswith("<") and part.endswith(">"):
            return self._class(part[1:-1])
        if part == "$":
            return CLAUSE_END
        if part == "#":
            return f"[{NUMBER}]"
        return _joined([self._literal(word) for word in self.spelled.get(part) or (part,)])

    def _literal(self, word: str) -> str:
        if not re.fullmatch(r"[a-z0-9_]+|[A-Z]+", word):
            raise BadPattern(f"expected a word, CAPITALS, <class>, ~N or a group, found {word!r}")
        spoken = forms(word.lower()) if word.isupper() else {word}
        return f"[{''.join(sorted(self.alphabet.letter(form) for form in spoken))}]"

    def _class(self, name: str) -> str:
        if name in self._compiled:
            return self._compiled[name]
        if name == "unknown":
            return f"[{UNKNOWN}]"
        if name.endswith(":ing"):
            return self._going_on(name.removesuffix(":ing"))
        if name not in self.classes:
            near = get_close_matches(name, self.classes, n=1)
            hint = f", the nearest is <{near[0]}>" if near else ""
            raise BadPattern(f"expected one of the lexicon's classes, found <{name}>{hint}")
        if name in self._open:
            raise BadPattern(f"the class <{name}> contains itself")
        self._open.append(name)
        try:
            self._compiled[name] = self._class_body(self.classes[name])
        finally:
            self._open.pop()
        return self._compiled[name]

    def _going_on(self, name: str) -> str:
        """The forms in -ing of a class's single words: what is happening now."""
        letters = set("".join(re.findall(r"\[([^\[\]^]+)\]", self._class(name))))
        going = sorted(
            letter for word, letter in self.alphabet.letters.items() if letter in letters and _is_going(word)
        )
        if not going:
            raise BadPattern(f"expected a word in -ing in the class <{name}>")
        return f"[{''.join(going)}]"

    def _class_body(self, entries: Sequence[str]) -> str:
        return _choice([self.pattern(entry) for entry in entries])


def _choice(branches: Sequence[str]) -> str:
    """One of these; single words become one set of characters, which is much the fastest."""
    letters: set[str] = set()
    longer: list[str] = []
    for branch in branches:
        if _LETTERS.fullmatch(branch):
            letters.update(branch[1:-1])
        else:
            longer.append(branch)
    charset = [f"[{''.join(sorted(letters))}]"] if letters else []
    if not longer:
        return charset[0]
    longer.sort(key=len, reverse=True)
    return f"(?:{'|'.join(longer + charset)})"


def _check_choices(lexemes: Sequence[str], at: int) -> None:
    """In a group, "/" beside a space reads two ways: "middle of nowhere/night vision"."""
    depth, beside, chosen = 0, 0, False
    for lexeme in lexemes[at:]:
        if depth == 0 and lexeme in ("|", ")"):
            if chosen and beside > 1:
                raise BadPattern("expected '|' between alternatives of several words, found '/'")
            if lexeme == ")":
                return
            beside, chosen = 0, False
            continue
        beside += depth == 0 and lexeme != "?"
        chosen = chosen or (depth == 0 and "/" in lexeme)
        depth += (lexeme == "(") - (lexeme == ")")


def _is_going(word: str) -> bool:
    return word.endswith(("ing", "in")) and len(word) > 4


def _joined(sequence: Sequence[str]) -> str:
    """Elements in a row; a clause may end between any two, since where it ends is only a guess."""
    made = ""
    for element in sequence:
        made += f"{BOUNDARY}?{element}" if made and not element.startswith(("[^", "(?=")) else element
    return made


def speaks_of_negation(source: str) -> bool:
    """Whether a pattern names its own negation ("will not let me out"), so that it is not a denial."""
    words = re.split(r"[\s()|?/!]+", source)
    return bool(NEGATIONS.intersection(words)) or "<neg>" in words
