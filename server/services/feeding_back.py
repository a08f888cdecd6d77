"""Feedback on calls: written by a reviewer, read and answered by the handler, and open to nobody else.

It is counted nowhere: no list, figure or export says how much of it anybody was given.
"""

import hashlib
from collections.abc import Sequence

from server.domain.events import HandlerAssigned
from server.domain.feedback import Feedback, FeedbackAnswered, FeedbackRead, FeedbackSent, feedback_of
from server.domain.ids import CallId, FeedbackId, PersonId
from server.domain.papers import Line, PaperEvent, PaperId
from server.domain.people import Person, Role
from server.ports.papers import PaperMoved, Papers
from server.services.control_room import ControlRoom
from server.services.duty_refusals import NoSuchFeedback, NotHandler
from server.services.pages import Doing, Pages, line_of_text, note_of
from server.services.refusals import ActUsed, ReadOnly

TEXT_LIMIT = 1000


class FeedingBack:
    def __init__(self, room: ControlRoom, papers: Papers) -> None:
        self._pages = Pages(room)
        self._papers = papers

    async def send(self, doing: Doing, call: CallId, to: PersonId, well: str, next_time: str) -> FeedbackId:
        """To whoever handled the call. What went well has to be said; what to try next time may be."""
        good, better = line_of_text(well, TEXT_LIMIT), note_of(next_time, TEXT_LIMIT)
        if doing.person.role is Role.HANDLER:
            raise ReadOnly
        async with self._pages.granted(doing.person, call) as page:
            handled = {one.event.person for one in page.entries if isinstance(one.event, HandlerAssigned)}
        if to not in handled or to == doing.by:
            raise NotHandler
        paper = _name(doing, call)
        sent = FeedbackSent(person=doing.by, call=call, to=to, well=good, next_time=better)
        try:
            await self._papers.append(PaperId(paper), [sent], after=0)
        except PaperMoved:
            if (await self._lines(paper))[0].event != sent:
                raise ActUsed from None
        return paper

    async def read(self, person: Person, feedback: FeedbackId) -> None:
        """Whom it is for has opened it. Reading twice is reading once."""
        found = await self._between(person, feedback)
        if found.sent.to == person.id and not found.read:
            await self._add(feedback, FeedbackRead(person=person.id))

    async def answer(self, doing: Doing, feedback: FeedbackId, text: str) -> None:
        """By either of the two, as often as they like."""
        said = line_of_text(text, TEXT_LIMIT)
        found = await self._between(doing.person, feedback)
        answer = FeedbackAnswered(person=doing.by, text=said, act=doing.act)
        if not any(answer.act and one.act == answer.act for one in found.answers):
            await self._add(feedback, answer)

    async def mine(self, person: Person, call: CallId | None = None) -> list[Feedback]:
        """What this person wrote and was written, the newest first."""
        names = [
            FeedbackId(line.paper)
            for line in await self._papers.beginning_with(FeedbackSent)
            if isinstance(line.event, FeedbackSent)
            and person.id in (line.event.person, line.event.to)
            and call in (None, line.event.call)
        ]
        found = [feedback_of(name, _events(await self._lines(name))) for name in reversed(names)]
        return [one for one in found if one is not None]

    async def _between(self, person: Person, feedback: FeedbackId) -> Feedback:
        """What these two wrote, for one of them. Raises `NoSuchFeedback`."""
        found = feedback_of(feedback, _events(await self._lines(feedback)))
        if found is None or person.id not in found.between:
            raise NoSuchFeedback
        return found

    async def _lines(self, feedback: FeedbackId) -> list[Line]:
        return await self._papers.lines(PaperId(feedback))

    async def _add(self, feedback: FeedbackId, event: PaperEvent) -> None:
        """Two people may write at once: the second comes after the first."""
        while True:
            lines = await self._lines(feedback)
            try:
                await self._papers.append(PaperId(feedback), [event], after=len(lines))
            except PaperMoved:
                continue
            return


def _events(lines: Sequence[Line]) -> list[PaperEvent]:
    return [line.event for line in lines]


def _name(doing: Doing, call: CallId) -> FeedbackId:
    """The same for the same act sent twice."""
    said = f"{doing.by} {doing.act} {call}"
    return FeedbackId(f"feedback-{hashlib.sha256(said.encode()).hexdigest()[:24]}")
