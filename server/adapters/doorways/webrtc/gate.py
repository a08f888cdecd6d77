"""What may come in at a connection's port: all from where a check proved the password, else only checks.

Whoever finds the port can send to it, and aiortc reads whatever is sent: one empty datagram from a stranger
would end the call, and a flood of them would stand before the packets of the browser.
"""

import asyncio
import struct
from collections import Counter
from collections.abc import Callable, Collection
from typing import cast

Address = tuple[str, int]

EACH_PER_S = 50
"""Checks that one unproven address may send; a browser sends some 20."""
ALL_PER_S = 500
"""Checks that all of them may: each costs the reckoning of a signature."""
MOST_PROVEN = 16
"""One who knows the password could have us answer at any number of addresses otherwise."""
MOST_CHECK = 1280
_COOKIE = b"\x21\x12\xa4\x42"


class Gate(asyncio.DatagramProtocol):
    """Stands before the protocol that reads a port, and hands on what may pass."""

    def __init__(self, inner: asyncio.DatagramProtocol, proven: Callable[[], Collection[Address]]) -> None:
        self._inner = inner
        self._proven = proven
        self._window_s = 0.0
        self._came: Counter[Address] = Counter()
        self.turned_away = 0

    def connection_lost(self, exc: Exception | None) -> None:
        self._inner.connection_lost(exc)

    def error_received(self, exc: Exception) -> None:
        self._inner.error_received(exc)

    def datagram_received(self, data: bytes, addr: tuple[object, ...]) -> None:
        address = cast("Address", (addr[0], addr[1]))
        proven = self._proven()
        may = bool(data) if address in proven else self._may_ask(data, address, len(proven))
        if not may:
            self.turned_away += 1
            return
        try:
            self._inner.datagram_received(data, address)
        except (struct.error, KeyError):
            self.turned_away += 1  # a check that cannot be read

    def _may_ask(self, data: bytes, address: Address, proven: int) -> bool:
        check = len(data) <= MOST_CHECK and data[:1] <= b"\x03" and data[4:8] == _COOKIE
        if not check or proven >= MOST_PROVEN:
            return False
        now_s = asyncio.get_running_loop().time()
        if now_s - self._window_s >= 1:
            self._window_s = now_s
            self._came.clear()
        if self._came.total() >= ALL_PER_S or self._came[address] >= EACH_PER_S:
            return False
        self._came[address] += 1
        return True
