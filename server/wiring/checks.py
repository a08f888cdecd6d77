"""Everything that must be right before the server starts, checked together and reported at once."""

from collections.abc import Callable
from dataclasses import replace

from server.adapters.clock import SystemClock
from server.adapters.language.reader import SpacyReader
from server.adapters.speech import ENGINES
from server.adapters.speech.models.structure import check_model
from server.adapters.store import STORES, StoreRefused, open_store
from server.ports.language import BadMarkers
from server.ports.people import UnknownPerson
from server.ports.speech import HearingLost
from server.settings import BadSettings, Settings, load_forces
from server.wiring.choosing import BUSES, chosen
from server.wiring.core import hearing_options
from server.wiring.doorways import UNSIGNED


def mistakes_in(settings: Settings, *, needs_token: bool = True) -> list[str]:
    """One sentence a mistake, by key or file; empty when the server can start."""
    mistakes: list[str] = []
    for look in (_forces, _schemes, _model, _markers):
        mistakes += look(settings)
    if needs_token and settings.twilio.enabled and not settings.auth_tokens:
        mistakes.append(UNSIGNED)
    return mistakes


def _refusals(attempt: Callable[[], object]) -> list[str]:
    try:
        attempt()
    except BadSettings as bad:
        return bad.mistakes
    return []


def _forces(settings: Settings) -> list[str]:
    return _refusals(lambda: load_forces(settings.path(settings.forces.folder)))


def _schemes(settings: Settings) -> list[str]:
    return [
        *_refusals(lambda: chosen(ENGINES, "speech.engine", settings.speech.engine)),
        *_refusals(lambda: chosen(STORES, "store.url", settings.store.url)),
        *_refusals(lambda: chosen(BUSES, "bus.url", settings.bus.url)),
    ]


def _model(settings: Settings) -> list[str]:
    model = settings.path(settings.speech.engine.partition(":")[2])
    return [f"speech.engine: {problem}" for problem in check_model(model)]


def _markers(settings: Settings) -> list[str]:
    try:
        SpacyReader(settings.path(settings.reading.markers))
    except BadMarkers as bad:
        return str(bad).splitlines()
    return []


LOAD_S = 120.0
"""A large model takes a minute from a cold disk."""


async def model_loads(settings: Settings) -> str:
    """What keeps a worker from loading the model; empty if one did."""
    options = replace(hearing_options(settings), workers=1, spares=0)
    engine = chosen(ENGINES, "speech.engine", settings.speech.engine)
    try:
        async with engine(options) as transcriber:
            await transcriber.wait_ready(timeout_s=LOAD_S)
    except HearingLost as lost:
        return str(lost)
    return ""


async def database_writable(settings: Settings) -> str:
    """What keeps the database from being opened for writing; empty if it was."""
    try:
        async with open_store(settings.url(settings.store.url), clock=SystemClock()):
            return ""
    except StoreRefused as refused:
        return str(refused)


async def desks_without_people(settings: Settings) -> list[str]:
    """The handlers whom a force's desks name and who have no account."""
    missing: list[str] = []
    async with open_store(settings.url(settings.store.url), clock=SystemClock()) as store:
        for force in load_forces(settings.path(settings.forces.folder)):
            for desk in force.desks:
                try:
                    await store.people.person(desk.handler)
                except UnknownPerson:
                    missing.append(desk.handler)
    return missing
