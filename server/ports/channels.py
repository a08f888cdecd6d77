"""Channels out of the control room: a text message, an e-mail; each with a receipt of its making."""

from dataclasses import dataclass, field
from typing import Protocol

from server.domain.events import Carriage

__all__ = ["Carriage", "Mail", "MailChannel", "NotSent", "Receipt", "TextChannel"]


class NotSent(Exception):
    """The channel did not take it; the message says why, without the address and the words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the provider says of a message: its own id of it, by which it can be asked about later."""

    reference: str
    carriage: Carriage = Carriage.TAKEN


class TextChannel(Protocol):
    """SMS by one make or another."""

    async def send(self, to: str, text: str) -> Receipt:
        """To a number in E.164. Raises `NotSent`."""
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
