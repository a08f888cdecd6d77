"""Other systems are told what happened: in order, signed, again until they take it, and over restarts."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from server.adapters.bus.local import LocalBus
from server.adapters.store import Store, open_store
from server.domain.events import (
    CallEnded,
    DowngradeAsked,
    Ending,
    Escalation,
    GradeSet,
    PromptEscalated,
    PromptOwned,
    Watch,
    WatchRaised,
)
from server.domain.ids import CallId, ChangeId, ForceId, PromptId
from server.domain.integrations import Endpoint, Posting, Topic
from server.domain.speech import Party
from server.ports.integrations import NotTaken
from server.services.notifying import PAUSES_S, Notifying
from server.services.recording import Recorder
from server.services.telling import signatures
from tests.fakes import FakeClock
from tests.stories import MIDSHIRE, SAM, arrived, opened, raised, said, sighted

CALL = CallId("CA1")
P1 = PromptId("p1")
THROAT = sighted("strangulation", "hands round my throat", utterance=0, at_ms=4000)
SECRET, OLDER = b"s" * 32, b"o" * 32
CAD = Endpoint(name="cad", force=MIDSHIRE, url="https://cad.example/earshot", secrets=(SECRET,))


@dataclass
class FakeCourier:
    """Takes what it is given, unless it is told to be down."""

    down: bool = False
    given: list[Posting] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(
        self, endpoint: Endpoint, posting: Posting, *, headers: Collection[tuple[str, str]]
    ) -> None:
        if self.down:
            raise NotTaken("answered 503")
        self.given.append(posting)
        self.headers.append(dict(headers))
        self.news.set()

    @property
    def topics(self) -> list[str]:
        return [posting.topic for posting in self.given]


@dataclass
class Room:
    store: Store
    clock: FakeClock
    courier: FakeCourier = field(default_factory=FakeCourier)
    endpoint: Endpoint = CAD

    def __post_init__(self) -> None:
        self.bus = LocalBus()
        self.recorder = Recorder(journal=self.store.journal, bus=self.bus)
        self.notifying = self.restarted()

    def restarted(self) -> Notifying:
        """As a new server has it: nothing remembered but what the store keeps."""
        return Notifying(
            outbox=self.store.outbox, courier=self.courier, endpoints=[self.endpoint], clock=self.clock
        )

    async def tell(self) -> None:
        await self.notifying.tell_once(self.endpoint)

    async def happens(self) -> None:
        await self.recorder.record(
            CALL,
            said(Party.CALLER, 0, "hands round my throat", at_ms=4000),
            THROAT,
            raised(1, THROAT),
            PromptEscalated(at_ms=5000, prompt=P1, to=Escalation.SPECIALIST, after_ms=10_000),
            PromptOwned(at_ms=6000, prompt=P1, person=SAM.id),
            CallEnded(at_ms=7000, why=Ending.HUNG_UP),
        )


@asynccontextmanager
async def opened_room(folder: Path) -> AsyncIterator[Room]:
    clock = FakeClock()
    async with open_store(f"sqlite:{folder}/earshot.db", clock=clock) as store:
        yield Room(store=store, clock=clock)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with opened_room(tmp_path) as room:
        await room.recorder.record(CALL, arrived(), *opened())
        await room.tell()
        yield room


async def test_raised_escalated_owned_and_ended_are_told_in_their_order(room: Room) -> None:
    await room.happens()
    await room.tell()
    assert room.courier.topics == [Topic.RAISED, Topic.ESCALATED, Topic.OWNED, Topic.ENDED]
    told = [json.loads(posting.body)["data"] for posting in room.courier.given]
    assert [(data["call"], data["force"], data["seq"]) for data in told] == [
        (CALL, MIDSHIRE, seq) for seq in (7, 8, 9, 10)
    ]
    assert told[0]["marker"] == "strangulation"
    assert told[2]["person"] == SAM.id


async def test_grades_and_what_is_owed_are_told_without_the_reason(room: Room) -> None:
    asked = DowngradeAsked(
        at_ms=0, person=SAM.id, change=ChangeId("g1"), grade="priority", was="emergency", reason="Nobody hurt"
    )
    owed = WatchRaised(at_ms=0, watch=Watch.NO_UNIT, to=Escalation.SUPERVISOR, after_s=360)
    await room.recorder.record(CALL, GradeSet(at_ms=0, person=SAM.id, grade="emergency"), asked, owed)
    await room.tell()
    assert room.courier.topics == [Topic.GRADED, Topic.DOWNGRADE, Topic.OWED]
    told = [json.loads(posting.body)["data"] for posting in room.courier.given]
    assert (told[0]["grade"], told[1]["change"], told[2]["watch"]) == ("emergency", "g1", "no unit assigned")
    assert "Nobody hurt" not in str(told)


async def test_no_word_of_the_call_nor_a_number_is_told(room: Room) -> None:
    await room.happens()
    await room.tell()
    everything = "".join(posting.body for posting in room.courier.given)
    for secret in ("throat", "neck", "07700", "Sam"):
        assert secret not in everything


async def test_what_is_told_is_signed_with_its_id_and_its_moment(room: Room) -> None:
    await room.happens()
    await room.tell()
    posting, headers = room.courier.given[0], room.courier.headers[0]
    at_s = int(room.clock.now().timestamp())
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (posting.id, str(at_s))
    signed = f"{posting.id}.{at_s}.{posting.body}".encode()
    digest = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's own reference library."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signatures(
        [secret],
        posting="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at_s=1614265330,
        body='{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_while_a_secret_is_replaced_both_sign(room: Room) -> None:
    room.endpoint = replace(CAD, secrets=(SECRET, OLDER))
    room.notifying = room.restarted()
    await room.happens()
    await room.tell()
    first, second = room.courier.headers[0]["webhook-signature"].split()
    assert first != second


async def test_what_is_not_taken_is_tried_again_under_the_same_id_and_then_taken(room: Room) -> None:
    room.courier.down = True
    await room.happens()
    await room.tell()
    (first, *_) = await room.store.outbox.waiting("cad")
    assert (first.tries, first.why) == (1, "answered 503")
    room.courier.down = False
    room.clock.advance(PAUSES_S[0])
    await room.tell()
    assert room.courier.topics == [Topic.RAISED, Topic.ESCALATED, Topic.OWNED, Topic.ENDED]
    assert room.courier.given[0].id == first.id
    assert room.courier.given[0].body == first.body
    assert await room.store.outbox.waiting("cad") == []


async def test_the_pauses_grow(room: Room) -> None:
    room.courier.down = True
    await room.happens()
    pauses = []
    for _ in range(4):
        await room.tell()
        waiting = await room.store.outbox.waiting("cad")
        pauses.append((waiting[0].next_at - room.clock.now()) / timedelta(seconds=1))
        room.clock.at = waiting[0].next_at
    assert pauses == list(PAUSES_S[:4])


async def test_what_is_never_taken_is_given_up_kept_and_said(room: Room) -> None:
    room.courier.down = True
    await room.recorder.record(CALL, CallEnded(at_ms=7000, why=Ending.HUNG_UP))
    for pause_s in (*PAUSES_S, 0):
        await room.tell()
        room.clock.advance(pause_s)
    (dead,) = await room.store.outbox.waiting("cad")
    assert dead.dead_at is not None
    assert room.notifying.states["cad"].given_up == 1
    (note,) = room.notifying.notes()
    assert note.sentence == "1 posting(s) to cad were given up: earshot webhooks says which."
    room.courier.down = False
    room.clock.advance(100_000)
    await room.tell()
    assert room.courier.given == []
    await room.store.outbox.again("cad", now=room.clock.now())
    await room.tell()
    assert room.courier.topics == [Topic.ENDED]


async def test_what_was_recorded_while_nobody_could_tell_is_told_after_a_restart(room: Room) -> None:
    room.courier.down = True
    await room.happens()
    await room.tell()
    await room.recorder.record(CallId("CA2"), arrived(), CallEnded(at_ms=1, why=Ending.LINE_LOST))
    room.courier.down = False
    room.notifying = room.restarted()
    room.clock.advance(PAUSES_S[0])
    await room.tell()
    assert [(posting.call, posting.seq) for posting in room.courier.given] == [
        (CALL, 7),
        (CALL, 8),
        (CALL, 9),
        (CALL, 10),
        ("CA2", 2),
    ]


async def test_an_endpoint_is_told_only_of_its_topics_and_its_force(room: Room) -> None:
    room.endpoint = replace(CAD, topics=frozenset({Topic.ENDED}))
    room.notifying = room.restarted()
    await room.happens()
    await room.recorder.record(
        CallId("CAeast"), arrived(ForceId("eastshire")), CallEnded(at_ms=1, why=Ending.HUNG_UP)
    )
    await room.tell()
    assert [(posting.call, posting.topic) for posting in room.courier.given] == [(CALL, Topic.ENDED)]


async def test_a_new_endpoint_is_not_told_of_the_past(room: Room) -> None:
    await room.happens()
    room.endpoint = replace(CAD, name="late")
    room.notifying = room.restarted()
    await room.tell()
    assert room.courier.given == []


async def test_more_than_one_round_holds_is_told_in_one_go(room: Room) -> None:
    for number in range(230):
        await room.store.journal.append(
            CallId(f"CA-{number}"), [arrived(), CallEnded(at_ms=1, why=Ending.HUNG_UP)]
        )
    await room.tell()
    assert [posting.call for posting in room.courier.given] == [f"CA-{number}" for number in range(230)]


async def test_a_running_server_tells_as_soon_as_it_is_recorded(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.bus.subscribe(room.notifying.follow)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(room.notifying.run())
        await room.happens()
        while len(room.courier.given) < 4:
            room.courier.news.clear()
            await room.courier.news.wait()
        running.cancel()
