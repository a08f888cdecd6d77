"""What becomes of a call once it is over: played again, held, disclosed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from server.domain.retention import RecordClass
from server.ports.cases import CaseBook
from server.ports.history import CallHistory, Matcher
from server.ports.media import MediaReader
from server.ports.papers import Papers
from server.ports.retention import Audit, Retention
from server.ports.vault import Vault
from server.services.control_room import ControlRoom
from server.services.disclosing import Disclosing
from server.services.holding import Holding
from server.services.playing import KeptCalls, Playing
from server.services.subject_access import SubjectAccess
from server.services.subject_finding import Finder


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How long what is kept, what is held, and what says so."""

    retention: Retention
    audit: Audit | None = None
    classes: Sequence[RecordClass] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What is held beside the calls, and what finds somebody in it."""

    papers: Papers
    cases: CaseBook
    history: CallHistory
    matcher: Matcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Safekeeping:
    playing: Playing
    disclosing: Disclosing
    holding: Holding
    subjects: SubjectAccess

    @classmethod
    def of(
        cls, room: ControlRoom, vault: Vault, keep: Keep, beside: Beside, *, reader: MediaReader | None = None
    ) -> Self:
        kept = KeptCalls(vault=vault, journal=room.recorder.journal, reader=reader)
        disclosing = Disclosing(room=room, kept=kept)
        finder = Finder(room=room, book=beside.cases, history=beside.history, matcher=beside.matcher)
        return cls(
            playing=Playing(room, kept),
            disclosing=disclosing,
            subjects=SubjectAccess(room=room, papers=beside.papers, finder=finder, disclosing=disclosing),
            holding=Holding(
                recorder=room.recorder, retention=keep.retention, audit=keep.audit, classes=keep.classes
            ),
        )
