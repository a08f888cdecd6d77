"""The pattern language of the marker files, compiled to regular expressions over one character per word.

A turn is encoded as a string with one character for each word, so that a frame such as
`<agent> ~2 <strike> <victim>` becomes an ordinary regular expression and runs in microseconds.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from server.adapters.language.inflect import forms
from server.adapters.language.made import BOUNDARY, Made, Needed, choice, either, joined, one_of

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
    _classes: dict[str, Made] = field(default_factory=dict)
    _patterns: dict[str, tuple[Made, ...]] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def pattern(self, source: str) -> str:
        """The regular expression for one pattern. Raises `BadPattern`."""
        return "|".join(one.text for one in self._alternatives_of(source))

    def way(self, source: str) -> "Way":
        """One pattern of a rule, to be compiled when it is first looked for. Raises `BadPattern`."""
        return Way(f"(?:{self.pattern(source)})", either(self._alternatives_of(source), "").ways)

    def _alternatives_of(self, source: str) -> tuple[Made, ...]:
        if source not in self._patterns:
            self._patterns[source] = tuple(self._parsed(source))
        return self._patterns[source]

    def _parsed(self, source: str) -> list[Made]:
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

    def _alternatives(self, lexemes: list[str], at: int) -> tuple[list[Made], int]:
        branches: list[Made] = []
        while True:
            made, at = self._branch(lexemes, at)
            branches.append(made)
            if at >= len(lexemes) or lexemes[at] != "|":
                return branches, at
            at += 1

    def _branch(self, lexemes: list[str], at: int) -> tuple[Made, int]:
        sequence: list[Made] = []
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
        return joined(sequence), at

    def _group(self, lexemes: list[str], at: int) -> tuple[Made, int]:
        excludes = lexemes[at] == "!"
        at += excludes
        if at >= len(lexemes) or lexemes[at] != "(":
            raise BadPattern("expected a word or a group after '!'")
        _check_choices(lexemes, at + 1)
        inner, at = self._alternatives(lexemes, at + 1)
        if at >= len(lexemes):
            raise BadPattern("found '(' without its ')'")
        at += 1
        text = "|".join(one.text for one in inner)
        if excludes:
            return Made(f"(?!{text})"), at
        if at < len(lexemes) and lexemes[at] == "?":
            return Made(f"(?:{text})?"), at + 1
        return either(inner, f"(?:{text})"), at

    def _element(self, lexeme: str) -> Made:
        if lexeme == "^":
            return Made(f"(?:(?<={BOUNDARY})|(?<![^{BOUNDARY}]))")
        if lexeme == "$":
            return Made(CLAUSE_END)
        gap = _GAP.match(lexeme)
        if gap:
            return Made(f"{'.' if gap[1] == '~~' else f'[^{BOUNDARY}]'}{{0,{gap[2]}}}?")
        if lexeme.startswith("!") and len(lexeme) > 1:
            return Made(f"(?!{self._words(lexeme[1:]).text})")
        if lexeme.endswith("?") and len(lexeme) > 1:
            return Made(f"{self._words(lexeme[:-1]).text}?")
        return self._words(lexeme)

    def _words(self, lexeme: str) -> Made:
        parts = lexeme.split("/")
        if "" in parts:
            raise BadPattern(f"expected a word on both sides of each '/', with no space, found {lexeme!r}")
        return choice([self._word(part) for part in parts])

    def _word(self, part: str) -> Made:
        if part.startswith("<") and part.endswith(">"):
            return self._class(part[1:-1])
        if part == "$":
            return Made(CLAUSE_END)
        if part == "#":
            return one_of(NUMBER)
        return joined([self._literal(word) for word in self.spelled.get(part) or (part,)])

    def _literal(self, word: str) -> Made:
        if not re.fullmatch(r"[a-z0-9_]+|[A-Z]+", word):
            raise BadPattern(f"expected a word, CAPITALS, <class>, ~N or a group, found {word!r}")
        spoken = forms(word.lower()) if word.isupper() else {word}
        return one_of(self.alphabet.letter(form) for form in spoken)

    def _class(self, name: str) -> Made:
        if name in self._classes:
            return self._classes[name]
        if name == "unknown":
            return one_of(UNKNOWN)
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
            self._classes[name] = self._class_body(self.classes[name])
        finally:
            self._open.pop()
        return self._classes[name]

    def _going_on(self, name: str) -> Made:
        """The forms in -ing of a class's single words: what is happening now."""
        letters = set("".join(re.findall(r"\[([^\[\]^]+)\]", self._class(name).text)))
        going = sorted(
            letter for word, letter in self.alphabet.letters.items() if letter in letters and _is_going(word)
        )
        if not going:
            raise BadPattern(f"expected a word in -ing in the class <{name}>")
        return one_of(going)

    def _class_body(self, entries: Sequence[str]) -> Made:
        made = [self._alternatives_of(entry) for entry in entries]
        return choice([either(some, "|".join(one.text for one in some)) for some in made])


@dataclass(slots=True)
class Way:
    """A pattern of a rule. There are thousands, and few are ever looked for: each is compiled when it is."""

    text: str
    alternatives: tuple[Needed, ...]
    """Of each of its alternatives, the sets of letters of which it must hold one each."""
    _regex: re.Pattern[str] | None = None

    @property
    def regex(self) -> re.Pattern[str]:
        if self._regex is None:
            self._regex = re.compile(self.text)
        return self._regex

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self.regex.finditer(text)


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


def speaks_of_negation(source: str) -> bool:
    """Whether a pattern names its own negation ("will not let me out"), so that it is not a denial."""
    words = re.split(r"[\s()|?/!]+", source)
    return bool(NEGATIONS.intersection(words)) or "<neg>" in words
