"""Erasing, put together: where words, sound and indexes lie, and when the night's run is."""

from datetime import time

from server.adapters.clock import SystemClock
from server.adapters.store import Store
from server.domain.ids import CallId
from server.domain.searching import Subject
from server.ports.retention import Retention
from server.ports.searching import SearchIndex
from server.ports.vault import Vault
from server.services.erasing import Erasing, Nightly, Shelves
from server.services.erasing_copies import Copies
from server.settings import Settings
from server.settings.retention import load_retention


def erasing_of(store: Store, vault: Vault, index: SearchIndex, played: Retention | None = None) -> Erasing:
    """`played` is the training room's, where exercises were played that were made of calls."""

    async def forget_words(call: CallId) -> None:
        await index.forget(Subject.CALL, call)

    shelves = Shelves(
        journal=store.journal,
        vault=vault,
        retention=store.retention,
        audit=store.audit,
        forgets=(store.history.forget, forget_words, store.links.forget),
        copies=copies_of(store, vault, played),
    )
    return Erasing(shelves=shelves, clock=SystemClock())


def copies_of(store: Store, vault: Vault, played: Retention | None) -> Copies:
    return Copies(journal=store.journal, cases=store.cases, papers=store.papers, vault=vault, played=played)


def nightly_of(settings: Settings, erasing: Erasing) -> Nightly:
    return Nightly(
        erasing=erasing,
        classes=load_retention(settings.path(settings.vault.retention)),
        at=time.fromisoformat(settings.vault.erase_at),
        clock=SystemClock(),
    )
