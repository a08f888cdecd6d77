"""Keys of the control room's other systems: made once, shown once, kept as a hash."""

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from server.domain.ids import ForceId
from server.domain.integrations import ApiKey, Scope
from server.ports.clock import Clock
from server.ports.integrations import KeyBook

SECRET_BYTES = 32
ID_BYTES = 6
_TOKEN = re.compile(r"earshot_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NO_HASH = "0" * 64
REMEMBERED = 1000
"""Tokens that were shown and good, of which only hashes are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeys:
    book: KeyBook
    clock: Clock
    _good: OrderedDict[str, None] = field(default_factory=OrderedDict, repr=False)

    async def issue(
        self, system: str, force: ForceId, scopes: Collection[Scope], *, lasts: timedelta | None = None
    ) -> tuple[ApiKey, str]:
        """A new key, and the token that its system shows; the token is not kept."""
        now = self.clock.now()
        key = ApiKey(
            id=secrets.token_hex(ID_BYTES),
            system=system,
            force=force,
            scopes=frozenset(scopes),
            made_at=now,
            until=now + lasts if lasts is not None else None,
        )
        secret = secrets.token_urlsafe(SECRET_BYTES)
        await self.book.add(key, secret_hash=_hash(secret))
        return key, f"earshot_{key.id}_{secret}"

    async def holder(self, token: str) -> ApiKey | None:
        """Whose token this is; `None` when it is unknown, revoked or over."""
        shaped = _TOKEN.fullmatch(token)
        if shaped is None:
            return None
        found = await self.book.find(shaped[1])
        key, kept = found or (None, _NO_HASH)
        proved = hmac.compare_digest(_hash(shaped[2]), kept)
        if key is None or not proved or not key.good_at(self.clock.now()):
            self._good.pop(_hash(token), None)
            return None
        self._good[_hash(token)] = None
        if len(self._good) > REMEMBERED:
            self._good.popitem(last=False)
        return key

    def was_good(self, token: str) -> bool:
        """Whether this token opened something when it was last shown: who shows it does not guess."""
        return _hash(token) in self._good


def _hash(secret: str) -> str:
    """Plain SHA-256: nobody guesses 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
