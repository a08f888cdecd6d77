"""One-time tokens: a media socket proves with one that it belongs to a call that Twilio announced."""

import secrets
from dataclasses import dataclass

from server.adapters.doorways.twilio.refusals import Refusal, Refused
from server.domain.ids import CallId
from server.ports.clock import Clock
from server.services.switchboard import Arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grant:
    arrival: Arrival
    until_s: float


class Tokens:
    """Bounded: when the table is full, the oldest token goes, and its stream will be refused."""

    def __init__(self, clock: Clock, *, lifetime_s: float, capacity: int = 10_000) -> None:
        self._clock = clock
        self._lifetime_s = lifetime_s
        self._capacity = capacity
        self._grants: dict[str, _Grant] = {}

    def __len__(self) -> int:
        return len(self._grants)

    def issue(self, arrival: Arrival) -> str:
        self._forget_old()
        token = secrets.token_urlsafe(32)
        self._grants[token] = _Grant(arrival=arrival, until_s=self._clock.monotonic_s() + self._lifetime_s)
        return token

    def spend(self, token: str, call: CallId) -> Arrival:
        """Use the token up. Raises `Refused`; a token shown for another call stays good for its own."""
        if not token:
            raise Refused(Refusal.NO_TOKEN)
        grant = self._grants.get(token)
        if grant is None or grant.until_s <= self._clock.monotonic_s():
            raise Refused(Refusal.BAD_TOKEN)
        if grant.arrival.call != call:
            raise Refused(Refusal.FOREIGN_TOKEN)
        del self._grants[token]
        return grant.arrival

    def _forget_old(self) -> None:
        now_s = self._clock.monotonic_s()
        while self._grants:
            oldest, grant = next(iter(self._grants.items()))
            if grant.until_s > now_s and len(self._grants) < self._capacity:
                return
            del self._grants[oldest]
