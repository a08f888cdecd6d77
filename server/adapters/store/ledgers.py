"""Journals of what is no call, such as cases and papers: each line sealed with a key of its subject's."""

import base64
import binascii
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from server.adapters.store.bodies import SEALED
from server.adapters.store.keys import destroy, made_key, word_keys
from server.domain.recordings import Part
from server.ports.vault import KeyName, SealBroken, Sealer, VaultLost, WrappedKey
from server.services.wire import BadBody

Line = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Without a sealer what is written lies in the clear, and what is sealed cannot be read."""

    table: sa.Table
    subject: str
    """The column that says whose journal it is; its value is the name of the key."""
    sealer: Sealer | None = None

    @property
    def _subjects(self) -> sa.Column[Any]:
        return self.table.c[self.subject]

    def write(self, on: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
        """Raises `KeyGone` for a subject that has been erased."""
        key = self._made(on, str(rows[0][self.subject]), now)
        on.execute(sa.insert(self.table), [{**row, "body": self._sealed(key, row)} for row in rows])

    def rewrite(self, on: Connection, row: Mapping[str, Any], now: datetime) -> None:
        """Put this body in the place of what the line said."""
        here = sa.and_(self._subjects == row[self.subject], self.table.c.seq == row["seq"])
        body = self._sealed(self._made(on, str(row[self.subject]), now), row)
        on.execute(sa.update(self.table).where(here).values(body=body))

    def read(self, on: Connection, wanted: sa.Select[*tuple[Any, ...]]) -> list[tuple[Line, str]]:
        """Each line with its body; those whose key is no more are left out. Raises `BadBody`, `VaultLost`."""
        rows = on.execute(wanted).all()
        keys = word_keys(on, {self._of(row) for row in rows if row.body.startswith(SEALED)})
        return [
            (row, self._opened(row, keys.get(self._of(row))))
            for row in rows
            if not row.body.startswith(SEALED) or self._of(row) in keys
        ]

    def forget(self, on: Connection, subject: str, now: datetime) -> int:
        """Destroy the keys, of what it has in the vault too, and take the lines out; how many there were."""
        for part in Part:
            destroy(on, KeyName(subject=subject, part=part), now)
        return on.execute(sa.delete(self.table).where(self._subjects == subject)).rowcount

    def seal(self, on: Connection, now: datetime, limit: int) -> int:
        """Seal what lies in the clear from before there were keys; how many lines."""
        if self.sealer is None:
            return 0
        wanted = sa.select(self.table).where(~self.table.c.body.startswith(SEALED)).limit(limit)
        rows = on.execute(wanted).mappings().all()
        for row in rows:
            self.rewrite(on, dict(row), now)
        return len(rows)

    def drop_lost(self, on: Connection) -> int:
        """Take out the lines whose keys were given up with a lost master key."""
        subjects: Collection[str] = on.execute(sa.select(self._subjects).distinct()).scalars().all()
        lost = set(subjects) - word_keys(on, subjects).keys()
        sealed = self.table.c.body.startswith(SEALED)
        return sum(
            on.execute(sa.delete(self.table).where(self._subjects == one, sealed)).rowcount for one in lost
        )

    def _made(self, on: Connection, subject: str, now: datetime) -> WrappedKey | None:
        if self.sealer is None:
            return None
        return made_key(on, KeyName(subject=subject, part=Part.WORDS), self.sealer, now)

    def _sealed(self, key: WrappedKey | None, row: Mapping[str, Any]) -> str:
        if self.sealer is None or key is None:
            return str(row["body"])
        about = self._about(row[self.subject], row["seq"], row["kind"])
        return SEALED + base64.b64encode(self.sealer.seal(key, row["body"].encode(), about=about)).decode()

    def _opened(self, row: Line, key: WrappedKey | None) -> str:
        if key is None:
            return str(row.body)
        if self.sealer is None:
            raise VaultLost("the database is sealed, and no master key was given")
        about = self._about(self._of(row), row.seq, row.kind)
        try:
            sealed = base64.b64decode(row.body[len(SEALED) :], validate=True)
            return self.sealer.open(key, sealed, about=about).decode()
        except (SealBroken, binascii.Error):
            raise BadBody(row.kind) from None

    def _of(self, row: Line) -> str:
        return str(getattr(row, self.subject))

    def _about(self, subject: str, seq: int, kind: str) -> bytes:
        return f"earshot {self.subject}|{seq}|{kind}|{subject}".encode()
