"""Signing in by the force's own provider: from its claims to a person, a role, a force and a session."""

import hashlib
import hmac
import logging
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from server.domain.access import AccessKind
from server.domain.ids import ForceId, PersonId
from server.domain.people import Person, Role
from server.ports.clock import Clock
from server.ports.identity import Answer, Asking, IdentityLost, IdentityProvider, NotVouched, Vouched
from server.ports.people import PeopleBook, PersonExists
from server.services.refusals import Refused
from server.services.signing_in import SigningIn

log = logging.getLogger(__name__)

T = TypeVar("T")

WAITS = timedelta(minutes=10)
"""How long somebody may take at the provider."""
ON_THE_WAY = 2000
"""Beyond so many the oldest are forgotten, who have to begin again."""
SECRET_BYTES = 32
SKEW = timedelta(seconds=60)
"""By how much the provider's clock may be behind ours."""
NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
FULL_NAME_MOST = 120


class NotSignedInThere(Refused):
    """Your force's sign-in did not confirm who you are. Try again."""

    code: ClassVar[str] = "not-vouched"


class ProviderAway(Refused):
    """Your force's sign-in does not answer. Try again, or ask for a break-glass account."""

    code: ClassVar[str] = "provider-away"


class NoPlaceHere(Refused):
    """Your force account has no role here, or more than one. Ask whoever looks after Earshot."""

    code: ClassVar[str] = "no-role"


class NameTaken(Refused):
    """Your sign-in name belongs to another account here. Ask whoever looks after Earshot."""

    code: ClassVar[str] = "name-taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMap:
    """Which claims say who somebody is, and what their values mean here."""

    name: str
    full_name: str
    role: str
    force: str
    roles: Mapping[str, Role]
    forces: Mapping[str, ForceId]

    def person(self, claims: Mapping[str, object]) -> Person:
        """Raises `NoPlaceHere` unless name, role and force are each said once and mean something."""
        name = claims.get(self.name)
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise NoPlaceHere
        said = claims.get(self.full_name)
        full_name = said[:FULL_NAME_MOST] if isinstance(said, str) and said.isprintable() else ""
        return Person(
            id=PersonId(name),
            name=full_name.strip() or name,
            role=_meant(claims.get(self.role), self.roles),
            force=_meant(claims.get(self.force), self.forces),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    address: str
    """Where the browser goes."""
    browser: str = field(repr=False)
    """What only this browser brings back, so that nobody is signed in by a link that another sent them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnTheWay:
    asking: Asking
    browser_hash: str
    begun_at: datetime


class SingleSignOn:
    def __init__(
        self,
        *,
        provider: IdentityProvider,
        claims: ClaimMap,
        people: PeopleBook,
        signing_in: SigningIn,
        clock: Clock,
    ) -> None:
        self._provider = provider
        self._claims = claims
        self._people = people
        self._signing_in = signing_in
        self._clock = clock
        self._on_the_way: OrderedDict[str, _OnTheWay] = OrderedDict()

    async def begin(self, *, again: bool = False) -> Begun:
        """Raises `ProviderAway`."""
        state, nonce, verifier, browser = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(4))
        asking = Asking(state=state, nonce=nonce, verifier=verifier, again=again)
        try:
            address = await self._provider.address(asking)
        except IdentityLost as lost:
            log.warning("identity provider away", extra={"why": str(lost)})
            raise ProviderAway from None
        now = self._clock.now()
        self._on_the_way[state] = _OnTheWay(asking=asking, browser_hash=_hashed(browser), begun_at=now)
        if len(self._on_the_way) > ON_THE_WAY:
            self._on_the_way.popitem(last=False)
        return Begun(address=address, browser=browser)

    async def finish(self, state: str, answer: Answer, *, browser: str) -> str:
        """The token of a new session. Raises `Refused` of the kinds above."""
        begun = self._taken(state, browser)
        try:
            vouched = await self._provider.vouched(begun.asking, answer)
        except NotVouched as refused:
            log.warning("identity provider vouched for nobody", extra={"why": str(refused)})
            raise NotSignedInThere from None
        except IdentityLost as lost:
            log.warning("identity provider away", extra={"why": str(lost)})
            raise ProviderAway from None
        self._check_fresh(begun, vouched)
        try:
            person = await self._people.enrol(self._claims.person(vouched.claims), subject=vouched.subject)
        except PersonExists:
            raise NameTaken from None
        return await self._signing_in.open(person, AccessKind.SIGNED_IN, proved_at=vouched.proved_at)

    def _taken(self, state: str, browser: str) -> _OnTheWay:
        """Good once, for a while, and for the browser that began it. Raises `NotSignedInThere`."""
        begun = self._on_the_way.get(state)
        if begun is None or not hmac.compare_digest(begun.browser_hash, _hashed(browser)):
            raise NotSignedInThere
        del self._on_the_way[state]
        if begun.begun_at + WAITS <= self._clock.now():
            raise NotSignedInThere
        return begun

    @staticmethod
    def _check_fresh(begun: _OnTheWay, vouched: Vouched) -> None:
        """Who was to prove themselves again did so after they were sent there."""
        if not begun.asking.again:
            return
        since = begun.begun_at - SKEW
        if vouched.proved_at is None or vouched.proved_at < since:
            raise NotSignedInThere


def _meant(said: object, meanings: Mapping[str, T]) -> T:
    values = said if isinstance(said, list | tuple) else [said]
    meant = list(dict.fromkeys(meanings[one] for one in values if isinstance(one, str) and one in meanings))
    if len(meant) != 1:
        raise NoPlaceHere
    return meant[0]


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
