"""What is wrong in a video room is refused in words, and changes nothing."""

from dataclasses import replace

import pytest

from server.domain.video_links import LinkKind
from server.services.refusals import Refused
from server.services.room_acts import CANDIDATES_MOST
from server.services.room_messages import read
from server.services.room_refusals import (
    BadMessage,
    NoMediaHere,
    OfferRefused,
    OldAttempt,
    TooManyCandidates,
)
from tests.services.video_stage import a_victim, message, video_stage


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", BadMessage),
        ("[]", BadMessage),
        ("{", BadMessage),
        (message("dance"), BadMessage),
        (message("chat", id="c1", text="x" * 501), BadMessage),
        (message("chat", id="c 1", text="x"), BadMessage),
        (message("offer", sdp="x", attempt=0), BadMessage),
        (message("location", id="l", latitude=91, longitude=0, accuracy_m=1), BadMessage),
        (message("offer", sdp="garbage", attempt=1), OfferRefused),
    ],
)
async def test_what_is_wrong_is_refused_and_changes_nothing(text: str, refusal: type[Refused]) -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        before = len(here.kinds())
        with pytest.raises(refusal):
            await victim.say(text)
        assert len(here.kinds()) == before


async def test_an_older_offer_than_the_last_is_refused() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        await victim.say(message("offer", sdp="one", attempt=2))
        assert victim.wire.last("answer") == {"type": "answer", "attempt": 2, "sdp": "answer to one"}
        with pytest.raises(OldAttempt):
            await victim.say(message("offer", sdp="two", attempt=2))


async def test_a_thousand_candidates_are_too_many() -> None:
    async with video_stage() as here:
        victim = await here.join(a_victim())
        candidate = message("candidate", attempt=1, candidate="candidate:1 1 udp 1 10.0.0.1 9")
        for _ in range(CANDIDATES_MOST):
            await victim.say(candidate)
        for _ in range(1000 - CANDIDATES_MOST):
            with pytest.raises(TooManyCandidates):
                await victim.say(candidate)


async def test_a_link_for_words_alone_makes_no_connection() -> None:
    async with video_stage() as here:
        visitor = await here.join(replace(a_victim(), kind=LinkKind.TEXT))
        with pytest.raises(NoMediaHere):
            await visitor.say(message("offer", sdp="v", attempt=1))


def test_a_hello_names_its_page() -> None:
    with pytest.raises(BadMessage):
        read(message("hello", page="short"))
