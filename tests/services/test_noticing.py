"""Which sounds beside words are put on record."""

from server.domain.sounds import SoundHeard, SoundKind
from server.domain.speech import Party
from server.services.noticing import APART_MS, Noticing
from tests.services.stage import said


def cough(at_ms: int = 0) -> SoundHeard:
    return SoundHeard(kind=SoundKind.COUGHS, from_ms=at_ms, to_ms=at_ms + 200)


def whispered(at_ms: int = 0) -> SoundHeard:
    return SoundHeard(kind=SoundKind.WHISPER, from_ms=at_ms, to_ms=at_ms + 2000)


def test_a_cough_of_one_who_says_nothing_is_a_doubt_at_most_every_ten_seconds() -> None:
    noticing = Noticing(Party.CALLER)
    (doubted,) = noticing.sound(cough(100), answers=False)
    assert (doubted.party, doubted.sound, doubted.from_ms, doubted.at_ms) == ("caller", "coughs", 100, 300)
    assert noticing.sound(cough(APART_MS), answers=False) == []
    assert noticing.sound(cough(APART_MS + 300), answers=False) != []


def test_one_of_a_caller_who_talks_is_nothing_unless_it_answers() -> None:
    noticing = Noticing(Party.CALLER)
    noticing.settled(said("he is in the house"))
    assert noticing.sound(cough(5000), answers=False) == []
    assert noticing.sound(cough(6000), answers=True) != []


def test_no_answer_is_left_out_however_soon_it_comes() -> None:
    noticing = Noticing(Party.CALLER)
    noticing.sound(cough(100), answers=True)
    assert noticing.sound(cough(900), answers=True) != []


def test_whispering_is_one_with_words_in_it_and_told_once() -> None:
    noticing = Noticing(Party.CALLER)
    assert noticing.sound(whispered(), answers=False) == []
    assert noticing.words(said("too late", at_ms=2000).words) == []
    (doubted,) = noticing.settled(said("please help", at_ms=1500))
    assert doubted.sound is SoundKind.WHISPER
    assert noticing.settled(said("please help", at_ms=1500)) == []
