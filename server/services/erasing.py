"""Erasing calls: by hand or when their time is over, with a certificate, and never under a hold."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import ClassVar

from server.domain.events import WordsErased
from server.domain.ids import CallId
from server.domain.recordings import Part
from server.domain.retention import AuditLine, RecordClass, Records, RunReport
from server.ports.cases import CaseMoved, CasesLost
from server.ports.clock import Clock
from server.ports.history import HistoryLost
from server.ports.journal import Journal, JournalLost, UnknownCall
from server.ports.papers import PapersLost
from server.ports.people import PeopleLost
from server.ports.retention import Audit, Held, NotOver, Retention
from server.ports.searching import SearchLost
from server.ports.vault import KeyGone, Vault, VaultLost
from server.ports.video_links import LinksLost
from server.services.erasing_copies import Copies
from server.services.refusals import Refused
from server.services.sweeping import Sweep

log = logging.getLogger(__name__)

EARSHOT = "earshot"
"""Who does what nobody does by hand."""
AT_ONCE = 200
"""Calls of one class in one run; the rest the next time."""
SEALED_AT_ONCE = 500
SEALED_MOST = 20_000
"""Old entries that one run seals, so that a large journal costs no night of its own."""

NOT_NOW = (
    PeopleLost, VaultLost, JournalLost, HistoryLost, SearchLost, LinksLost, CasesLost, CaseMoved, PapersLost,
    UnknownCall,
)  # fmt: skip
"""Why a call is left for the next night."""

Forget = Callable[[CallId], Awaitable[None]]
"""An index that holds something of a call and lets go of it."""


class UnderHold(Refused):
    """This call is under a legal hold. Whoever placed it has to lift it first."""

    code: ClassVar[str] = "under-hold"


class StillLive(Refused):
    """This call is still going on."""

    code: ClassVar[str] = "still-live"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Where what is erased lies."""

    journal: Journal
    vault: Vault
    retention: Retention
    audit: Audit
    forgets: Sequence[Forget] = ()
    copies: Copies | None = None
    """What people made of the call; none: only in tests of the rest."""
    sweeps: Mapping[Records, Sweep] = field(default_factory=dict)
    """What has a time of its own beside the calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    shelves: Shelves
    clock: Clock

    async def erase(self, call: CallId, parts: Collection[Part], *, by: str, why: str) -> AuditLine:
        """The certificate. Raises `Refused`, `UnknownCall`, or what was lost: then it can be done again.

        What fails before the key is destroyed can be asked for again; what fails after it, nobody can read.
        """
        await self._check(call)
        copied: dict[str, int] = {}
        if Part.WORDS in parts:
            parts = frozenset(Part)
            copied = await self.shelves.copies.forget(call) if self.shelves.copies is not None else {}
            for forget in self.shelves.forgets:
                await forget(call)
        try:
            line = await self.shelves.retention.destroy(call, parts, person=by, facts={"why": why, **copied})
        except Held:
            raise UnderHold from None
        except NotOver:
            raise StillLive from None
        remains = await self.shelves.vault.erase(call, parts)
        facts = {"streams": remains.streams, "pieces": remains.pieces, "bytes": remains.bytes}
        proof = await self._looked_again(call, parts)
        await self.shelves.audit.add("erasure checked", person=by, call=call, facts={**facts, **proof})
        return line

    async def run(self, classes: Sequence[RecordClass]) -> RunReport:
        """Erase whatever is due, seal some of what lies in the clear, and say in the audit what was done."""
        erased: list[tuple[str, str]] = []
        held: list[str] = []
        failed: list[str] = []
        for one in classes:
            for name in await self.due(one, limit=AT_ONCE):
                try:
                    await self._sweep(name, one)
                    erased.append((name, one.id))
                except (UnderHold, Held):
                    held.append(name)
                except NOT_NOW:
                    log.exception("something whose time is over was not erased", extra={"record": name})
                    failed.append(name)
        sealed = await self._seal()
        report = RunReport(erased=tuple(erased), held=tuple(dict.fromkeys(held)), failed=tuple(failed))
        await self._say(report, sealed)
        return report

    async def due(self, one: RecordClass, *, limit: int) -> list[str]:
        """What of this class the next run would erase, or leave because it is held."""
        now = self.clock.now()
        if one.of is Records.CALL:
            return [*await self.shelves.retention.due(one, now, limit=limit)]
        sweep = self.shelves.sweeps.get(one.of)
        return await sweep.due(one, now, limit=limit) if sweep is not None else []

    async def _sweep(self, name: str, one: RecordClass) -> None:
        if one.of is Records.CALL:
            await self.erase(CallId(name), one.parts, by=EARSHOT, why=f"{one.id}: {one.why}")
        else:
            await self.shelves.sweeps[one.of].erase(name, one)

    async def _check(self, call: CallId) -> None:
        line = await self.shelves.journal.line(call)
        if line is None:
            raise UnknownCall("no journal is kept under this call id")
        if line.ended_at is None:
            raise StillLive
        if await self.shelves.retention.held(call) is not None:
            raise UnderHold

    async def _looked_again(self, call: CallId, parts: Collection[Part]) -> dict[str, str | int]:
        """What can still be read of what was erased: nothing, or it says so."""
        readable = 0
        if Part.WORDS in parts:
            entries = await self.shelves.journal.entries(call)
            stand_ins = sum(isinstance(entry.event, WordsErased) for entry in entries)
            readable = await self.shelves.retention.seal(call, limit=1)
        else:
            stand_ins = 0
        try:
            there = await self.shelves.vault.streams(call)
            streams = sum(stream.kind.part in parts for stream in there)
        except KeyGone:
            streams = 0
        return {"entries_erased": stand_ins, "entries_readable": readable, "streams_left": streams}

    async def _seal(self) -> int:
        sealed = 0
        while sealed < SEALED_MOST and (here := await self.shelves.retention.seal(limit=SEALED_AT_ONCE)):
            sealed += here
        return sealed

    async def _say(self, report: RunReport, sealed: int) -> None:
        facts = {
            "erased": len(report.erased),
            "held": len(report.held),
            "failed": len(report.failed),
            "sealed": sealed,
        }
        line = await self.shelves.audit.add("retention run", person=EARSHOT, facts=facts)
        # Said in the log too, which goes elsewhere: who shortens the chain here cannot shorten it there.
        log.info("retention run", extra={**facts, "audit_line": line.seq, "audit_head": line.digest})


@dataclass(frozen=True, slots=True, kw_only=True)
class Nightly:
    """Once a day, at a quiet hour; a run that fails is tried again the next day."""

    erasing: Erasing
    classes: Sequence[RecordClass]
    at: time
    clock: Clock

    async def run(self) -> None:
        while True:
            await asyncio.sleep(until_next(self.at, self.clock.now()).total_seconds())
            try:
                await self.erasing.run(self.classes)
            except Exception:  # boundary: a night's run must not end the server
                log.exception("retention run failed")


def until_next(at: time, now: datetime) -> timedelta:
    """How long until this time of the day, in UTC; a whole day when it is just now."""
    today = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today - now if today > now else today + timedelta(days=1) - now
