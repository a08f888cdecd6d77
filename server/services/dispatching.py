"""What became of a call in the world: units, rings back, queues, a label of noise; done here, or told."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import TypedDict

from server.domain.events import (
    Event,
    NoiseLabelled,
    PromptDismissed,
    QueueMoved,
    RungBack,
    UnitArrived,
    UnitAssigned,
    UnitNotNeeded,
    UnitStoodDown,
)
from server.domain.ids import ActId, CallId, PersonId
from server.domain.prompts import Dismissal
from server.domain.quiet_calls import QUIET
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Page, Pages, line_of_text, note_of
from server.services.refusals import NeedsReason
from server.services.told import Hand, Told, told_text

NAME_LIMIT = 60
REASON_LIMIT = 300
By = Doing | Told


class UnitStep(StrEnum):
    ASSIGNED = "assigned"
    ARRIVED = "arrived"
    STOOD_DOWN = "stood down"


class Dispatching:
    def __init__(self, room: ControlRoom) -> None:
        self._pages = Pages(room)

    async def unit(self, by: By, call: CallId, unit: str, step: UnitStep, reason: str = "") -> None:
        """Somebody is on the way, is there, or does not come."""
        name, said = _name(by, unit, "a unit"), _note(by, reason)
        async with self._page(by, call) as page:
            units = page.state.dispatched.units
            match step:
                case UnitStep.ASSIGNED if name not in units:
                    await self._record(page, by, UnitAssigned(**_hand(page, by.hand), unit=name))
                case UnitStep.ARRIVED if not units.get(name, False):
                    await self._record(page, by, UnitArrived(**_hand(page, by.hand), unit=name))
                case UnitStep.STOOD_DOWN if name in units:
                    await self._record(
                        page, by, UnitStoodDown(**_hand(page, by.hand), unit=name, reason=said)
                    )
                case _:
                    return

    async def not_needed(self, by: By, call: CallId, reason: str) -> None:
        """Nobody is sent, for this reason."""
        said = _reason(by, reason)
        async with self._page(by, call) as page:
            await self._record(page, by, UnitNotNeeded(**_hand(page, by.hand), reason=said))

    async def rung_back(self, by: By, call: CallId, *, answered: bool) -> None:
        async with self._page(by, call) as page:
            await self._record(page, by, RungBack(**_hand(page, by.hand), answered=answered))

    async def queued(self, by: Told, call: CallId, queue: str) -> None:
        """The control system's log lies in this queue now."""
        name = _name(by, queue, "a queue")
        async with self._page(by, call) as page:
            if page.state.dispatched.queue != name:
                await self._record(page, by, QueueMoved(**_hand(page, by.hand), queue=name))

    async def noise(self, by: By, call: CallId, reason: str) -> None:
        """A person answers for it that nobody needs help; what asked about the silence is put aside too."""
        said = _reason(by, reason)
        async with self._page(by, call) as page:
            aside = [
                PromptDismissed(
                    at_ms=page.at_ms,
                    prompt=prompt.prompt.id,
                    person=by.hand.person,
                    reason=Dismissal.NOT_RELEVANT,
                )
                for prompt in page.state.waiting_prompts
                if prompt.prompt.marker in QUIET
            ]
            await self._record(page, by, NoiseLabelled(**_hand(page, by.hand), reason=said), *aside)

    def _page(self, by: By, call: CallId) -> AbstractAsyncContextManager[Page]:
        return self._pages.told(by, call) if isinstance(by, Told) else self._pages.granted(by.person, call)

    async def _record(self, page: Page, by: By, what: Event, *others: Event) -> None:
        if not page.done(by, _kind(what)):
            await page.record(what, *others)


class _Basics(TypedDict):
    at_ms: int
    person: PersonId
    act: ActId
    system: str


def _hand(page: Page, hand: Hand) -> _Basics:
    return _Basics(at_ms=page.at_ms, person=hand.person, act=hand.act, system=hand.system)


def _kind(what: Event) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, type(what))


def _name(by: By, name: str, unnamed: str) -> str:
    return (
        (told_text(name, NAME_LIMIT) or unnamed) if isinstance(by, Told) else line_of_text(name, NAME_LIMIT)
    )


def _note(by: By, note: str) -> str:
    return told_text(note, REASON_LIMIT) if isinstance(by, Told) else note_of(note, REASON_LIMIT)


def _reason(by: By, reason: str) -> str:
    """Raises `NeedsReason` when there is none."""
    said = _note(by, reason)
    if not said:
        raise NeedsReason("Say why.")
    return said
