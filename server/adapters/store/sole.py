"""One of a kind to a database file: a second server would end the first's calls, a second import undo it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.adapters.store.schema import StoreRefused


@contextmanager
def sole_server(url: str) -> Iterator[None]:
    """Hold the store for this process; the system lets go of it however the process ends.

    Raises `StoreRefused` when another server holds it. Command lines that only read or add need not hold it.
    """
    with _held(url, "serving", "another server is using"):
        yield


@contextmanager
def sole_import(url: str) -> Iterator[None]:
    """Nobody else brings in history meanwhile: what an import finds half done is nobody's then, and goes.

    Raises `StoreRefused`.
    """
    with _held(url, "importing", "another import is writing to"):
        yield


@contextmanager
def _held(url: str, what: str, refusal: str) -> Iterator[None]:
    scheme, _, path = url.partition(":")
    if scheme != "sqlite":
        yield
        return
    lock = Path(f"{path}.{what}")
    try:
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise StoreRefused(f"{refusal} the database {path}") from error
