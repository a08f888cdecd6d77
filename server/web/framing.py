"""The handler's panel within another system's page: who may hold it, and whom its address was signed for."""

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

SIGNED = ("call", "person", "until")
"""What the signature is over, in this order, written as in an address: `call=…&person=…&until=…`."""


class BadFrame(Exception):
    """The address was not signed by the control room's system, or is no longer good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    ancestors: tuple[str, ...] = ()
    """The origins whose pages may hold the panel; none: nobody's may."""
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    """Any of these signs; more than one while a key is being replaced."""
    now: Callable[[], datetime]

    @property
    def open(self) -> bool:
        return bool(self.ancestors and self.keys)

    def person(self, query: Mapping[str, str]) -> str:
        """Whom the panel was signed for; raises `BadFrame`.

        A signature opens nothing by itself: who looks must be signed in, and be this person.
        """
        given = query.get("signature", "").encode()
        signed = {name: query.get(name, "") for name in SIGNED}
        if not self.open or not any(
            hmac.compare_digest(signature(key, signed).encode(), given) for key in self.keys
        ):
            raise BadFrame
        until = signed["until"]
        if not re.fullmatch(r"[0-9]{1,12}", until) or int(until) < self.now().timestamp():
            raise BadFrame
        return signed["person"]


def signature(key: bytes, signed: Mapping[str, str]) -> str:
    """HMAC-SHA256 in hexadecimal; what the control room's system puts at the end of the address."""
    text = urlencode([(name, signed[name]) for name in SIGNED])
    return hmac.digest(key, text.encode(), "sha256").hex()
