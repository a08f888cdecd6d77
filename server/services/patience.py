"""How long a browser may take what it is sent before it is let go."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

STALL_S = 20.0


class BrowserStalled(Exception):
    """The browser took nothing for too long; it resumes when it comes back."""


async def patiently(send: Callable[[T], Awaitable[None]], message: T) -> None:
    """Raises `BrowserStalled`."""
    try:
        async with asyncio.timeout(STALL_S):
            await send(message)
    except TimeoutError:
        raise BrowserStalled from None
