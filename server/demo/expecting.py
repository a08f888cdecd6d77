"""Prompts that a demonstration call must bring, against those that it brought."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from server.domain.callscript import Expectation
from server.domain.events import (
    Entry,
    PromptDelivered,
    PromptPainted,
    PromptRaised,
    PromptTimed,
    PromptWithdrawn,
)
from server.domain.ids import MarkerId
from server.domain.markers import MarkerClass

EARLY_MS = 500
"""A prompt that comes this much before its cue was brought by other words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """One prompt of the journal; delays count from the end of the triggering word as it was heard."""

    marker: MarkerId
    quote: str = field(repr=False)
    at_ms: int
    """Where in the call the recogniser heard that word end."""
    sighted_ms: int = 0
    raised_ms: int = 0
    delivered_ms: int | None = None
    """To the first person who was sent it."""
    painted_ms: int | None = None
    """By the first browser that reported it."""
    withdrawn: bool = False
    interrupts: bool = True
    """Whether it is of the class that interrupts the handler."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    expected: Expectation
    raised: Raised | None
    fault: str = ""
    """Empty when the expectation held."""

    @property
    def heard_late_ms(self) -> int:
        """How much later than it was spoken the recogniser placed the word's end; added to every delay."""
        return self.raised.at_ms - self.expected.at_ms if self.raised else 0

    @property
    def delay_ms(self) -> int | None:
        """From the true end of the triggering word to the prompt."""
        if self.raised is None:
            return None
        return self.raised.raised_ms + self.heard_late_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    checks: tuple[Check, ...]
    unexpected: tuple[Raised, ...]
    """Interruptions that the script does not know of; every prompt, in a call that must stay quiet."""
    beside: tuple[Raised, ...] = ()
    """Quieter prompts, which a script does not list."""

    @property
    def held(self) -> bool:
        return not self.unexpected and not any(check.fault for check in self.checks)


def checked(expected: Sequence[Expectation], raised: Sequence[Raised]) -> Verdict:
    """Each marker brings at most one prompt a call, so a marker's name is enough to pair them."""
    found = {prompt.marker: prompt for prompt in raised}
    wanted = {one.marker for one in expected}
    others = [prompt for prompt in raised if prompt.marker not in wanted]
    return Verdict(
        checks=tuple(_check(one, found.get(one.marker)) for one in expected),
        unexpected=tuple(prompt for prompt in others if prompt.interrupts or not expected),
        beside=tuple(prompt for prompt in others if expected and not prompt.interrupts),
    )


def _check(expected: Expectation, raised: Raised | None) -> Check:
    check = Check(expected=expected, raised=raised)
    delay_ms = check.delay_ms
    if raised is None or delay_ms is None:
        return Check(expected=expected, raised=None, fault="missing")
    if raised.withdrawn:
        return Check(expected=expected, raised=raised, fault="withdrawn")
    if delay_ms < -EARLY_MS:
        return Check(expected=expected, raised=raised, fault="before its words")
    if delay_ms > expected.within_ms:
        return Check(expected=expected, raised=raised, fault="late")
    return check


def prompts_of(entries: Iterable[Entry]) -> tuple[Raised, ...]:
    """The prompts of one call's journal, in the order in which they were raised."""
    events = [entry.event for entry in entries]
    timed = {event.prompt: event for event in events if isinstance(event, PromptTimed)}
    withdrawn = {event.prompt for event in events if isinstance(event, PromptWithdrawn)}
    prompts = [event.prompt for event in events if isinstance(event, PromptRaised)]
    return tuple(
        Raised(
            marker=prompt.marker,
            quote=prompt.quote,
            at_ms=prompt.at_ms,
            sighted_ms=timed[prompt.id].sighted_ms if prompt.id in timed else 0,
            raised_ms=timed[prompt.id].raised_ms if prompt.id in timed else 0,
            delivered_ms=_first(
                e.after_ms for e in events if isinstance(e, PromptDelivered) and e.prompt == prompt.id
            ),
            painted_ms=_first(
                e.after_ms for e in events if isinstance(e, PromptPainted) and e.prompt == prompt.id
            ),
            withdrawn=prompt.id in withdrawn,
            interrupts=prompt.severity is MarkerClass.IMMEDIATE,
        )
        for prompt in prompts
    )


def _first(delays_ms: Iterable[int]) -> int | None:
    return min(delays_ms, default=None)


def percentile(values: Sequence[int], share: float) -> int | None:
    """The smallest value that at least this share of the values do not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]
