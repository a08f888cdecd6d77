"""A control room on fakes: one call, its people, and every desk; time moves only when told."""

from dataclasses import replace

from server.adapters.bus.local import LocalBus
from server.domain.call import CallState, folded
from server.domain.events import Event
from server.domain.ids import ActId, CallId, PromptId
from server.domain.people import Force, Person, Role
from server.ports.bus import Notice
from server.services.casebook import Casebook
from server.services.control_room import ControlRoom
from server.services.correcting import Correcting
from server.services.desk import Desk
from server.services.duty import Duty
from server.services.minding import Minding
from server.services.pages import Doing
from server.services.readers import Readers
from server.services.recording import Recorder
from server.services.taking import Taking
from server.services.whispering import Whispering
from tests.fakes import FakeGrants, FakeJournal, FakePeople, need_to_know
from tests.services.stage import PlainReader
from tests.stories import HANNAH, HARRY, MIDSHIRE, SAM, SUE, arrived, opened, person, sighted

CALL = CallId("CA1")
P1, P2 = PromptId("p1"), PromptId("p2")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
KNIFE = sighted("weapon", "a knife", utterance=1, at_ms=6000)
ANN = person("ann", Role.SPECIALIST)
FORCE = Force(id=MIDSHIRE, name="Midshire Police", numbers=(), desks=())


def doing(who: Person, act: str = "") -> Doing:
    return Doing(person=who, act=ActId(act))


class Room:
    def __init__(self, *, journal: FakeJournal | None = None, force: Force = FORCE) -> None:
        self.journal = journal or FakeJournal()
        self.clock = self.journal.clock
        self.bus = LocalBus()
        self.people = FakePeople()
        self.grants = FakeGrants(self.people)
        self.need_to_know = need_to_know(self.people)
        self.heard: list[Notice] = []
        self.bus.subscribe(self.heard.append)
        self.recorder = Recorder(journal=self.journal, bus=self.bus)
        self.casebook = Casebook(journal=self.journal, clock=self.clock)
        self.room = ControlRoom(
            recorder=self.recorder,
            duty=Duty(people=self.people, grants=self.grants, bus=self.bus),
            casebook=self.casebook,
            need_to_know=self.need_to_know,
            clock=self.clock,
            forces={force.id: force},
        )
        self.minding = Minding(self.room)
        self.feeds = [self.bus.subscribe(self.minding.follow)]
        """What ends that the casebook is told of what is recorded."""
        self.desk = Desk(self.room)
        self.calls = Taking(self.room)
        self.whispers = Whispering(self.room)
        self.corrections = Correcting(self.room, Readers(shipped=PlainReader()))

    async def open(self, *, on_duty: tuple[Person, ...] = (SAM, SUE)) -> "Room":
        """Everybody has an account; the call has arrived; Hannah handles it."""
        for who in (HANNAH, HARRY, SAM, ANN, SUE):
            await self.people.add(replace(who, on_duty=False), password_hash="")
        for who in on_duty:
            await self.people.set_duty(who.id, on_duty=True)
        await self.grants.give(CALL, HANNAH.id)
        await self.happens(arrived(), *opened())
        return self

    async def happens(self, *events: Event, call: CallId = CALL) -> None:
        await self.recorder.record(call, *events)

    async def pass_time(self, seconds: float) -> None:
        """Time passes, and the calls are looked at."""
        self.clock.advance(seconds)
        await self.minding.look()

    def state(self, call: CallId = CALL) -> CallState:
        return folded(self.journal.kept[call])

    def of_kind(self, *kinds: type[Event], call: CallId = CALL) -> list[Event]:
        return [event for event in self.journal.events(call) if isinstance(event, kinds)]

    def last_seq(self) -> int:
        return len(self.journal.kept[CALL])
