"""Links into video, in the same database as the journal."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Row
from sqlalchemy.exc import SQLAlchemyError

from server.adapters.store.database import Database
from server.adapters.store.tables import video_links
from server.domain.ids import CallId, ForceId, LinkId, PersonId
from server.domain.video_links import Closing, LinkKind, VideoLink
from server.ports.video_links import LinksLost

T = TypeVar("T")
PLAIN = ("id", "call", "room", "force", "guest", "talks", "record", "by", "language", "name")
TIMES = ("made_at", "until", "opened_at", "browser_hash")


async def _read(database: Database, work: Callable[[Connection], T]) -> T:
    try:
        return await database.read(work)
    except SQLAlchemyError as error:
        raise LinksLost("links could not be read") from error


async def _write(database: Database, work: Callable[[Connection], T]) -> T:
    try:
        return await database.write(work)
    except SQLAlchemyError as error:
        raise LinksLost("links could not be written") from error


@dataclass(frozen=True, slots=True)
class StoredLinks:
    database: Database

    async def add(self, link: VideoLink, *, token_hash: str) -> None:
        row = {name: getattr(link, name) for name in (*PLAIN, *TIMES)}
        new = sa.insert(video_links).values(token_hash=token_hash, kind=link.kind.value, **row)
        await _write(self.database, lambda connection: connection.execute(new))

    async def find(self, token_hash: str) -> VideoLink | None:
        return await self._one(video_links.c.token_hash == token_hash)

    async def link(self, link: LinkId) -> VideoLink | None:
        return await self._one(video_links.c.id == link)

    async def bind(self, link: LinkId, *, browser_hash: str, at: datetime) -> bool:
        table = video_links.c
        free = sa.and_(table.id == link, table.opened_at.is_(None), table.closed.is_(None), table.until > at)
        taken = sa.update(video_links).where(free).values(opened_at=at, browser_hash=browser_hash)
        return await _write(self.database, lambda connection: connection.execute(taken).rowcount == 1)

    async def close(self, link: LinkId, why: Closing) -> bool:
        still = sa.and_(video_links.c.id == link, video_links.c.closed.is_(None))
        closed = sa.update(video_links).where(still).values(closed=why.value)
        return await _write(self.database, lambda connection: connection.execute(closed).rowcount == 1)

    async def of_call(self, call: CallId) -> list[VideoLink]:
        return await self._all(video_links.c.call == call)

    async def of_room(self, room: CallId) -> list[VideoLink]:
        return await self._all(video_links.c.room == room)

    async def forget(self, call: CallId) -> None:
        gone = sa.delete(video_links).where(video_links.c.call == call)
        await _write(self.database, lambda connection: connection.execute(gone))

    async def _one(self, which: sa.ColumnElement[bool]) -> VideoLink | None:
        wanted = sa.select(video_links).where(which)
        row = await _read(self.database, lambda connection: connection.execute(wanted).one_or_none())
        return _link(row) if row is not None else None

    async def _all(self, which: sa.ColumnElement[bool]) -> list[VideoLink]:
        wanted = sa.select(video_links).where(which).order_by(video_links.c.number)
        rows = await _read(self.database, lambda connection: connection.execute(wanted).all())
        return [_link(row) for row in rows]


def _link(row: Row[*tuple[Any, ...]]) -> VideoLink:
    return VideoLink(
        id=LinkId(row.id),
        call=CallId(row.call),
        room=CallId(row.room),
        force=ForceId(row.force),
        kind=LinkKind(row.kind),
        guest=row.guest,
        talks=row.talks,
        record=row.record,
        by=PersonId(row.by),
        language=row.language,
        name=row.name,
        made_at=row.made_at,
        until=row.until,
        opened_at=row.opened_at,
        browser_hash=row.browser_hash,
        closed=Closing(row.closed) if row.closed else None,
    )
