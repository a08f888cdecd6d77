"""What a call handler has to have asked, and how far each question has got.

The handler's panel has the same list in `consoles/shared/topics.js`, folded in the browser; a test keeps
the two alike.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from server.domain.call import CallState
from server.domain.evidence import Ledger
from server.domain.ids import MarkerId
from server.domain.prompts import Dismissal, Outcome, PromptState, Standing
from server.domain.speech import Party, Utterance

REPLY_MS = 12_000
"""Words that come later are no reply."""


class Asking(StrEnum):
    NOT_ASKED = "not asked"
    ASKED = "asked"
    """And no answer was heard."""
    ANSWERED = "answered"
    NOT_SAFE = "not safe to ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    id: str
    label: str
    asked: re.Pattern[str]
    """How a handler asks about it."""
    markers: frozenset[MarkerId] = frozenset()
    """What answers it when the caller's words show it, or deny it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    id: str
    label: str
    asking: Asking
    at_ms: int | None = None
    quote: str = field(default="", repr=False)


def _topic(name: str, label: str, asked: str, *markers: str) -> Topic:
    return Topic(
        id=name, label=label, asked=re.compile(asked), markers=frozenset(MarkerId(one) for one in markers)
    )


TOPICS: Sequence[Topic] = (
    _topic(
        "place",
        "Where they are",
        r"\b(address|postcode|where(abouts)? (exactly )?are you|your location|what (street|road)"
        r"|(street|road) name)\b",
    ),
    _topic(
        "suspect",
        "Where the suspect is",
        r"\b(is (he|she) (still )?(there|here|with you|in (the|your))|are they (still )?(there|with you|in "
        r"(the|your))|where('s| is| are) (he|she|they)\b|(he|she|they) (going to )?com(e|ing) back"
        r"|anyone with you)",
        "perpetrator_present",
        "perpetrator_left_scene",
        "perpetrator_at_door",
        "assault_in_progress",
    ),
    _topic(
        "hurt",
        "Injury, ambulance",
        r"\b(hurt|injur(y|ies|ed)|bleeding|ambulance|breathe|breathing|in (any )?pain)\b",
        "serious_injury",
        "injury",
        "strangulation",
    ),
    _topic(
        "children",
        "Children, vulnerable adults",
        r"\b(child|children|kids|baby|babies|who else|anyone else|anybody else)\b",
        "children_present",
        "child_harm",
        "older_victim",
        "disabled_or_dependent_victim",
    ),
    _topic(
        "weapons",
        "Weapons",
        r"\b(weapons?|knife|knives|gun|armed|in (his|her|their) hands?)\b",
        "weapon",
        "firearm",
        "fire_or_corrosive",
    ),
    _topic(
        "before",
        "Earlier abuse, MARAC",
        r"\b(happened before|done (this|it) before|before tonight|(called|rung) (us|the police) before"
        r"|how long has|marac)\b",
        "perpetrator_history",
        "repeat_incident",
        "escalation",
    ),
    _topic(
        "drink",
        "Alcohol, drugs",
        r"\b(drink|drinking|drunk|alcohol|drugs?|taken (anything|something))\b",
        "substance_use",
    ),
    _topic(
        "orders",
        "Court orders, bail",
        r"\b(court order|injunction|non ?mol\w*|bail|restraining|conditions|protection (order|notice))\b",
        "breach_of_order",
    ),
    _topic(
        "needs",
        "Communication needs",
        r"\b(interpreter|what language|hard of hearing|safe to (talk|speak|text)|(talk|speak) freely"
        r"|speak english)\b",
        "covert_call",
    ),
    _topic(
        "looks",
        "Suspect's name, description",
        r"\b(look(s)? like|wearing|descri(be|ption)|how tall|(his|her|their) (full )?name|date of birth)\b",
    ),
    _topic("word", "Key word agreed", r"\b((key|code|safe) ?word|say the word)\b"),
)


def topics_of(state: CallState, ledger: Ledger) -> list[TopicState]:
    """Where every topic stands, in the order in which it is asked."""
    heard = sorted((one for one in ledger.said.values() if one.words), key=lambda one: one.start_ms)
    return [_stands(topic, state, ledger, heard) for topic in TOPICS]


def _stands(topic: Topic, state: CallState, ledger: Ledger, heard: Sequence[Utterance]) -> TopicState:
    told = next(_told(topic, ledger), None)
    if told is not None:
        return told
    questions = [one for one in heard if one.party is Party.HANDLER and topic.asked.search(one.text)]
    for question in questions:
        reply = _reply(question, heard)
        if reply is not None:
            return TopicState(
                id=topic.id, label=topic.label, asking=Asking.ANSWERED, at_ms=reply.start_ms, quote=reply.text
            )
    prompts = [one for one in state.prompts.values() if one.prompt.marker in topic.markers]
    if any(_unsafe(one) for one in prompts):
        return TopicState(id=topic.id, label=topic.label, asking=Asking.NOT_SAFE)
    if questions:
        first = questions[0]
        return TopicState(
            id=topic.id, label=topic.label, asking=Asking.ASKED, at_ms=first.start_ms, quote=first.text
        )
    put = [one for one in prompts if one.asked or one.outcome is not None]
    return TopicState(id=topic.id, label=topic.label, asking=Asking.ASKED if put else Asking.NOT_ASKED)


def _told(topic: Topic, ledger: Ledger) -> Iterator[TopicState]:
    """Settled words of the caller's that say something of it, be it that it is not so."""
    for one in ledger.evidence:
        seen = one.sighting
        if seen.marker not in topic.markers or seen.party is Party.HANDLER or seen.held:
            continue
        if one.standing is not Standing.DRAFT and not one.heard:
            yield TopicState(
                id=topic.id, label=topic.label, asking=Asking.ANSWERED, at_ms=seen.start_ms, quote=seen.quote
            )


def _reply(question: Utterance, heard: Iterable[Utterance]) -> Utterance | None:
    """The caller's next words, if they come soon and before the handler has gone on."""
    later = (one for one in heard if one.start_ms > question.start_ms)
    following = next(later, None)
    if following is None or following.start_ms - question.end_ms > REPLY_MS:
        return None
    return following if following.party is not Party.HANDLER else None


def _unsafe(prompt: PromptState) -> bool:
    return prompt.outcome is Outcome.NOT_SAFE or prompt.dismissal is Dismissal.UNSAFE_TO_ASK
