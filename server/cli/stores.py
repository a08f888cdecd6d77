"""What a command that only needs the database begins with and how it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer

from server.cli.start import FAILED, err, refuse
from server.ports.history import HistoryLost
from server.ports.integrations import IntegrationsLost
from server.ports.journal import JournalLost, UnknownCall
from server.ports.people import PeopleLost

if TYPE_CHECKING:
    from server.adapters.store import Store
    from server.settings import Settings
    from server.wiring.vault import Safe

T = TypeVar("T")


def with_store(settings: "Settings", work: Callable[["Store"], Awaitable[T]], *, make: bool = False) -> T:
    """Open the database beside a running server or without one, and do the work in it.

    Without `make` there must be one already: an empty one at a mistyped path would look like an answer.
    """
    if not make:
        _expect_one(settings)
    from server.adapters.clock import SystemClock
    from server.adapters.store import StoreRefused, open_store
    from server.settings import BadSettings
    from server.wiring.vault import sealer_here

    async def done() -> T:
        sealer = sealer_here(settings)
        async with open_store(settings.url(settings.store.url), clock=SystemClock(), sealer=sealer) as store:
            return await work(store)

    try:
        return asyncio.run(done())
    except BadSettings as bad:
        refuse(bad.mistakes)
    except StoreRefused as refused:
        refuse([f"store.url: {refused}"])
    except (HistoryLost, JournalLost, PeopleLost, IntegrationsLost) as lost:
        fail(str(lost))


def with_safe(settings: "Settings", work: Callable[["Safe"], Awaitable[T]]) -> T:
    """Open database and vault with the master key, beside a running server or without one."""
    _expect_one(settings)
    from server.adapters.clock import SystemClock
    from server.adapters.store import StoreRefused
    from server.ports.vault import VaultLost
    from server.services.refusals import Refused
    from server.settings import BadSettings
    from server.wiring.vault import open_safe

    async def done() -> T:
        async with open_safe(settings, clock=SystemClock()) as safe:
            return await work(safe)

    try:
        return asyncio.run(done())
    except BadSettings as bad:
        refuse(bad.mistakes)
    except StoreRefused as refused:
        refuse([f"store.url: {refused}"])
    except (JournalLost, PeopleLost, VaultLost, Refused, UnknownCall) as lost:
        fail(str(lost))


def _expect_one(settings: "Settings") -> None:
    scheme, _, path = settings.url(settings.store.url).partition(":")
    if scheme == "sqlite" and not Path(path).exists():
        fail(f"There is no database at {path} (store.url).")


def fail(sentence: str) -> NoReturn:
    """Say what went wrong and end with `FAILED`."""
    err.print(sentence, markup=False, highlight=False)
    raise typer.Exit(FAILED)
