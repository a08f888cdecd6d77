"""A switchboard on fakes: an engine that hears what it is told, and a reader that knows two dangers."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from server.adapters.bus.local import LocalBus
from server.adapters.clock import SystemClock
from server.domain.events import Event
from server.domain.ids import CallId, ForceId, MarkerId, PersonId
from server.domain.markers import Marker, MarkerClass, PromptTexts
from server.domain.people import Person, Role
from server.domain.sightings import Polarity, Sighting
from server.domain.sounds import SoundHeard
from server.domain.speech import BYTES_PER_MS, AudioFrame, Draft, Party, Utterance, Word
from server.ports.bus import Notice
from server.ports.language import CallReading
from server.ports.speech import EngineHealth, Hearing, Progress
from server.services.carrying import CallLimits
from server.services.duty import Duty
from server.services.latency import LatencyBook
from server.services.listening import Listening
from server.services.readers import Readers
from server.services.recording import Recorder
from server.services.switchboard import Arrival, Exchange, Switchboard
from tests.fakes import FakeGrants, FakeJournal, FakePeople

CALL = CallId("CA1")
FORCE = ForceId("demo")
HANDLER = PersonId("handler")
SPECIALIST = PersonId("specialist")


def marker(name: str, severity: MarkerClass = MarkerClass.IMMEDIATE, order: int = 1) -> Marker:
    texts = PromptTexts(ask=f"Ask about {name}?", yes_no=f"Is it {name}?", handler="Do.", specialist="Check.")
    return Marker(
        id=MarkerId(name),
        severity=severity,
        title=name,
        why="because",
        sources=(),
        prompts=texts,
        order=order,
    )


MARKERS: Mapping[MarkerId, Marker] = {
    MarkerId("weapon"): marker("weapon", order=1),
    MarkerId("strangulation"): marker("strangulation", order=2),
    MarkerId("fear"): marker("fear", MarkerClass.HIGH, order=3),
}
TRIGGERS = {"knife": "weapon", "throat": "strangulation", "scared": "fear"}


def words(text: str, *, at_ms: int = 0) -> tuple[Word, ...]:
    """Each word lasts 200 ms."""
    return tuple(
        Word(text=word, start_ms=at_ms + place * 200, end_ms=at_ms + place * 200 + 200, confidence=0.9)
        for place, word in enumerate(text.split())
    )


def sighting(name: str, *, party: Party = Party.CALLER, utterance: int = 0, place: int = 0) -> Sighting:
    return Sighting(
        marker=MarkerId(name),
        polarity=Polarity.AFFIRMED,
        party=party,
        utterance=utterance,
        quote=name,
        matched=((place, place + 1),),
        start_ms=place * 200,
        end_ms=place * 200 + 200,
        rule="test",
        because="the test says so",
    )


class PlainReading:
    """Sees a danger in every trigger word."""

    domestic = False
    severity = MarkerClass.NONE
    remembered = False

    def remember(self) -> None:
        self.remembered = True

    def draft(self, draft: Draft) -> tuple[Sighting, ...]:
        return self._read(draft)

    def settle(self, utterance: Utterance) -> tuple[Sighting, ...]:
        if any(word.text == "crash" for word in utterance.words):
            raise ZeroDivisionError
        return self._read(utterance)

    def sound(self, heard: SoundHeard, *, party: Party, shown_ms: int | None = None) -> tuple[Sighting, ...]:
        seen = replace(sighting("weapon"), because=f"shown since {shown_ms}")
        return (seen,) if heard.count == 2 else ()

    def press(self, digit: str, *, party: Party, at_ms: int) -> tuple[Sighting, ...]:
        return (sighting("weapon"),) if digit == "9" else ()

    def wait(self, at_ms: int, *, over: bool = False) -> tuple[Sighting, ...]:
        return ()

    def _read(self, turn: Draft | Utterance) -> tuple[Sighting, ...]:
        if turn.party is not Party.CALLER:
            return ()
        return tuple(
            sighting(TRIGGERS[word.text], utterance=turn.number, place=place)
            for place, word in enumerate(turn.words)
            if word.text in TRIGGERS
        )


class PlainReader:
    markers = MARKERS

    def begin(self) -> CallReading:
        return PlainReading()


@dataclass
class ToldTranscriber:
    """Says, at each leg's end, what that leg was told to hear; `during` is said as soon as sound comes."""

    at_end: list[Hearing] = field(default_factory=list)
    during: list[Hearing] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    """Raised one after the other by the first runs of the caller's leg."""
    frames: list[AudioFrame] = field(default_factory=list)
    hang: bool = False
    lag_s: tuple[float, ...] = ()
    """Pauses at the end, each followed by a little progress."""

    async def transcribe(self, frames: AsyncIterable[AudioFrame]) -> AsyncGenerator[Hearing, None]:
        spoken = (frame async for frame in frames if self._noted(frame))
        if await anext(spoken, None) is None:
            return
        if self.failures:
            raise self.failures.pop(0)
        for hearing in self.during:
            yield hearing
        async for _ in spoken:
            pass
        async for hearing in self._ending():
            yield hearing

    async def _ending(self) -> AsyncGenerator[Hearing, None]:
        if self.hang:
            await asyncio.Event().wait()
        for step, pause_s in enumerate(self.lag_s, 1):
            await asyncio.sleep(pause_s)
            yield Progress(received_to_ms=1000, heard_to_ms=step)
        for hearing in self.at_end:
            yield hearing

    def _noted(self, frame: AudioFrame) -> bool:
        self.frames.append(frame)
        return frame.party is Party.CALLER

    async def wait_ready(self, *, timeout_s: float) -> None:
        return

    def health(self) -> EngineHealth:
        return EngineHealth(model="told", demonstration=True, workers=1, workers_ready=1, restarts=0, legs=0)


def frame(at_ms: int, *, party: Party = Party.CALLER, received_s: float = 0.0, ms: int = 20) -> AudioFrame:
    return AudioFrame(party=party, at_ms=at_ms, pcm=bytes(ms * BYTES_PER_MS), received_s=received_s)


def said(text: str, *, number: int = 0, party: Party = Party.CALLER, at_ms: int = 0) -> Utterance:
    spoken = words(text, at_ms=at_ms)
    return Utterance(party=party, number=number, words=spoken, heard_to_ms=at_ms + len(spoken) * 200)


def saying(text: str, *, number: int = 0, heard_to_ms: int | None = None) -> Draft:
    spoken = words(text)
    return Draft(
        party=Party.CALLER,
        number=number,
        words=spoken,
        heard_to_ms=len(spoken) * 200 if heard_to_ms is None else heard_to_ms,
    )


@dataclass
class Stage:
    """A running switchboard and what it left behind."""

    switchboard: Switchboard
    bus: LocalBus
    journal: FakeJournal
    people: FakePeople
    engine: ToldTranscriber
    latency: LatencyBook
    notices: list[Notice]

    def events(self, call: CallId = CALL) -> list[Event]:
        return self.journal.events(call)

    def kinds(self, call: CallId = CALL) -> list[str]:
        return [type(event).__name__ for event in self.events(call)]

    async def until(self, kind: str, call: CallId = CALL, *, times: int = 1) -> None:
        async with asyncio.timeout(5):
            while self.kinds(call).count(kind) < times:
                await asyncio.sleep(0.001)

    async def arrive(self, call: CallId = CALL) -> None:
        await self.switchboard.arrive(Arrival(call=call, force=FORCE, doorway="test", handler=HANDLER))


@asynccontextmanager
async def staged(
    engine: ToldTranscriber,
    *,
    limits: CallLimits | None = None,
    journal: FakeJournal | None = None,
    readers: Readers | None = None,
) -> AsyncIterator[Stage]:
    people = FakePeople()
    specialist = Person(id=SPECIALIST, name="S", role=Role.SPECIALIST, force=FORCE, on_duty=True)
    await people.add(specialist, password_hash="")
    exchange = (journal or FakeJournal(), readers or Readers(shipped=PlainReader()))
    stage = _stage(engine, limits or CallLimits(), exchange, people)
    started = asyncio.Event()
    # The test's own body is the owner here: the switchboard is closed before the stage is left.
    runner = asyncio.get_running_loop().create_task(stage.switchboard.run(started))
    await started.wait()
    await stage.switchboard.revive()
    try:
        yield stage
    finally:
        stage.switchboard.close()
        await runner


def _stage(
    engine: ToldTranscriber, limits: CallLimits, shared: tuple[FakeJournal, Readers], people: FakePeople
) -> Stage:
    journal, readers = shared
    bus, clock, notices = LocalBus(), SystemClock(), list[Notice]()
    bus.subscribe(notices.append)
    latency = LatencyBook(clock)
    listening = Listening(transcriber=engine, bus=bus, clock=clock, latency=latency)
    exchange = Exchange(
        journal=journal,
        recorder=Recorder(journal=journal, bus=bus),
        readers=readers,
        listening=listening,
        duty=Duty(people=people, grants=FakeGrants(people), bus=bus),
        clock=clock,
        limits=limits,
    )
    switchboard = Switchboard(exchange)
    bus.subscribe(switchboard.follow)
    return Stage(
        switchboard=switchboard,
        bus=bus,
        journal=journal,
        people=people,
        engine=engine,
        latency=latency,
        notices=notices,
    )
