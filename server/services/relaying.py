"""Where browsers find help to be reached, with credentials that soon expire."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.ports.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Relays:
    """The credentials are of coturn's REST kind: who has the secret can check them, nobody keeps any."""

    clock: Clock
    stun: Sequence[str] = ()
    turn: Sequence[str] = ()
    secret: str = field(default="", repr=False)
    good_s: float = 600.0

    def servers(self) -> list[Mapping[str, object]]:
        """Anew for each browser; its name says nothing of who it is."""
        servers: list[Mapping[str, object]] = []
        if self.stun:
            servers.append({"urls": list(self.stun)})
        if self.turn:
            until = round(self.clock.now().timestamp() + self.good_s)
            name = f"{until}:{secrets.token_hex(8)}"
            digest = hmac.new(self.secret.encode(), name.encode(), hashlib.sha1).digest()
            credential = base64.b64encode(digest).decode()
            servers.append({"urls": list(self.turn), "username": name, "credential": credential})
        return servers
