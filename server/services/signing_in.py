"""Signing in: a name and a password for a token that says who somebody is until the shift is over."""

import hashlib
import hmac
import logging
import math
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from server.domain.ids import PersonId
from server.domain.people import Person
from server.ports.clock import Clock
from server.ports.people import PasswordHasher, PeopleBook, Sessions, UnknownPerson
from server.services.refusals import Refused
from server.services.throttle import Throttle

log = logging.getLogger(__name__)

TOKEN_BYTES = 32
PASSWORD_LEAST = 10
PASSWORD_MOST = 256
ADDRESS_SHARE = 10
"""A control room may sit behind one address: it may fail this many times as often as one account."""


class BadSignIn(Refused):
    """The name or the password is wrong."""

    code: ClassVar[str] = "bad-sign-in"


class TooManyTries(Refused):
    """Too many wrong tries; `wait_s` says when to try again."""

    code: ClassVar[str] = "too-many-tries"

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"Too many wrong tries. Wait {wait_s} seconds and try again.")
        self.wait_s = wait_s


class WeakPassword(Refused):
    """The password is too short or too long."""

    code: ClassVar[str] = "weak-password"

    def __init__(self) -> None:
        super().__init__(f"A password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRules:
    session: timedelta = timedelta(hours=12)
    """A shift."""
    failures: int = 10
    wait_s: float = 60.0
    """After so many failures, between one further try and the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What signing in is checked against, and where it is kept."""

    people: PeopleBook
    sessions: Sessions
    hasher: PasswordHasher

    async def add(self, person: Person, password: str) -> None:
        """Raises `PersonExists` and `WeakPassword`."""
        await self.people.add(person, password_hash=await self._hashed(password))

    async def set_password(self, person: PersonId, password: str) -> None:
        """Signs the person out everywhere. Raises `UnknownPerson` and `WeakPassword`."""
        await self.people.set_password_hash(person, await self._hashed(password))
        await self.sessions.close_all(person)

    async def _hashed(self, password: str) -> str:
        if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
            raise WeakPassword
        return await self.hasher.hash(password)


class SigningIn:
    """Every refusal costs the same time and says the same, whether or not the name exists.

    Tries are counted by account and by address, unknown names included. What is refused is
    a try, before the password is looked at; sessions already open are never touched.
    """

    def __init__(self, accounts: Accounts, clock: Clock, rules: SignInRules | None = None) -> None:
        self._accounts = accounts
        self._clock = clock
        self._rules = rules or SignInRules()
        wait_s, failures = self._rules.wait_s, self._rules.failures
        self._by_account = Throttle(clock, limit=failures, wait_s=wait_s)
        self._by_address = Throttle(clock, limit=failures * ADDRESS_SHARE, wait_s=wait_s)
        self._decoy: str | None = None

    async def sign_in(self, name: str, password: str, address: str = "") -> str:
        """The token of a new session. Raises `BadSignIn` and `TooManyTries`."""
        self._count(name, address)
        person = PersonId(name)
        if not await self._proved(person, password):
            log.warning("sign-in refused")
            raise BadSignIn
        self._by_account.forgive(_kept_name(name), wholly=True)
        # The address keeps its other failures: one good account must not buy guesses at the rest.
        self._by_address.forgive(address, wholly=False)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        until = self._clock.now() + self._rules.session
        try:
            await self._accounts.sessions.open(token_hash(token), person=person, until=until)
        except UnknownPerson:
            raise BadSignIn from None
        return token

    async def holder(self, token: str) -> Person | None:
        """Whose session this is; `None` when it is unknown or over."""
        return await self._accounts.sessions.holder(token_hash(token), now=self._clock.now())

    async def sign_out(self, token: str) -> None:
        await self._accounts.sessions.close(token_hash(token))

    def _count(self, name: str, address: str) -> None:
        account = _kept_name(name)
        wait_s = max(self._by_account.wait_s(account), self._by_address.wait_s(address))
        if wait_s > 0:
            log.warning("sign-in put off", extra={"wait_s": wait_s})
            raise TooManyTries(math.ceil(wait_s))
        self._by_account.count(account)
        if address:
            self._by_address.count(address)

    async def _proved(self, person: PersonId, password: str) -> bool:
        hasher = self._accounts.hasher
        kept = await self._kept_hash(person)
        proved = await hasher.verify(kept or await self._decoy_hash(), password[:PASSWORD_MOST])
        if kept is None or not proved or len(password) > PASSWORD_MOST:
            return False
        if hasher.needs_rehash(kept):
            await self._accounts.people.set_password_hash(person, await hasher.hash(password))
        return True

    async def _kept_hash(self, person: PersonId) -> str | None:
        # Made beforehand, so that the first unknown name does not take longer than a known one.
        await self._decoy_hash()
        try:
            return await self._accounts.people.password_hash(person)
        except UnknownPerson:
            return None

    async def _decoy_hash(self) -> str:
        if self._decoy is None:
            self._decoy = await self._accounts.hasher.hash(secrets.token_urlsafe(TOKEN_BYTES))
        return self._decoy


def token_hash(token: str) -> str:
    """What is kept of a token; the token itself is only ever in the browser."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token(token: str) -> str:
    """What a page must send back to act: derived from the session, and says nothing of its token."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"earshot csrf", hashlib.sha256).hexdigest()


def csrf_matches(token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_token(token).encode(), given.encode("utf-8", "surrogatepass"))


def _kept_name(name: str) -> str:
    """Of bounded length, however long a name is tried."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
