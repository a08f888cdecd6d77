"""One server to a database file: a second would take up the first one's live calls and end them."""

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
    scheme, _, path = url.partition(":")
    if scheme != "sqlite":
        yield
        return
    lock = Path(f"{path}.serving")
    try:
        lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise StoreRefused(f"another server is using the database {path}") from error
