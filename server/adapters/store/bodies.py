"""How an event's body lies in the database: sealed with its call's key, unless its kind holds no words."""

import base64
import binascii
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from server.adapters.store.keys import made_key, word_keys, word_states
from server.domain import events
from server.domain.events import Entry, Event, WordsErased
from server.domain.ids import CallId
from server.domain.recordings import Part
from server.ports.vault import KeyName, SealBroken, Sealer, VaultLost, WrappedKey
from server.services.wire import BadBody, event_from

SEALED = "sealed:"
"""What a sealed body begins with; every other is a JSON object."""

OPEN_KINDS = frozenset(
    kind.__name__
    for kind in (
        events.CallEnded,
        events.CallbackReceived,
        events.CryDoubted,
        events.EarLost,
        events.EarRestored,
        events.GapHeard,
        events.HandlerAssigned,
        events.LegJoined,
        events.LegLeft,
        events.LineLost,
        events.LineOpened,
        events.ListeningBegan,
        events.ListeningEnded,
        events.PlaybackBegan,
        events.PromptAsked,
        events.PromptDelivered,
        events.PromptDropped,
        events.PromptEscalated,
        events.PromptOwned,
        events.PromptPainted,
        events.PromptSeen,
        events.PromptShown,
        events.PromptTimed,
        events.QuietBegan,
        events.QuietEnded,
        events.RecordingBegan,
        events.RecordingEnded,
        events.RecordingHurt,
        events.ReviewAsked,
        events.ReviewTaken,
        events.SegmentKept,
        events.SoundDoubted,
        events.WhisperRead,
    )
)
"""The kinds that hold no words, names or numbers of anybody on the call. Every other kind is sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """Without a sealer what is written lies in the clear, and what is sealed cannot be read."""

    sealer: Sealer | None = None

    def writing_keys(self, on: Connection, calls: Set[CallId], now: datetime) -> "WritingKeys":
        """What these calls' words are to be sealed with; keys are made for those that have none yet."""
        if self.sealer is None:
            return WritingKeys()
        known = word_states(on, calls)
        for call in calls - known.keys():
            name = KeyName(subject=call, part=Part.WORDS)
            known[call] = made_key(on, name, self.sealer, now)
        kept = {call: key for call, key in known.items() if key is not None}
        return WritingKeys(sealer=self.sealer, kept=kept, erased=frozenset(known.keys() - kept.keys()))

    def entries(self, on: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Entry]:
        """Raises `UnknownKind`, `BadBody`, or `VaultLost`; what was erased is only named."""
        keys = word_keys(on, {row.call for row in rows if row.body.startswith(SEALED)})
        return [
            Entry(
                call=CallId(row.call),
                seq=row.seq,
                recorded_at=row.recorded_at,
                event=self.event(row, keys.get(row.call)),
            )
            for row in rows
        ]

    def event(self, row: Row[*tuple[Any, ...]], key: WrappedKey | None) -> Event:
        if not row.body.startswith(SEALED):
            return event_from(row.kind, row.body)
        if key is None:
            return WordsErased(at_ms=0, was=row.kind)
        if self.sealer is None:
            raise VaultLost("the journal is sealed, and no master key was given")
        try:
            sealed = base64.b64decode(row.body[len(SEALED) :], validate=True)
            return event_from(
                row.kind,
                self.sealer.open(key, sealed, about=_about(call=row.call, seq=row.seq, kind=row.kind)),
            )
        except (SealBroken, binascii.Error):
            raise BadBody(row.kind) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingKeys:
    """For one transaction."""

    sealer: Sealer | None = None
    kept: Mapping[str, WrappedKey] = field(default_factory=dict)
    erased: frozenset[str] = frozenset()
    """Calls that can hold no more words."""

    def body(self, row: Mapping[str, Any]) -> str:
        """The row's body as it is to lie."""
        if self.sealer is None or row["kind"] in OPEN_KINDS or row["body"].startswith(SEALED):
            return str(row["body"])
        sealed = self.sealer.seal(self.kept[row["call"]], row["body"].encode(), about=_about(**row))
        return SEALED + base64.b64encode(sealed).decode()


def _about(*, call: str, seq: int, kind: str, **_: object) -> bytes:
    return f"earshot entry|{seq}|{kind}|{call}".encode()
