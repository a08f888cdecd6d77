"""One-time tokens: a media socket proves with one that it belongs to a call that Twilio announced."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from server.adapters.doorways.twilio.refusals import Refusal, Refused
from server.domain.ids import CallId, ForceId, PersonId
from server.ports.clock import Clock
from server.services.switchboard import Arrival

_PURPOSE = b"earshot media token"
_MAC_BYTES = 32
_MOST_LETTERS = 450
"""Twilio takes 500 of a parameter, its name and all."""


class _Grant(msgspec.Struct, array_like=True, frozen=True, kw_only=True):
    """All of the arrival: whoever takes the stream may not be the process that answered the webhook."""

    until_s: float
    nonce: str
    call: str
    force: str
    handler: str
    caller: str = ""
    called: str = ""


_grant = msgspec.json.Decoder(_Grant)


class Tokens:
    """Signed, so that they outlive the process that gave them out; each opens one stream.

    Which have been used is remembered here until they are too old, and no further: after a restart
    a token could be shown once more within its lifetime, but only for its own call, and only in a
    handshake that Twilio signed. The same if `capacity` is passed, when the oldest is forgotten.
    """

    def __init__(
        self, clock: Clock, *, auth_tokens: Iterable[str], lifetime_s: float, capacity: int = 10_000
    ) -> None:
        self._clock = clock
        self._keys = tuple(hmac.digest(token.encode(), _PURPOSE, "sha256") for token in auth_tokens if token)
        self._lifetime_s = lifetime_s
        self._capacity = capacity
        self._used: dict[str, float] = {}

    def __len__(self) -> int:
        """How many used ones are remembered."""
        return len(self._used)

    def issue(self, arrival: Arrival) -> str:
        grant = _Grant(
            until_s=self._now_s() + self._lifetime_s,
            nonce=secrets.token_urlsafe(16),
            call=arrival.call,
            force=arrival.force,
            handler=arrival.handler or "",
            caller=arrival.caller,
            called=arrival.called,
        )
        token = self._signed(grant)
        if len(token) > _MOST_LETTERS:
            # Some SIP addresses are very long; the journal has them if it could be written at all.
            token = self._signed(msgspec.structs.replace(grant, caller="", called=""))
        return token

    @contextmanager
    def spending(self, token: str, call: CallId) -> Iterator[Arrival]:
        """Hold the token while its line is opened; it is used up unless that fails.

        Raises `Refused`; a token shown for another call stays good for its own.
        """
        if not token:
            raise Refused(Refusal.NO_TOKEN)
        grant = self._read(token)
        if grant is None or grant.until_s <= self._now_s() or grant.nonce in self._used:
            raise Refused(Refusal.BAD_TOKEN)
        if grant.call != call:
            raise Refused(Refusal.FOREIGN_TOKEN)
        self._forget_old()
        self._used[grant.nonce] = grant.until_s
        try:
            yield _arrival(grant)
        except BaseException:
            self._used.pop(grant.nonce, None)
            raise

    def _now_s(self) -> float:
        """The wall's time: the monotonic clock means nothing to another process."""
        return self._clock.now().timestamp()

    def _signed(self, grant: _Grant) -> str:
        body = msgspec.json.encode(grant)
        return urlsafe_b64encode(hmac.digest(self._keys[0], body, "sha256") + body).decode().rstrip("=")

    def _read(self, token: str) -> _Grant | None:
        """The grant, if it was signed with any of our keys."""
        try:
            whole = urlsafe_b64decode(token.encode("ascii") + b"==")
        except (NotBase64, UnicodeEncodeError):
            return None
        mac, body = whole[:_MAC_BYTES], whole[_MAC_BYTES:]
        if not any(hmac.compare_digest(hmac.digest(key, body, "sha256"), mac) for key in self._keys):
            return None
        try:
            return _grant.decode(body)
        except msgspec.DecodeError:  # signed by a release that wrote them otherwise
            return None

    def _forget_old(self) -> None:
        now_s = self._now_s()
        while self._used:
            oldest, until_s = next(iter(self._used.items()))
            if until_s > now_s and len(self._used) < self._capacity:
                return
            del self._used[oldest]


def _arrival(grant: _Grant) -> Arrival:
    return Arrival(
        call=CallId(grant.call),
        force=ForceId(grant.force),
        doorway="twilio",
        caller=grant.caller,
        called=grant.called,
        handler=PersonId(grant.handler) if grant.handler else None,
    )
