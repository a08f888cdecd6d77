"""The reader's spaCy pipeline: a blank English pipeline with our own tokenizer and components.

Usable from plain spaCy: `nlp = pipeline(Path("config/markers")); nlp("hes got a knife").spans["candidates"]`.
Spans may overlap; `span.label_` is the marker, `span.id_` the rule, `span._.context` the scope.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from server.adapters.language.knowledge import BROAD, Knowledge, Rule
from server.adapters.language.overlays import known_in
from server.adapters.language.prefilter import prefilter
from server.adapters.language.roles import swapped
from server.adapters.language.scope import context_of
from server.adapters.language.turns import Line, clause_starts, encode, spoken
from server.adapters.language.words import Token, split_text, tokens_of
from server.domain.ids import MarkerId

Match = tuple[Rule, re.Match[str]]

TOKENS = "heard"
STARTS = "clause starts"
LINE = "line"
HOPELESS = "hopeless"
Hopeless = Callable[[MarkerId], bool]
"""Whether the second opinion would let no broad rule of a marker stand, whatever the call shows."""
MATCHES = "matches"

FOLDERS = {"markers_dir": "", "overlay_dir": ""}


def _none_is(marker: MarkerId) -> bool:
    del marker
    return False


def register_extensions() -> None:
    if not Span.has_extension("context"):
        Span.set_extension("context", default=None)


def _known(markers_dir: str, overlay_dir: str) -> Knowledge:
    return known_in(Path(markers_dir), Path(overlay_dir) if overlay_dir else None)[0]


class HeardTokenizer:
    """Stands in for spaCy's tokenizer: heard or typed words to normalised ones."""

    def __init__(self, vocab: Vocab, known: Knowledge) -> None:
        self.vocab = vocab
        self.known = known

    def __call__(self, text: str) -> Doc:
        return self.heard(split_text(text), ())

    def heard(self, words: Sequence[str], pauses: Sequence[int]) -> Doc:
        return self.of(self.known.repair.mended(spoken(tokens_of(words, pauses, self.known.spelling))))

    def of(self, tokens: Sequence[Token]) -> Doc:
        doc = Doc(self.vocab, words=[token.text for token in tokens])
        doc.user_data[TOKENS] = tokens
        return doc


@Language.factory("earshot_clauses", default_config=FOLDERS)
def clause_splitter(nlp: Language, name: str, markers_dir: str, overlay_dir: str) -> "ClauseSplitter":  # noqa: ARG001 (spaCy)
    return ClauseSplitter(_known(markers_dir, overlay_dir))


class ClauseSplitter:
    """Sets `doc.spans["clauses"]` and encodes the turn for the rules."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known

    def __call__(self, doc: Doc) -> Doc:
        tokens: list[Token] = doc.user_data[TOKENS]
        starts = clause_starts(tokens)
        doc.user_data[LINE] = encode(tokens, starts, self.known)
        edges = [at for at, start in enumerate(starts) if start] + [len(tokens)]
        doc.spans["clauses"] = [Span(doc, a, b) for a, b in pairwise(edges)]
        return doc


@Language.factory("earshot_frames", default_config=FOLDERS)
def frame_ruler(nlp: Language, name: str, markers_dir: str, overlay_dir: str) -> "FrameRuler":  # noqa: ARG001 (spaCy)
    return FrameRuler(_known(markers_dir, overlay_dir))


class FrameRuler:
    """Runs every rule of every marker; matches may overlap."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self.ways = [
            (marker, rule, way)
            for marker in known.markers.values()
            for rule in marker.rules
            for way in rule.ways
        ]
        self.prefilter = prefilter([way.alternatives for _, _, way in self.ways])

    def __call__(self, doc: Doc) -> Doc:
        line: Line = doc.user_data[LINE]
        hopeless: Hopeless = doc.user_data.get(HOPELESS, _none_is)
        spans: list[Span] = []
        matches: list[Match] = []
        for rule, found in (*self._matches(line.text, hopeless), *self._confessed(line.text)):
            start, end = line.span(found.start(), found.end())
            spans.append(Span(doc, start, end, label=rule.marker, span_id=rule.id))
            matches.append((rule, found))
        doc.spans["candidates"] = spans
        doc.user_data[MATCHES] = matches
        return doc

    def _confessed(self, text: str) -> Iterator[Match]:
        """What one who tells of their own violence tells: the same frames, with "i" for "he"."""
        if self.known.cues["confession"].search(text) is None:
            return
        other = swapped(text, self.known)
        for rule, found in self._matches(other, lambda _: True):
            changed = found[0] != text[found.start() : found.end()]
            if changed and self.known.markers[rule.marker].frame != "never":
                yield replace(rule, by="suspect"), found

    def _matches(self, text: str, hopeless: Hopeless) -> Iterator[Match]:
        """What rules a marker out is looked for only once something speaks for it: most turns do not."""
        for place in self.prefilter.possible(text):
            marker, rule, way = self.ways[place]
            if rule.needs == BROAD and hopeless(rule.marker):
                continue
            for found in way.finditer(text):
                if not (rule.unless.rules_out(text, found) or marker.unless.rules_out(text, found)):
                    yield rule, found


@Language.factory("earshot_scope", default_config=FOLDERS)
def context_scope(nlp: Language, name: str, markers_dir: str, overlay_dir: str) -> "ContextScope":  # noqa: ARG001 (spaCy)
    return ContextScope(_known(markers_dir, overlay_dir))


class ContextScope:
    """Sets `span._.context`, and drops what is only supposed or made up."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known

    def __call__(self, doc: Doc) -> Doc:
        line: Line = doc.user_data[LINE]
        spans, matches = [], []
        made_up = self.known.cues["fiction"].search(line.text) is not None
        for span, (rule, found) in zip(doc.spans["candidates"], doc.user_data[MATCHES], strict=True):
            context = None if made_up else context_of(found, rule, line, self.known)
            if context is None or (rule.when and context.when.value not in rule.when):
                continue
            span._.context = context
            spans.append(span)
            matches.append((rule, found))
        doc.spans["candidates"] = spans
        doc.user_data[MATCHES] = matches
        return doc


def keep_across(doc: Doc, seam: int) -> None:
    """Keep the matches that hold tokens of both sides of the seam."""
    kept = [
        (span, match)
        for span, match in zip(doc.spans["candidates"], doc.user_data[MATCHES], strict=True)
        if span.start < seam < span.end
    ]
    doc.spans["candidates"] = [span for span, _ in kept]
    doc.user_data[MATCHES] = [match for _, match in kept]


def pipeline(markers_dir: Path, overlay_dir: Path | None = None) -> Language:
    """A blank English pipeline with the reader's components, over these folders of markers."""
    register_extensions()
    nlp = spacy.blank("en")
    known = known_in(markers_dir, overlay_dir)[0]
    nlp.tokenizer = HeardTokenizer(nlp.vocab, known)
    for word in known.alphabet.letters:
        nlp.vocab[word]  # words of the patterns are kept: in a memory zone each would be made anew
    config = {"markers_dir": str(markers_dir), "overlay_dir": str(overlay_dir or "")}
    for factory in ("earshot_clauses", "earshot_frames", "earshot_scope"):
        nlp.add_pipe(factory, config=config)
    return nlp
