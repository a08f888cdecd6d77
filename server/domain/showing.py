"""Which prompt stands before the handler: one at a time, in order, and not while it would do harm."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.case import Case
from server.domain.events import PromptShown
from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass
from server.domain.prompts import PromptState
from server.domain.rules import DeskRules
from server.domain.speech import Party

MS = timedelta(milliseconds=1)
FOR_A_GAP = frozenset({MarkerId("separation"), MarkerId("stalking_harassment")})
"""These go into the officer's brief at once, and wait with the question until nobody speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What to put before the handler now, or when to look again."""

    shown: PromptShown | None = None
    again_at: datetime | None = None


def showing(case: Case, rules: DeskRules, now: datetime, spoken_at: datetime | None) -> Showing:
    """`spoken_at` is when somebody was last heard to speak."""
    if case.state.ended:
        return Showing()
    on_show = case.state.on_show
    again: list[datetime] = []
    for prompt in sorted(_candidates(case), key=_order):
        if on_show is not None and not (_interrupts(prompt, on_show) or _follows(case, prompt, on_show)):
            continue
        at = max(_holds(case, prompt, rules, spoken_at), default=now)
        if at <= now:
            waited = now - case.for_handler_since.get(prompt.prompt.id, now)
            return Showing(
                shown=PromptShown(at_ms=case.at_ms, prompt=prompt.prompt.id, waited_ms=waited // MS)
            )
        again.append(at)
    return Showing(again_at=min(again, default=None))


def _candidates(case: Case) -> Iterator[PromptState]:
    for prompt in case.state.waiting_prompts:
        by_handlers_words = prompt.prompt.party is Party.HANDLER and prompt.prompt.by is None
        if prompt.for_handler and not by_handlers_words and prompt is not case.state.on_show:
            yield prompt


def _order(prompt: PromptState) -> tuple[int, bool, int]:
    """The graver first, then what a specialist asks for, then the order of the facts, section 8."""
    return -prompt.prompt.severity.rank, prompt.prompt.by is None, prompt.prompt.order


def _interrupts(prompt: PromptState, on_show: PromptState) -> bool:
    """Only an immediate prompt takes the place of one that is not."""
    return _immediate(prompt) and not _immediate(on_show)


def _follows(case: Case, prompt: PromptState, on_show: PromptState) -> bool:
    """What was never shown follows what stands there unanswered, unless that is graver or being asked."""
    never = prompt.prompt.id not in case.state.shown_ever
    grave = prompt.prompt.severity.rank >= on_show.prompt.severity.rank
    return never and grave and (_immediate(prompt) or not on_show.asked)


def _immediate(prompt: PromptState) -> bool:
    return prompt.prompt.severity is MarkerClass.IMMEDIATE


def _holds(
    case: Case, prompt: PromptState, rules: DeskRules, spoken_at: datetime | None
) -> Iterator[datetime]:
    """Each moment before which something speaks against it."""
    quiets = _quiets(case, rules)
    on_show = case.state.on_show
    if on_show is not None and case.shown_at is not None and not _interrupts(prompt, on_show):
        yield case.shown_at + timedelta(seconds=rules.apart_s)
    if _immediate(prompt):
        longest = case.for_handler_since[prompt.prompt.id] + timedelta(seconds=rules.hold_immediate_s)
        yield from (min(until, longest) for until in quiets)
        return
    yield from quiets
    if case.shown_at is not None and prompt.prompt.by is None:
        yield case.shown_at + timedelta(seconds=rules.apart_s)
    gap_wanted = prompt.prompt.marker in FOR_A_GAP or prompt.prompt.severity is MarkerClass.CONTEXTUAL
    if gap_wanted and prompt.prompt.by is None and spoken_at is not None:
        yield spoken_at + timedelta(seconds=rules.gap_s)


def _quiets(case: Case, rules: DeskRules) -> Iterator[datetime]:
    began = case.opened_at or case.arrived_at
    if began is not None:
        yield began + timedelta(seconds=rules.first_s)
    for why in case.state.quiet:
        yield case.quiet_since[why] + timedelta(seconds=rules.quiet_longest_s)
