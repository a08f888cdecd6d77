"""The seal of the index of earlier calls: one key for what is kept, and one for the digests it is found by.

What is found by are names, numbers and addresses, of which there are few enough to try them all: so their
digests are made with a key, and tell nobody who has only the file what they were made of.
"""

import secrets as chance
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from struct import iter_unpack, pack

import sqlalchemy as sa
from sqlalchemy import Connection

from server.adapters.store.history_tables import history, history_keys
from server.adapters.store.keys import kept_key, made_key
from server.adapters.store.tables import keys, secrets
from server.domain.recordings import Part
from server.ports.vault import KeyName, Sealer, VaultLost, WrappedKey

NAME = KeyName(subject="index of earlier calls", part=Part.WORDS)
ABOUT = b"earshot digests of earlier calls"
SEALED = b"sealed:"
"""What a sealed body begins with; every other is a JSON object."""
KEY_BYTES = 32
AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """For one transaction. Without a key everything lies in the clear."""

    sealer: Sealer | None = None
    key: WrappedKey | None = None
    secret: bytes = field(default=b"", repr=False)

    def digest(self, plain: int) -> int:
        if not self.secret:
            return plain
        return _keyed(self.secret, plain)

    def sealed(self, call: str, body: bytes) -> bytes:
        if self.sealer is None or self.key is None:
            return body
        return SEALED + self.sealer.seal(self.key, body, about=_about(call))

    def plain(self, call: str, body: bytes) -> bytes:
        """Raises `VaultLost`."""
        if not body.startswith(SEALED):
            return body
        if self.sealer is None or self.key is None:
            raise VaultLost("the index is sealed, and no master key was given")
        return self.sealer.open(self.key, body[len(SEALED) :], about=_about(call))


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySeal:
    sealer: Sealer | None = None
    now: Callable[[], datetime] | None = None

    def opened(self, on: Connection, *, make: bool = False) -> Opened:
        """Made at the first writing; what was kept until then is sealed in the same transaction."""
        if self.sealer is None or self.now is None:
            return Opened()
        sealed = on.execute(sa.select(secrets.c.sealed).where(secrets.c.name == NAME.subject)).scalar()
        if sealed is not None:
            key = kept_key(on, NAME)
            return Opened(sealer=self.sealer, key=key, secret=self.sealer.open(key, sealed, about=ABOUT))
        return self._made(on, self.sealer, self.now()) if make else Opened()

    def drop_lost(self, on: Connection) -> None:
        """The index begins again: the key was given up with a lost master key."""
        gone = sa.select(keys.c.subject).where(keys.c.subject == NAME.subject, keys.c.wrapped.is_(None))
        if on.execute(gone).first() is not None:
            for table in (history_keys, history):
                on.execute(sa.delete(table))
            on.execute(sa.delete(secrets).where(secrets.c.name == NAME.subject))
            on.execute(sa.delete(keys).where(keys.c.subject == NAME.subject))

    @staticmethod
    def _made(on: Connection, sealer: Sealer, now: datetime) -> Opened:
        key, secret = made_key(on, NAME, sealer, now), chance.token_bytes(KEY_BYTES)
        sealed = sealer.seal(key, secret, about=ABOUT)
        on.execute(sa.insert(secrets).values(name=NAME.subject, sealed=sealed))
        opened = Opened(sealer=sealer, key=key, secret=secret)
        _seal_all(on, opened)
        return opened


def _seal_all(on: Connection, opened: Opened) -> None:
    """What an older version kept in the clear, with digests of nothing but what they are of."""
    after = 0
    while rows := on.execute(_NEXT, {"after": after}).all():
        for row in rows:
            plain = [digest for (digest,) in iter_unpack(">q", row.found_by)]
            keyed = [opened.digest(digest) for digest in plain]
            body, found_by = opened.sealed(row.call, row.body), pack(f">{len(keyed)}q", *keyed)
            on.execute(sa.update(history).where(history.c.id == row.id).values(body=body, found_by=found_by))
            here = {"when": int(row.at.timestamp()), "row": row.id}
            if plain:
                moved = zip(plain, keyed, strict=True)
                on.execute(_REKEYED, [{**here, "old": old, "new": new} for old, new in moved])
        after = rows[-1].id


_REKEYED = (
    sa.update(history_keys)
    .where(
        history_keys.c.key == sa.bindparam("old"),
        history_keys.c.at_s == sa.bindparam("when"),
        history_keys.c.earlier == sa.bindparam("row"),
    )
    .values(key=sa.bindparam("new"))
)
_NEXT = sa.select(history).where(history.c.id > sa.bindparam("after")).order_by(history.c.id).limit(AT_ONCE)


@lru_cache(maxsize=1)
def _base(secret: bytes) -> "blake2b":
    return blake2b(key=secret, digest_size=8)


def _keyed(secret: bytes, plain: int) -> int:
    made = _base(secret).copy()
    made.update(pack(">q", plain))
    return int.from_bytes(made.digest(), "big", signed=True)


def _about(call: str) -> bytes:
    return f"earshot earlier call|{call}".encode()
