"""What stands against lowering a call's grade: facts with their words, never a number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from server.domain.call import CallState
from server.domain.ids import CallId, MarkerId, PersonId, PromptId
from server.domain.markers import Marker, MarkerClass
from server.domain.prompts import Dismissal, Outcome, PromptState, Standing
from server.domain.speech import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One marker that stands, as people read it."""

    call: CallId
    marker: MarkerId
    title: str
    severity: MarkerClass
    quote: str = field(repr=False)
    party: Party
    at_ms: int
    prompt: PromptId | None = None
    owner: PersonId | None = None
    asked: bool = False
    outcome: Outcome | None = None
    dismissal: Dismissal | None = None


def against(call: CallId, state: CallState, markers: Mapping[MarkerId, Marker]) -> list[Against]:
    """Every immediate or high marker of the call that nobody resolved, the gravest first."""
    found = [*_prompted(call, state), *_unprompted(call, state, markers)]
    return sorted(found, key=lambda one: (-one.severity.rank, one.at_ms))


def stands(prompt: PromptState, *, covert: bool) -> bool:
    """Whether the marker behind it speaks against a lower grade.

    A yes, or having acted on it, takes nothing of the danger away; neither does putting it aside, unless
    the words were not said. A no is believed only of a caller who can speak freely.
    """
    heard = prompt.prompt.standing is not Standing.WITHDRAWN and prompt.dismissal is not Dismissal.MISHEARD
    denied = prompt.outcome is Outcome.NO and not covert
    return heard and not denied and prompt.severity.rank >= MarkerClass.HIGH.rank


def _prompted(call: CallId, state: CallState) -> Iterator[Against]:
    for prompt in state.prompts.values():
        if stands(prompt, covert=state.covert):
            said = prompt.prompt
            yield Against(
                call=call,
                marker=said.marker,
                title=said.title,
                severity=prompt.severity,
                quote=said.quote,
                party=said.party,
                at_ms=said.start_ms,
                prompt=said.id,
                owner=prompt.owner,
                asked=prompt.asked,
                outcome=prompt.outcome,
                dismissal=prompt.dismissal,
            )


def _unprompted(call: CallId, state: CallState, markers: Mapping[MarkerId, Marker]) -> Iterator[Against]:
    """Those that a person marked by hand when nobody was left to ask."""
    prompted = {prompt.prompt.marker for prompt in state.prompts.values()}
    for sighting in {one.marker: one for one in state.sightings if one.stands}.values():
        marker = markers.get(sighting.marker)
        if marker is None or sighting.marker in prompted or marker.severity.rank < MarkerClass.HIGH.rank:
            continue
        yield Against(
            call=call,
            marker=marker.id,
            title=marker.title,
            severity=marker.severity,
            quote=sighting.quote,
            party=sighting.party,
            at_ms=sighting.start_ms,
        )
