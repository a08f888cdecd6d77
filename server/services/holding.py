"""Legal holds: who keeps a call from being erased, and why, and which two people let it go."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from server.domain.events import NO_ACT, Entry, HoldLifted, HoldPlaced, MarkerSighted, WordsErased
from server.domain.events.keeping import HoldLiftAsked
from server.domain.holding import HoldState, hold_of
from server.domain.ids import ActId, CallId, PersonId
from server.domain.retention import AuditLine, Marked, RecordClass, Records
from server.ports.journal import UnknownCall
from server.ports.retention import Audit, Retention
from server.services.recording import Recorder
from server.services.refusals import BadText, Refused

WHY_LIMIT = 500
TOLD = ("erased", "erasure checked")


class AlreadyHeld(Refused):
    """This call is held already."""

    code: ClassVar[str] = "already-held"


class NotHeld(Refused):
    """This call is not held."""

    code: ClassVar[str] = "not-held"


class NobodyAsked(Refused):
    """Nobody has asked for the end of this hold."""

    code: ClassVar[str] = "nobody-asked"


class SecondToLift(Refused):
    """Somebody else has to agree that the hold ends."""

    code: ClassVar[str] = "second-person"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUntil:
    """One class that the call is of."""

    title: str
    what: str
    until: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepingSeen:
    """How long a call is kept, who holds it, and what says that it was erased."""

    held: HoldState | None
    until: Sequence[KeptUntil]
    certificate: Sequence[AuditLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    recorder: Recorder
    retention: Retention
    audit: Audit | None = None
    classes: Sequence[RecordClass] = field(default=())

    async def place(self, call: CallId, *, by: PersonId, why: str, act: ActId = NO_ACT) -> None:
        """It holds before it is told. Raises `Refused` or `UnknownCall`."""
        _check(why)
        if await self.recorder.journal.line(call) is None:
            raise UnknownCall("no journal is kept under this call id")
        if not await self.retention.hold(call, by=by):
            raise AlreadyHeld
        await self.recorder.record(call, HoldPlaced(at_ms=0, person=by, act=act, why=why))

    async def ask_lift(self, call: CallId, *, by: PersonId, why: str, act: ActId = NO_ACT) -> None:
        """One of the two; it holds until another agrees. Raises `Refused`."""
        _check(why)
        if await self.retention.held(call) is None:
            raise NotHeld
        await self.recorder.record(call, HoldLiftAsked(at_ms=0, person=by, act=act, why=why))

    async def agree_lift(self, call: CallId, *, by: PersonId, act: ActId = NO_ACT) -> None:
        """By somebody other than who asked. It is told before it ends. Raises `Refused`."""
        if await self.retention.held(call) is None:
            raise NotHeld
        held = hold_of(await self.recorder.journal.entries(call))
        if held is None or held.lift_by is None:
            raise NobodyAsked
        if held.lift_by == by:
            raise SecondToLift
        await self.recorder.record(call, HoldLifted(at_ms=0, person=by, act=act, why=held.lift_why))
        await self.retention.lift(call, by=by)

    async def seen(self, call: CallId) -> KeepingSeen:
        entries = await self.recorder.journal.entries(call)
        lines = await self.audit.lines(call=call) if self.audit is not None else []
        return KeepingSeen(
            held=hold_of(entries) if await self.retention.held(call) is not None else None,
            until=await self._until(call, entries),
            certificate=[line for line in lines if line.kind in TOLD],
        )

    async def _until(self, call: CallId, entries: Sequence[Entry]) -> list[KeptUntil]:
        line = await self.recorder.journal.line(call)
        ended_at = line.ended_at if line is not None else None
        if ended_at is None:
            return []
        marked = Marked.MARKED if any(map(_marks, entries)) else Marked.UNMARKED
        return [
            KeptUntil(
                title=one.title, what=" and ".join(sorted(one.parts)), until=ended_at + one.keep, why=one.why
            )
            for one in self.classes
            if one.of is Records.CALL and one.calls in (Marked.ALL, marked)
        ]


def _marks(entry: Entry) -> bool:
    """Of an erased call only the kinds of its entries are left."""
    if isinstance(entry.event, WordsErased):
        return entry.event.was == MarkerSighted.__name__
    return isinstance(entry.event, MarkerSighted)


def _check(why: str) -> None:
    if not why.strip() or len(why) > WHY_LIMIT or not why.isprintable():
        raise BadText
