"""Disclosure: a call leaves as a bundle when two people agree, and is on record before it does."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from server.domain.access import Access, AccessKind
from server.domain.disclosure import Disclosure, disclosures
from server.domain.events import Disclosed, Purpose
from server.domain.events.keeping import DisclosureApproved, DisclosureAsked, DisclosureRefused, Pictures
from server.domain.ids import ActId, CallId
from server.domain.pcm_wav import PER_MS
from server.domain.people import Person, Right
from server.ports.vault import KeyGone, VaultLost
from server.services.bundling import Bundle, Material, bundle_of
from server.services.bundling_pictures import KeptPictures, goes_with
from server.services.control_room import ControlRoom
from server.services.playing import KeptCalls, RecordingBroken
from server.services.refusals import BadText, NoRight, NotYourCall, Refused

WHY_LIMIT = 500
NAMES = 50
NAME_LIMIT = 80
MOST_BYTES = 2**30
"""Of video in one bundle, which is made in memory: on disk it would lie in the clear."""
TOGETHER_MS = 60_000
"""So much of a video call's sound is read at once."""


class NoSuchDisclosure(Refused):
    """Nobody asked for this disclosure."""

    code: ClassVar[str] = "no-such-disclosure"


class SecondPerson(Refused):
    """Somebody else has to agree."""

    code: ClassVar[str] = "second-person"


class NotAgreed(Refused):
    """Nobody has agreed to this disclosure yet, or somebody refused it."""

    code: ClassVar[str] = "not-agreed"


class CallNotOver(Refused):
    """This call is still going on. What is disclosed is the whole of it."""

    code: ClassVar[str] = "call-not-over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    purpose: Purpose
    why: str
    redact: bool
    names: tuple[str, ...] = ()
    pictures: Pictures = Pictures.WHOLE


class UncutVideo(Refused):
    """Nothing can be taken out of a video. In a redacted copy it is left out, or there are only stills."""

    code: ClassVar[str] = "uncut-video"


class TooLarge(Refused):
    """The video is too large for one bundle. Ask for the stills only, or take it out at the server."""

    code: ClassVar[str] = "too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosing:
    room: ControlRoom
    kept: KeptCalls

    async def of(self, person: Person, call: CallId) -> list[Disclosure]:
        await self._admit(person, call)
        return list(disclosures(await self.kept.journal.entries(call)).values())

    async def ask(self, person: Person, call: CallId, wanted: Wanted, *, act: ActId) -> int:
        """By which number it goes. Raises `Refused`."""
        await self._admit(person, call)
        _check(wanted)
        asked = DisclosureAsked(
            at_ms=0,
            person=person.id,
            act=act,
            purpose=wanted.purpose,
            why=wanted.why.strip(),
            redact=wanted.redact,
            names=tuple(name.strip() for name in wanted.names),
            pictures=wanted.pictures,
        )
        (entry,) = await self.room.recorder.record(call, asked)
        return entry.seq

    async def decide(self, person: Person, call: CallId, asked: int, *, agreed: bool, act: ActId) -> None:
        """A second person agrees or does not. Raises `Refused`."""
        await self._admit(person, call)
        async with self.room.turns.of(call):
            found = await self._found(call, asked)
            if found.by == person.id:
                raise SecondPerson
            if not found.waits:
                raise NoSuchDisclosure
            decided = DisclosureApproved if agreed else DisclosureRefused
            await self.room.recorder.record(call, decided(at_ms=0, person=person.id, act=act, asked=asked))

    async def bundle(
        self,
        person: Person,
        call: CallId,
        asked: int,
        *,
        act: ActId,
        unsaid: Collection[CallId] | None = None,
    ) -> Bundle:
        """For whoever asked, once another agreed; on record before it is handed out. Raises `Refused`.

        `unsaid`: other calls, of which the copy says nothing; none: it says everything.
        """
        await self._admit(person, call)
        found = await self._found(call, asked)
        if found.by != person.id or found.approved_by is None:
            raise NotAgreed
        material = replace(await self._material(call, found), unsaid=unsaid)
        bundle = await asyncio.to_thread(bundle_of, material)
        left = Disclosed(
            at_ms=0,
            person=person.id,
            act=act,
            asked=asked,
            approved_by=found.approved_by,
            digest=bundle.digest,
            removed=bundle.removed,
        )
        await self.room.recorder.record(call, left)
        accesses = self.room.need_to_know.accesses
        by = f"disclosure, digest {bundle.digest}"
        await accesses.add(Access(person=person.id, kind=AccessKind.EXPORTED, call=call, by=by))
        return bundle

    async def _material(self, call: CallId, found: Disclosure) -> Material:
        try:
            sides = await self.kept.sides(call)
            length_ms = max((side.to_ms for side in sides.values()), default=0)
            sound = {
                side.stream.id: await self.kept.sound(call, side, 0, length_ms) for side in sides.values()
            }
            pieces = {
                side.stream.id: await self.kept.vault.chained(call, side.stream) for side in sides.values()
            }
            pictures = await self._pictures(call, found.pictures)
            spoken = await self._spoken(call, found.pictures)
        except VaultLost:
            raise RecordingBroken from None
        return Material(
            call=call,
            disclosure=found,
            entries=await self.kept.journal.entries(call),
            sound=sound,
            pieces=pieces,
            pictures=pictures,
            spoken=spoken,
            made_at=self.room.clock.now(),
        )

    async def _pictures(self, call: CallId, wanted: Pictures) -> list[KeptPictures]:
        """Raises `VaultLost`, or `TooLarge` before anything is read."""
        vault, found, size = self.kept.vault, [], 0
        try:
            streams = [one for one in await vault.streams(call) if goes_with(one, wanted)]
            for stream in streams:
                size += sum(place.size for place in await vault.places(call, stream))
            if size > MOST_BYTES:
                raise TooLarge
            for stream in streams:
                pieces = await vault.chained(call, stream)
                data = await vault.read(call, stream, [piece.place.number for piece in pieces])
                found.append(KeptPictures(stream=stream, pieces=pieces, data=data))
        except KeyGone:
            return []
        return found

    async def _spoken(self, call: CallId, wanted: Pictures) -> bytes:
        """A video call's sound, where its video stays here. Raises `VaultLost`, `TooLarge`."""
        files = await self.kept.files(call)
        if wanted is Pictures.WHOLE or self.kept.videos is None or not files:
            return b""
        length_ms = max(file.to_ms for file in files)
        if length_ms * PER_MS > MOST_BYTES:
            raise TooLarge
        parts = [
            await self.kept.videos.sound(call, files, from_ms, min(from_ms + TOGETHER_MS, length_ms))
            for from_ms in range(0, length_ms, TOGETHER_MS)
        ]
        return b"".join(parts)

    async def _found(self, call: CallId, asked: int) -> Disclosure:
        found = disclosures(await self.kept.journal.entries(call)).get(asked)
        if found is None:
            raise NoSuchDisclosure
        return found

    async def _admit(self, person: Person, call: CallId) -> None:
        if Right.EXPORT not in person.rights:
            raise NoRight
        await self.room.need_to_know.admit(person.id, call, by="disclosure")
        line = await self.kept.journal.line(call)
        if line is None or line.force != person.force:
            raise NotYourCall
        if line.ended_at is None:
            raise CallNotOver


def _check(wanted: Wanted) -> None:
    if wanted.redact and wanted.pictures is Pictures.WHOLE:
        raise UncutVideo
    texts: Sequence[tuple[str, int]] = [
        (wanted.why, WHY_LIMIT),
        *((name, NAME_LIMIT) for name in wanted.names),
    ]
    for text, limit in texts:
        if not text.strip() or len(text) > limit or not text.isprintable():
            raise BadText
    if len(wanted.names) > NAMES:
        raise BadText
