"""Silent, abandoned and covert calls from people who called before: a person decides, by the policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.call import COVERT as CANNOT_SPEAK
from server.domain.call import CallState
from server.domain.case import Case
from server.domain.events import Event, PromptRaised, RiskRaised
from server.domain.ids import MarkerId, PromptId
from server.domain.markers import MarkerClass
from server.domain.people import Force
from server.domain.prompts import Prompt, Standing
from server.domain.sounds import SoundKind
from server.domain.speech import Party
from server.domain.watch_times import linked
from server.domain.watching import HARDLY_SPOKEN, abandoned

SILENT = MarkerId("silent_call_known")
ABANDONED = MarkerId("abandoned_call_known")
COVERT = MarkerId("covert_call_known")
QUIET = frozenset({SILENT, ABANDONED, COVERT})
"""Put aside only as noise, by a person who says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    marker: MarkerId
    title: str
    ask: str
    found: str


_SILENT = _Kind(
    marker=SILENT,
    title="Silent call, and they have called before",
    ask="If you cannot speak, press any key or cough.",
    found="Hardly a word from the caller yet",
)
_ABANDONED = _Kind(
    marker=ABANDONED,
    title="Call broke off, and they have called before",
    ask="Is now a good time to talk? Yes or no.",
    found="The call broke off",
)
_COVERT = _Kind(
    marker=COVERT,
    title="Caller may not speak freely, and they have called before",
    ask="Answer only yes or no. Are you in danger?",
    found="The caller may not be able to speak freely",
)


def quiet_calls(case: Case, force: Force, now: datetime, *, caller_spoke: bool) -> list[Event]:
    """An immediate prompt with the policy, once for each kind. `caller_spoke`: words not settled yet."""
    if not linked(case.state) or case.state.dispatched.noise:
        return []
    kinds = [
        kind
        for kind in _kinds(case, force, now, caller_spoke=caller_spoke)
        if case.state.prompt_of(kind.marker) is None
    ]
    return [event for kind in kinds for event in _raised(case, force, kind)]


def next_silence(case: Case, force: Force, now: datetime) -> datetime | None:
    """When the silence of a live call will have lasted long enough."""
    at = _silent_at(case, force)
    return at if at is not None and at > now and linked(case.state) else None


def cannot_speak_shown(state: CallState) -> bool:
    """Whether a prompt for a caller who may not be able to speak is in front of the handler.

    One that rests on a doubtful word asks only to hear it again.
    """
    shown = state.on_show
    return shown is not None and not shown.prompt.replay and shown.prompt.marker in {CANNOT_SPEAK, *QUIET}


def _kinds(case: Case, force: Force, now: datetime, *, caller_spoke: bool) -> Iterator[_Kind]:
    at = _silent_at(case, force)
    if at is not None and at <= now and not caller_spoke:
        yield _SILENT
    if abandoned(case):
        yield _ABANDONED
    if case.state.covert and not case.state.ended:
        yield _COVERT


def _silent_at(case: Case, force: Force) -> datetime | None:
    """None: somebody speaks, nobody is listening to the caller, or the call is over."""
    state = case.state
    heard = Party.CALLER in state.legs and Party.CALLER not in state.deaf
    spoke = case.times.caller_words >= HARDLY_SPOKEN
    if state.ended or not state.connected or not heard or spoke or case.opened_at is None:
        return None
    if not force.watch.silent_s:
        return None
    # A cry by one who says nothing is not waited out.
    return case.opened_at + timedelta(seconds=0 if state.cried_ms is not None else force.watch.silent_s)


def _raised(case: Case, force: Force, kind: _Kind) -> Iterator[Event]:
    policy = {
        SILENT: force.policies.silent,
        ABANDONED: force.policies.abandoned,
        COVERT: force.policies.covert,
    }
    if case.state.severity.rank < MarkerClass.IMMEDIATE.rank:
        yield RiskRaised(at_ms=case.at_ms, severity=MarkerClass.IMMEDIATE, because=kind.marker)
    prompt = Prompt(
        id=PromptId(f"w-{kind.marker}"),
        marker=kind.marker,
        severity=MarkerClass.IMMEDIATE,
        title=kind.title,
        ask=kind.ask,
        yes_no=kind.ask,
        handler=policy[kind.marker],
        specialist=policy[kind.marker],
        quote="",
        found=f"{kind.found}{_sounds(case.state)}. {_why_linked(case)}",
        party=Party.CALLER,
        utterance=-1,
        at_ms=case.at_ms,
        start_ms=case.at_ms,
        standing=Standing.SETTLED,
    )
    yield PromptRaised(at_ms=case.at_ms, prompt=prompt)


def _sounds(state: CallState) -> str:
    heard = ["a loud cry or noise"] if state.cried_ms is not None else []
    heard += [str(sound) for sound in SoundKind if sound in state.sounds]
    return f"; {' and '.join(heard)} may have been heard" if heard else ""


def _why_linked(case: Case) -> str:
    count = len(case.state.memory.linked) or case.state.earlier_calls
    reasons = [reason for one in case.state.memory.linked[:1] for reason in one.link.reasons]
    because = f": {'; '.join(reasons)}" if reasons else ""
    return f"{count} earlier call{'' if count == 1 else 's'} about the same people{because}."
