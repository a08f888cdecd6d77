"""Who may listen in, what is on record before they hear, and what slow ears cost: nobody but themselves."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from server.adapters.bus.local import LocalBus
from server.adapters.doorways.ulaw import pcm_of, ulaw_of
from server.domain.events import CallEnded, Ending, ListeningBegan, ListeningEnded
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Person, Role
from server.domain.speech import AudioFrame, Party
from server.domain.transfers import TRANSFER
from server.ports.journal import JournalLost
from server.services import listening_in, patience, recording
from server.services.listening_in import (
    CALL_OVER,
    HEAD,
    Listener,
    ListeningIn,
    ListensEnough,
    MayNotListen,
    NotHeardHere,
    Sends,
    TooManyListeners,
)
from server.services.patience import BrowserStalled
from server.services.recording import Recorder
from server.services.refusals import CallEndedAlready, NotYourCall, Refused
from server.services.sounds import BYTES_PER_MS, Sounds
from server.services.transfer_refusals import AtOtherForce
from tests.fakes import FakeGrants, FakeJournal, need_to_know
from tests.stories import HANNAH, MIDSHIRE, SAM, SUE, arrived, person

CALL = CallId("CA1")
ELSEWHERE = person("erin", Role.SUPERVISOR, force=ForceId("eastshire"))


@dataclass
class Browser:
    """Takes what it is sent; `slow` is set while it does not."""

    texts: list[dict[str, object]] = field(default_factory=list)
    pieces: list[tuple[int, int, int]] = field(default_factory=list)
    sound: bytes = b""
    reads: asyncio.Event = field(default_factory=asyncio.Event)
    got: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.reads.set()

    async def text(self, message: bytes) -> None:
        self.texts.append(json.loads(message))
        self.got.set()

    async def hear(self, message: bytes) -> None:
        await self.reads.wait()
        self.pieces.append(HEAD.unpack_from(message))
        self.sound += message[HEAD.size :]
        self.got.set()

    async def until(self, at_ms: int) -> None:
        async with asyncio.timeout(10):
            while not self.pieces or sum(self.pieces[-1][:2]) < at_ms:
                self.got.clear()
                await self.got.wait()

    @property
    def sends(self) -> Sends:
        return Sends(text=self.text, sound=self.hear)


class Room:
    def __init__(self) -> None:
        self.journal = FakeJournal()
        self.grants = FakeGrants()
        self.sounds = Sounds(keep_ms=60_000, encode=ulaw_of)
        self.listening = ListeningIn(
            sounds=self.sounds,
            recorder=Recorder(journal=self.journal, bus=LocalBus()),
            grants=self.grants,
            need_to_know=need_to_know(self.grants.people),
        )

    async def call(self) -> None:
        await self.journal.append(CALL, [arrived()])
        self.sounds.begin(CALL, MIDSHIRE)
        await self.grants.give(CALL, SAM.id)
        await self.grants.give(CALL, HANNAH.id)

    def say(self, from_ms: int, to_ms: int) -> None:
        sound = self.sounds.of(CALL)
        assert sound is not None
        for at_ms in range(from_ms, to_ms, 20):
            for party in (Party.CALLER, Party.HANDLER):
                pcm = pcm_of(bytes([at_ms // 20 % 100]) * 20 * BYTES_PER_MS)
                sound.keep(AudioFrame(party=party, at_ms=at_ms, pcm=pcm, received_s=0.0))

    @asynccontextmanager
    async def writing(self, listener: Listener, browser: Browser) -> AsyncIterator[asyncio.Task[str]]:
        async with asyncio.TaskGroup() as tasks:
            writing = tasks.create_task(self.listening.write(listener, browser.sends))
            yield writing
            listener.end("the test is over")


@pytest.fixture
async def room() -> Room:
    room = Room()
    await room.call()
    return room


async def test_that_somebody_listens_is_on_record_before_they_have_a_place_to_hear_from(room: Room) -> None:
    room.say(0, 5000)
    await room.listening.begin(SAM, CALL)
    assert room.journal.events(CALL)[-1] == ListeningBegan(at_ms=5000, person=SAM.id, from_ms=5000, live=True)


async def test_what_cannot_be_recorded_is_not_heard(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "PAUSES_S", ())
    room.journal.lost = True
    with pytest.raises(JournalLost):
        await room.listening.begin(SAM, CALL)
    assert not room.listening._listeners


async def test_a_specialist_hears_the_call_that_they_were_given(room: Room) -> None:
    assert await room.listening.may_hear(SAM, CALL)
    with pytest.raises(NotYourCall):
        await room.listening.begin(person("sophie", Role.SPECIALIST), CALL)


async def test_a_supervisor_hears_the_calls_of_their_own_force_only(room: Room) -> None:
    assert await room.listening.may_hear(SUE, CALL)
    with pytest.raises(NotYourCall):
        await room.listening.begin(ELSEWHERE, CALL)


async def test_a_grant_for_a_call_of_another_force_opens_no_ears(room: Room) -> None:
    stranger = replace(SAM, force=ForceId("eastshire"))
    with pytest.raises(NotYourCall):
        await room.listening.begin(stranger, CALL)


async def test_a_handler_does_not_listen_in(room: Room) -> None:
    with pytest.raises(MayNotListen):
        await room.listening.begin(HANNAH, CALL)


async def test_a_refused_listener_leaves_nothing_to_hear_and_no_place(room: Room) -> None:
    before = room.journal.events(CALL)
    for who in (HANNAH, ELSEWHERE):
        with pytest.raises(Refused):
            await room.listening.begin(who, CALL)
    assert room.journal.events(CALL) == before
    assert not room.listening._listeners


async def test_a_call_that_has_ended_is_said_to_be_over_to_those_who_had_it(room: Room) -> None:
    room.sounds.end(CALL)
    with pytest.raises(CallEndedAlready):
        await room.listening.begin(SAM, CALL)
    with pytest.raises(NotYourCall):
        await room.listening.begin(ELSEWHERE, CALL)


async def test_of_a_call_at_another_force_it_is_said_that_its_line_is_there(room: Room) -> None:
    there = CallId("TR1")
    await room.journal.append(there, [replace(arrived(), doorway=TRANSFER)])
    await room.grants.give(there, SAM.id)
    with pytest.raises(AtOtherForce):
        await room.listening.begin(SAM, there)
    with pytest.raises(NotYourCall):
        await room.listening.begin(ELSEWHERE, there)
    await room.journal.append(there, [CallEnded(at_ms=9000, why=Ending.HUNG_UP)])
    with pytest.raises(CallEndedAlready):
        await room.listening.begin(SAM, there)


async def test_nobody_can_crowd_a_call(room: Room) -> None:
    for number in range(listening_in.LISTENERS_EACH_CALL):
        await room.listening.begin(replace(SUE, id=PersonId(f"sue{number}")), CALL)
    with pytest.raises(TooManyListeners):
        await room.listening.begin(SAM, CALL)


async def test_one_person_listens_in_a_few_times_at_once_and_no_more(room: Room) -> None:
    places = [await room.listening.begin(SUE, CALL) for _ in range(listening_in.LISTENERS_EACH_PERSON)]
    with pytest.raises(ListensEnough):
        await room.listening.begin(SUE, CALL)
    await room.listening.leave(places[0])
    await room.listening.begin(SUE, CALL)


async def test_who_signs_out_is_sent_not_another_byte_and_other_browsers_hear_on(room: Room) -> None:
    room.say(0, 5000)
    gone, here = Browser(), Browser()
    signed_out = await room.listening.begin(SUE, CALL, session="one")
    stays = await room.listening.begin(SUE, CALL, session="two")
    room.listening.sign_out("one")
    room.say(5000, 6000)
    why = await room.listening.write(signed_out, Sends(text=gone.text, sound=gone.hear))
    assert (why, gone.pieces) == (listening_in.SIGNED_OUT, [])
    async with room.writing(stays, here):
        await here.until(6000)


async def test_who_listens_live_hears_what_is_said_from_then_on(room: Room) -> None:
    room.say(0, 5000)
    browser = Browser()
    async with room.writing(await room.listening.begin(SAM, CALL), browser):
        for at_ms in range(5000, 6000, 20):
            room.say(at_ms, at_ms + 20)
            await asyncio.sleep(0)
        await browser.until(6000)
    assert browser.pieces[0][0] == 5000
    assert [piece[0] + piece[1] for piece in browser.pieces[:-1]] == [
        piece[0] for piece in browser.pieces[1:]
    ]
    assert all(live_ms - at_ms < 500 for at_ms, _, live_ms in browser.pieces)


async def test_played_from_a_word_everything_since_comes_and_then_what_is_said(room: Room) -> None:
    room.say(0, 10_000)
    browser = Browser()
    async with room.writing(await room.listening.begin(SAM, CALL, from_ms=4000), browser):
        await browser.until(10_000)
        room.say(10_000, 10_400)
        await browser.until(10_400)
    assert browser.texts[0]["from_ms"] == 4000
    assert sum(ms for _, ms, _ in browser.pieces) == 6400
    first = browser.sound[: 1000 * BYTES_PER_MS]
    assert first[:160] == bytes([4000 // 20 % 100]) * 160


async def test_a_word_that_is_no_longer_kept_is_played_from_the_earliest_that_is(room: Room) -> None:
    room.say(0, 100_000)
    listener = await room.listening.begin(SAM, CALL, from_ms=1000)
    assert listener.at_ms == 40_000
    began = room.journal.events(CALL)[-1]
    assert isinstance(began, ListeningBegan)
    assert began.from_ms == 40_000


async def test_a_slow_listener_loses_the_oldest_is_told_and_delays_nobody(room: Room) -> None:
    room.say(0, 1000)
    slow, quick = Browser(), Browser()
    slow.reads.clear()
    async with (
        room.writing(await room.listening.begin(SAM, CALL), slow),
        room.writing(await room.listening.begin(SUE, CALL), quick),
    ):
        for at_ms in range(1000, 9000, 100):
            room.say(at_ms, at_ms + 100)
            await quick.until(at_ms + 100)
        slow.reads.set()
        await slow.until(9000)
    assert sum(ms for _, ms, _ in quick.pieces) == 8000
    skips = [text for text in slow.texts if text["type"] == "skipped"]
    assert len(skips) == 1
    heard = sum(ms for _, ms, _ in slow.pieces)
    skipped = int(str(skips[0]["to_ms"])) - int(str(skips[0]["from_ms"]))
    assert heard + skipped == 8000
    assert heard < 2000


async def test_a_browser_that_takes_nothing_is_let_go(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STALL_S", 0.01)
    room.say(0, 5000)
    browser = Browser()
    browser.reads.clear()
    with pytest.raises(BrowserStalled):
        await room.listening.write(await room.listening.begin(SAM, CALL, from_ms=0), browser.sends)


async def test_listening_ends_with_the_call(room: Room) -> None:
    room.say(0, 1000)
    async with room.writing(await room.listening.begin(SAM, CALL), Browser()) as writing:
        room.sounds.end(CALL)
        assert await writing == CALL_OVER


async def test_the_record_says_how_far_a_listener_was_sent_sound(room: Room) -> None:
    room.say(0, 5000)
    browser = Browser()
    listener = await room.listening.begin(SAM, CALL, from_ms=0)
    async with room.writing(listener, browser):
        await browser.until(5000)
    await room.journal.append(CALL, [CallEnded(at_ms=5000, why=Ending.HUNG_UP)])
    await room.listening.leave(listener)
    assert room.journal.events(CALL)[-1] == ListeningEnded(at_ms=5000, person=SAM.id, to_ms=5000)


def test_only_the_roles_of_the_settings_listen() -> None:
    assert {Role.SPECIALIST, Role.SUPERVISOR} == listening_in.LISTENING_ROLES


async def test_a_role_that_the_settings_leave_out_hears_nothing(room: Room) -> None:
    only_supervisors = ListeningIn(
        sounds=room.sounds,
        recorder=Recorder(journal=room.journal, bus=LocalBus()),
        grants=room.grants,
        need_to_know=need_to_know(room.grants.people),
        roles={Role.SUPERVISOR},
    )
    with pytest.raises(MayNotListen):
        await only_supervisors.begin(SAM, CALL)
    specialist: Person = SAM
    assert not await only_supervisors.may_hear(specialist, CALL)


async def test_where_no_sound_is_kept_it_is_said_that_nobody_can_listen(room: Room) -> None:
    silent = Sounds(keep_ms=0, encode=ulaw_of)
    silent.begin(CALL, MIDSHIRE)
    nowhere = ListeningIn(
        sounds=silent,
        recorder=Recorder(journal=room.journal, bus=LocalBus()),
        grants=room.grants,
        need_to_know=need_to_know(room.grants.people),
    )
    with pytest.raises(NotHeardHere):
        await nowhere.begin(SAM, CALL)
