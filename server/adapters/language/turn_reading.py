"""One turn through the pipeline, as plain values that outlive spaCy's memory zone."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from spacy.language import Language
from spacy.tokens import Doc

from server.adapters.language.believing import BESIDE_JUDGE
from server.adapters.language.components import (
    HOPELESS,
    LINE,
    MATCHES,
    TOKENS,
    HeardTokenizer,
    Hopeless,
    keep_across,
)
from server.adapters.language.doubtful import REPLAY, choice, in_doubt
from server.adapters.language.ellipsis import Question, leaning, question_of, whole
from server.adapters.language.hearsay import source_of
from server.adapters.language.knowledge import BROAD, Knowledge, MarkerRules, Rule
from server.adapters.language.opinion import UNHEARD, Heard, Opinion
from server.adapters.language.questions import Asked
from server.adapters.language.roles import Mention, last_mention, names_nobody, speakers_in
from server.adapters.language.scope import Context, when_told
from server.adapters.language.turns import Line, clause_starts
from server.adapters.language.words import Token
from server.domain.ids import MarkerId
from server.domain.sightings import SPEAKING, Polarity, Sighting
from server.domain.speech import Draft, Utterance, Word

PAUSE_MS = 400
"""A pause this long may end a clause."""
QUOTE_WORDS = 30
TELLING_WORDS = 4
BROAD_WORDS = 5
"""A broad rule says nothing of a shorter turn."""
RULES_DIFFER = 1.0
"""No rule is believed by so much more than others of its marker."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sighting, and what it needs before it may stand."""

    sighting: Sighting
    needs: str
    margin: float = 0.0
    """How far the second opinion believes it, as log odds over what is needed."""
    by: str = "anyone"
    """Whose words the rule takes them for."""
    he: Mention | None = None
    """For what is told of the suspect as "he": the last person spoken of before it in the turn."""


@dataclass(frozen=True, slots=True)
class TurnWords:
    """A turn that has been through the pipeline."""

    known: Knowledge
    turn: Draft | Utterance
    tokens: Sequence[Token]
    line: Line
    found: tuple[Found, ...]
    abuse: float | None
    """How much the turn sounds like abuse, as log odds; a turn of a few words does not say."""
    answering: Callable[[Question], tuple[Found, ...]] = field(repr=False, compare=False)
    """What the turn says only together with the question that it answers."""

    @property
    def text(self) -> str:
        return self.turn.text

    @property
    def names_relation(self) -> bool:
        return bool(self.known.cues["relation"].search(self.line.text))

    @property
    def names_elsewhere(self) -> bool:
        return bool(self.known.cues["elsewhere"].search(self.line.text))

    @property
    def said(self) -> tuple[str, ...]:
        """As the judge hears it."""
        return tuple(token.text for token in self.tokens)

    @property
    def question(self) -> Question | None:
        return question_of(self.tokens, clause_starts(self.tokens), self.text)

    @property
    def speakers(self) -> frozenset[str]:
        return speakers_in(self.line, self.turn.party, self.known)

    @property
    def last_mention(self) -> Mention:
        return last_mention(self.line.text, len(self.line.text), self.known)

    def positions(self) -> list[tuple[MarkerId, int]]:
        """Each match's marker and the character at which it ends."""
        at = {self.tokens[token].last: char for char, token in enumerate(self.line.token_at)}
        sure = self.known.opinion is None
        found = [one for one in self.found if one.needs != BROAD and (sure or one.margin > 0)]
        return [(one.sighting.marker, at.get(one.sighting.matched[0][1] - 1, 0)) for one in found]

    def start_ms(self, char: int) -> int:
        """When the word before this character began."""
        return self.turn.words[self.tokens[self.line.before(char)].first].start_ms

    def end_ms(self, char: int) -> int:
        """When the word before this character ended."""
        return self.turn.words[self.tokens[self.line.before(char)].last].end_ms

    def answered(self, asked: Asked, polarity: Polarity, how: str = "") -> Found:
        """The turn as an answer to a handler's question."""
        words = self.turn.words
        last = min(len(words), QUOTE_WORDS)
        how = how or {Polarity.AFFIRMED: "yes", Polarity.DENIED: "no"}.get(polarity, "unsure")
        sighting = Sighting(
            marker=asked.marker,
            polarity=polarity,
            party=self.turn.party,
            utterance=self.turn.number,
            quote=" ".join(word.text for word in words[:last]),
            matched=((0, last),),
            start_ms=words[0].start_ms,
            end_ms=words[last - 1].end_ms,
            rule=f"{asked.marker}/answered",
            because=f'Answered {how} to the handler\'s question "{asked.text}".',
            confidence=min(word.confidence for word in words[:last]),
            when=when_told(self.line.text, "", self.known)[0],
            flags=flags_in(self.line.text, self.known.markers[asked.marker]),
            answers=asked.text,
        )
        return Found(sighting, "")


class TurnReader:
    """Runs turns through one pipeline."""

    def __init__(self, known: Knowledge, nlp: Language) -> None:
        self.known = known
        self._nlp = nlp
        self._tokenizer = HeardTokenizer(self._nlp.vocab, self.known)

    @contextmanager
    def read(self, turn: Draft | Utterance) -> Iterator[TurnWords]:
        """The turn, read. spaCy's memory for it is given back at the end."""
        with self._nlp.memory_zone():
            words = [word.text for word in turn.words]
            doc = self._tokenizer.heard(words, _pauses(turn.words))
            opinion = self.known.opinion
            heard = opinion.hear([token.text for token in doc.user_data[TOKENS]]) if opinion else None
            if opinion is not None:
                doc.user_data[HOPELESS] = self._hopeless(opinion, heard, len(doc))
            doc = self._nlp(doc)
            yield TurnWords(
                known=self.known,
                turn=turn,
                tokens=doc.user_data[TOKENS],
                line=doc.user_data[LINE],
                found=tuple(self._weighed(doc, turn, heard)),
                abuse=heard.abuse if heard and len(doc) >= TELLING_WORDS else None,
                answering=partial(self._answering, turn, doc.user_data[TOKENS]),
            )

    def _answering(
        self, turn: Draft | Utterance, tokens: Sequence[Token], question: Question
    ) -> tuple[Found, ...]:
        """What question and answer say together, and neither alone."""
        if not (answer := leaning(question, tokens)):
            return ()
        row, seam = whole(question, answer)
        with self._nlp.memory_zone():
            doc = self._tokenizer.of(row)
            opinion = self.known.opinion
            heard = opinion.hear([token.text for token in doc.user_data[TOKENS]]) if opinion else None
            if opinion is not None:
                doc.user_data[HOPELESS] = self._hopeless(opinion, heard, len(doc))
            doc = self._nlp(doc)
            keep_across(doc, seam)
            return tuple(
                replace(one, sighting=replace(one.sighting, answers=question.text))
                for one in self._weighed(doc, turn, heard)
            )

    def _weighed(self, doc: Doc, turn: Draft | Utterance, heard: Heard | None) -> Iterator[Found]:
        """What the rules found, with the second opinion's margin for each."""
        for found in _found(doc, turn, self.known):
            if found.sighting.polarity not in SPEAKING:
                if found.needs != BROAD:
                    yield found
            elif heard is None:
                yield found
            elif found.needs != BROAD or len(doc) >= BROAD_WORDS:
                yield replace(found, margin=self._margin(found, heard, doc.user_data[TOKENS]))

    def _margin(self, found: Found, heard: Heard, tokens: Sequence[Token]) -> float:
        """How far the opinions believe a rule; the judge is heard of nothing that no rule has found."""
        opinion, judge = self.known.opinion, self.known.judge
        if opinion is None:
            return 0.0
        marker, rule, broad = found.sighting.marker, found.sighting.rule, found.needs == BROAD
        if rule in self.known.own:
            return UNHEARD
        margin = opinion.margin(heard, marker, broad=broad, rule=rule)
        if judge is None or marker not in judge.lean:
            return margin
        weighty = judge.hear([token.text for token in tokens])
        return judge.margin(weighty, marker, broad=broad, rule=rule) + BESIDE_JUDGE * margin

    def _hopeless(self, opinion: Opinion, heard: Heard | None, words: int) -> Hopeless:
        if heard is None or words < BROAD_WORDS:
            return lambda _: True
        return lambda marker: opinion.margin(heard, marker, broad=True) <= -RULES_DIFFER


def _pauses(words: Sequence[Word]) -> list[int]:
    return [at for at in range(1, len(words)) if words[at].start_ms - words[at - 1].end_ms > PAUSE_MS]


def _found(doc: Doc, turn: Draft | Utterance, known: Knowledge) -> Iterator[Found]:
    """The first finding of each marker, polarity and need; the rest of a turn says the same again."""
    text = doc.user_data[LINE].text
    given: set[tuple[MarkerId, Polarity, str, str]] = set()
    for span, (rule, match) in zip(doc.spans["candidates"], doc.user_data[MATCHES], strict=True):
        context: Context = span._.context
        marker = known.markers[rule.marker]
        kind = (rule.marker, context.polarity, rule.needs, rule.by)
        if kind not in given:
            given.add(kind)
            finding = Finding(rule, match, (span.start, span.end), context, flags_in(text, marker))
            he = _he(text, match, known) if marker.of_suspect else None
            yield Found(_sighting(doc, turn, finding, known), rule.needs, by=rule.by, he=he)


def _he(text: str, match: re.Match[str], known: Knowledge) -> Mention | None:
    start, end = match.span()
    return last_mention(text, start, known) if names_nobody(text, start, end, known) else None


def flags_in(text: str, marker: MarkerRules) -> tuple[str, ...]:
    """The details of a marker that a turn tells."""
    return tuple(name for name, detail in marker.flags.items() if detail.search(text))


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's match with its context."""

    rule: Rule
    match: re.Match[str]
    span: tuple[int, int]
    """Tokens, half-open."""
    context: Context
    flags: tuple[str, ...]


def _sighting(doc: Doc, turn: Draft | Utterance, finding: Finding, known: Knowledge) -> Sighting:
    tokens: Sequence[Token] = doc.user_data[TOKENS]
    first, end = tokens[finding.span[0]].first, tokens[finding.span[1] - 1].last + 1
    said = turn.words[first:end]
    doubtful = next((choice(word.text) for word in said if in_doubt(word.text, word.confidence)), "")
    return Sighting(
        marker=finding.rule.marker,
        polarity=Polarity.UNCERTAIN if doubtful else finding.context.polarity,
        party=turn.party,
        utterance=turn.number,
        quote=_quote(turn, tokens, doc.user_data[LINE], finding.match.span()),
        matched=((first, end),),
        start_ms=said[0].start_ms,
        end_ms=said[-1].end_ms,
        rule=finding.rule.id,
        because=_because(finding, said) + (REPLAY if doubtful else ""),
        confidence=min(word.confidence for word in said),
        when=finding.context.when,
        flags=finding.flags,
        cues=finding.context.cues,
        doubtful=doubtful if finding.context.polarity in SPEAKING else "",
        source=source_of(doc.user_data[LINE].text, *finding.match.span(), known),
    )


def _quote(turn: Draft | Utterance, tokens: Sequence[Token], line: Line, match: tuple[int, int]) -> str:
    """The words as heard, from the start of the clause to its end."""
    start, _ = line.clause(match[0])
    _, end = line.clause(max(match[0], match[1] - 1))
    first, last = line.span(start, end)
    words = turn.words[tokens[first].first : tokens[last - 1].last + 1]
    return " ".join(word.text for word in words[:QUOTE_WORDS])


def _because(finding: Finding, said: Sequence[Word]) -> str:
    cues = finding.context.cues
    heard = " ".join(word.text for word in said)
    return f'Rule {finding.rule.id} matched "{heard}"' + (f"; {', '.join(cues)}." if cues else ".")
