"""The force's own sign-in: an identity provider that vouches for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class NotVouched(Exception):
    """The provider vouched for nobody, or not in a way that can be believed. Says why, without values."""


class IdentityLost(Exception):
    """The provider cannot be reached, or does not answer as one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One way through the provider and back."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    """PKCE: what only we know of the challenge that the provider was given."""
    again: bool = False
    """Whether the person must prove to be themselves now, signed in there or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the browser brought back."""

    code: str = field(repr=False)
    issuer: str = ""
    """Who says to have answered (RFC 9207); empty if nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    subject: str = field(repr=False)
    """Issuer and person, never given to anybody else."""
    claims: Mapping[str, object] = field(repr=False)
    proved_at: datetime | None
    """When the person proved to be themselves there; none if it is not said."""


class IdentityProvider(Protocol):
    async def address(self, asking: Asking) -> str:
        """Where the browser is sent. Raises `IdentityLost`."""
        ...

    async def vouched(self, asking: Asking, answer: Answer) -> Vouched:
        """Raises `NotVouched` and `IdentityLost`."""
        ...
