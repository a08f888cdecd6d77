"""Which earlier calls are compared: bounded, and chosen by what speaks for them rather than by age alone."""

from server.domain.candidates import COMPARED, NEWEST, candidates


def common(name: str, count: int, newest_at: int = 1_000_000) -> list[tuple[str, int]]:
    return [(f"{name}{number}", newest_at - number) for number in range(count)]


def test_no_more_are_compared_however_many_share_a_common_name() -> None:
    assert len(candidates([common("smith", 1000), common("high street", 1000)])) == COMPARED


def test_a_call_of_long_ago_from_the_same_number_is_not_crowded_out_by_a_common_name() -> None:
    found = candidates([common("smith", 900), common("john", 900), [("same number", 5)]])
    assert "same number" in found


def test_two_common_things_together_outweigh_one_of_them() -> None:
    both = ("smith of high street", 7)
    assert both[0] in candidates([[*common("smith", 900), both], [*common("high street", 900), both]])


def test_the_newest_under_every_key_are_compared_so_that_a_shared_telephone_shows() -> None:
    shared = common("hostel", 900, newest_at=100)
    found = candidates([shared, *([(f"{key}-{call}", 50) for call in range(60)] for key in range(10))])
    assert {call for call, _ in shared[:NEWEST]} <= set(found)


def test_what_is_compared_stands_newest_first() -> None:
    assert candidates([[("a", 3), ("b", 1)], [("c", 2)]]) == ["a", "c", "b"]
