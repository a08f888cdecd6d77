"""The training room: calls that nobody made, played through the same pipeline, apart from every live board.

It has a store, a bus and a switchboard of its own. Each trainee has a force of their own in it, so that
nobody but them sees the call, and no figure, search, export or other system ever hears of it.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.domain.events import Entry
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Person, Role
from server.domain.speech import Party
from server.domain.training.papers import Pause
from server.ports.journal import Journal
from server.ports.people import PeopleBook, UnknownPerson
from server.ports.training import Player
from server.services.duty_refusals import ExerciseRuns, TrainingFull

log = logging.getLogger(__name__)

MOST_AT_ONCE = 6
"""Exercises that are played at a time: live calls need the machine more."""


@dataclass(eq=False, slots=True)
class Stops:
    """Where one exercise waits for its trainee."""

    pauses: Sequence[Pause]
    reached: int = 0
    """How many pauses have been reached,"""
    decided: int = 0
    """and decided on."""
    over: bool = False
    _go_on: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def waiting(self) -> int | None:
        """The pause that the trainee is to decide on now."""
        return self.reached - 1 if self.reached > self.decided and not self.over else None

    async def gate(self, at_ms: int) -> None:
        while self.reached < len(self.pauses) and self.pauses[self.reached].at_ms <= at_ms:
            self.reached += 1
            while self.decided < self.reached:
                self._go_on.clear()
                await self._go_on.wait()

    def go_on(self) -> None:
        self.decided = self.reached
        self._go_on.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One trainee's exercise."""

    trainee: Person
    session: str
    sound: Mapping[Party, bytes] = field(repr=False)
    pauses: Sequence[Pause]


class TrainingRoom:
    def __init__(self, *, people: PeopleBook, journal: Journal, player: Player) -> None:
        self._people = people
        self._journal = journal
        self._player = player
        self._plays: dict[CallId, Stops] = {}
        self._of: dict[PersonId, asyncio.Task[None]] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self, started: asyncio.Event) -> None:
        """Owns the exercises that are being played, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            started.set()
            await asyncio.Event().wait()

    async def play(self, turn: Turn) -> CallId:
        """Begin the exercise at the trainee's desk. Raises `ExerciseRuns` or `TrainingFull`."""
        who = turn.trainee.id
        if who in self._of:
            raise ExerciseRuns
        if self._tasks is None or len(self._of) >= MOST_AT_ONCE:
            raise TrainingFull
        call, stops = CallId(f"exercise-{secrets.token_hex(8)}"), Stops(turn.pauses)
        self._plays[call] = stops
        self._of[who] = self._tasks.create_task(self._played(call, turn, stops), name=f"exercise:{call}")
        return call

    def waiting(self, call: CallId) -> int | None:
        stops = self._plays.get(call)
        return None if stops is None else stops.waiting

    def playing(self, call: CallId) -> bool:
        stops = self._plays.get(call)
        return stops is not None and not stops.over

    def go_on(self, call: CallId) -> None:
        if call in self._plays:
            self._plays[call].go_on()

    async def stop(self, trainee: PersonId) -> None:
        """End what is played to this trainee."""
        task = self._of.get(trainee)
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def entries(self, call: CallId) -> list[Entry]:
        return await self._journal.entries(call)

    async def _played(self, call: CallId, turn: Turn, stops: Stops) -> None:
        try:
            force = ForceId(f"training-{turn.session}-{turn.trainee.id}")
            handler = await self._seat(turn.trainee, force)
            await self._player.play(call, (force, handler), turn.sound, stops.gate)
        except Exception:  # boundary: one exercise's fault must not end the others
            log.exception("exercise not played", extra={"call": call})
        finally:
            stops.over = True
            self._of.pop(turn.trainee.id, None)

    async def _seat(self, trainee: Person, force: ForceId) -> PersonId | None:
        """Put the trainee into a force of their own; returns who handles the call, if the trainee does."""
        with contextlib.suppress(UnknownPerson):
            await self._people.remove(trainee.id)
        handles = trainee.role is Role.HANDLER
        role = Role.HANDLER if handles else Role.SPECIALIST
        seated = replace(trainee, force=force, role=role, on_duty=False, on_break=False, rights=frozenset())
        await self._people.add(seated, password_hash="")
        if not handles:
            await self._people.set_duty(trainee.id, on_duty=True)
        return trainee.id if handles else None
