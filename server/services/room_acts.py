"""What somebody in a video room says to it: offers, typed words, a tap, a place, that they go."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.events import ChatSent, DuressTapped, LocationShared, MediaTurned
from server.domain.room import party_of
from server.domain.seats import BY_LINK, Seat
from server.domain.video_links import LinkKind
from server.ports.bridge import BadOffer, BridgeFull, Joining
from server.services.live_room import Acts, LiveRoom, Seated
from server.services.room_messages import (
    Candidate,
    Chat,
    Duress,
    Hello,
    Leave,
    Location,
    Message,
    Offer,
    Ping,
    State,
)
from server.services.room_refusals import (
    BridgeBusy,
    HelloFirst,
    NoMediaHere,
    NotForThisSeat,
    OfferRefused,
    OldAttempt,
    TooManyCandidates,
)
from server.services.rooms import Rooms
from server.services.typed_words import take_duress, type_words

log = logging.getLogger(__name__)

CANDIDATES_MOST = 64
ANSWER_S = 10.0
ACTS_KEPT = 2000
CHAT_HOUR_MS = 3_600_000

IceServers = Callable[[], Sequence[Mapping[str, object]]]
"""Where a browser finds help to be reached, with credentials of its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomActs:
    rooms: Rooms
    ice_servers: IceServers
    relay_only: bool = False
    """Whether those who come by a link send all media through the relay."""

    def greet(self, room: LiveRoom, seated: Seated) -> None:
        admission = seated.admission
        by_link = admission.seat in BY_LINK
        seated.wire.send(
            {
                "type": "welcome",
                "participant": seated.id,
                "room": room.id,
                "seat": admission.seat,
                "talks": admission.talks,
                "kind": admission.kind,
                "ice_servers": self.ice_servers(),
                "relay_only": self.relay_only and by_link,
                "slots": self.rooms.rules.slots,
                "bitrate": self.rooms.rules.bitrate,
                "wait_s": self.rooms.rules.wait_s,
                "at_ms": room.at_ms,
            }
        )
        earliest_ms = room.at_ms - CHAT_HOUR_MS
        for chat in room.chats:
            if chat.at_ms >= earliest_ms:
                seated.wire.send(room.chat_for(seated, chat))
        if seated.inside:
            for told in room.told.values():
                seated.wire.send(_told(told))
        seated.wire.send(room.picture(seated))

    async def take(self, room: LiveRoom, seated: Seated, message: Message) -> None:
        """Raises `Refused`, or `JournalLost`."""
        match message:
            case Hello():
                raise HelloFirst
            case Ping():
                seated.wire.send({"type": "pong", "n": message.n})
            case Leave():
                await self.rooms.leave(room, seated.id, message.why)
            case Chat() | Duress() | Location():
                await self._once(room, seated, message)
            case Offer() | Candidate() | State():
                await self._media(room, seated, message)

    async def _media(self, room: LiveRoom, seated: Seated, message: Offer | Candidate | State) -> None:
        match message:
            case Offer():
                await self._offer(room, seated, message)
            case State():
                await self._state(room, seated, message)
            case Candidate():
                seated.candidates += 1
                if seated.candidates > CANDIDATES_MOST:
                    raise TooManyCandidates

    async def _once(self, room: LiveRoom, seated: Seated, message: Chat | Duress | Location) -> None:
        """Under one id once, however often a shaky connection sends it, and by however many sockets."""
        acts = room.acts.setdefault(seated.id, Acts())
        if isinstance(message, Duress):
            # Nobody waits for the record before they see that somebody is there.
            _alarm(room, seated, acts, message)
        async with acts.turn:
            said = any((chat.participant, chat.chat) == (seated.id, message.id) for chat in room.chats)
            if not said and message.id not in acts.done:
                await self._act(room, seated, message)
                if len(acts.done) < ACTS_KEPT:
                    acts.done.add(message.id)
        seated.wire.send({"type": "done", "id": message.id})

    async def _act(self, room: LiveRoom, seated: Seated, message: Chat | Duress | Location) -> None:
        match message:
            case Chat():
                await self._chat(room, seated, message)
            case Duress():
                await self._duress(room, seated, message)
            case Location():
                await self._location(room, seated, message)

    async def _offer(self, room: LiveRoom, seated: Seated, offer: Offer) -> None:
        admission = seated.admission
        if admission.kind is not LinkKind.VIDEO or room.bridge is None:
            raise NoMediaHere
        if offer.attempt <= seated.attempt:
            raise OldAttempt
        seated.attempt, seated.candidates = offer.attempt, 0
        # A browser asks for another connection when it has lost the last one, whether it gets this or not.
        seated.media_up, room.stirred = False, True
        joining = Joining(
            participant=seated.id,
            attempt=offer.attempt,
            offer=offer.sdp,
            talks=admission.talks,
            party=party_of(admission.seat),
            public=admission.seat in BY_LINK,
        )
        try:
            async with asyncio.timeout(ANSWER_S):
                answer = await room.bridge.connect(joining)
        except BadOffer as bad:
            raise OfferRefused(str(bad)) from None
        except BridgeFull as full:
            raise BridgeBusy(str(full)) from None
        except TimeoutError:
            raise BridgeBusy from None
        seated.wire.send({"type": "answer", "attempt": offer.attempt, "sdp": answer})

    async def _state(self, room: LiveRoom, seated: Seated, state: State) -> None:
        turned = MediaTurned(
            at_ms=room.at_ms,
            participant=seated.id,
            camera=state.camera,
            microphone=state.microphone,
            quality=state.quality,
        )
        known = room.state.participants.get(seated.id)
        same = known is not None and (known.camera, known.microphone) == (state.camera, state.microphone)
        if not same or state.quality:
            await self.rooms.record(room, turned)
            room.arrange()

    async def _chat(self, room: LiveRoom, seated: Seated, chat: Chat) -> None:
        at_ms, party = room.at_ms, party_of(seated.admission.seat)
        if seated.admission.seat in {Seat.HANDLER, Seat.SUPERVISOR}:
            raise NotForThisSeat("Who only receives says nothing here; whisper to the specialist instead.")
        number = await type_words(room.call, party, chat.text, at_ms)
        sent = ChatSent(at_ms=at_ms, participant=seated.id, chat=chat.id, text=chat.text, utterance=number)
        await self.rooms.record(room, sent)
        for one in tuple(room.seated.values()):
            one.wire.send(room.chat_for(one, sent))

    async def _duress(self, room: LiveRoom, seated: Seated, tap: Duress) -> None:
        at_ms = room.acts[seated.id].tapped.get(tap.id, room.at_ms)
        await self.rooms.record(room, DuressTapped(at_ms=at_ms, participant=seated.id))
        await take_duress(room.call, party_of(seated.admission.seat), at_ms)

    async def _location(self, room: LiveRoom, seated: Seated, place: Location) -> None:
        if seated.admission.seat is not Seat.VICTIM:
            raise NotForThisSeat
        shared = LocationShared(
            at_ms=room.at_ms,
            participant=seated.id,
            latitude=place.latitude,
            longitude=place.longitude,
            accuracy_m=place.accuracy_m,
        )
        await self.rooms.record(room, shared)
        room.tell(_told(shared), inside=True)


def _alarm(room: LiveRoom, seated: Seated, acts: Acts, tap: Duress) -> None:
    if seated.admission.seat is not Seat.VICTIM:
        raise NotForThisSeat
    if tap.id in acts.tapped or tap.id in acts.done:
        return
    at_ms = room.at_ms
    if len(acts.tapped) < ACTS_KEPT:
        acts.tapped[tap.id] = at_ms
    room.tell(_told(DuressTapped(at_ms=at_ms, participant=seated.id)), inside=True)


def _told(event: LocationShared | DuressTapped) -> dict[str, object]:
    head = {"from": event.participant, "at_ms": event.at_ms}
    if isinstance(event, DuressTapped):
        return {"type": "duress", **head}
    where = {"latitude": event.latitude, "longitude": event.longitude, "accuracy_m": event.accuracy_m}
    return {"type": "location", **head, **where}
