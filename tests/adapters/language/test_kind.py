"""What a caller has told so far says what kind of call it is."""

from dataclasses import replace

from server.adapters.language.kind import LATEST_WORDS, NOTHING_TOLD, OPENING_WORDS, kind_of
from tests.adapters.language.calls import heard, reader

FIRE = "there's a fire in the flat upstairs and the smoke is coming down the stairs it's the chip pan i think"
TRAIN = "i'm on the train to leeds there's a lad in the next coach with a kitchen knife the guard has seen it"
HOME = "my partner has been shouting at me all night and he's smashed my phone and i'm scared of him"


def _told(*turns: str) -> float:
    told = NOTHING_TOLD
    for turn in turns:
        told = told.and_then(tuple(turn.replace("'", " ").split()))
    return kind_of(told, reader()._turns.known.judge)


def test_how_a_call_sounds_as_a_whole_tells_its_kind() -> None:
    assert _told(HOME) > 1 > -1 > _told(FIRE)


def test_a_few_words_tell_nothing() -> None:
    assert _told("hello police") == 0.0


def test_without_a_head_for_it_no_kind_is_known() -> None:
    judge = reader()._turns.known.judge
    assert judge is not None
    assert kind_of(NOTHING_TOLD.and_then(tuple(HOME.split())), replace(judge, heads=judge.heads[:-1])) == 0.0


def test_the_beginning_and_the_end_are_kept_however_long_a_call_is() -> None:
    told = NOTHING_TOLD
    for number in range(100):
        told = told.and_then((f"a{number}", f"b{number}"))
    assert told.words[0] == "a0"
    assert told.words[-1] == "b99"
    assert len(told.words) == OPENING_WORDS + LATEST_WORDS


def test_the_same_words_stand_at_home_and_not_in_a_call_of_another_kind() -> None:
    said = "he's told a woman to stop looking at him or he'd cut her"
    assert "threat_to_kill" not in _standing(TRAIN, said)
    assert "threat_to_kill" in _standing(HOME, said)


def _standing(*turns: str) -> set[str]:
    return {one.marker for one in heard(" / ".join(f"caller: {turn}" for turn in turns)) if one.stands}
