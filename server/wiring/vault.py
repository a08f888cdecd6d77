"""The master key and the vault: read, made at the first start, and never made twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from server.adapters.store import Store, StoreRefused, open_store
from server.adapters.vault import AesSealer, BadMaster, FileVault
from server.adapters.vault.master import masters_in, new_master, read_masters, write_masters
from server.ports.clock import Clock
from server.ports.vault import Sealer
from server.settings import BadSettings, Settings


def masters_of(settings: Settings) -> list[bytes]:
    """The master keys that are here, the newest first. Raises `BadSettings`."""
    given = settings.vault.key.get_secret_value()
    try:
        return masters_in(given) if given else read_masters(settings.path(settings.vault.key_file))
    except BadMaster as bad:
        raise BadSettings([f"vault.{'key' if given else 'key_file'}: {bad}"]) from None


def sealer_here(settings: Settings) -> Sealer | None:
    """None where no master key was made yet."""
    masters = masters_of(settings)
    return AesSealer(masters) if masters else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    """Everything that is kept, and what seals it."""

    store: Store
    vault: FileVault
    sealer: Sealer


@asynccontextmanager
async def open_safe(settings: Settings, clock: Clock) -> AsyncIterator[Safe]:
    """Store and vault with their sealer. At the very first start a master key is made.

    Raises `StoreRefused` when keys lie there that no master key here opens.
    """
    url = settings.url(settings.store.url)
    sealer = sealer_here(settings)
    if sealer is None:
        async with open_store(url, clock=clock) as store:
            _refuse_lost(await store.shelf.masters())
        sealer = _first(settings)
    async with open_store(url, clock=clock, sealer=sealer) as store:
        wrapped = await store.shelf.masters()
        _refuse_lost({master: keys for master, keys in wrapped.items() if master not in sealer.masters})
        vault = FileVault(settings.path(settings.vault.folder), sealer=sealer, keys=store.shelf)
        try:
            yield Safe(store=store, vault=vault, sealer=sealer)
        finally:
            await vault.close()


def _first(settings: Settings) -> Sealer:
    masters = masters_in(new_master())
    write_masters(settings.path(settings.vault.key_file), masters)
    return AesSealer(masters)


def _refuse_lost(lost: dict[str, int]) -> None:
    for master, keys in lost.items():
        raise StoreRefused(
            f"vault.key_file: the master key {master} is not here, and {keys} keys of calls need it: "
            "put it back, on a line of its own (earshot vault accept-loss goes on without what it sealed)"
        )
