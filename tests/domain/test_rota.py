"""When specialists are meant to be here."""

from datetime import UTC, datetime, time

from server.domain.ids import PersonId
from server.domain.rota import Rota, Shift

SAM, ANN = PersonId("sam"), PersonId("ann")
EVENING = Shift(
    name="evening", days=frozenset({3, 4, 5, 6}), starts=time(16), ends=time(0), people=frozenset({SAM})
)
ROTA = Rota(shifts=(EVENING,))
THURSDAY_EVENING = datetime(2026, 1, 8, 20, 0, tzinfo=UTC)
MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_whoever_is_rostered_is_so_until_the_shift_ends() -> None:
    assert ROTA.until(SAM, THURSDAY_EVENING) == "00:00"
    assert ROTA.until(ANN, THURSDAY_EVENING) == ""
    assert ROTA.until(SAM, MONDAY) == ""


def test_a_shift_without_names_is_anybodys() -> None:
    open_shift = Shift(name="any", days=frozenset({0}), starts=time(8), ends=time(17))
    assert Rota(shifts=(open_shift,)).until(ANN, MONDAY) == "17:00"


def test_the_night_that_began_yesterday_is_still_on() -> None:
    night = Shift(name="night", days=frozenset({4}), starts=time(22), ends=time(6))
    saturday_early = datetime(2026, 1, 10, 3, 0, tzinfo=UTC)
    assert Rota(shifts=(night,)).until(SAM, saturday_early) == "06:00"


def test_a_rota_is_in_the_forces_own_time() -> None:
    summer_evening = datetime(2026, 7, 9, 15, 30, tzinfo=UTC)  # half past four in London
    assert ROTA.until(SAM, summer_evening) == "00:00"


def test_the_next_shift_is_named_by_its_day() -> None:
    assert ROTA.next_start(MONDAY) == "Thu 16:00"
    assert ROTA.next_start(THURSDAY_EVENING) == "Fri 16:00"
    assert Rota().next_start(MONDAY) == ""
