"""Which specialist a call goes to, why, and in what order calls wait when nobody is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.call import CallState
from server.domain.ids import CallId, PersonId
from server.domain.markers import MarkerClass
from server.domain.people import Force, Person, Skill
from server.domain.room import VIDEO


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A specialist on duty."""

    person: Person
    calls: int
    """Live calls that they have."""
    until: str = ""
    """Until when they are on the rota; empty: they are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    person: PersonId | None
    because: tuple[str, ...]
    """Why this person; or why nobody."""


def wants_specialist(state: CallState) -> bool:
    """A call shows a first high or immediate marker, or belongs to earlier ones.

    A video call is theirs who join it: that it belongs to the call it was asked in from is no news.
    """
    linked = state.earlier_calls > 0 and state.doorway != VIDEO
    return state.severity.rank >= MarkerClass.HIGH.rank or linked


def is_waiting(state: CallState) -> bool:
    """Whether the call is live, wants a specialist, and has none."""
    return not state.ended and state.specialist is None and wants_specialist(state)


def wanted_skills(state: CallState, force: Force) -> frozenset[Skill]:
    sighted = {sighting.marker for sighting in state.sightings if sighting.stands}
    by_marker = {skill for skill, markers in force.skill_markers.items() if markers & sighted}
    return state.needs | by_marker


def chosen(candidates: Sequence[Candidate], wanted: frozenset[Skill], calls_each: int) -> Choice:
    """The best of those on duty, who are given in the order in which they came."""
    here = [one for one in candidates if not one.person.on_break]
    free = [one for one in here if one.calls < calls_each]
    if not free:
        return Choice(person=None, because=_nobody_free(candidates, here))
    best = min(free, key=lambda one: (-len(one.person.skills & wanted), one.calls, not one.until))
    return Choice(person=best.person.id, because=(*_skill_words(best, wanted), *_load_words(best, free)))


def _nobody_free(candidates: Sequence[Candidate], here: Sequence[Candidate]) -> tuple[str, ...]:
    """Empty when nobody is on duty at all."""
    away = len(candidates) - len(here)
    busy = [f"{len(here)} on duty, each with as many calls as they can hold"] if here else []
    return (*busy, *([f"{away} on a break"] if away else []))


def _skill_words(best: Candidate, wanted: frozenset[Skill]) -> list[str]:
    matched = sorted(best.person.skills & wanted)
    missing = sorted(wanted - best.person.skills)
    words = [f"has {', '.join(skill_words(skill) for skill in matched)}"] if matched else []
    return [*words, *([f"nobody free has {', '.join(map(skill_words, missing))}"] if missing else [])]


def _load_words(best: Candidate, free: Sequence[Candidate]) -> list[str]:
    calls = f"{best.calls} live call{'' if best.calls == 1 else 's'}"
    fewest = len(free) > 1 and all(one.calls > best.calls for one in free if one is not best)
    rota = f"on the rota until {best.until}" if best.until else "on duty beyond the rota"
    alone = ["the only one free"] if len(free) == 1 else []
    return [*alone, f"{calls}, the fewest" if fewest else calls, rota]


def skill_words(skill: Skill) -> str:
    """As people read it: `language:pl` is `language pl`."""
    return skill.replace("_", " ").replace(":", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A call in the waiting list."""

    call: CallId
    rank: int
    """From 1."""
    because: tuple[str, ...]
    since: datetime | None


def ranked(waiting: Sequence[tuple[CallId, CallState, datetime | None]]) -> list[Waiting]:
    """By unresolved immediate markers, then linked calls, then age (facts, section 7)."""
    ordered = sorted(waiting, key=lambda one: (-immediate_waiting(one[1]), -one[1].earlier_calls, _age(one)))
    return [
        Waiting(call=call, rank=rank, because=_rank_words(state), since=since)
        for rank, (call, state, since) in enumerate(ordered, 1)
    ]


def immediate_waiting(state: CallState) -> int:
    return sum(prompt.severity is MarkerClass.IMMEDIATE for prompt in state.waiting_prompts)


def _age(one: tuple[CallId, CallState, datetime | None]) -> str:
    return one[2].isoformat() if one[2] is not None else ""


def _rank_words(state: CallState) -> tuple[str, ...]:
    immediate, linked = immediate_waiting(state), state.earlier_calls
    words = [f"{immediate} unresolved immediate marker{'' if immediate == 1 else 's'}"] if immediate else []
    if linked:
        words.append(f"{linked} earlier call{'' if linked == 1 else 's'} linked")
    return tuple(words or ["the longest waiting first"])
