"""What becomes of a call once it is over: played again, held, disclosed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from server.domain.retention import RecordClass
from server.ports.media import MediaReader
from server.ports.retention import Audit, Retention
from server.ports.vault import Vault
from server.services.control_room import ControlRoom
from server.services.disclosing import Disclosing
from server.services.holding import Holding
from server.services.playing import KeptCalls, Playing


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long what is kept, what is held, and what says so."""

    retention: Retention
    audit: Audit | None = None
    classes: Sequence[RecordClass] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Safekeeping:
    playing: Playing
    disclosing: Disclosing
    holding: Holding

    @classmethod
    def of(cls, room: ControlRoom, vault: Vault, keep: Keep, *, reader: MediaReader | None = None) -> Self:
        kept = KeptCalls(vault=vault, journal=room.recorder.journal, reader=reader)
        return cls(
            playing=Playing(room, kept),
            disclosing=Disclosing(room=room, kept=kept),
            holding=Holding(
                recorder=room.recorder, retention=keep.retention, audit=keep.audit, classes=keep.classes
            ),
        )
