"""What becomes of a call once it is over: played again, held, disclosed, erased."""

from dataclasses import dataclass
from typing import Self

from server.ports.vault import Vault
from server.services.control_room import ControlRoom
from server.services.playing import KeptCalls, Playing


@dataclass(frozen=True, slots=True, kw_only=True)
class Safekeeping:
    playing: Playing

    @classmethod
    def of(cls, room: ControlRoom, vault: Vault) -> Self:
        kept = KeptCalls(vault=vault, journal=room.recorder.journal)
        return cls(playing=Playing(room, kept))
