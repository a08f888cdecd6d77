"""What time does to a prompt that nobody owns, and what is left when the call ends."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from server.domain.call import CallState
from server.domain.case import Case
from server.domain.events import (
    Escalation,
    Event,
    PromptEscalated,
    PromptShared,
    PromptsUnresolved,
    PromptUpgraded,
    ReviewAsked,
    ReviewWhy,
)
from server.domain.ids import PersonId
from server.domain.markers import MarkerClass
from server.domain.prompts import Dismissal, PromptState, Standing
from server.domain.rules import DeskRules

MS = timedelta(milliseconds=1)
LINKED_RECENTLY = "a linked call in the last seven days"


def steps_of(severity: MarkerClass, rules: DeskRules) -> tuple[tuple[float, Escalation], ...]:
    """After how many seconds without an owner, and to whom."""
    if severity is MarkerClass.IMMEDIATE:
        return (
            (rules.immediate_s, Escalation.SUPERVISOR),
            (rules.duty_supervisor_s, Escalation.DUTY_SUPERVISOR),
        )
    return ((rules.high_s, Escalation.SPECIALIST),) if severity is MarkerClass.HIGH else ()


def escalations(case: Case, rules: DeskRules, now: datetime, duty: PersonId | None) -> list[Event]:
    """The steps that are due. `duty` is the duty supervisor."""
    return [
        PromptEscalated(
            at_ms=case.at_ms,
            prompt=prompt.prompt.id,
            to=to,
            after_ms=(now - case.unowned_since[prompt.prompt.id]) // MS,
            person=duty if to is Escalation.DUTY_SUPERVISOR else None,
        )
        for prompt, at, to in _coming(case, rules)
        if at <= now
    ]


def retold(case: Case, now: datetime, here: Sequence[PersonId]) -> list[Event]:
    """What was brought to a duty supervisor who was not there, or has left, for the one who is `here` now."""
    if case.state.ended or not here:
        return []
    return [
        PromptEscalated(
            at_ms=case.at_ms,
            prompt=prompt.prompt.id,
            to=Escalation.DUTY_SUPERVISOR,
            after_ms=(now - case.unowned_since[prompt.prompt.id]) // MS,
            person=here[0],
        )
        for prompt in case.state.waiting_prompts
        if prompt.prompt.id in case.unowned_since and case.told.get(prompt.prompt.id, here[0]) not in here
    ]


def next_escalation(case: Case, rules: DeskRules, now: datetime) -> datetime | None:
    """When to look again."""
    return min((at for _, at, _ in _coming(case, rules) if at > now), default=None)


def _coming(case: Case, rules: DeskRules) -> Iterator[tuple[PromptState, datetime, Escalation]]:
    """Every step not yet taken by the prompts that nobody owns."""
    if case.state.ended:
        return
    for prompt in case.state.waiting_prompts:
        since = case.unowned_since.get(prompt.prompt.id)
        if prompt.owner is None and since is not None:
            for after_s, to in steps_of(prompt.severity, rules)[prompt.escalated :]:
                yield prompt, since + timedelta(seconds=after_s), to


def promotions(case: Case) -> list[Event]:
    """High ones that now count as immediate, and those that the handler is shown too (facts, 1C)."""
    if case.state.ended:
        return []
    high = [one for one in case.state.waiting_prompts if one.prompt.severity is MarkerClass.HIGH]
    return [*_upgrades(case, high), *_shares(case, high)]


def _upgrades(case: Case, high: list[PromptState]) -> Iterator[Event]:
    """Two high markers in one call, or one and a linked call within a week."""
    if len({one.prompt.marker for one in case.state.prompts.values() if _high_heard(one)}) >= 2:
        because = "two high markers in this call"
    elif case.state.linked_in_7_days:
        because = LINKED_RECENTLY
    else:
        return
    for one in high:
        if one.upgraded is None and one.prompt.by is None:
            yield PromptUpgraded(
                at_ms=case.at_ms, prompt=one.prompt.id, severity=MarkerClass.IMMEDIATE, because=because
            )


def _high_heard(prompt: PromptState) -> bool:
    """Whatever came of asking: an answer takes nothing of the danger away. Only what was misheard does."""
    heard = prompt.prompt.standing is not Standing.WITHDRAWN and prompt.dismissal is not Dismissal.MISHEARD
    return heard and prompt.prompt.by is None and prompt.prompt.severity is MarkerClass.HIGH


def _shares(case: Case, high: list[PromptState]) -> Iterator[Event]:
    """Those that were said in two turns."""
    for one in high:
        turns = {
            (seen.party, seen.utterance)
            for seen in case.state.sightings
            if seen.marker == one.prompt.marker and seen.stands
        }
        if len(turns) >= 2 and not one.for_handler:
            yield PromptShared(at_ms=case.at_ms, prompt=one.prompt.id, because="heard in a second turn")


def aftermath(case: Case) -> list[Event]:
    """What an ended call leaves for review, each said once."""
    state = case.state
    if not state.ended:
        return []
    events: list[Event] = []
    left = tuple(prompt.prompt.id for prompt in state.waiting_prompts)
    whys = _whys(state)
    if not state.unresolved.issuperset(left):
        events.append(PromptsUnresolved(at_ms=case.at_ms, prompts=left))
        whys = [ReviewWhy.UNRESOLVED, *whys]
    asked = [why for why in whys if why not in state.reviews_asked]
    return [
        *events,
        *(ReviewAsked(at_ms=case.at_ms, why=why, severity=state.severity) for why in asked),
    ]


def _whys(state: CallState) -> list[ReviewWhy]:
    prompts = state.prompts.values()
    holds = {
        ReviewWhy.IMMEDIATE_PUT_ASIDE: any(_immediate_put_aside(prompt) for prompt in prompts),
        ReviewWhy.NEVER_ASSIGNED: state.awaited and state.specialist is None,
        ReviewWhy.DOWNGRADED: state.graded.lowered,
        ReviewWhy.UNOWNED: any(prompt.owner is None and prompt.waits for prompt in prompts),
        ReviewWhy.MARKER: any(sighting.stands for sighting in state.sightings),
    }
    return [why for why, is_so in holds.items() if is_so]


def _immediate_put_aside(prompt: PromptState) -> bool:
    return prompt.dismissal is not None and prompt.severity is MarkerClass.IMMEDIATE
