"""Keys of other systems and the outbox of what these are to be told, in the same database as the journal."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from server.adapters.store.bodies import Bodies
from server.adapters.store.database import Database
from server.adapters.store.tables import api_keys, calls, journal, outbox, outbox_places
from server.domain.events import Entry, Event, WordsErased
from server.domain.ids import CallId, ForceId
from server.domain.integrations import ApiKey, Posting, Scope, Topic
from server.ports.integrations import Facts, IntegrationsLost, KeyExists, UnknownKey
from server.ports.vault import VaultLost
from server.services.wire import BadBody, UnknownKind

T = TypeVar("T")
DEAD_KEPT = timedelta(days=30)
"""What was given up longer ago makes room when something else is."""


async def _read(database: Database, work: Callable[[Connection], T]) -> T:
    try:
        return await database.read(work)
    except (SQLAlchemyError, VaultLost) as error:
        raise IntegrationsLost("what other systems are told could not be read") from error


async def _write(database: Database, work: Callable[[Connection], T]) -> T:
    try:
        return await database.write(work)
    except SQLAlchemyError as error:
        raise IntegrationsLost("what other systems are told could not be written") from error


@dataclass(frozen=True, slots=True)
class StoredKeys:
    database: Database

    async def add(self, key: ApiKey, *, secret_hash: str) -> None:
        await _write(self.database, lambda connection: _add(connection, key, secret_hash))

    async def find(self, key: str) -> tuple[ApiKey, str] | None:
        wanted = sa.select(api_keys).where(api_keys.c.id == key)
        row = await _read(self.database, lambda connection: connection.execute(wanted).one_or_none())
        return (_key(row), str(row.secret_hash)) if row is not None else None

    async def keys(self) -> list[ApiKey]:
        wanted = sa.select(api_keys).order_by(api_keys.c.made_at, api_keys.c.id)
        rows = await _read(self.database, lambda connection: connection.execute(wanted).all())
        return [_key(row) for row in rows]

    async def revoke(self, key: str, at: datetime) -> None:
        revoked = sa.func.coalesce(
            api_keys.c.revoked_at, sa.bindparam("at", at, type_=api_keys.c.made_at.type)
        )
        change = sa.update(api_keys).where(api_keys.c.id == key).values(revoked_at=revoked)

        def work(connection: Connection) -> None:
            if connection.execute(change).rowcount == 0:
                raise UnknownKey

        await _write(self.database, work)


@dataclass(frozen=True, slots=True)
class StoredOutbox:
    database: Database
    bodies: Bodies = field(default_factory=Bodies)

    async def facts(
        self, endpoint: str, force: ForceId, kinds: Sequence[type[Event]], *, limit: int = 200
    ) -> Facts:
        place = await _read(self.database, lambda connection: _place(connection, endpoint))
        if place is None:
            place = await _write(self.database, lambda connection: _begin(connection, endpoint))
        begin, names = place, [kind.__name__ for kind in kinds]

        def work(on: Connection) -> Facts:
            end = _end(on)
            rows = on.execute(_wanted(begin, end, force, names).limit(limit)).all()
            reached = rows[-1].id if len(rows) == limit else end
            return Facts(entries=tuple(_entries(on, rows, self.bodies)), place=max(begin, reached))

        return await _read(self.database, work)

    async def queue(self, endpoint: str, postings: Sequence[Posting], *, place: int) -> None:
        def work(connection: Connection) -> None:
            if postings:
                connection.execute(sa.insert(outbox), [_posting_row(posting) for posting in postings])
            moved = sa.update(outbox_places).where(outbox_places.c.endpoint == endpoint)
            connection.execute(moved.values(place=place))

        await _write(self.database, work)

    async def due(self, endpoint: str, *, now: datetime, limit: int = 50) -> list[Posting]:
        wanted = sa.select(outbox).where(
            outbox.c.endpoint == endpoint, outbox.c.dead_at.is_(None), outbox.c.next_at <= now
        )
        return await self._postings(wanted.order_by(outbox.c.number).limit(limit))

    async def taken(self, posting: str) -> None:
        gone = sa.delete(outbox).where(outbox.c.id == posting)
        await _write(self.database, lambda connection: connection.execute(gone))

    async def put_off(self, posting: Posting) -> None:
        change = sa.update(outbox).where(outbox.c.id == posting.id)
        change = change.values(
            tries=posting.tries, next_at=posting.next_at, dead_at=posting.dead_at, why=posting.why
        )

        def work(connection: Connection) -> None:
            connection.execute(change)
            if posting.dead_at is not None:
                connection.execute(sa.delete(outbox).where(outbox.c.dead_at < posting.dead_at - DEAD_KEPT))

        await _write(self.database, work)

    async def waiting(self, endpoint: str | None = None) -> list[Posting]:
        wanted = sa.select(outbox).order_by(outbox.c.number)
        return await self._postings(
            wanted if endpoint is None else wanted.where(outbox.c.endpoint == endpoint)
        )

    async def counts(self) -> dict[str, tuple[int, int]]:
        dead = sa.func.count(outbox.c.dead_at)
        wanted = sa.select(outbox.c.endpoint, sa.func.count() - dead, dead).group_by(outbox.c.endpoint)
        rows = await _read(self.database, lambda connection: connection.execute(wanted).all())
        return {endpoint: (waiting, given_up) for endpoint, waiting, given_up in rows}

    async def again(self, endpoint: str, *, now: datetime) -> int:
        change = sa.update(outbox).where(outbox.c.endpoint == endpoint, outbox.c.dead_at.is_not(None))
        change = change.values(tries=0, next_at=now, dead_at=None)
        return await _write(self.database, lambda connection: connection.execute(change).rowcount)

    async def keep_only(self, endpoints: Collection[str]) -> int:
        gone = sa.delete(outbox).where(outbox.c.endpoint.not_in(endpoints))
        places = sa.delete(outbox_places).where(outbox_places.c.endpoint.not_in(endpoints))

        def work(connection: Connection) -> int:
            connection.execute(places)
            return connection.execute(gone).rowcount

        return await _write(self.database, work)

    async def forget(self, endpoint: str) -> int:
        gone = sa.delete(outbox).where(outbox.c.endpoint == endpoint, outbox.c.dead_at.is_not(None))
        return await _write(self.database, lambda connection: connection.execute(gone).rowcount)

    async def _postings(self, wanted: sa.Select[*tuple[Any, ...]]) -> list[Posting]:
        rows = await _read(self.database, lambda connection: connection.execute(wanted).all())
        return [_posting(row) for row in rows]


def _add(connection: Connection, key: ApiKey, secret_hash: str) -> None:
    row = {
        "id": key.id,
        "system": key.system,
        "force": key.force,
        "scopes": " ".join(sorted(key.scopes)),
        "secret_hash": secret_hash,
        "made_at": key.made_at,
        "until": key.until,
        "revoked_at": key.revoked_at,
    }
    try:
        connection.execute(sa.insert(api_keys).values(row))
    except IntegrityError:
        raise KeyExists from None


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    known = set(Scope)
    return ApiKey(
        id=row.id,
        system=row.system,
        force=ForceId(row.force),
        scopes=frozenset(Scope(scope) for scope in row.scopes.split() if scope in known),
        made_at=row.made_at,
        until=row.until,
        revoked_at=row.revoked_at,
    )


def _place(connection: Connection, endpoint: str) -> int | None:
    wanted = sa.select(outbox_places.c.place).where(outbox_places.c.endpoint == endpoint)
    return connection.execute(wanted).scalar_one_or_none()


def _begin(connection: Connection, endpoint: str) -> int:
    place = _place(connection, endpoint)
    if place is None:
        place = _end(connection)
        connection.execute(sa.insert(outbox_places).values(endpoint=endpoint, place=place))
    return place


def _end(connection: Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(journal.c.id), 0))).scalar_one())


def _wanted(place: int, end: int, force: ForceId, kinds: Sequence[str]) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(journal)
        .join(calls, calls.c.call == journal.c.call)
        .where(journal.c.id > place, journal.c.id <= end, journal.c.kind.in_(kinds), calls.c.force == force)
        .order_by(journal.c.id)
    )


def _entries(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]], bodies: Bodies) -> list[Entry]:
    """What a newer version wrote, damage and what was erased are passed over: they must not stop the rest."""
    entries = []
    for row in rows:
        try:
            entries += bodies.entries(connection, [row])
        except (UnknownKind, BadBody):
            continue
    return [entry for entry in entries if not isinstance(entry.event, WordsErased)]


def _posting_row(posting: Posting) -> dict[str, Any]:
    return {
        "id": posting.id,
        "endpoint": posting.endpoint,
        "call": posting.call,
        "seq": posting.seq,
        "topic": posting.topic,
        "body": posting.body,
        "made_at": posting.made_at,
        "tries": posting.tries,
        "next_at": posting.next_at,
        "dead_at": posting.dead_at,
        "why": posting.why,
    }


def _posting(row: Row[*tuple[Any, ...]]) -> Posting:
    return Posting(
        id=row.id,
        endpoint=row.endpoint,
        call=CallId(row.call),
        seq=row.seq,
        topic=Topic(row.topic),
        body=row.body,
        made_at=row.made_at,
        tries=row.tries,
        next_at=row.next_at,
        dead_at=row.dead_at,
        why=row.why,
    )
