"""A call that belongs to earlier domestic ones need not say again that it is one."""

from server.domain.speech import Party
from tests.adapters.language.calls import reader, turns, utterance

AT_THE_DOOR = "he won't stop ringing the bell"


def raised(*, remembered: bool) -> set[str]:
    reading = reader().begin()
    if remembered:
        reading.remember()
    found = [one for turn in turns(f"caller: {AT_THE_DOOR}") for one in reading.settle(turn)]
    return {one.marker for one in found if one.stands}


def test_words_that_a_strangers_call_keeps_back_stand_in_one_of_several() -> None:
    assert raised(remembered=False) == set()
    assert "perpetrator_at_door" in raised(remembered=True)


def test_a_call_remembered_late_releases_what_was_kept_back_with_the_next_words() -> None:
    reading = reader().begin()
    assert not any(one.stands for one in reading.settle(utterance(AT_THE_DOOR)))
    reading.remember()
    found = reading.settle(utterance("please hurry", number=1, from_ms=5000))
    assert "perpetrator_at_door" in {one.marker for one in found if one.stands}
    assert reading.domestic


def test_a_late_turn_is_read_within_the_frame_too() -> None:
    reading = reader().begin()
    reading.settle(utterance("hello", party=Party.HANDLER, number=0, from_ms=9000))
    reading.remember()
    found = reading.settle(utterance(AT_THE_DOOR, from_ms=1000))
    assert "perpetrator_at_door" in {one.marker for one in found if one.stands}
