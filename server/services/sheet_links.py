"""Links to one sheet of one call: signed, good for a short time, and nothing that has to be kept."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from server.domain.ids import CallId, SheetId
from server.services.refusals import LinkOver

PURPOSE = b"earshot sheet link 1\n"
LONGEST = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a link opens."""

    call: CallId
    sheet: SheetId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLinks:
    keys: Sequence[bytes] = field(repr=False)
    """The first signs; all of them open, while one is being replaced."""

    def sign(self, ticket: Ticket) -> str:
        """What stands in the address after its `#`, where no log of ours or anybody's sees it."""
        text = f"{ticket.call}\n{ticket.sheet}\n{int(ticket.until.timestamp())}".encode()
        return f"{_text(text)}.{_text(_seal(self.keys[0], text))}"

    def open(self, token: str, now: datetime) -> Ticket:
        """Raises `LinkOver` for any that was not signed here, or is past its time."""
        try:
            named, _, seal = token[:LONGEST].partition(".")
            text, given = _bytes(named), _bytes(seal)
            if not any(hmac.compare_digest(_seal(key, text), given) for key in self.keys):
                raise LinkOver
            call, sheet, until_s = text.decode().split("\n")
            until = datetime.fromtimestamp(int(until_s), UTC)
        except (ValueError, OverflowError, OSError):
            raise LinkOver from None
        if until <= now:
            raise LinkOver
        return Ticket(call=CallId(call), sheet=SheetId(sheet), until=until)


def _seal(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, PURPOSE + text, "sha256")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
