"""The training room: a store, a bus, ears and desks of its own, beside the live ones and behind them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from server.adapters.bus.local import LocalBus
from server.adapters.clock import SystemClock
from server.adapters.doorways.replay.player import ReplayDoorway
from server.adapters.doorways.replay.scripts import ReplayPlayer, ScriptFolders
from server.adapters.doorways.ulaw import pcm_of, ulaw_of
from server.adapters.speech.speaking import voice_of
from server.adapters.store import Store, open_store
from server.adapters.store.passwords import Argon2Hasher
from server.domain.people import Role
from server.ports.clock import Clock
from server.ports.papers import Papers
from server.ports.people import Sessions
from server.ports.retention import Retention
from server.ports.speech import Transcriber
from server.services.board import Board
from server.services.carrying import CallLimits
from server.services.casebook import Casebook
from server.services.control_room import ControlRoom
from server.services.deliveries import Deliveries
from server.services.desks import Desks
from server.services.duty import Duty
from server.services.exercises import Exercises, Shelf
from server.services.feed_writing import Sources
from server.services.feeds import Feeds
from server.services.kept_sound import KeptSound
from server.services.latency import LatencyBook
from server.services.listening import Listening
from server.services.listening_in import ListeningIn
from server.services.minding import Minding
from server.services.need_to_know import NeedToKnow
from server.services.readers import Readers
from server.services.recording import Recorder
from server.services.signing_in import Accounts, SigningIn
from server.services.sounds import Sounds
from server.services.spare_ears import SpareEars
from server.services.switchboard import Exchange, Switchboard
from server.services.training import RoomApart, Training
from server.services.training_room import TrainingRoom
from server.services.training_seats import TrainingSeats
from server.services.training_sessions import TrainingSessions
from server.settings import Settings
from server.wiring.core import Core
from server.wiring.hearing_again import live_model_ears
from server.wiring.vault import sealer_here

DEMO_CALLS = Path(__file__).parents[1] / "demo/calls"
SUFFIX = ".training"
KEEP_MS = 180_000
PAUSE_S = 24 * 3600.0
"""An exercise stands still while its trainee thinks: nobody is to be told that the line is deaf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What the training room is made of: its own store and ears, and of the live side only what it names."""

    store: Store
    ears: Transcriber
    readers: Readers
    clock: Clock
    live: ControlRoom
    papers: Papers
    signed_in: Sessions
    shelf: Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What runs in the training room."""

    room: ControlRoom
    minding: Minding
    switchboard: Switchboard
    feeds: Feeds
    sounds: Sounds


def room_url(settings: Settings) -> str:
    return f"{settings.url(settings.store.url)}{SUFFIX}"


@asynccontextmanager
async def played_in(settings: Settings) -> AsyncIterator[Retention | None]:
    """For the command line: what was played in the training room, if anything ever was."""
    url = room_url(settings)
    if not await asyncio.to_thread(Path(url.partition(":")[2]).exists):
        yield None
        return
    async with open_store(url, clock=SystemClock(), sealer=sealer_here(settings)) as store:
        yield store.retention


@asynccontextmanager
async def training_of(core: Core) -> AsyncIterator[Training]:
    url = room_url(core.settings)
    ears = SpareEars(live_model_ears(core.settings))
    shelf = Shelf(
        papers=core.store.papers,
        scripts=ScriptFolders(core.settings.path(core.settings.training.scripts), DEMO_CALLS),
        recordings=KeptSound(vault=core.vault, decode=pcm_of),
        vault=core.vault,
        encode=ulaw_of,
        voice=voice_of(core.settings.training.voice),
    )
    async with (
        open_store(url, clock=core.clock, sealer=sealer_here(core.settings)) as store,
        asyncio.TaskGroup() as tasks,
    ):
        listening = tasks.create_task(ears.run(), name="training:ears")
        making = Making(
            store=store,
            ears=ears,
            readers=core.readers,
            clock=core.clock,
            live=core.room,
            papers=core.store.papers,
            signed_in=core.store.sessions,
            shelf=shelf,
        )
        try:
            async with opened(making) as training:
                yield training
        finally:
            listening.cancel()


@asynccontextmanager
async def opened(making: Making) -> AsyncIterator[Training]:
    """The room, with its calls carried and its boards fed until it is left."""
    apart = _apart(making)
    player = ReplayPlayer(ReplayDoorway(apart.switchboard, making.clock))
    room = TrainingRoom(people=making.store.people, journal=making.store.journal, player=player)
    async with asyncio.TaskGroup() as tasks:
        started, ready = asyncio.Event(), asyncio.Event()
        running = [
            tasks.create_task(apart.switchboard.run(started), name="training:switchboard"),
            tasks.create_task(room.run(ready), name="training:exercises"),
            tasks.create_task(apart.minding.run(), name="training:minding"),
            tasks.create_task(apart.feeds.run(), name="training:feeds"),
        ]
        await started.wait()
        await ready.wait()
        try:
            yield _training(making, apart, room)
        finally:
            for task in running:
                task.cancel()


def _apart(making: Making) -> Apart:
    bus, clock, store = LocalBus(), making.clock, making.store
    room = ControlRoom(
        recorder=Recorder(journal=store.journal, bus=bus),
        duty=Duty(people=store.people, grants=store.grants, bus=bus),
        casebook=Casebook(journal=store.journal, clock=clock),
        need_to_know=NeedToKnow(bars=store.bars, accesses=store.accesses),
        clock=clock,
        forces={},
    )
    latency = LatencyBook(clock)
    sounds = Sounds(keep_ms=KEEP_MS, encode=ulaw_of)
    exchange = Exchange(
        journal=store.journal,
        recorder=room.recorder,
        readers=making.readers,
        listening=Listening(transcriber=making.ears, bus=bus, clock=clock, latency=latency),
        duty=room.duty,
        clock=clock,
        limits=CallLimits(quiet_s=PAUSE_S),
        sounds=sounds,
    )
    apart = Apart(
        room=room,
        minding=Minding(room),
        switchboard=Switchboard(exchange),
        feeds=_feeds(making, room, latency),
        sounds=sounds,
    )
    for follow in (apart.switchboard.follow, apart.minding.follow):
        bus.subscribe(follow)
    return apart


def _feeds(making: Making, room: ControlRoom, latency: LatencyBook) -> Feeds:
    store = making.store
    sources = Sources(
        board=Board(journal=store.journal, clock=making.clock),
        grants=store.grants,
        people=store.people,
        bus=room.duty.bus,
        clock=making.clock,
        deliveries=Deliveries(recorder=room.recorder, clock=making.clock, prompt_clock=latency),
        need_to_know=room.need_to_know,
    )
    return Feeds(sources)


def _training(making: Making, apart: Apart, room: TrainingRoom) -> Training:
    store, people = making.store, making.live.duty.people
    exercises = Exercises(making.live, making.shelf)
    seats = TrainingSeats(signed_in=making.signed_in, seated=store.people)
    accounts = Accounts(people=store.people, sessions=seats, hasher=Argon2Hasher(), accesses=store.accesses)
    listening_in = ListeningIn(
        sounds=apart.sounds,
        recorder=apart.room.recorder,
        grants=store.grants,
        need_to_know=apart.room.need_to_know,
        roles=frozenset(Role),
    )
    return Training(
        exercises=exercises,
        played=store.retention,
        sessions=TrainingSessions(making.papers, people, exercises, room),
        room=RoomApart(
            signing_in=SigningIn(accounts, making.clock),
            desks=Desks.of(apart.room, making.readers),
            feeds=apart.feeds,
            listening_in=listening_in,
        ),
    )
