"""Which browser the tests use, how it is started, and that what was opened in it is closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol, TypeVar

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
)


class Screens(Protocol):
    async def close(self) -> None: ...


S = TypeVar("S", bound=Screens)


@asynccontextmanager
async def closing(screens: S) -> AsyncIterator[S]:
    """Closed also after a test that failed, before the server goes."""
    try:
        yield screens
    finally:
        await screens.close()
