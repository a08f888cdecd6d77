"""The audit chain in the database: each line's digest is over the line and the digest before it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from server.adapters.store.database import Database
from server.adapters.store.guarded import read, write
from server.adapters.store.tables import audit
from server.domain.ids import CallId
from server.domain.retention import AuditLine, Verdict
from server.ports.clock import Clock
from server.services.wire import utc_text

START = "0" * 64


@dataclass(frozen=True, slots=True)
class StoredAudit:
    database: Database
    clock: Clock

    async def add(
        self, kind: str, *, person: str, call: CallId | None = None, facts: Mapping[str, str | int]
    ) -> AuditLine:
        now, said = self.clock.now(), Said(kind=kind, person=person, call=call, facts=facts)
        return await write(self.database, lambda on: chained(on, now, said))

    async def lines(self, *, call: CallId | None = None, kind: str | None = None) -> list[AuditLine]:
        wanted = sa.select(audit).order_by(audit.c.seq)
        if call is not None:
            wanted = wanted.where(audit.c.call == call)
        if kind is not None:
            wanted = wanted.where(audit.c.kind == kind)
        rows = await read(self.database, lambda on: on.execute(wanted).mappings().all())
        return [_line(row) for row in rows]

    async def verify(self) -> Verdict:
        return await read(self.database, _verified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a line is to say."""

    kind: str
    person: str
    call: CallId | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict)


def chained(on: Connection, now: datetime, said: Said) -> AuditLine:
    """Add a line within the caller's transaction, so that both are on record or neither is."""
    last = on.execute(sa.select(audit.c.seq, audit.c.digest).order_by(audit.c.seq.desc()).limit(1)).first()
    row = {
        "seq": last.seq + 1 if last else 1,
        "at": utc_text(now),
        "kind": said.kind,
        "call": said.call,
        "person": said.person,
        "facts": json.dumps(dict(said.facts), sort_keys=True),
    }
    row["digest"] = _digest(last.digest if last else START, row)
    on.execute(sa.insert(audit), [row])
    return _line(row)


def _verified(on: Connection) -> Verdict:
    head, count, expected = START, 0, 1
    for row in on.execute(sa.select(audit).order_by(audit.c.seq)).mappings():
        if row["seq"] != expected or _digest(head, row) != row["digest"]:
            return Verdict(lines=count, head=head, broken_at=expected)
        head, count, expected = row["digest"], count + 1, expected + 1
    return Verdict(lines=count, head=head)


def _digest(before: str, row: Mapping[Any, Any]) -> str:
    said = [before, *(row[name] for name in ("seq", "at", "kind", "call", "person", "facts"))]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _line(row: Mapping[Any, Any]) -> AuditLine:
    return AuditLine(
        seq=row["seq"],
        at=row["at"],
        kind=row["kind"],
        call=row["call"],
        person=row["person"],
        facts=json.loads(row["facts"]),
        digest=row["digest"],
    )
