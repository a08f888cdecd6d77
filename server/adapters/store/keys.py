"""The shelf of wrapped keys, in the database of the journal that they seal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from server.adapters.store.database import Database
from server.adapters.store.tables import keys
from server.domain.recordings import Part
from server.ports.clock import Clock
from server.ports.vault import NEVER_MADE, KeyGone, KeyName, MasterLost, Sealer, VaultLost, WrappedKey

REWRAPPED_AT_ONCE = 500
"""In one transaction, so that the journal's appends are not kept waiting."""
GONE = "this key was destroyed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKeyShelf:
    database: Database
    clock: Clock
    sealer: Sealer | None = None

    async def key(self, name: KeyName, *, make: bool = False) -> WrappedKey:
        now, sealer = self.clock.now(), self.sealer
        try:
            if make and sealer is not None:
                return await self.database.write(lambda on: made_key(on, name, sealer, now))
            return await self.database.read(lambda on: kept_key(on, name))
        except SQLAlchemyError:
            raise VaultLost("the keys cannot be reached") from None

    async def rewrap(self) -> int:
        done, sealer = 0, self.sealer
        if sealer is None:
            raise MasterLost("there is no master key here")
        while here := await self.database.write(lambda on: _rewrap_some(on, sealer)):
            done += here
        return done

    async def masters(self) -> dict[str, int]:
        wanted = sa.select(keys.c.master, sa.func.count()).where(keys.c.wrapped.is_not(None))
        rows = await self.database.read(lambda on: on.execute(wanted.group_by(keys.c.master)).all())
        return {row[0]: row[1] for row in rows}


def _rewrap_some(on: Connection, sealer: Sealer) -> int:
    wanted = sa.select(keys).where(keys.c.wrapped.is_not(None), keys.c.master != sealer.master)
    rows = on.execute(wanted.limit(REWRAPPED_AT_ONCE)).all()
    for row in rows:
        put(on, sealer.rewrap(_key(row)))
    return len(rows)


def kept_key(on: Connection, name: KeyName) -> WrappedKey:
    """Raises `KeyGone`."""
    row = on.execute(sa.select(keys).where(_is(name))).one_or_none()
    if row is None:
        raise KeyGone(NEVER_MADE)
    if row.wrapped is None:
        raise KeyGone(GONE)
    return _key(row)


def made_key(on: Connection, name: KeyName, sealer: Sealer, now: datetime) -> WrappedKey:
    """The key of this name, made if there never was one. Raises `KeyGone` for one that was destroyed."""
    try:
        return kept_key(on, name)
    except KeyGone as gone:
        if str(gone) == GONE:
            raise
    key = sealer.new_key(name)
    on.execute(
        sa.insert(keys).values(
            subject=name.subject, part=name.part.value, master=key.master, wrapped=key.wrapped, made_at=now
        )
    )
    return key


def word_keys(on: Connection, subjects: Collection[str]) -> dict[str, WrappedKey]:
    """The keys of these calls' words, of those that have one."""
    return {subject: key for subject, key in word_states(on, subjects).items() if key is not None}


def word_states(on: Connection, subjects: Collection[str]) -> dict[str, WrappedKey | None]:
    """Those of them that ever had a key, with the key; none: it was destroyed, and no words can be added."""
    if not subjects:
        return {}
    wanted = sa.select(keys).where(keys.c.part == Part.WORDS.value, keys.c.subject.in_(subjects))
    return {row.subject: _key(row) if row.wrapped is not None else None for row in on.execute(wanted).all()}


def put(on: Connection, key: WrappedKey) -> None:
    on.execute(sa.update(keys).where(_is(key.name)).values(master=key.master, wrapped=key.wrapped))


def destroy(on: Connection, name: KeyName, now: datetime) -> str | None:
    """What fingerprint the master key had that wrapped it; none: there was no such key to destroy.

    The database overwrites what it lets go of, so the wrapped key is in no free page either.
    """
    row = on.execute(sa.select(keys).where(_is(name))).one_or_none()
    if row is None or row.wrapped is None:
        return None
    on.execute(sa.update(keys).where(_is(name)).values(wrapped=None, destroyed_at=now))
    return str(row.master)


def _is(name: KeyName) -> sa.ColumnElement[bool]:
    return sa.and_(keys.c.subject == name.subject, keys.c.part == name.part.value)


def _key(row: Row[*tuple[Any, ...]]) -> WrappedKey:
    name = KeyName(subject=row.subject, part=Part(row.part))
    return WrappedKey(name=name, master=row.master, wrapped=row.wrapped)
