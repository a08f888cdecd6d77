"""Asking somebody into video from a case: by its latest call, with what all its calls show."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.domain.call import folded
from server.domain.casework.case_file import folded_case
from server.domain.casework.events import CallAdded, CaseId
from server.domain.events import Entry
from server.domain.ids import CallId, LinkId, PersonId
from server.domain.people import Person
from server.domain.video_facts import VideoFact
from server.ports.cases import CaseMoved
from server.services.case_pages import CasePages
from server.services.case_refusals import NoCallInCase
from server.services.invite_values import Answers, FromCase, Invited, Picture, Wanted
from server.services.inviting import Inviting
from server.services.pages import Doing
from server.services.sheet_views import call_name

BECAUSE = "Video call that was asked for from this case"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInviting:
    inviting: Inviting
    pages: CasePages

    async def picture(self, person: Person, case: CaseId) -> tuple[CallId, Picture]:
        """With the call that carries it."""
        call, within = await self._within(person, case)
        return call, await self.inviting.picture(person, call, within)

    async def ask_safety(self, doing: Doing, case: CaseId, answers: Answers) -> None:
        call, within = await self._within(doing.person, case)
        await self.inviting.ask_safety(doing, call, answers, within)

    async def invite(self, doing: Doing, case: CaseId, wanted: Wanted) -> Invited:
        call, within = await self._within(doing.person, case)
        return await self.inviting.invite(doing, call, replace(wanted, guest=False), within)

    async def revoke(self, doing: Doing, case: CaseId, link: LinkId) -> None:
        call, within = await self._within(doing.person, case)
        await self.inviting.revoke(doing, call, link, within)

    async def _within(self, person: Person, case: CaseId) -> tuple[CallId, FromCase]:
        """Raises `NoSuchCase` or `NoCallInCase`."""
        async with self.pages.opened(person, case) as page:
            calls = await self.pages.calls_of(page.file)
        if not calls:
            raise NoCallInCase
        latest = max(calls, key=lambda call: calls[call][0].recorded_at)
        facts = [fact for call in calls if call != latest for fact in self._facts(call, calls[call])]
        return latest, FromCase(case=case, facts=tuple(facts))

    def _facts(self, call: CallId, entries: Sequence[Entry]) -> list[VideoFact]:
        """Those of another call say which."""
        shown = self.inviting.facts_of(folded(entries), None)
        return [replace(fact, text=f"{call_name(call)}: {fact.text}") for fact in shown if fact.quote]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRooms:
    """Implements what rooms ask of cases: a video call from a case is one of its calls."""

    pages: CasePages

    async def joined(self, case: str, room: CallId, by: PersonId) -> None:
        book = self.pages.book
        async with self.pages.room.turns.of(CallId(case)):
            while True:
                entries = await book.entries(CaseId(case))
                if not entries or room in folded_case(entries).calls:
                    return
                try:
                    added = CallAdded(person=by, call=room, because=BECAUSE)
                    await book.append(CaseId(case), [added], after=len(entries))
                except CaseMoved:
                    continue
                return
