"""Listening in: who may hear a live call, put on record before they do, and how its sound reaches them.

Sound goes one way. Each listener has a place in the call's sound and is written to from there
at their own pace: nothing is queued for them, so a slow one costs nobody anything. Who falls too
far behind loses the oldest sound, and is told which.
"""

import logging
import struct
from collections.abc import Awaitable, Callable, Set
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from server.domain.call import folded
from server.domain.events import ListeningBegan, ListeningEnded
from server.domain.ids import CallId
from server.domain.people import Person, Role
from server.domain.transfers import TRANSFER
from server.ports.journal import JournalLost
from server.ports.people import Grants
from server.services.need_to_know import NeedToKnow
from server.services.patience import patiently
from server.services.recording import Recorder
from server.services.refusals import CallEndedAlready, NotYourCall, Refused
from server.services.sounds import SIDES, CallSound, Sounds
from server.services.transfer_refusals import AtOtherForce

log = logging.getLogger(__name__)

HEAD = struct.Struct("<III")
"""Of every message of sound: its media time, how long it is, and how far the call has come; milliseconds."""
LEAST_MS = 40
"""Sound is sent in pieces of at least this,"""
MOST_MS = 1000
"""and, of what was said before, of at most this."""
BEHIND_MS = 1000
"""Who listens live and falls this far behind goes on with what is said now."""
LISTENERS = 64
LISTENERS_EACH_CALL = 8
LISTENERS_EACH_PERSON = 3
CALL_OVER = "call over"
CLOSING = "server closing"
SIGNED_OUT = "signed-out: You may no longer hear this call."
LISTENING_ROLES = frozenset({Role.SPECIALIST, Role.SUPERVISOR})


class MayNotListen(Refused):
    """Your role may not listen in."""

    code: ClassVar[str] = "may-not-listen"


class ListensEnough(Refused):
    """You listen in on several calls already. Stop one of them first."""

    code: ClassVar[str] = "listens-enough"


class NotHeardHere(Refused):
    """This call's sound is not kept here."""

    code: ClassVar[str] = "not-heard-here"


class TooManyListeners(Refused):
    """Too many people are listening in. Try again when somebody has stopped."""

    code: ClassVar[str] = "too-many-listeners"


class Began(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="listening"):
    from_ms: int
    kept_from_ms: int
    live_ms: int
    keep_ms: int
    rate_hz: int = 8000
    encoding: str = "ulaw"
    sides: tuple[str, ...] = tuple(SIDES)


class Skipped(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="skipped"):
    from_ms: int
    to_ms: int


Send = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sends:
    """How one browser is written to."""

    text: Send
    sound: Send


@dataclass(eq=False, slots=True, kw_only=True)
class Listener:
    """One person's place in one call's sound."""

    person: Person
    call: CallId
    sound: CallSound
    live: bool
    at_ms: int
    session: str = ""
    over: str = ""

    def end(self, why: str) -> None:
        self.over = self.over or why
        self.sound.nudge()


class ListeningIn:
    def __init__(
        self,
        *,
        sounds: Sounds,
        recorder: Recorder,
        grants: Grants,
        need_to_know: NeedToKnow,
        roles: Set[Role] = LISTENING_ROLES,
    ) -> None:
        self._sounds = sounds
        self._recorder = recorder
        self._grants = grants
        self._need_to_know = need_to_know
        self._roles = roles
        self._listeners: dict[Listener, None] = {}

    async def may_hear(self, person: Person, call: CallId) -> bool:
        """Supervisors hear the calls of their force; specialists those of them that they were given."""
        sound = self._sounds.of(call)
        if sound is None or sound.force != person.force or person.role not in self._roles:
            return False
        if await self._need_to_know.bars.barred(person.id, call):
            return False
        return person.role is Role.SUPERVISOR or await self._grants.granted(call, person.id)

    async def begin(
        self, person: Person, call: CallId, *, from_ms: int | None = None, session: str = ""
    ) -> Listener:
        """Take a place, now or where something was said, and put it on record.

        Raises `Refused`, or `JournalLost`: what is not on record is not heard.
        """
        sound = await self._admitted(person, call)
        at_ms = sound.live_ms if from_ms is None else min(max(from_ms, sound.from_ms), sound.live_ms)
        listener = Listener(
            person=person, call=call, sound=sound, live=from_ms is None, at_ms=at_ms, session=session
        )
        self._listeners[listener] = None
        began = ListeningBegan(
            at_ms=sound.live_ms, person=person.id, from_ms=listener.at_ms, live=listener.live
        )
        try:
            await self._recorder.record(call, began)
        except BaseException:
            self._listeners.pop(listener, None)
            raise
        return listener

    async def leave(self, listener: Listener) -> None:
        self._listeners.pop(listener, None)
        ended = ListeningEnded(
            at_ms=max(listener.at_ms, listener.sound.live_ms),
            person=listener.person.id,
            to_ms=listener.at_ms,
        )
        try:
            await self._recorder.record(listener.call, ended)
        except JournalLost:
            log.exception("end of listening not recorded", extra={"call": listener.call})

    async def write(self, listener: Listener, sends: Sends) -> str:
        """Write to this browser until its time is over; returns why. Raises `BrowserStalled`."""
        sound = listener.sound
        began = Began(
            from_ms=listener.at_ms,
            kept_from_ms=sound.from_ms,
            live_ms=sound.live_ms,
            keep_ms=sound.keep_ms,
        )
        await patiently(sends.text, msgspec.json.encode(began))
        while await sound.beyond(listener.at_ms + LEAST_MS - 1, until=lambda: bool(listener.over)):
            await self._send_next(listener, sends)
        return listener.over or CALL_OVER

    def sign_out(self, session: str) -> None:
        """End what this session hears: not another byte."""
        for listener in self._listeners:
            if listener.session == session:
                listener.end(SIGNED_OUT)

    def close(self) -> None:
        """End everybody's listening, as the server goes down."""
        for listener in self._listeners:
            listener.end(CLOSING)

    async def _send_next(self, listener: Listener, sends: Sends) -> None:
        sound, before_ms = listener.sound, listener.at_ms
        live_ms = sound.live_ms
        late = listener.live and live_ms - before_ms > BEHIND_MS
        begin_ms = live_ms - LEAST_MS if late else max(before_ms, sound.from_ms)
        if begin_ms > before_ms:
            skipped = Skipped(from_ms=before_ms, to_ms=begin_ms)
            await patiently(sends.text, msgspec.json.encode(skipped))
        end_ms = min(live_ms, begin_ms + MOST_MS)
        piece = HEAD.pack(begin_ms, end_ms - begin_ms, live_ms) + sound.read(begin_ms, end_ms)
        listener.at_ms = end_ms
        await patiently(sends.sound, piece)

    async def _admitted(self, person: Person, call: CallId) -> CallSound:
        if person.role not in self._roles:
            raise MayNotListen
        await self._need_to_know.admit(person.id, call, by="listening in")
        sound = self._sounds.of(call)
        if sound is None or not await self.may_hear(person, call):
            raise await self._refusal(person, call)
        if sound.keep_ms <= 0:
            raise NotHeardHere
        if sum(listener.person.id == person.id for listener in self._listeners) >= LISTENERS_EACH_PERSON:
            raise ListensEnough
        here = sum(listener.call == call for listener in self._listeners)
        if here >= LISTENERS_EACH_CALL or len(self._listeners) >= LISTENERS:
            raise TooManyListeners
        return sound

    async def _refusal(self, person: Person, call: CallId) -> Refused:
        """Where a call's sound is, or that it has ended, is said only to those who may know of it."""
        if self._sounds.of(call) is not None or not await self._grants.granted(call, person.id):
            return NotYourCall()
        state = folded(await self._recorder.journal.entries(call))
        elsewhere = state.doorway == TRANSFER and not state.ended
        return AtOtherForce() if elsewhere else CallEndedAlready()
