"""Erasing, put together: where words, sound and indexes lie, and when the night's run is."""

from datetime import time

from server.adapters.clock import SystemClock
from server.adapters.store import Store
from server.domain.ids import CallId
from server.domain.retention import Records
from server.domain.searching import Subject
from server.ports.clock import Clock
from server.ports.retention import Retention
from server.ports.searching import SearchIndex
from server.ports.vault import Vault
from server.services.erasing import Erasing, Nightly, Shelves
from server.services.erasing_copies import Copies
from server.services.safekeeping import Keep
from server.services.sweeping import AccessSweep, CaseSweep, PaperSweep, ReferralSweep, Sweep
from server.settings import Settings
from server.settings.retention import load_retention
from server.wiring.core import Core


def erasing_of(
    store: Store,
    vault: Vault,
    index: SearchIndex,
    played: Retention | None = None,
    *,
    clock: Clock | None = None,
) -> Erasing:
    """`played` is the training room's, where exercises were played that were made of calls."""

    async def forget_words(call: CallId) -> None:
        await index.forget(Subject.CALL, call)

    copies = copies_of(store, vault, played)
    shelves = Shelves(
        journal=store.journal,
        vault=vault,
        retention=store.retention,
        audit=store.audit,
        forgets=(store.history.forget, forget_words, store.links.forget),
        copies=copies,
        sweeps=sweeps_of(store, index, copies),
    )
    return Erasing(shelves=shelves, clock=clock or SystemClock())


def copies_of(store: Store, vault: Vault, played: Retention | None) -> Copies:
    return Copies(journal=store.journal, cases=store.cases, papers=store.papers, vault=vault, played=played)


def sweeps_of(store: Store, index: SearchIndex, copies: Copies) -> dict[Records, Sweep]:
    kept, audit = store.retention, store.audit
    papers = PaperSweep(papers=store.papers, copies=copies, retention=kept, audit=audit)
    return {
        Records.CASE: CaseSweep(cases=store.cases, index=index, retention=kept, audit=audit),
        Records.REFERRAL: ReferralSweep(cases=store.cases, retention=kept, audit=audit),
        Records.FEEDBACK: papers,
        Records.TRAINING: papers,
        Records.SUBJECT_ACCESS: papers,
        Records.ACCESS_LOG: AccessSweep(accesses=store.accesses, audit=audit),
    }


def keep_of(core: Core) -> Keep:
    settings = core.settings
    return Keep(
        retention=core.store.retention,
        audit=core.store.audit,
        classes=load_retention(settings.path(settings.vault.retention)),
    )


def nightly_of(settings: Settings, erasing: Erasing) -> Nightly:
    return Nightly(
        erasing=erasing,
        classes=load_retention(settings.path(settings.vault.retention)),
        at=time.fromisoformat(settings.vault.erase_at),
        clock=SystemClock(),
    )
