"""The line between a phone and the server, as thin as a test makes it: a relay whose queue overflows."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Page, WebSocketRoute

CANDIDATE = re.compile(r"a=candidate:(\S+ 1 udp \d+) (\d+\.\d+\.\d+\.\d+) (\d+) (typ host.*)", re.IGNORECASE)
QUEUE_S = 0.4
"""What does not go out within so long is thrown away, as a router does."""
OVERHEAD_BYTES = 28


@dataclass
class Line:
    """Set `rate`, in bits a second each way, or None for a line that bears everything."""

    tasks: asyncio.TaskGroup
    rate: int | None = None
    _ways: list["_Way"] = field(default_factory=list)

    async def lead(self, page: Page) -> None:
        """All media of this page's calls goes by this line from now on."""
        await page.route_web_socket("**/signal", self._route)

    def _route(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(server.send)
        server.on_message(lambda said: self._answered(socket, str(said)))

    def _answered(self, socket: WebSocketRoute, said: str) -> None:
        if json.loads(said)["type"] == "answer":
            self.tasks.create_task(self._hand_on(socket, said))
        else:
            socket.send(said)

    async def _hand_on(self, socket: WebSocketRoute, said: str) -> None:
        message = json.loads(said)
        message["sdp"] = await self._led(message["sdp"])
        socket.send(json.dumps(message))

    async def _led(self, sdp: str) -> str:
        """The server's one candidate is the relay's port; there is no way past it."""
        found = CANDIDATE.search(sdp)
        assert found is not None, "the server names an address of its own"
        port = await self._way((found[2], int(found[3])))
        lines = [one for one in sdp.splitlines() if not one.startswith("a=candidate:")]
        at = next(at for at, one in enumerate(lines) if one.startswith("a=ice-ufrag"))
        lines.insert(at, f"a=candidate:{found[1]} 127.0.0.1 {port} {found[4]}")
        return "\r\n".join(lines) + "\r\n"

    async def _way(self, server: tuple[str, int]) -> int:
        loop = asyncio.get_running_loop()
        outer = _End(line=self)
        inner = _End(line=self, to=server, other=outer)
        outer.other = inner
        await loop.create_datagram_endpoint(lambda: outer, local_addr=("127.0.0.1", 0))
        await loop.create_datagram_endpoint(lambda: inner, local_addr=(server[0], 0))
        self._ways.append(_Way(outer, inner))
        assert outer.transport is not None
        port: int = outer.transport.get_extra_info("sockname")[1]
        return port

    def close(self) -> None:
        for way in self._ways:
            way.close()


class _End(asyncio.DatagramProtocol):
    """One side of the relay; what comes in here goes out on the other, as fast as the line lets it."""

    def __init__(self, *, line: Line, to: tuple[str, int] | None = None, other: "_End | None" = None) -> None:
        self.transport: asyncio.DatagramTransport | None = None
        self.to = to
        self.other = other
        self._line = line
        self._busy_until_s = 0.0

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.to is None or self.to != addr:
            self.to = addr
        if self.other is not None:
            self.other.pass_on(data)

    def pass_on(self, data: bytes) -> None:
        rate, loop = self._line.rate, asyncio.get_running_loop()
        if rate is None:
            self._send(data)
            return
        begin_s = max(loop.time(), self._busy_until_s)
        if begin_s - loop.time() > QUEUE_S:
            return
        self._busy_until_s = begin_s + (len(data) + OVERHEAD_BYTES) * 8 / rate
        loop.call_at(self._busy_until_s, self._send, data)

    def _send(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing() and self.to is not None:
            self.transport.sendto(data, self.to)


@dataclass(frozen=True)
class _Way:
    outer: _End
    inner: _End

    def close(self) -> None:
        for end in (self.outer, self.inner):
            if end.transport is not None:
                end.transport.close()


@asynccontextmanager
async def a_line() -> AsyncIterator[Line]:
    async with asyncio.TaskGroup() as tasks:
        line = Line(tasks=tasks)
        try:
            yield line
        finally:
            line.close()
