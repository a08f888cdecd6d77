"""The lexicon: spelling, and the named classes of words that patterns and cues are made of."""

import re
from pathlib import Path

from server.adapters.language.files import Mistakes, Page, read_page
from server.adapters.language.patterns import Grammar
from server.adapters.language.words import Spelling


def read_spelling(page: Page) -> Spelling:
    page.only(frozenset({"contractions", "dialect", "fillers"}))
    mapped = {
        heard: tuple(str(full or "").split())
        for table in ("contractions", "dialect")
        for heard, full in page.mapping(table).items()
    }
    return Spelling(mapped, frozenset(page.texts("fillers")), frozenset())


def read_lexicon(markers_dir: Path, spelling: Spelling, mistakes: Mistakes) -> tuple[Grammar, list[str]]:
    classes: dict[str, tuple[str, ...]] = {}
    pages = [
        read_page(file, mistakes)
        for file in sorted((markers_dir / "lexicon").glob("*.yaml"))
        if file.name != "spelling.yaml"
    ]
    for page in pages:
        for name in page.values:
            if name in classes:
                page.wrong(f"the class {name!r} is defined twice", name)
            classes[name] = page.texts(name)
    grammar = Grammar(classes, spelling.mapped)
    for page in pages:
        for name in page.values:
            for at, source in enumerate(classes[name]):
                page.checked(grammar.pattern, source, name, at)
    return grammar, [name[4:] for name in classes if name.startswith("cue_")]


def single_words(grammar: Grammar, name: str) -> list[str]:
    """The words that a class holds by themselves, those of "in laws" not among them."""
    made = grammar.pattern(f"<{name}>") if name in grammar.classes else ""
    alone = re.findall(r"(?:^|\||\(\?:)\[([^\[\]^]+)\](?=\||\)|$)", made)
    letters = set("".join(alone))
    return [word for word, letter in grammar.alphabet.letters.items() if letter in letters]
