"""A node without its web: everything that carries, hears, reads and records calls."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from server.adapters.clock import SystemClock
from server.adapters.doorways.ulaw import ulaw_of
from server.adapters.metrics import Metrics
from server.adapters.speech import ENGINES
from server.adapters.speech.options import HearingOptions, workers_for_this_machine
from server.adapters.store import Store
from server.adapters.store.sole import sole_server
from server.domain.people import Force
from server.ports.bus import Bus
from server.ports.clock import Clock
from server.ports.speech import Transcriber
from server.ports.vault import Vault
from server.services.carrying import CallLimits
from server.services.casebook import Casebook
from server.services.control_room import ControlRoom
from server.services.daybook import Daybook
from server.services.duty import Duty
from server.services.keeping_sound import SoundKeeping
from server.services.latency import LatencyBook
from server.services.listening import Listening
from server.services.minding import Minding
from server.services.need_to_know import NeedToKnow
from server.services.readers import Readers
from server.services.recording import Recorder
from server.services.remembering import Remembering
from server.services.sounds import Sounds
from server.services.switchboard import Exchange, Switchboard
from server.settings import Settings, load_forces
from server.wiring.choosing import BUSES, chosen
from server.wiring.history import remembering_of
from server.wiring.reading import readers_of
from server.wiring.vault import Safe, open_safe


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """A node that can carry, hear, read and record calls; nothing of the web yet."""

    settings: Settings
    forces: tuple[Force, ...]
    clock: Clock
    store: Store
    bus: Bus
    readers: Readers
    transcriber: Transcriber
    recorder: Recorder
    latency: LatencyBook
    room: ControlRoom
    minding: Minding
    remembering: Remembering
    switchboard: Switchboard
    sounds: Sounds
    vault: Vault
    metrics: Metrics
    daybook: Daybook


def hearing_options(settings: Settings) -> HearingOptions:
    speech = settings.speech
    return HearingOptions(
        model=settings.path(speech.engine.partition(":")[2]),
        workers=speech.workers or workers_for_this_machine(),
        spares=speech.spares,
        threads=speech.threads,
        block_ms=speech.block_ms,
        stall_s=speech.stall_s,
        start_s=speech.start_s,
        monologue_s=speech.monologue_s,
        retain_s=speech.retain_s,
        flush_s=settings.calls.flush_s,
        max_age_s=speech.recycle_hours * 3600,
        max_growth_mb=speech.recycle_growth_mb,
    )


async def run_core(
    settings: Settings, body: Callable[[Core], Awaitable[None]], clock: Clock | None = None
) -> None:
    """Start a node, run `body` on it, and close it down: last words settled, everything recorded."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        forces = tuple(load_forces(settings.path(settings.forces.folder)))
        stack.enter_context(sole_server(settings.url(settings.store.url)))
        safe = await stack.enter_async_context(open_safe(settings, clock))
        engine = chosen(ENGINES, "speech.engine", settings.speech.engine)
        transcriber = await stack.enter_async_context(engine(hearing_options(settings)))
        core = _core(settings, forces, safe, transcriber, clock)
        started = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(core.switchboard.run(started), name="switchboard")
            await started.wait()
            minding = tasks.create_task(core.minding.run(), name="minding")
            remembering = tasks.create_task(core.remembering.run(), name="remembering")
            try:
                await body(core)
            finally:
                core.switchboard.close()
                await core.switchboard.closed()
                minding.cancel()
                remembering.cancel()


def _core(
    settings: Settings, forces: tuple[Force, ...], safe: Safe, transcriber: Transcriber, clock: Clock
) -> Core:
    store = safe.store
    bus = chosen(BUSES, "bus.url", settings.bus.url)()
    readers = readers_of(settings, forces)
    room = _control_room(store, bus, forces, clock)
    latency = LatencyBook(clock)
    listening = Listening(transcriber=transcriber, bus=bus, clock=clock, latency=latency)
    exchange = _exchange(settings, room, safe, readers, listening)
    switchboard = Switchboard(exchange)
    metrics = Metrics(health=transcriber.health, live_calls=lambda: len(switchboard.live))
    remembering = remembering_of(room, store)
    minding, daybook = Minding(room), Daybook(clock, room.casebook.force_of)
    for one in (metrics, switchboard, minding, remembering, daybook):
        bus.subscribe(one.follow)
    return Core(
        settings=settings,
        forces=forces,
        clock=clock,
        store=store,
        bus=bus,
        readers=readers,
        transcriber=transcriber,
        recorder=room.recorder,
        latency=latency,
        room=room,
        minding=minding,
        remembering=remembering,
        switchboard=switchboard,
        sounds=exchange.sounds,
        vault=safe.vault,
        metrics=metrics,
        daybook=daybook,
    )


def _exchange(
    settings: Settings, room: ControlRoom, safe: Safe, readers: Readers, listening: Listening
) -> Exchange:
    return Exchange(
        journal=safe.store.journal,
        recorder=room.recorder,
        readers=readers,
        listening=listening,
        duty=room.duty,
        clock=room.clock,
        limits=_limits(settings),
        sounds=Sounds(keep_ms=round(settings.listen_in.keep_s * 1000), encode=ulaw_of),
        keeping=SoundKeeping(vault=safe.vault, recorder=room.recorder, forces=room.forces),
    )


def _control_room(store: Store, bus: Bus, forces: tuple[Force, ...], clock: Clock) -> ControlRoom:
    return ControlRoom(
        recorder=Recorder(journal=store.journal, bus=bus),
        duty=Duty(people=store.people, grants=store.grants, bus=bus),
        casebook=Casebook(journal=store.journal, clock=clock),
        need_to_know=NeedToKnow(bars=store.bars, accesses=store.accesses),
        clock=clock,
        forces={force.id: force for force in forces},
    )


def _limits(settings: Settings) -> CallLimits:
    calls = settings.calls
    return CallLimits(
        grace_s=calls.grace_s,
        limit_s=calls.limit_s,
        flush_s=calls.flush_s,
        tap_ms=round(calls.tap_s * 1000),
    )
