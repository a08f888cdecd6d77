"""What repeats a call elsewhere: quotes in cases, feedback, exercises and what was played of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.domain.casework.case_file import folded_case
from server.domain.casework.events import (
    AddressNoted,
    CaseEntry,
    CaseFact,
    CaseId,
    PartyNoted,
    SafeContactNoted,
)
from server.domain.events import Entry
from server.domain.ids import CallId
from server.domain.papers import Line, PaperId
from server.domain.recordings import Part
from server.domain.striking import Words, named_in, said_in, struck
from server.domain.training.papers import ExercisePlayed, SessionBegun
from server.ports.cases import CaseBook
from server.ports.journal import Journal, UnknownCall
from server.ports.papers import Papers
from server.ports.retention import NotOver, Retention
from server.ports.vault import Vault

EVERYTHING = frozenset(Part)
OWN = PartyNoted | AddressNoted | SafeContactNoted
"""A case's own facts: who somebody is, where, and how to reach them. They end with the case."""
PLAYED = "the call that it was made of is erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    journal: Journal
    cases: CaseBook
    papers: Papers
    vault: Vault
    played: Retention | None = None
    """Of the training room, which has a store of its own; none: nothing was ever played."""

    async def forget(self, call: CallId) -> dict[str, int]:
        """What was struck out and taken away, for the certificate. While its words can still be read."""
        entries = await self.journal.entries(call)
        lines = 0
        for case in await self.cases.of_call(call, ever=True):
            lines += await self._strike(case, entries)
        papers = await self.papers.of_call(call)
        for paper in papers:
            await self.forget_paper(paper)
        return {"case_lines_struck": lines, "papers": len(papers)}

    async def forget_paper(self, paper: PaperId) -> int:
        """The paper; of an exercise its sound too, and every session in which it was played."""
        for session in await self._sessions(paper):
            await self.forget_paper(session)
        for call in _played(await self.papers.lines(paper)):
            await self._unplay(call)
        await self.vault.erase(CallId(paper))
        return await self.papers.forget(paper)

    async def _strike(self, case: CaseId, entries: Sequence[Entry]) -> int:
        written = await self.cases.entries(case)
        said, named = said_in(entries), named_in(entries).without(_own(written))
        changed = [
            replace(entry, event=event)
            for entry in written
            if (event := _without(entry, said, named)) != entry.event
        ]
        if changed:
            await self.cases.rewrite(changed)
        return len(changed)

    async def _sessions(self, exercise: PaperId) -> list[PaperId]:
        begun = await self.papers.beginning_with(SessionBegun)
        return [
            one.paper
            for one in begun
            if isinstance(one.event, SessionBegun) and one.event.exercise == exercise
        ]

    async def _unplay(self, call: CallId) -> None:
        if self.played is None:
            return
        try:
            await self.played.destroy(call, EVERYTHING, person="earshot", facts={"why": PLAYED})
        except (UnknownCall, NotOver):
            return  # never heard of; or being played just now, to end with the session


def _without(entry: CaseEntry, said: Words, named: Words) -> CaseFact:
    event = struck(entry.event, said)
    return event if isinstance(event, OWN) else struck(event, named)


def _own(written: Sequence[CaseEntry]) -> list[str]:
    file = folded_case(written)
    parties = [text for one in file.parties.values() for text in (one.name, one.number)]
    return [*parties, *(one.text for one in file.addresses.values())]


def _played(lines: Sequence[Line]) -> list[CallId]:
    return [line.event.call for line in lines if isinstance(line.event, ExercisePlayed)]
