"""Everything that must be right before the server starts, checked together and reported at once."""

from collections.abc import Callable
from dataclasses import replace

from server.adapters.clock import SystemClock
from server.adapters.language.reader import SpacyReader
from server.adapters.speech import ENGINES
from server.adapters.speech.models.structure import check_model
from server.adapters.store import STORES, open_store
from server.ports.language import BadMarkers
from server.ports.people import UnknownPerson
from server.ports.speech import HearingLost
from server.settings import BadSettings, Settings, load_forces
from server.settings.retention import load_retention
from server.settings.wording import without_credentials
from server.wiring.briefing import check_email, check_sheets
from server.wiring.cases import check_case_files
from server.wiring.choosing import BUSES, chosen
from server.wiring.core import hearing_options
from server.wiring.doorways import UNSIGNED
from server.wiring.identity import check_oidc
from server.wiring.integrations import endpoints_of
from server.wiring.inviting import check_texts
from server.wiring.reading import readers_of
from server.wiring.transferring import check_transfers
from server.wiring.vault import masters_of
from server.wiring.video import check_video


def mistakes_in(
    settings: Settings, *, needs_token: bool = True, unsure: frozenset[str] = frozenset()
) -> list[str]:
    """One sentence a mistake, by key or file; empty when the server can start.

    What depends on a section that is `unsure` is not looked at: its values are not those that were meant.
    """
    mistakes = [
        mistake for section, look in _LOOKS if section not in unsure for mistake in _refusals(look, settings)
    ]
    if needs_token and "twilio" not in unsure and unsigned(settings):
        mistakes.append(UNSIGNED)
    return mistakes


def unsigned(settings: Settings) -> bool:
    """Whether Twilio's requests could not be told from anybody else's."""
    return settings.twilio.enabled and not settings.auth_tokens


def _refusals(look: Callable[[Settings], None], settings: Settings) -> list[str]:
    try:
        look(settings)
    except BadSettings as bad:
        return bad.mistakes
    except BadMarkers as bad:
        return str(bad).splitlines()
    return []


def _forces(settings: Settings) -> None:
    load_forces(settings.path(settings.forces.folder))


def _store(settings: Settings) -> None:
    chosen(STORES, "store.url", without_credentials(settings.store.url))


def _vault(settings: Settings) -> None:
    masters_of(settings)
    load_retention(settings.path(settings.vault.retention))


def _bus(settings: Settings) -> None:
    chosen(BUSES, "bus.url", without_credentials(settings.bus.url))


def _speech(settings: Settings) -> None:
    chosen(ENGINES, "speech.engine", settings.speech.engine)
    model = settings.path(settings.speech.engine.partition(":")[2])
    problems = check_model(model)
    if problems:
        raise BadSettings([f"speech.engine: {problem}" for problem in problems])


def _markers(settings: Settings) -> None:
    SpacyReader(settings.path(settings.reading.markers))


def _frames(settings: Settings) -> None:
    if settings.frames.ancestors and not settings.frame_keys:
        raise BadSettings(
            ["frames.key: expected EARSHOT_FRAMES__KEY or frames.key_file with frames.ancestors"]
        )


def _webhooks(settings: Settings) -> None:
    endpoints = endpoints_of(settings)
    try:
        known = {force.id for force in load_forces(settings.path(settings.forces.folder))}
    except BadSettings:
        return  # said by the look at the forces
    mistakes = [
        f"webhooks.endpoints: {endpoint.name} is for {endpoint.force}, which is no force of ours"
        for endpoint in endpoints
        if endpoint.force not in known
    ]
    if mistakes:
        raise BadSettings(mistakes)


def skills_without_markers(settings: Settings) -> list[str]:
    """The markers that a force's skills name and that are not there: nobody is matched by them."""
    known = {path.stem for path in settings.path(settings.reading.markers).glob("*.yaml")}
    try:
        forces = load_forces(settings.path(settings.forces.folder))
    except BadSettings:
        return []
    return [
        f"{force.id}: skills.{skill}: there is no marker {marker}"
        for force in forces
        for skill, markers in force.skill_markers.items()
        for marker in sorted(markers - known)
    ]


def overlays_refused(settings: Settings) -> list[str]:
    """Why a force's own slang or prompt texts are not in force; nothing where they could not be looked at."""
    try:
        readers = readers_of(settings, load_forces(settings.path(settings.forces.folder)))
    except (BadSettings, BadMarkers):
        return []
    return [
        f"markers of {force} refused, the shipped ones stay in force: {mistake}"
        for force, mistakes in readers.refused.items()
        for mistake in mistakes
    ]


_LOOKS: tuple[tuple[str, Callable[[Settings], None]], ...] = (
    ("forces", _forces),
    ("speech", _speech),
    ("store", _store),
    ("vault", _vault),
    ("bus", _bus),
    ("reading", _markers),
    ("webhooks", _webhooks),
    ("frames", _frames),
    ("oidc", check_oidc),
    ("video", check_video),
    ("sheets", check_sheets),
    ("transfers", check_transfers),
    ("forces", check_case_files),
    ("email", check_email),
    ("texts", check_texts),
)
"""What can be wrong beyond the keys, and the section that each depends on."""

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


async def desks_without_people(settings: Settings) -> list[str]:
    """Those whom a force's desks and rota name and who have no account.

    Opens the database for writing, making it if need be. Raises `StoreRefused` or `PeopleLost`.
    """
    missing: list[str] = []
    async with open_store(settings.url(settings.store.url), clock=SystemClock()) as store:
        for force in load_forces(settings.path(settings.forces.folder)):
            rostered = {person for shift in force.rota.shifts for person in shift.people}
            for named in (*(desk.handler for desk in force.desks), *sorted(rostered)):
                try:
                    await store.people.person(named)
                except UnknownPerson:
                    missing.append(named)
    return missing
