"""Signing in: a name and a password for a token that says who somebody is until the shift is over."""

import hashlib
import hmac
import logging
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from server.domain.access import Access, AccessKind
from server.domain.ids import PersonId
from server.domain.people import Person, Right
from server.ports.access import AccessLog
from server.ports.clock import Clock
from server.ports.people import PasswordHasher, PeopleBook, Session, Sessions, UnknownPerson
from server.services.refusals import Refused
from server.services.throttle import Throttle

log = logging.getLogger(__name__)

TOKEN_BYTES = 32
PASSWORD_LEAST = 10
PASSWORD_MOST = 256
SEEN_EVERY = timedelta(minutes=1)
"""That a session is in use is written down no more often."""
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


class ProveAgain(Refused):
    """Prove once more that it is you."""

    code: ClassVar[str] = "prove-again"


class WeakPassword(Refused):
    """The password is too short or too long."""

    code: ClassVar[str] = "weak-password"

    def __init__(self) -> None:
        super().__init__(f"A password has {PASSWORD_LEAST} to {PASSWORD_MOST} characters.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRules:
    session: timedelta = timedelta(hours=12)
    """A shift: however much it is used."""
    idle: timedelta = timedelta(hours=1)
    """How long a session stays open unused; nothing: as long as it lasts."""
    proof: timedelta = timedelta(minutes=5)
    """How long somebody who has just proved to be themselves need not do it again."""
    break_glass_only: bool = False
    """Whether passwords are only for those with the right to break glass."""
    failures: int = 10
    wait_s: float = 60.0
    """After so many failures, between one further try and the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What signing in is checked against, and where it is kept."""

    people: PeopleBook
    sessions: Sessions
    hasher: PasswordHasher
    accesses: AccessLog

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
        person = await self._checked(name, password, address)
        kind = AccessKind.BREAK_GLASS if self._rules.break_glass_only else AccessKind.SIGNED_IN
        if kind is AccessKind.BREAK_GLASS:
            log.warning("somebody broke glass to sign in; the access log says who")
        return await self.open(person, kind, proved_at=self._clock.now())

    async def open(self, person: Person, kind: AccessKind, *, proved_at: datetime | None) -> str:
        """The token of a new session for somebody who has been recognised. Raises `BadSignIn`."""
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self._clock.now()
        session = Session(person=person, until=now + self._rules.session, seen_at=now, proved_at=proved_at)
        await self._accounts.accesses.add(Access(person=person.id, kind=kind))
        try:
            await self._accounts.sessions.open(token_hash(token), session)
        except UnknownPerson:
            raise BadSignIn from None
        return token

    async def holder(self, token: str, *, used: bool = True) -> Person | None:
        """Whose session this is; `None` when it is unknown, over, or was idle for too long.

        What is `used` keeps it open, until it is over.
        """
        session, now = await self._accounts.sessions.find(token_hash(token)), self._clock.now()
        if session is None or session.until <= now or self._is_idle(session, now):
            return None
        if used and (session.seen_at is None or session.seen_at + SEEN_EVERY <= now):
            await self._accounts.sessions.note_seen(token_hash(token), now)
        return session.person

    async def prove(self, token: str, password: str, address: str = "") -> None:
        """Somebody who is signed in gives their password again. Raises `BadSignIn` and `TooManyTries`."""
        person = await self.holder(token)
        if person is None:
            raise BadSignIn
        await self._checked(person.id, password, address)
        await self._accounts.sessions.note_proved(token_hash(token), self._clock.now())

    async def check_proved(self, token: str) -> None:
        """Raises `ProveAgain` unless the person has just proved to be themselves."""
        session = await self._accounts.sessions.find(token_hash(token))
        proved_at = session.proved_at if session is not None else None
        if proved_at is None or proved_at + self._rules.proof <= self._clock.now():
            raise ProveAgain

    def _is_idle(self, session: Session, now: datetime) -> bool:
        if not self._rules.idle or session.seen_at is None:
            return False
        return session.seen_at + self._rules.idle <= now

    async def _checked(self, name: str, password: str, address: str) -> Person:
        """Whoever this password shows somebody to be. Raises `BadSignIn` and `TooManyTries`."""
        self._count(name, address)
        person = await self._proved(PersonId(name), password)
        if person is None:
            log.warning("sign-in refused")
            raise BadSignIn
        self._by_account.forgive(_kept_name(name), wholly=True)
        # The address keeps its other failures: one good account must not buy guesses at the rest.
        self._by_address.forgive(address, wholly=False)
        return person

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

    async def _proved(self, name: PersonId, password: str) -> Person | None:
        hasher = self._accounts.hasher
        kept = await self._kept_hash(name)
        proved = await hasher.verify(kept or await self._decoy_hash(), password[:PASSWORD_MOST])
        if kept is None or not proved or len(password) > PASSWORD_MOST:
            return None
        if hasher.needs_rehash(kept):
            await self._accounts.people.set_password_hash(name, await hasher.hash(password))
        person = await self._accounts.people.person(name)
        barred = self._rules.break_glass_only and Right.BREAK_GLASS not in person.rights
        return None if barred else person

    async def _kept_hash(self, person: PersonId) -> str | None:
        # Made beforehand, so that the first unknown name does not take longer than a known one.
        await self._decoy_hash()
        try:
            return await self._accounts.people.password_hash(person) or None
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
