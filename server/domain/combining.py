"""What linked calls say together: markers that each stood alone, and what that asks for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from server.domain.history import EarlierCall, EarlierMarker
from server.domain.ids import CallId, MarkerId, PromptId
from server.domain.linking import WEEK, Combination, ago
from server.domain.markers import MarkerClass
from server.domain.prompts import Prompt, Standing
from server.domain.speech import Party

TOGETHER = "separation, threat and stalking"
TWO_HIGH = "two grave markers over linked calls"
HIGH_AND_LINKED = "a grave marker, and a linked call in seven days"
LINKED_CALLS = MarkerId("linked_calls")
"""Stands for a marker where a prompt rests on several calls."""

PARTS: Mapping[str, frozenset[MarkerId]] = MappingProxyType(
    {
        "separation": frozenset({MarkerId("separation"), MarkerId("child_contact_dispute")}),
        "threat": frozenset(
            map(MarkerId, ("threat_to_kill", "weapon", "firearm", "fire_or_corrosive", "strangulation"))
        ),
        "stalking": frozenset({MarkerId("stalking_harassment"), MarkerId("perpetrator_at_door")}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A marker of this call or of an earlier one, and how long before this call that one came."""

    call: CallId
    marker: EarlierMarker
    before: timedelta

    @property
    def grave(self) -> bool:
        return self.marker.severity.rank >= MarkerClass.HIGH.rank

    @property
    def words(self) -> str:
        name = self.marker.title or self.marker.marker.replace("_", " ")
        return f"{name} ({ago(self.before) if self.before else 'this call'})"


def seen_in(own: EarlierCall, earlier: Iterable[EarlierCall]) -> tuple[Seen, ...]:
    """This call's markers first, then those of the linked ones, the newest first."""
    return (
        *(Seen(call=own.call, marker=marker, before=timedelta(0)) for marker in own.markers),
        *(
            Seen(call=call.call, marker=marker, before=_before(own.at, call.at))
            for call in earlier
            for marker in call.markers
        ),
    )


def combinations(own: EarlierCall, earlier: Sequence[EarlierCall]) -> list[Combination]:
    """All that stands together over these calls, and does not in one of them alone."""
    seen = seen_in(own, earlier)
    recent = any(_before(own.at, call.at) <= WEEK for call in earlier)
    return [*_together(seen), *_two_high(seen), *(_high_and_linked(own, seen) if recent else ())]


def _together(seen: Sequence[Seen]) -> Iterator[Combination]:
    parts = [next((one for one in seen if one.marker.marker in markers), None) for markers in PARTS.values()]
    found = [one for one in parts if one is not None]
    if len(found) == len(PARTS) and len({one.call for one in found}) > 1:
        yield _combined(TOGETHER, found)


def _two_high(seen: Sequence[Seen]) -> Iterator[Combination]:
    grave = {one.marker.marker: one for one in reversed(seen) if one.grave and one.before <= WEEK}
    if len(grave) >= 2 and len({one.call for one in grave.values()}) > 1:
        yield _combined(TWO_HIGH, [one for one in seen if one in grave.values()][:4])


def _high_and_linked(own: EarlierCall, seen: Sequence[Seen]) -> Iterator[Combination]:
    grave = [one for one in seen if one.grave and one.call == own.call]
    if grave:
        yield _combined(HIGH_AND_LINKED, grave[:2])


def _combined(name: str, seen: Sequence[Seen]) -> Combination:
    return Combination(
        name=name,
        because="; ".join(one.words for one in seen),
        markers=tuple(one.marker.marker for one in seen),
        calls=tuple(dict.fromkeys(one.call for one in seen)),
    )


def _before(at: datetime, earlier: datetime) -> timedelta:
    return max(timedelta(0), at - earlier)


def prompt_of(combination: Combination, *, number: int, at_ms: int) -> Prompt:
    """Numbered apart from what the words of this call raise, and from what is raised by hand."""
    return Prompt(
        id=PromptId(f"m{number}"),
        marker=LINKED_CALLS,
        severity=MarkerClass.IMMEDIATE,
        title="Separation, threat and stalking over linked calls",
        ask="What has he said that he will do, and where is he now?",
        yes_no="Has he threatened you, or followed you, before this call?",
        handler="Linked calls show separation, threat and stalking. Ask what he has threatened.",
        specialist="Read the linked calls together, not this one alone: separation, threat, stalking.",
        quote=combination.because,
        party=Party.CALLER,
        utterance=-1,
        at_ms=at_ms,
        start_ms=at_ms,
        standing=Standing.SETTLED,
    )
