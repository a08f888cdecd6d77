"""Channels out of the control room: a text message, an e-mail; each with a receipt of its making."""

from dataclasses import dataclass, field
from typing import Protocol

from server.domain.events import Carriage

__all__ = ["Carriage", "Mail", "MailChannel", "NotSent", "Receipt", "Report", "TextChannel"]


class NotSent(Exception):
    """The channel did not take it; the message says why and what to do instead, without address and words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the provider says of a message: its own id of it, by which it can be asked about later."""

    reference: str
    carriage: Carriage = Carriage.TAKEN
    shown: str = field(default="", repr=False)
    """In development the message goes nowhere: it is shown to whoever sent it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a provider says by itself, later, of the message that was sent under this tag."""

    tag: str
    carriage: Carriage
    instead: str = ""
    """What to do instead, where it failed."""


class TextChannel(Protocol):
    """SMS by one make or another."""

    async def send(self, to: str, text: str, *, tag: str = "") -> Receipt:
        """To a number in E.164; what its provider says later comes under the tag. Raises `NotSent`."""
        ...

    async def carriage(self, reference: str) -> Carriage:
        """How far it has got; what the provider no longer knows is `TAKEN`. Raises `NotSent`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    to: str = field(repr=False)
    subject: str
    """Without names, numbers or addresses: it is shown on locked screens."""
    text: str = field(repr=False)


class MailChannel(Protocol):
    async def send(self, mail: Mail) -> Receipt:
        """Raises `NotSent`."""
        ...
