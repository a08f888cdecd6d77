"""What the reader knows: the marker files and the lexicon, checked and compiled."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from server.adapters.language.files import Mistakes, Page, read_page
from server.adapters.language.lexicon import read_lexicon, read_spelling, single_words
from server.adapters.language.marker_heads import marker_on
from server.adapters.language.opinion import Opinion, load
from server.adapters.language.patterns import Alphabet, Grammar, Way, speaks_of_negation
from server.adapters.language.repair import Repair, repair
from server.adapters.language.unless import Unless
from server.adapters.language.words import Spelling
from server.domain.ids import MarkerId
from server.domain.markers import Marker, MarkerClass
from server.domain.sightings import When
from server.ports.language import BadMarkers

Regex = re.Pattern[str]

MARKER_KEYS = frozenset(
    [
        "id",
        "class",
        "title",
        "order",
        "why",
        "sources",
        "prompts",
        "questions",
        "inverse_questions",
        "answers",
        "answers_no",
        "rules",
        "unless",
        "unless_nearby",
        "flags",
        "examples",
        "near_misses",
        "frame",
        "he",
    ]
)
RULE_KEYS = frozenset(["id", "patterns", "unless", "unless_nearby", "needs", "when", "by", "negated"])
BROAD = "support"
"""What a rule needs that is so broad that only the second opinion's support lets it stand."""
NEEDS = frozenset({"", "frame", "relation", "company", "mismatch", BROAD})
FRAMES = frozenset({"opens", "relation", "never"})
HE = frozenset({"", "suspect"})
BY = frozenset({"anyone", "caller", "child", "bystander", "suspect"})
WHENS = frozenset(when.value for when in When)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a marker is put into words."""

    id: str
    marker: MarkerId
    ways: tuple[Way, ...]
    """Its patterns."""
    owns_negation: bool
    unless: Unless
    needs: str
    """`frame`: counts only in a call with a domestic frame. `relation`: only with a close person in it."""
    when: frozenset[str]
    """The times at which it counts; empty for any."""
    by: str
    """Whose words it takes them for: caller, child, bystander or suspect; anyone's else."""
    negated: bool
    """Whether the rule counts only when denied: "I don't feel safe"."""


@dataclass(frozen=True, slots=True)
class MarkerRules:
    marker: Marker
    frame: str
    """Whether a sighting shows a domestic call: it `opens` the frame, or beside a `relation`, or `never`."""
    of_suspect: bool
    """Whether "he" in its words is the suspect, so that it is not said of a child."""
    rules: tuple[Rule, ...]
    unless: Unless
    questions: Regex
    inverse_questions: Regex
    answers: Regex
    """What says yes to a question about the marker without a yes: "about ten cans"."""
    answers_no: Regex
    """What says no without a no: "just his fists"."""
    flags: Mapping[str, Regex]
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    grammar: Grammar
    spelling: Spelling
    markers: Mapping[MarkerId, MarkerRules]
    opinion: Opinion | None
    judge: Opinion | None
    """A slower opinion, heard of what rules have found."""
    repair: Repair
    cues: Mapping[str, Regex]
    """Every class of the lexicon whose name starts with `cue_`, without that prefix."""
    own: frozenset[str] = frozenset()
    """The rules that a force has written itself: their words are its own, and no network has learnt them."""

    @property
    def alphabet(self) -> Alphabet:
        return self.grammar.alphabet


@lru_cache(maxsize=8)
def knowledge(markers_dir: Path) -> Knowledge:
    """Read and check the folder. Raises `BadMarkers` with every mistake in it."""
    mistakes = Mistakes()
    spelling = read_spelling(read_page(markers_dir / "lexicon" / "spelling.yaml", mistakes))
    grammar, cues = read_lexicon(markers_dir, spelling, mistakes)
    pages = [read_page(file, mistakes) for file in sorted(markers_dir.glob("*.yaml"))]
    if not pages:
        mistakes.add(markers_dir, 1, "expected at least one marker file")
    markers = [_marker_rules(page, grammar) for page in pages]
    if mistakes.found:
        raise BadMarkers("\n".join(mistakes.found))
    opinion, judge = markers_dir / "opinion.npz", markers_dir / "judge.npz"
    owned = frozenset(single_words(grammar, "owned"))
    return Knowledge(
        grammar=grammar,
        spelling=replace(spelling, owned=owned, known=grammar.alphabet.letters),
        markers={rules.marker.id: rules for rules in markers},
        opinion=load(opinion) if opinion.exists() else None,
        judge=load(judge) if judge.exists() else None,
        repair=repair(single_words(grammar, "repair"), grammar.alphabet.letters),
        cues={name: grammar.any_of([f"<cue_{name}>"]) for name in cues},
    )


def _marker_rules(page: Page, grammar: Grammar) -> MarkerRules:
    page.only(MARKER_KEYS)
    marker = marker_on(page)
    if page.file.stem != marker.id:
        page.wrong(f"expected the id to be the file's name, {page.file.stem!r}", "id")
    rules = [rule for at in page.items("rules") for rule in rules_on(page, grammar, marker.id, at)]
    check_rule_ids(page, ())
    if not rules:
        page.wrong("expected at least one rule under 'rules'", "rules")
    _check_examples(page)
    return MarkerRules(
        marker=marker,
        frame=_frame(page, marker),
        of_suspect=_of_suspect(page),
        rules=tuple(rules),
        unless=_unless(page, grammar),
        questions=_compiled(page, grammar, "questions"),
        inverse_questions=_compiled(page, grammar, "inverse_questions"),
        answers=_compiled(page, grammar, "answers"),
        answers_no=_compiled(page, grammar, "answers_no"),
        flags={name: _compiled(page, grammar, "flags", name) for name in page.mapping("flags")},
        examples=page.texts("examples"),
        near_misses=page.texts("near_misses"),
    )


def _frame(page: Page, marker: Marker) -> str:
    contextual = marker.severity is MarkerClass.CONTEXTUAL
    frame = page.text("frame", required=False) or ("never" if contextual else "relation")
    _expect(page, frame, FRAMES, "frame")
    return frame


def _of_suspect(page: Page) -> bool:
    he = page.text("he", required=False)
    _expect(page, he, HE, "he")
    return he == "suspect"


def check_rule_ids(page: Page, taken: Sequence[str]) -> None:
    """A rule's id is shown with every sighting, so it must name one rule."""
    names = list(taken)
    for at in page.items("rules"):
        name = str(page.mapping("rules", at).get("id") or "")
        if name in names:
            page.wrong(f"found the rule {name!r} a second time, expected ids of their own", "rules", at, "id")
        names.append(name)


def rules_on(page: Page, grammar: Grammar, marker: MarkerId, at: int) -> list[Rule]:
    """The rule, in two where some of its patterns name their own negation and others do not."""
    path = ("rules", at)
    page.only(RULE_KEYS, *path)
    values = page.mapping(*path)
    name = str(values.get("id") or "")
    if not re.fullmatch(r"[a-z0-9-]+", name):
        page.wrong("expected an id in small letters and dashes", *path, "id")
    sources = page.texts(*path, "patterns")
    if not sources:
        page.wrong("expected at least one pattern under 'patterns'", *path)
    needs, by = str(values.get("needs") or ""), str(values.get("by") or "anyone")
    when = page.texts(*path, "when")
    _expect(page, needs, NEEDS, *path, "needs")
    _expect(page, by, BY, *path, "by")
    for time in when:
        _expect(page, time, WHENS, *path, "when")
    made = Rule(
        id=f"{marker}/{name}",
        marker=marker,
        ways=(),
        owns_negation=False,
        unless=_unless(page, grammar, *path),
        needs=needs,
        when=frozenset(when),
        by=by,
        negated=values.get("negated") is True,
    )
    _checked(page, grammar, *path, "patterns")
    if page.mistakes.found:
        return [made]
    owning = [source for source in sources if speaks_of_negation(source)]
    plain = [source for source in sources if not speaks_of_negation(source)]
    return [
        replace(made, ways=tuple(grammar.way(one) for one in some), owns_negation=owns)
        for some, owns in ((plain, False), (owning, True))
        if some
    ]


def _expect(page: Page, value: str, allowed: frozenset[str], *path: str | int) -> None:
    if value not in allowed:
        page.wrong(f"expected {', '.join(sorted(allowed - {''}))}, found {value!r}", *path)


def _unless(page: Page, grammar: Grammar, *path: str | int) -> Unless:
    return Unless(
        here=_compiled(page, grammar, *path, "unless"),
        nearby=_compiled(page, grammar, *path, "unless_nearby"),
    )


def _compiled(page: Page, grammar: Grammar, *path: str | int) -> Regex:
    return grammar.any_of(_checked(page, grammar, *path))


def _checked(page: Page, grammar: Grammar, *path: str | int) -> list[str]:
    """The patterns that can be understood; the others are reported."""
    good: list[str] = []
    for at, source in enumerate(page.texts(*path)):
        before = len(page.mistakes.found)
        page.checked(grammar.pattern, source, *path, at)
        if len(page.mistakes.found) == before:
            good.append(source)
    return good


def _check_examples(page: Page) -> None:
    for name in ("examples", "near_misses"):
        if not page.texts(name):
            page.wrong(f"expected at least one line under {name!r}", name)
