"""Papers and the places of followers, in the same database as the journal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from server.adapters.store.database import Database
from server.adapters.store.ledgers import Ledger
from server.adapters.store.ledgers import Line as Written
from server.adapters.store.tables import follower_places, journal, papers
from server.domain.feedback import FeedbackSent
from server.domain.ids import CallId
from server.domain.papers import Line, PaperEvent, PaperId
from server.domain.training.papers import ExerciseMade
from server.ports.clock import Clock
from server.ports.following import News
from server.ports.journal import JournalLost
from server.ports.papers import PaperMoved, PapersLost
from server.ports.vault import Sealer, VaultLost
from server.services.paper_wire import paper_body, paper_event
from server.services.wire import BadBody, UnknownKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StoredPapers:
    database: Database
    clock: Clock
    sealer: Sealer | None = field(default=None, repr=False)

    @property
    def ledger(self) -> Ledger:
        return Ledger(table=papers, subject="paper", sealer=self.sealer)

    async def append(self, paper: PaperId, events: Sequence[PaperEvent], *, after: int) -> list[Line]:
        now = self.clock.now()
        lines = [
            Line(paper=paper, seq=seq, recorded_at=now, event=event)
            for seq, event in enumerate(events, after + 1)
        ]

        def work(connection: Connection) -> None:
            head, call = _head(connection, paper)
            if head != after:
                raise PaperMoved
            call = call or _about(lines[0].event)
            self.ledger.write(connection, [{**_row(line), "call": call} for line in lines], now)

        await self._write(work)
        return lines

    async def lines(self, paper: PaperId) -> list[Line]:
        return await self._lines(sa.select(papers).where(papers.c.paper == paper).order_by(papers.c.seq))

    async def beginning_with(self, kind: type[PaperEvent]) -> list[Line]:
        wanted = sa.select(papers).where(papers.c.kind == kind.__name__, papers.c.seq == 1)
        return await self._lines(wanted.order_by(papers.c.id))

    async def of_call(self, call: CallId) -> list[PaperId]:
        wanted = sa.select(papers.c.paper).where(papers.c.call == call, papers.c.seq == 1)
        return await self._named(wanted.order_by(papers.c.id))

    async def still_since(self, kind: type[PaperEvent], when: datetime, *, limit: int) -> list[PaperId]:
        begun = sa.select(papers.c.paper).where(papers.c.kind == kind.__name__, papers.c.seq == 1)
        wanted = sa.select(papers.c.paper).where(papers.c.paper.in_(begun)).group_by(papers.c.paper)
        return await self._named(wanted.having(sa.func.max(papers.c.recorded_at) < when).limit(limit))

    async def forget(self, paper: PaperId) -> int:
        now = self.clock.now()
        return await self._write(lambda on: self.ledger.forget(on, paper, now))

    async def _named(self, wanted: sa.Select[*tuple[Any, ...]]) -> list[PaperId]:
        found = await self._read(lambda on: on.execute(wanted).scalars().all())
        return [PaperId(paper) for paper in found]

    async def _lines(self, wanted: sa.Select[*tuple[Any, ...]]) -> list[Line]:
        return await self._read(lambda on: [_line(row, body) for row, body in self.ledger.read(on, wanted)])

    async def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.read(work)
        except (SQLAlchemyError, UnknownKind, BadBody, VaultLost) as error:
            raise PapersLost("the papers could not be read") from error

    async def _write(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.write(work)
        except IntegrityError:
            raise PaperMoved from None
        except (SQLAlchemyError, VaultLost) as error:
            raise PapersLost("the papers could not be written") from error


@dataclass(frozen=True, slots=True)
class StoredFollowing:
    database: Database

    async def news(self, follower: str, kinds: Sequence[str], *, limit: int = 500) -> tuple[list[News], int]:
        place = await self.place(follower)
        if place is None:
            place = await self._read(_end)
            await self.reach(follower, place)
        news, reached = await self.after(place, limit=limit)
        return [one for one in news if not kinds or one.kind in kinds], reached

    async def after(self, place: int, *, limit: int = 500) -> tuple[list[News], int]:
        wanted = (
            sa.select(journal.c.id, journal.c.call, journal.c.kind)
            .where(journal.c.id > place)
            .order_by(journal.c.id)
            .limit(limit)
        )
        rows = await self._read(lambda connection: connection.execute(wanted).all())
        return [News(call=CallId(row.call), kind=row.kind) for row in rows], rows[-1].id if rows else place

    async def place(self, follower: str) -> int | None:
        return await self._read(lambda connection: _place(connection, follower))

    async def reach(self, follower: str, place: int) -> None:
        moved = insert(follower_places).values(follower=follower, place=place)
        moved = moved.on_conflict_do_update(index_elements=["follower"], set_={"place": place})
        try:
            await self.database.write(lambda connection: connection.execute(moved))
        except SQLAlchemyError as error:
            raise JournalLost("the follower's place could not be written") from error

    async def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            return await self.database.read(work)
        except SQLAlchemyError as error:
            raise JournalLost("the journal could not be read") from error


def _place(connection: Connection, follower: str) -> int | None:
    wanted = sa.select(follower_places.c.place).where(follower_places.c.follower == follower)
    return connection.execute(wanted).scalar_one_or_none()


def _end(connection: Connection) -> int:
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(journal.c.id), 0))).scalar_one())


def _row(line: Line) -> dict[str, Any]:
    return {
        "paper": line.paper,
        "seq": line.seq,
        "recorded_at": line.recorded_at,
        "kind": type(line.event).__name__,
        "body": paper_body(line.event),
    }


def _head(connection: Connection, paper: PaperId) -> tuple[int, str | None]:
    """How many lines there are, and the call that the paper is about."""
    wanted = sa.select(sa.func.coalesce(sa.func.max(papers.c.seq), 0), sa.func.max(papers.c.call))
    row = connection.execute(wanted.where(papers.c.paper == paper)).one()
    return int(row[0]), row[1]


def _about(event: PaperEvent) -> str | None:
    return event.call if isinstance(event, FeedbackSent | ExerciseMade) else None


def _line(row: Written, body: str) -> Line:
    event = paper_event(row.kind, body)
    return Line(paper=PaperId(row.paper), seq=row.seq, recorded_at=row.recorded_at, event=event)
