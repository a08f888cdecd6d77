"""The search index beside the database, and the sealed key of its hashes."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from server.adapters.store.search import SearchFile, open_search
from server.domain.recordings import Part
from server.ports.vault import KeyName, KeyShelf, Sealer, VaultLost
from server.settings import Settings
from server.wiring.core import Core
from server.wiring.vault import sealer_here

NAME = KeyName(subject="search", part=Part.WORDS)
ABOUT = b"the key of the search index"
KEY_BYTES = 32


def search_of(core: Core) -> AbstractAsyncContextManager[SearchFile]:
    return search_in(core.settings, core.store.shelf)


@asynccontextmanager
async def search_in(settings: Settings, shelf: KeyShelf) -> AsyncIterator[SearchFile]:
    """A key that cannot be opened any more is made anew, and the index with it."""
    path = index_path(settings)
    key_file = path.with_name(f"{path.name}.key")
    key = await _key(key_file, shelf, sealer_here(settings))
    if key is None:
        _forget(path)
        key = await _made(key_file, shelf, sealer_here(settings))
    async with open_search(path, key) as index:
        yield index


def index_path(settings: Settings) -> Path:
    _, _, address = settings.url(settings.store.url).partition(":")
    return Path(f"{address}.search")


async def _key(file: Path, shelf: KeyShelf, sealer: Sealer | None) -> bytes | None:
    sealed = _sealed_in(file)
    if sealer is None or sealed is None:
        return None
    try:
        return sealer.open(await shelf.key(NAME), sealed, about=ABOUT)
    except VaultLost:
        return None


async def _made(file: Path, shelf: KeyShelf, sealer: Sealer | None) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    if sealer is not None:
        _write(file, sealer.seal(await shelf.key(NAME, make=True), key, about=ABOUT))
    return key


def _sealed_in(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _forget(path: Path) -> None:
    """The file beside the database, and what SQLite keeps beside it."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _write(file: Path, sealed: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(sealed)
