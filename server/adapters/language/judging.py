"""What the judge makes of a turn when it hears what was asked before it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from server.adapters.language.knowledge import BROAD
from server.adapters.language.questions import Asked
from server.adapters.language.turn_reading import Found, TurnWords
from server.domain.sightings import SPEAKING

MEANT = 1.0
"""The log odds that an answer needs which says neither yes nor no, to be taken for what was asked about."""
MORE_THAN_NOTHING = 1.5
"""And so much more than if nothing had been answered: a grave question alone sounds grave."""
LEAST_ASKED = -4.5
"""At lower log odds a plain yes is not to this marker: "does he have your passport" asks of no weapon."""
NOTHING = (("hello",), ("please", "hurry", "up"), ("sarah", "jones"))
BEHIND = 0.8
"""How much of a rule's margin the turn decides behind its question; the rest it decides alone."""
MOST_MORE = 0.5
"""However grave the question, no more than this speaks for what stands in the answer."""


def means_yes(words: TurnWords, asked: Asked) -> bool:
    """Whether a turn that begins with neither yes nor no tells what was asked about."""
    judge, marker = words.known.judge, asked.marker
    if judge is None or marker not in judge.lean or not asked.said:
        return False
    answered = judge.hear(words.said, asked.said).markers[marker]
    if answered <= MEANT:
        return False
    unanswered = max(judge.hear(nothing, asked.said).markers[marker] for nothing in NOTHING)
    return answered - unanswered > MORE_THAN_NOTHING


def may_mean(words: TurnWords, asked: Asked) -> bool:
    """Whether a yes can be one to this marker, of all those that a question's words bring to mind.

    Of a no the judge is not asked: it has heard few that say what the question did not.
    """
    judge, marker = words.known.judge, asked.marker
    if judge is None or asked.inverse or marker not in judge.lean or not asked.said:
        return True
    return judge.hear(words.said, asked.said).markers[marker] > LEAST_ASKED


def behind(words: TurnWords, found: Sequence[Found], asked: Sequence[str]) -> Iterator[Found]:
    """What was found in a turn, believed as far as it is when its question is heard as well."""
    judge = words.known.judge
    for one in found:
        marker, broad = one.sighting.marker, one.needs == BROAD
        if judge is None or not asked or one.sighting.polarity not in SPEAKING or marker not in judge.lean:
            yield one
            continue
        alone = judge.margin(judge.hear(words.said), marker, broad=broad)
        answering = judge.margin(judge.hear(words.said, asked), marker, broad=broad)
        yield replace(one, margin=one.margin + min(MOST_MORE, BEHIND * (answering - alone)))
