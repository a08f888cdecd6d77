"""Context scope: whether a match is denied, supposed, made up or doubtful, and when it happened.

The design is ConText's (directional cues, bounded by the clause, with pseudo-cues), the cues are
the lexicon's `cue_` classes.
"""

import re
from dataclasses import dataclass

from server.adapters.language.knowledge import Knowledge, Rule
from server.adapters.language.turns import Line
from server.domain.sightings import Polarity, When


@dataclass(frozen=True, slots=True)
class Context:
    """What the words around a match make of it."""

    polarity: Polarity
    when: When
    cues: tuple[str, ...] = ()
    """The scope cues that were found, by name."""


TIMES = (
    ("historic", When.HISTORIC),
    ("now", When.NOW),
    ("today", When.TODAY),
    ("recent", When.RECENT),
    ("future", When.FUTURE),
)


def context_of(found: re.Match[str], rule: Rule, line: Line, known: Knowledge) -> Context | None:
    """The context of a match; `None` if it is only supposed, or made up."""
    clause_start, _ = line.clause(found.start())
    _, clause_end = line.clause(max(found.start(), found.end() - 1))
    before = line.text[clause_start : found.start()]
    if known.cues["hypothetical"].match(line.text, clause_start, found.start()):
        return None
    when, time_cue = when_told(line.text[clause_start:clause_end], line.text, known)
    denials = _denials(line.text, clause_start, found, rule, known)
    polarity = _polarity(denials, rule, doubted=bool(known.cues["doubt"].search(before)))
    cues = [cue for cue, there in (("denied", denials), (time_cue, time_cue)) if there]
    if polarity is Polarity.AFFIRMED and _conditional(line, clause_start, clause_end, known):
        polarity = Polarity.CONDITIONAL
        cues.append("conditional")
    return Context(polarity, when, tuple(cues))


def _denials(text: str, clause_start: int, found: re.Match[str], rule: Rule, known: Knowledge) -> int:
    """How many negations reach the match; one that belongs to the rule's own words does not count.

    "Nothing", "nobody" and the like only strengthen another: "he ain't got no knife" is one denial.
    """
    end = found.start() if rule.owns_negation else found.end()
    harmless = [m.span() for m in known.cues["pseudo_negation"].finditer(text, clause_start, end + 6)]
    cues = [
        cue
        for cue in known.cues["negation"].finditer(text, clause_start, end)
        if not any(start <= cue.start() < stop for start, stop in harmless)
    ]
    strengthening = sum(known.cues["strengthening"].match(text, cue.start()) is not None for cue in cues)
    return len(cues) - strengthening or min(1, strengthening)


def _polarity(denials: int, rule: Rule, *, doubted: bool) -> Polarity:
    if denials > 1 or (denials == 1 and rule.owns_negation):
        return Polarity.UNCERTAIN
    if (denials == 1) is not rule.negated:
        return Polarity.DENIED
    return Polarity.UNCERTAIN if doubted else Polarity.AFFIRMED


def _conditional(line: Line, start: int, end: int, known: Knowledge) -> bool:
    if not known.cues["will"].search(line.text, start, end):
        return False
    neighbours = line.text[max(0, line.clause(max(0, start - 2))[0]) : min(len(line.text), end + 3)]
    return bool(known.cues["hypothetical"].search(neighbours))


def when_told(clause: str, turn: str, known: Knowledge) -> tuple[When, str]:
    """When it happened, by the clause's own words or else by the turn's; and the cue."""
    for text in (clause, turn):
        for name, when in TIMES:
            if known.cues[f"time_{name}"].search(text):
                return when, f"time {name}"
    return When.UNSAID, ""
