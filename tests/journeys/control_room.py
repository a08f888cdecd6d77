"""A whole node for journeys, real engine and reader and all, that hears calls as fast as it can."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from server.adapters.doorways.ulaw import pcm_of
from server.demo.runner import Endings, load
from server.demo.seeding import FORCE
from server.demo.stage import DemoCall
from server.domain.events import Entry
from server.domain.speech import AudioFrame, Party
from server.ports.bus import BacklogSeen, Notice
from server.services.switchboard import Arrival, Line
from server.settings import Settings
from server.settings.model import Speech, Store
from server.wiring.core import Core, run_core

ROOT = Path(__file__).parents[2]
FRAME_MS = 20
FRAME_BYTES = 160
AHEAD_MS = 1500
"""How far the sound may run ahead of the ears, which cannot hear faster than they can."""
LONGEST_S = 480.0
"""On a machine with much else to do; alone it takes half a minute."""

Moment = Callable[[Core, int], None]
"""Is told how far the sound has been sent, before every frame."""


def nothing_happens(_core: Core, _at_ms: int) -> None:
    """The call goes its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    call: DemoCall
    entries: list[Entry] = field(repr=False)


def heard(names: Sequence[str], folder: Path, *, moment: Moment = nothing_happens) -> dict[str, Heard]:
    """Play these calls to a node of their own, one after the other."""
    found: dict[str, Heard] = {}

    async def body(core: Core) -> None:
        async with asyncio.timeout(LONGEST_S):
            for number, name in enumerate(names, start=1):
                found[name] = await _play(core, load(name, number), moment)

    asyncio.run(_run(folder, body))
    return found


async def _run(folder: Path, body: Callable[[Core], Awaitable[None]]) -> None:
    settings = Settings(
        root=ROOT, store=Store(url=f"sqlite:{folder / 'journeys.db'}"), speech=Speech(workers=1, spares=1)
    )
    await run_core(settings, body)


async def _play(core: Core, call: DemoCall, moment: Moment) -> Heard:
    endings, ears = Endings([call]), Ears(call)
    unsubscribe = [core.bus.subscribe(endings.watch), core.bus.subscribe(ears.watch)]
    await core.switchboard.arrive(Arrival(call=call.id, force=FORCE, doorway="journey"))
    line = await core.switchboard.open_line(call.id)
    line.join(Party.CALLER)
    line.join(Party.HANDLER)
    for at_ms in range(0, len(call.inbound) * FRAME_MS // FRAME_BYTES, FRAME_MS):
        moment(core, at_ms)
        _say(core, line, call, at_ms)
        await ears.keep_up()
    line.stop()
    await endings.of(call.id)
    for end in unsubscribe:
        end()
    return Heard(call=call, entries=await core.store.journal.entries(call.id))


def _say(core: Core, line: Line, call: DemoCall, at_ms: int) -> None:
    begin = at_ms // FRAME_MS * FRAME_BYTES
    for party, sound in ((Party.CALLER, call.inbound), (Party.HANDLER, call.outbound)):
        pcm = pcm_of(sound[begin : begin + FRAME_BYTES])
        line.hear(AudioFrame(party=party, at_ms=at_ms, pcm=pcm, received_s=core.clock.monotonic_s()))


class Ears:
    """Knows how much of a call's sound is still to be heard."""

    def __init__(self, call: DemoCall) -> None:
        self._call = call
        self._sent_ms = 0
        self._behind_ms: dict[Party, int] = {}
        self._news = asyncio.Event()

    def watch(self, notice: Notice) -> None:
        if isinstance(notice, BacklogSeen) and notice.call == self._call.id:
            self._behind_ms[notice.party] = notice.backlog_ms
            self._sent_ms = 0
            self._news.set()

    async def keep_up(self) -> None:
        """Another frame was sent: wait while the ears lag."""
        self._sent_ms += FRAME_MS
        await asyncio.sleep(0)
        while self._sent_ms + max(self._behind_ms.values(), default=0) > AHEAD_MS:
            self._news.clear()
            await self._news.wait()
