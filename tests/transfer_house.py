"""Two forces' houses that know each other: what one hands over, the other takes over by its real door."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from server.adapters.clock import SystemClock
from server.adapters.webhooks.courier import HttpCourier, http_courier
from server.domain.events import Event
from server.domain.ids import CallId, ForceId, PersonId
from server.domain.people import Force
from server.domain.taking_over import received_of
from server.domain.transfers import Peer, Peers, Received
from server.services.handing_over import HandingOver, Pace
from server.services.peer_asking import PeerAsking
from server.services.readers import Readers
from server.services.taking_over import TakingOver
from server.services.transfers import Transfers
from tests.house import PASSWORD, House, open_house
from tests.services.stage import PlainReader
from tests.stories import MIDSHIRE, SAM, SUE

E = TypeVar("E", bound=Event)

EASTSHIRE = ForceId("eastshire")
SOON = Pace(untold_s=(0.05,), told_s=0.05, taken_s=0.05, found_s=0.05)
SECRET = b"a-secret-that-two-servers-share"
LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
EVE = replace(SAM, id=PersonId("eve"), name="Eve Lowe", force=EASTSHIRE)
EARL = replace(SUE, id=PersonId("earl"), name="Earl Stone", force=EASTSHIRE)
NAMES = {MIDSHIRE: "Midshire Police", EASTSHIRE: "Eastshire Police"}
PHONES = {MIDSHIRE: "01632 960100", EASTSHIRE: "01632 960111"}


@dataclass(kw_only=True)
class Forces:
    """Midshire hands over, Eastshire takes over."""

    ours: House
    theirs: House
    line: HttpCourier

    async def theirs_of(self, call: CallId) -> Received | None:
        return received_of(await self.theirs.store.journal.entries(call))

    async def until(self, house: House, call: CallId, kind: type[E], times: int = 1) -> list[E]:
        """What was recorded of this kind, as soon as there is so much."""
        news = asyncio.Event()
        leave = house.bus.subscribe(lambda _notice: news.set())
        try:
            while True:
                entries = await house.store.journal.entries(call)
                found: list[E] = [entry.event for entry in entries if isinstance(entry.event, kind)]
                if len(found) >= times:
                    return found
                await news.wait()
                news.clear()
        finally:
            leave()

    async def transferred(self, call: CallId) -> list[CallId]:
        """As what the other force has this call of ours."""
        lines = await self.theirs.store.journal.calls()
        found = [(line.call, await self.theirs_of(line.call)) for line in lines]
        return [there for there, received in found if received and received.sheet.call == call]

    async def begin_again(self, house: House) -> None:
        """As after a restart: nothing is remembered of transfers but what the store keeps."""
        await house.close()
        house.transfers = transfers_in(house, self.line)
        await house.open()


def peer(here: ForceId, there: ForceId, url: str, *, secret: bytes = SECRET) -> Peer:
    return Peer(id=there, force=here, name=NAMES[there], url=url, phone=PHONES[there], secrets=(secret,))


def force(of: ForceId) -> Force:
    return Force(id=of, name=NAMES[of], numbers=(), desks=())


def transfers_in(house: House, line: HttpCourier) -> Transfers:
    return Transfers(
        handing=HandingOver(house.room, house.showing, PeerAsking(line, SystemClock()), SOON),
        taking=TakingOver(house.room, house.showing, Readers(shipped=PlainReader()), house.store.marks),
        peers=house.peers,
    )


@asynccontextmanager
async def open_forces(folder: Path) -> AsyncIterator[Forces]:
    for name in ("ours", "theirs"):
        (folder / name).mkdir()
    async with (
        open_house(folder / "ours", force(MIDSHIRE)) as ours,
        open_house(folder / "theirs", force(EASTSHIRE)) as theirs,
        http_courier(networks=[LOOPBACK], timeout_s=5.0) as line,
        asyncio.TaskGroup() as tasks,
    ):
        for who in (EVE, EARL):
            await theirs.store.people.add(replace(who, on_duty=False), password_hash=f"hash:{PASSWORD}")
            await theirs.store.people.set_duty(who.id, on_duty=True)
        ours.peers = Peers((peer(MIDSHIRE, EASTSHIRE, theirs.url),))
        theirs.peers = Peers((peer(EASTSHIRE, MIDSHIRE, ours.url),))
        running, forces = [], Forces(ours=ours, theirs=theirs, line=line)
        for house in (ours, theirs):
            await forces.begin_again(house)
            assert house.transfers is not None
            house.bus.subscribe(house.transfers.handing.follow)
            running.append(tasks.create_task(house.transfers.handing.run()))
        yield forces
        for task in running:
            task.cancel()
