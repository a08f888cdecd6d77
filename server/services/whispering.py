"""Whispers: a line of text from the specialist to the handler, its receipt, and one key in reply."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from server.domain.events import Reply, WhisperAnswered, WhisperRead, WhisperSent
from server.domain.ids import CallId, PromptId, WhisperId
from server.domain.people import Role
from server.domain.transfers import TRANSFER
from server.domain.whispers import WHISPER_LIMIT, Whisper
from server.services.control_room import ControlRoom
from server.services.pages import Doing, Page, Pages, line_of_text
from server.services.refusals import (
    AlreadyReplied,
    CallEndedAlready,
    NoSuchPrompt,
    NoSuchWhisper,
    ReadOnly,
)
from server.services.transfer_refusals import AtOtherForce


class Whispering:
    def __init__(self, room: ControlRoom) -> None:
        self._pages = Pages(room)

    async def send(self, doing: Doing, call: CallId, text: str, prompt: PromptId | None = None) -> WhisperId:
        """Whisper to the call's handler, or to whoever comes to handle it."""
        said = line_of_text(text, WHISPER_LIMIT)
        if doing.person.role is Role.HANDLER:
            raise ReadOnly("Whispers go to the handler.")
        async with self._pages.granted(doing.person, call) as page:
            if page.done(doing, lambda event: isinstance(event, WhisperSent)):
                return _sent_as(page, doing)
            if page.state.ended:
                raise CallEndedAlready
            if page.state.doorway == TRANSFER:
                raise AtOtherForce
            if prompt is not None and prompt not in page.state.prompts:
                raise NoSuchPrompt
            whisper = WhisperId(f"w{len(page.state.whispers) + 1}")
            await page.record(
                WhisperSent(
                    at_ms=page.at_ms,
                    person=doing.by,
                    act=doing.act,
                    whisper=whisper,
                    text=said,
                    to=page.state.handler,
                    prompt=prompt,
                )
            )
            return whisper

    async def read(self, doing: Doing, call: CallId, whisper: WhisperId) -> None:
        """The handler's screen showed it. Reading twice is reading once."""
        async with self._whisper_of(doing, call, whisper) as (page, shown):
            if shown.read_by is None:
                await page.record(
                    WhisperRead(at_ms=page.at_ms, person=doing.by, act=doing.act, whisper=whisper)
                )

    async def reply(self, doing: Doing, call: CallId, whisper: WhisperId, reply: Reply) -> None:
        """Say one thing back. `will ask` may still be followed by what came of asking."""
        async with self._whisper_of(doing, call, whisper) as (page, shown):
            if page.done(doing, lambda event: isinstance(event, WhisperAnswered)) or shown.reply is reply:
                return
            if shown.reply not in {None, Reply.WILL_ASK}:
                raise AlreadyReplied(shown.replied_by or doing.by)
            answered = WhisperAnswered(
                at_ms=page.at_ms, person=doing.by, act=doing.act, whisper=whisper, reply=reply
            )
            await page.record(answered)

    @asynccontextmanager
    async def _whisper_of(
        self, doing: Doing, call: CallId, whisper: WhisperId
    ) -> AsyncIterator[tuple[Page, Whisper]]:
        if doing.person.role is not Role.HANDLER:
            raise ReadOnly("The handler reads and answers whispers.")
        async with self._pages.granted(doing.person, call) as page:
            if whisper not in page.state.whispers:
                raise NoSuchWhisper
            yield page, page.state.whispers[whisper]


def _sent_as(page: Page, doing: Doing) -> WhisperId:
    """Under which id this act's whisper is on record."""
    (sent,) = [one.sent for one in page.state.whispers.values() if one.sent.act == doing.act]
    return sent.whisper
