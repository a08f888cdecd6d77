"""An earlier call as the index of calls keeps it, made from its journal or imported."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.call import CallState
from server.domain.dispatched import Dispatched
from server.domain.entities import EntityKind, Known
from server.domain.events import Verdict
from server.domain.ids import CallId, ForceId, MarkerId
from server.domain.markers import MarkerClass
from server.domain.prompts import Dismissal, PromptState, Standing
from server.domain.whispers import Judged

MARKERS = 12
"""Kept of each call, the gravest first."""
SHARED_FROM = 4
"""A number that calls about so many different households came from is nobody's own."""

CHANNELS = {
    "twilio": "phone call",
    "replay": "replayed call",
    "video": "video call",
    "transfer": "handed over by another force",
}
"""What people call the doorways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierMarker:
    marker: MarkerId
    severity: MarkerClass
    title: str = ""
    quote: str = field(default="", repr=False)
    at_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCall:
    call: CallId
    force: ForceId
    at: datetime
    channel: str = ""
    """How it came in: the doorway, or what the record says, such as `999` or `text call`."""
    outcome: str = field(default="", repr=False)
    grade: str = ""
    live: bool = False
    imported: bool = False
    markers: tuple[EarlierMarker, ...] = ()
    known: tuple[Known, ...] = field(default=(), repr=False)
    linked: tuple[CallId, ...] = ()
    """The calls that it is linked to itself, and that nobody took away again."""
    seq: int = 0
    """How much of its journal this was made from."""


def digest(  # what the index keeps is one record, and each part of it comes from elsewhere
    call: CallId, force: ForceId, at: datetime, channel: str, state: CallState
) -> EarlierCall:
    return EarlierCall(
        call=call,
        force=force,
        at=at,
        channel=channel,
        outcome=outcome_of(state),
        grade=state.graded.grade,
        live=not state.ended,
        markers=markers_of(state),
        known=state.memory.known,
        linked=tuple(one.link.earlier for one in state.memory.linked),
        seq=state.last_seq,
    )


def channel_of(earlier: EarlierCall) -> str:
    """How the call came in, as people read it."""
    if earlier.imported:
        return f"earlier record, {earlier.channel}" if earlier.channel else "earlier record"
    return CHANNELS.get(earlier.channel, earlier.channel)


def outcome_of(state: CallState) -> str:
    """What became of the call, as far as anybody told us: units, rings back, and what was left unanswered."""
    left = sum(state.prompts[prompt].waits for prompt in state.unresolved if prompt in state.prompts)
    parts = (
        "" if state.ended else "going on now",
        *_became(state.dispatched),
        f"{left} prompt{'' if left == 1 else 's'} unanswered" if left else "",
    )
    return ", ".join(part for part in parts if part) or "ended, outcome not told"


def _became(became: Dispatched) -> Iterator[str]:
    if became.attended:
        yield "attended"
    elif became.units:
        yield "unit on its way"
    elif became.sent:
        yield "unit stood down before it was there"
    elif became.not_needed or became.awaited:
        yield "no unit sent"
    if became.noise:
        yield "labelled as noise"
    if became.rung_back:
        yield "rung back" if became.answered else "rung back, no answer"


def markers_of(state: CallState) -> tuple[EarlierMarker, ...]:
    """One for each marker that stands: what was misheard, or judged not to be there, is left out."""
    standing = {
        prompt.prompt.marker: EarlierMarker(
            marker=prompt.prompt.marker,
            severity=prompt.prompt.severity,
            title=prompt.prompt.title,
            quote=prompt.prompt.quote,
            at_ms=prompt.prompt.start_ms,
        )
        for prompt in state.prompts.values()
        if _stands(state, prompt)
    }
    return tuple(sorted(standing.values(), key=lambda one: -one.severity.rank)[:MARKERS])


def _stands(state: CallState, shown: PromptState) -> bool:
    prompt = shown.prompt
    if prompt.standing is Standing.WITHDRAWN or prompt.replay or prompt.id.startswith("m"):
        return False
    judged = state.judgements.get(Judged(prompt.marker, prompt.party, prompt.utterance))
    wrong = judged is not None and judged.verdict is Verdict.NOT
    return not wrong and shown.dismissal is not Dismissal.MISHEARD


def shared_numbers(mine: Sequence[Known], earlier: Iterable[EarlierCall]) -> frozenset[str]:
    """Those of this call's numbers from which calls about several households came."""
    calls = tuple(earlier)
    numbers = {one.value for one in mine if one.kind is EntityKind.NUMBER}
    return frozenset(number for number in numbers if _households(number, calls) >= SHARED_FROM)


def _named(known: Known) -> bool:
    return known.kind is EntityKind.PERSON


def _households(number: str, calls: Sequence[EarlierCall]) -> int:
    victims, places = set(), set()
    for call in calls:
        if any(one.kind is EntityKind.NUMBER and one.value == number for one in call.known):
            places |= {one.value for one in call.known if one.kind is EntityKind.ADDRESS}
            victims |= {one.value for one in call.known if one.about in ("victim", "caller") and _named(one)}
    return min(len(victims), len(places))
