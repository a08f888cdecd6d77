"""A specialist by the public doors, signed in as anybody, with media of aiortc's and no page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.adapters.webrtc.peers import Peer
from tests.house import House
from tests.web.test_video_attacks import End
from tests.web.test_video_socket import HELLO, heard
from tests.web.test_visits import browser
from tests.web.visitor import Visitor


@asynccontextmanager
async def signed_in(house: House, name: str) -> AsyncIterator[Visitor]:
    async with browser() as session:
        visitor = Visitor(house, session)
        await visitor.sign_in(name)
        yield visitor


@asynccontextmanager
async def joined(sam: Visitor) -> AsyncIterator[Peer]:
    """The specialist, by the doors as well, with media of aiortc's."""
    _, answer = await sam.get("/api/video")
    (room,) = answer["rooms"]
    url = f"{sam.house.url}/api/video/{room['call']}/signal"
    async with sam.session.ws_connect(url, origin=sam.house.url) as socket, asyncio.TaskGroup() as tasks:
        await socket.send_json(HELLO)
        await heard(socket, "welcome")
        peer = Peer("sam", hz=440, brightness=200, configuration=None)
        await End(socket, peer).connect()
        listening = tasks.create_task(deafly(socket))
        try:
            yield peer
        finally:
            listening.cancel()
            await peer.connection.close()


async def deafly(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Who does not answer the server's pings is away."""
    async for _ in socket:
        pass
