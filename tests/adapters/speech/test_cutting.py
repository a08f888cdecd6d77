from server.adapters.speech.cutting import Cut, choose_cut
from server.adapters.speech.messages import TimedWord


def spoken(*times: tuple[int, int]) -> list[TimedWord]:
    return [TimedWord("word", start, end, 1.0) for start, end in times]


def test_the_cut_falls_in_the_latest_pause_and_gives_the_next_word_a_run_up() -> None:
    words = spoken((0, 500), (1500, 6000), (6400, 7000), (7000, 9500))
    assert choose_cut(words, from_ms=0, to_ms=10_000) == Cut(settled=2, at_ms=6200)


def test_without_a_pause_in_the_last_seconds_an_earlier_one_is_taken() -> None:
    words = spoken((0, 1000), (1400, 5000), (5000, 7000), (7000, 9900))
    assert choose_cut(words, from_ms=0, to_ms=10_000) == Cut(settled=1, at_ms=1200)


def test_words_that_run_together_are_cut_between_two_and_never_through_one() -> None:
    words = spoken((0, 4000), (4000, 8000), (8000, 9900))
    assert choose_cut(words, from_ms=0, to_ms=10_000) == Cut(settled=2, at_ms=8000)


def test_the_newest_second_is_heard_again() -> None:
    words = spoken((0, 9200), (9300, 9900))
    cut = choose_cut(words, from_ms=0, to_ms=10_000)
    assert cut == Cut(settled=2, at_ms=10_000)


def test_quiet_before_the_first_word_is_let_go_without_the_word() -> None:
    words = spoken((8600, 9900))
    assert choose_cut(words, from_ms=0, to_ms=10_000) == Cut(settled=0, at_ms=8300)


def test_a_stretch_without_words_is_let_go_but_for_its_end() -> None:
    cut = choose_cut([], from_ms=0, to_ms=30_000)
    assert cut.settled == 0
    assert 28_000 < cut.at_ms <= 29_000
