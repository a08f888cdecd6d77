"""From sightings to prompts: what a call's journal should say next, and nothing that it said before.

Pure: the same call state and the same sightings always give the same events, so that
replaying a journal gives the same prompts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from server.domain.call import CallState, applied
from server.domain.events import (
    Event,
    MarkerSighted,
    PromptConfirmed,
    PromptRaised,
    PromptWithdrawn,
    RiskRaised,
    SightingWithdrawn,
)
from server.domain.ids import MarkerId
from server.domain.markers import Marker, MarkerClass
from server.domain.people import Role
from server.domain.prompts import PromptState, Standing, prompt_for, replay_for
from server.domain.sightings import Sighting
from server.domain.speech import Utterance

SAID_CLEARLY = "It has since been said clearly; another prompt took this one's place."


def recipients(severity: MarkerClass) -> frozenset[Role]:
    """Who is shown a prompt of this class (domain facts, section 1C)."""
    if severity is MarkerClass.IMMEDIATE:
        return frozenset({Role.HANDLER, Role.SPECIALIST, Role.SUPERVISOR})
    return frozenset({Role.SPECIALIST, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    markers: Mapping[MarkerId, Marker]

    def drafted(self, state: CallState, sightings: Iterable[Sighting]) -> list[Event]:
        """What stable sightings in a draft bring. Only immediate markers are shown before they settle."""
        events: list[Event] = []
        for sighting in self._in_order(sightings):
            if not sighting.stands or self.markers[sighting.marker].severity is not MarkerClass.IMMEDIATE:
                continue
            if _seen(state, sighting):
                continue
            for event in self._new(state, sighting, Standing.DRAFT):
                events.append(event)
                state = applied(state, event)
        return events

    def told(self, state: CallState, sightings: Iterable[Sighting]) -> list[Event]:
        """What sightings outside any turn bring: keys pressed."""
        events: list[Event] = []
        for sighting in self._in_order(sightings):
            for event in self._new(state, sighting, Standing.SETTLED):
                events.append(event)
                state = applied(state, event)
        return events

    def settled(self, state: CallState, utterance: Utterance, sightings: Iterable[Sighting]) -> list[Event]:
        """What a settled turn brings: drafts confirmed or visibly withdrawn, and what is new."""
        return list(self._steps(state, utterance, self._in_order(sightings)))

    def _steps(self, state: CallState, utterance: Utterance, found: list[Sighting]) -> Iterator[Event]:
        drafts = _drafts_of(state, utterance)
        for sighting in found:
            for event in self._new(state, sighting, Standing.SETTLED):
                yield event
                state = applied(state, event)
        standing = {sighting.marker for sighting in found if sighting.stands}
        for draft in drafts:
            prompt = _prompt_from(state, draft)
            if draft.marker in standing:
                quote = next(s.quote for s in found if s.marker == draft.marker and s.stands)
                if prompt is not None:
                    yield PromptConfirmed(at_ms=utterance.end_ms, prompt=prompt.prompt.id, quote=quote)
                continue
            yield SightingWithdrawn(
                at_ms=utterance.end_ms,
                marker=draft.marker,
                party=draft.party,
                utterance=draft.utterance,
                heard=utterance.text,
            )
            if prompt is not None:
                yield PromptWithdrawn(at_ms=utterance.end_ms, prompt=prompt.prompt.id, heard=utterance.text)

    def _new(self, state: CallState, sighting: Sighting, standing: Standing) -> Iterator[Event]:
        yield MarkerSighted(at_ms=sighting.end_ms, sighting=sighting, standing=standing)
        marker = self.markers[sighting.marker]
        if sighting.corrects:
            yield from _corrected(state, sighting)
        if sighting.doubtful:
            yield from _replayed(state, marker, sighting)
        if not sighting.stands:
            return
        if marker.severity.rank > state.severity.rank:
            yield RiskRaised(at_ms=sighting.end_ms, severity=marker.severity, because=marker.id)
        shown = state.prompt_of(marker.id)
        if shown is not None and shown.waits and shown.prompt.replay:
            yield PromptWithdrawn(
                at_ms=sighting.end_ms, prompt=shown.prompt.id, heard=sighting.quote, because=SAID_CLEARLY
            )
        if shown is None or shown.prompt.standing is Standing.WITHDRAWN or shown.prompt.replay:
            prompt = prompt_for(marker, sighting, number=prompt_number(state), standing=standing)
            yield PromptRaised(at_ms=sighting.end_ms, prompt=prompt)

    def _in_order(self, sightings: Iterable[Sighting]) -> list[Sighting]:
        return sorted(sightings, key=lambda sighting: self.markers[sighting.marker].order)


def _corrected(state: CallState, sighting: Sighting) -> Iterator[Event]:
    """A prompt that rests on words which were read wrongly says so in place, or on what else it rests."""
    shown = state.prompt_of(sighting.marker)
    if shown is None or shown.prompt.standing is Standing.WITHDRAWN or shown.prompt.by is not None:
        return
    prompt, at_ms = shown.prompt.id, sighting.end_ms
    other = next((one for one in state.sightings if _still_speaks(one, sighting, state)), None)
    if other is None:
        yield PromptWithdrawn(at_ms=at_ms, prompt=prompt, heard=sighting.quote, because=sighting.because)
    elif shown.prompt.quote == sighting.quote:
        yield PromptConfirmed(at_ms=at_ms, prompt=prompt, quote=other.quote)


def _still_speaks(one: Sighting, correction: Sighting, state: CallState) -> bool:
    """Whether this sighting speaks for the marker of the one corrected, and was never corrected itself."""
    corrected = {
        (past.party, past.utterance, past.corrects)
        for past in (*state.sightings, correction)
        if past.corrects and past.marker == correction.marker
    }
    own = (one.party, one.utterance, one.rule)
    return one.marker == correction.marker and one.stands and own not in corrected


def _replayed(state: CallState, marker: Marker, sighting: Sighting) -> Iterator[Event]:
    """Ask to hear a doubtful word again, once, and only where much hangs on it."""
    if marker.severity is MarkerClass.IMMEDIATE and state.prompt_of(marker.id) is None:
        prompt = replay_for(marker, sighting, number=prompt_number(state))
        yield PromptRaised(at_ms=sighting.end_ms, prompt=prompt)


def prompt_number(state: CallState) -> int:
    """The next of the prompts that words raise; those by hand and of linked calls are numbered apart."""
    return sum(shown.prompt.id.startswith("p") for shown in state.prompts.values()) + 1


def _seen(state: CallState, sighting: Sighting) -> bool:
    return any(
        (past.marker, past.party, past.utterance) == (sighting.marker, sighting.party, sighting.utterance)
        for past in state.sightings
    )


def _drafts_of(state: CallState, utterance: Utterance) -> tuple[Sighting, ...]:
    """The sightings that were recorded while this utterance was a draft."""
    return tuple(
        past
        for past in state.sightings
        if (past.party, past.utterance) == (utterance.party, utterance.number)
    )


def _prompt_from(state: CallState, sighting: Sighting) -> PromptState | None:
    """The prompt that this draft sighting raised, if it is still only a draft's."""
    for state_of in state.prompts.values():
        prompt = state_of.prompt
        if prompt.standing is Standing.DRAFT and (prompt.marker, prompt.party, prompt.utterance) == (
            sighting.marker,
            sighting.party,
            sighting.utterance,
        ):
            return state_of
    return None
