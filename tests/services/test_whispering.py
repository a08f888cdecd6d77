"""Whispers from the specialist to the handler."""

import asyncio
from dataclasses import replace

import pytest

from server.domain.events import (
    CallEnded,
    Ending,
    HandlerAssigned,
    Reply,
    WhisperAnswered,
    WhisperRead,
    WhisperSent,
)
from server.domain.ids import CallId, PromptId, WhisperId
from server.domain.transfers import TRANSFER
from server.services.refusals import (
    AlreadyReplied,
    BadText,
    CallEndedAlready,
    NoSuchPrompt,
    NoSuchWhisper,
    NotYourCall,
    ReadOnly,
)
from server.services.transfer_refusals import AtOtherForce
from tests.services.room import CALL, P1, THROAT, Room, doing
from tests.stories import HANNAH, HARRY, SAM, SUE, arrived, raised

W1 = WhisperId("w1")
TEXT = "Ask about her neck"


@pytest.fixture
async def room() -> Room:
    room = await Room().open()
    await room.happens(HandlerAssigned(at_ms=0, person=HANNAH.id), raised(1, THROAT))
    await room.grants.give(CALL, SAM.id)
    return room


async def test_a_whisper_is_sent_read_and_answered(room: Room) -> None:
    assert await room.whispers.send(doing(SAM), CALL, "  Ask about\nher neck ", P1) == W1
    await room.whispers.read(doing(HANNAH), CALL, W1)
    await room.whispers.reply(doing(HANNAH), CALL, W1, Reply.WILL_ASK)
    await room.whispers.reply(doing(HANNAH), CALL, W1, Reply.YES)
    assert room.of_kind(WhisperSent, WhisperRead, WhisperAnswered) == [
        WhisperSent(at_ms=5180, person=SAM.id, whisper=W1, text=TEXT, to=HANNAH.id, prompt=P1),
        WhisperRead(at_ms=5180, person=HANNAH.id, whisper=W1),
        WhisperAnswered(at_ms=5180, person=HANNAH.id, whisper=W1, reply=Reply.WILL_ASK),
        WhisperAnswered(at_ms=5180, person=HANNAH.id, whisper=W1, reply=Reply.YES),
    ]
    whisper = room.state().whispers[W1]
    assert (whisper.read_by, whisper.reply) == (HANNAH.id, Reply.YES)


async def test_a_call_at_another_force_is_not_whispered_into(room: Room) -> None:
    there = CallId("TR1")
    await room.grants.give(there, SAM.id)
    await room.happens(replace(arrived(), doorway=TRANSFER), call=there)
    with pytest.raises(AtOtherForce):
        await room.whispers.send(doing(SAM), there, TEXT)
    assert room.of_kind(WhisperSent, call=there) == []


async def test_a_whisper_sent_again_under_its_id_is_sent_once_and_told_its_number(room: Room) -> None:
    first = await room.whispers.send(doing(SAM, "a1"), CALL, TEXT)
    assert await room.whispers.send(doing(SAM, "a1"), CALL, TEXT) == first
    assert await room.whispers.send(doing(SAM, "a2"), CALL, TEXT) == WhisperId("w2")
    assert len(room.of_kind(WhisperSent)) == 2


async def test_reading_and_replying_twice_alike_is_once(room: Room) -> None:
    await room.whispers.send(doing(SAM), CALL, TEXT)
    for _ in range(2):
        await room.whispers.read(doing(HANNAH), CALL, W1)
        await room.whispers.reply(doing(HANNAH), CALL, W1, Reply.NO)
    assert len(room.of_kind(WhisperRead, WhisperAnswered)) == 2


async def test_of_two_replies_at_once_the_second_is_told_that_there_is_one(room: Room) -> None:
    await room.grants.give(CALL, HARRY.id)
    await room.whispers.send(doing(SAM), CALL, TEXT)
    refused: list[AlreadyReplied] = []

    async def reply(who: object, said: Reply) -> None:
        try:
            await room.whispers.reply(doing(HANNAH if who is HANNAH else HARRY), CALL, W1, said)
        except AlreadyReplied as refusal:
            refused.append(refusal)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reply(HANNAH, Reply.YES))
        tasks.create_task(reply(HARRY, Reply.NO))
    assert room.state().whispers[W1].reply is Reply.YES
    assert [one.who for one in refused] == [HANNAH.id]


async def test_what_is_not_a_line_of_text_is_refused(room: Room) -> None:
    for text in ("", "   ", "x" * 121, "ring\x07", "zero\u200bwidth"):
        with pytest.raises(BadText):
            await room.whispers.send(doing(SAM), CALL, text)
    assert room.of_kind(WhisperSent) == []


async def test_handlers_answer_and_do_not_whisper_and_specialists_the_other_way_round(room: Room) -> None:
    with pytest.raises(ReadOnly):
        await room.whispers.send(doing(HANNAH), CALL, TEXT)
    await room.whispers.send(doing(SUE), CALL, TEXT)
    with pytest.raises(ReadOnly):
        await room.whispers.read(doing(SAM), CALL, W1)
    with pytest.raises(ReadOnly):
        await room.whispers.reply(doing(SAM), CALL, W1, Reply.YES)


async def test_nobody_whispers_into_a_call_that_is_not_theirs_or_over(room: Room) -> None:
    with pytest.raises(NotYourCall):
        await room.whispers.reply(doing(HARRY), CALL, W1, Reply.YES)
    with pytest.raises(NoSuchWhisper):
        await room.whispers.read(doing(HANNAH), CALL, W1)
    with pytest.raises(NoSuchPrompt):
        await room.whispers.send(doing(SAM), CALL, TEXT, PromptId("p9"))
    await room.happens(CallEnded(at_ms=9000, why=Ending.HUNG_UP))
    with pytest.raises(CallEndedAlready):
        await room.whispers.send(doing(SAM), CALL, TEXT)
