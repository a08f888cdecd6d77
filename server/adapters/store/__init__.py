"""The database: journal, people, sessions, grants, bars, the access log.

A new kind of store is a module here and a line in `STORES`.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

from server.adapters.store.access import StoredAccessLog, StoredBars
from server.adapters.store.audit import StoredAudit
from server.adapters.store.bodies import Bodies
from server.adapters.store.cases import StoredCases
from server.adapters.store.database import Database
from server.adapters.store.history import StoredHistory
from server.adapters.store.history_seal import HistorySeal
from server.adapters.store.integrations import StoredKeys, StoredOutbox
from server.adapters.store.journal import StoredJournal
from server.adapters.store.keys import StoredKeyShelf
from server.adapters.store.papers import StoredFollowing, StoredPapers
from server.adapters.store.people import StoredGrants, StoredPeople, StoredSessions
from server.adapters.store.retention import StoredRetention
from server.adapters.store.schema import StoreRefused
from server.adapters.store.video_links import StoredLinks
from server.ports.access import AccessLog, Bars
from server.ports.cases import CaseBook
from server.ports.clock import Clock
from server.ports.following import Following
from server.ports.history import CallHistory
from server.ports.integrations import KeyBook, Outbox
from server.ports.journal import Journal
from server.ports.papers import Papers
from server.ports.people import Grants, PeopleBook, Sessions
from server.ports.retention import Audit, Retention
from server.ports.transfers import Marks
from server.ports.vault import KeyShelf, Sealer
from server.ports.video_links import LinkBook

__all__ = ["STORES", "Store", "StoreRefused", "open_store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    journal: Journal
    people: PeopleBook
    sessions: Sessions
    grants: Grants
    bars: Bars
    accesses: AccessLog
    keys: KeyBook
    outbox: Outbox
    history: CallHistory
    shelf: KeyShelf
    audit: Audit
    retention: Retention
    papers: Papers
    cases: CaseBook
    following: Following
    marks: Marks
    links: LinkBook


def _sqlite(path: str) -> AbstractAsyncContextManager[Database]:
    from server.adapters.store.sqlite import sqlite_database

    return sqlite_database(path)


STORES: Mapping[str, Callable[[str], AbstractAsyncContextManager[Database]]] = {"sqlite": _sqlite}
"""By the scheme of the store's URL: what opens a database at the newest schema, given the rest of the URL."""


@asynccontextmanager
async def open_store(url: str, *, clock: Clock, sealer: Sealer | None = None) -> AsyncIterator[Store]:
    """Open the store that the URL names, `sqlite:PATH`; with a sealer, words lie sealed in it.

    Leaving the context finishes every append already begun. Raises `StoreRefused`.
    """
    scheme, _, address = url.partition(":")
    if scheme not in STORES or not address:
        raise StoreRefused(f"a store is SCHEME:ADDRESS, and the schemes are {', '.join(sorted(STORES))}")
    async with STORES[scheme](address) as database:
        bodies, places = Bodies(sealer=sealer), StoredFollowing(database)
        yield Store(
            journal=StoredJournal(database, clock, bodies),
            people=StoredPeople(database, clock),
            sessions=StoredSessions(database, clock),
            grants=StoredGrants(database, clock),
            bars=StoredBars(database, clock),
            accesses=StoredAccessLog(database, clock, sealer),
            keys=StoredKeys(database),
            outbox=StoredOutbox(database, bodies),
            history=StoredHistory(database, HistorySeal(sealer=sealer, now=clock.now)),
            shelf=StoredKeyShelf(database=database, clock=clock, sealer=sealer),
            audit=StoredAudit(database, clock),
            retention=StoredRetention(database, clock, bodies),
            papers=StoredPapers(database, clock, sealer),
            cases=StoredCases(database, clock, sealer),
            following=places,
            marks=places,
            links=StoredLinks(database),
        )
