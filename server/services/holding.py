"""Legal holds: who keeps a call from being erased, and why."""

from dataclasses import dataclass
from typing import ClassVar

from server.domain.events import NO_ACT, HoldLifted, HoldPlaced
from server.domain.ids import ActId, CallId, PersonId
from server.ports.journal import UnknownCall
from server.ports.retention import Retention
from server.services.recording import Recorder
from server.services.refusals import BadText, Refused

WHY_LIMIT = 500


class AlreadyHeld(Refused):
    """This call is held already."""

    code: ClassVar[str] = "already-held"


class NotHeld(Refused):
    """This call is not held."""

    code: ClassVar[str] = "not-held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    recorder: Recorder
    retention: Retention

    async def place(self, call: CallId, *, by: PersonId, why: str, act: ActId = NO_ACT) -> None:
        """It holds before it is told. Raises `Refused` or `UnknownCall`."""
        _check(why)
        if await self.recorder.journal.line(call) is None:
            raise UnknownCall("no journal is kept under this call id")
        if not await self.retention.hold(call, by=by):
            raise AlreadyHeld
        await self.recorder.record(call, HoldPlaced(at_ms=0, person=by, act=act, why=why))

    async def lift(self, call: CallId, *, by: PersonId, why: str, act: ActId = NO_ACT) -> None:
        """It is told before it ends. Raises `Refused`."""
        _check(why)
        if await self.retention.held(call) is None:
            raise NotHeld
        await self.recorder.record(call, HoldLifted(at_ms=0, person=by, act=act, why=why))
        await self.retention.lift(call, by=by)


def _check(why: str) -> None:
    if not why.strip() or len(why) > WHY_LIMIT or not why.isprintable():
        raise BadText
