"""The forces: one file each, with its numbers and desks, grades, services, rota and rules."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from server.domain.ids import ForceId, MarkerId, PersonId
from server.domain.people import Desk, Force, Topic
from server.domain.rota import Rota
from server.settings.force_parts import (
    GradeGiven,
    HistoryGiven,
    MarkerName,
    Name,
    Number,
    Part,
    PoliciesGiven,
    RecordingGiven,
    RulesGiven,
    ServiceGiven,
    ShiftGiven,
    SkillName,
    Slug,
    WatchGiven,
    WordingGiven,
    Zone,
)
from server.settings.load import BadSettings
from server.settings.model import Dial
from server.settings.wording import sentence


class _Desk(Part):
    dial: Dial
    handler: Name


class _Force(Part):
    id: Slug
    name: Name
    numbers: list[Number]
    desks: Annotated[list[_Desk], Field(min_length=1)]
    timezone: Zone = "Europe/London"
    nation: Literal["", "england", "wales", "scotland", "northern ireland"] = ""
    grades: tuple[GradeGiven, ...] = ()
    services: tuple[ServiceGiven, ...] = ()
    shifts: tuple[ShiftGiven, ...] = ()
    rules: RulesGiven = RulesGiven()
    history: HistoryGiven = HistoryGiven()
    recording: RecordingGiven = RecordingGiven()
    watch: WatchGiven = WatchGiven()
    policies: PoliciesGiven = PoliciesGiven()
    checklist: dict[Topic, WordingGiven] = Field(default_factory=dict)
    skills: dict[SkillName, tuple[MarkerName, ...]] = Field(default_factory=dict)


def load_forces(folder: Path) -> list[Force]:
    """Every force in the folder; raises `BadSettings` with all mistakes of all files."""
    mistakes: list[str] = []
    forces: list[Force] = []
    for path in sorted(folder.glob("*.toml")):
        force = _load(path, mistakes)
        if force is not None:
            forces.append(force)
    mistakes += _shared(forces)
    if not forces and not mistakes:
        mistakes.append(f"forces.folder: expected at least one force file (*.toml) in {folder}")
    if mistakes:
        raise BadSettings(mistakes)
    return forces


def _load(path: Path, mistakes: list[str]) -> Force | None:
    try:
        given = _Force.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        mistakes.append(f"{path.name}: not TOML: {error}")
        return None
    except (OSError, UnicodeDecodeError) as error:
        mistakes.append(f"{path.name}: cannot be read ({type(error).__name__})")
        return None
    except ValidationError as error:
        said = [sentence(detail, within="") for detail in error.errors(include_url=False)]
        mistakes += [f"{path.name}: {mistake}" for mistake in said]
        return None
    return _force(given)


def _force(given: _Force) -> Force:
    return Force(
        id=ForceId(given.id),
        name=given.name,
        nation=given.nation,
        numbers=tuple(given.numbers),
        desks=tuple(Desk(dial=desk.dial, handler=PersonId(desk.handler)) for desk in given.desks),
        grades=tuple(grade.meant() for grade in given.grades),
        services=tuple(service.meant() for service in given.services),
        rota=Rota(shifts=tuple(shift.meant() for shift in given.shifts), zone=given.timezone),
        rules=given.rules.meant(),
        gives_history_to=tuple(ForceId(force) for force in given.history.gives_to),
        shared_numbers=tuple(given.history.shared_numbers),
        recording=given.recording.meant(),
        watch=given.watch.meant(),
        policies=given.policies.meant(),
        checklist={topic: wording.meant() for topic, wording in given.checklist.items()},
        skill_markers={
            skill: frozenset(MarkerId(marker) for marker in markers)
            for skill, markers in given.skills.items()
        },
    )


def _shared(forces: list[Force]) -> list[str]:
    """Numbers and ids that two forces claim."""
    mistakes: list[str] = []
    owner: dict[str, str] = {}
    for force in forces:
        for claim in (f"id {force.id}", *(f"number {number}" for number in force.numbers)):
            if claim in owner:
                mistakes.append(f"forces: {claim} is claimed by both {owner[claim]} and {force.name}")
            owner[claim] = force.name
    return mistakes
