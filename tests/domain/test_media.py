from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.events import GapCause
from server.domain.media import (
    FILL_LIMIT_MS,
    MISSING_LIMIT,
    SAMPLES_PER_MS,
    TOLERANCE_SAMPLES,
    Filling,
    Gap,
    Order,
    Placement,
    Sequence,
    Stamp,
    Timeline,
)
from server.domain.speech import Sound

FRAME = 160


def stamp(at_ms: int, *, samples: int = FRAME, order: Order = Order.NEXT, jumps: int = 0) -> Stamp:
    return Stamp(at_ms=at_ms, samples=samples, order=order, jumps=jumps)


def begun(*, to_ms: int = 20) -> Timeline:
    timeline = Timeline()
    timeline.place(stamp(0, samples=to_ms * SAMPLES_PER_MS))
    return timeline


def gap(from_ms: int, to_ms: int, cause: GapCause) -> Gap:
    return Gap(from_ms=from_ms, to_ms=to_ms, cause=cause)


def test_frames_in_order_follow_one_another() -> None:
    timeline = Timeline()
    assert [timeline.place(stamp(at)) for at in (0, 20, 40)] == [Placement(at_ms=at) for at in (0, 20, 40)]


def test_a_jump_in_the_sequence_is_lost_sound_and_zeros_stand_in_for_it() -> None:
    assert begun().place(stamp(60, order=Order.JUMPED, jumps=1)) == Placement(
        at_ms=60,
        filling=Filling(at_ms=20, samples=320, sound=Sound.LOST),
        gaps=(gap(20, 60, GapCause.LOST),),
    )


def test_a_jump_of_the_timestamps_alone_is_silence_that_was_not_sent() -> None:
    assert begun().place(stamp(60)) == Placement(
        at_ms=60,
        filling=Filling(at_ms=20, samples=320, sound=Sound.SILENT),
        gaps=(gap(20, 60, GapCause.SILENT),),
    )


def test_a_jump_seen_on_the_other_leg_explains_this_legs_gap() -> None:
    caller, handler = begun(), begun()
    handler.place(stamp(20, order=Order.JUMPED, jumps=1))
    assert caller.place(stamp(40, jumps=1)).gaps == (gap(20, 40, GapCause.LOST),)


def test_a_jump_explains_only_the_gap_that_it_fell_in() -> None:
    timeline = begun()
    timeline.place(stamp(20, order=Order.JUMPED, jumps=1))
    assert timeline.place(stamp(100, jumps=1)).gaps == (gap(40, 100, GapCause.SILENT),)


def test_more_than_two_seconds_missing_is_filled_for_two_and_then_breaks() -> None:
    placed = begun().place(stamp(10_020))
    assert placed.filling == Filling(at_ms=20, samples=FILL_LIMIT_MS * SAMPLES_PER_MS, sound=Sound.SILENT)
    assert placed.gaps == (gap(20, 2020, GapCause.SILENT), gap(2020, 10_020, GapCause.BREAK))
    assert placed.at_ms == 10_020


def test_a_leg_that_begins_late_is_recorded_and_not_filled() -> None:
    assert Timeline().place(stamp(5000)) == Placement(at_ms=5000, gaps=(gap(0, 5000, GapCause.SILENT),))


@pytest.mark.parametrize(
    ("order", "cause"), [(Order.REPEATED, GapCause.DUPLICATE), (Order.LATE, GapCause.LATE)]
)
def test_a_frame_whose_place_is_taken_is_put_aside(order: Order, cause: GapCause) -> None:
    assert begun(to_ms=100).place(stamp(40, order=order)) == Placement(
        at_ms=100, drop_samples=FRAME, gaps=(gap(40, 60, cause),)
    )


def test_a_repeated_number_with_new_sound_is_heard() -> None:
    assert begun().place(stamp(20, order=Order.REPEATED)) == Placement(at_ms=20)


def test_only_the_part_of_a_frame_whose_place_is_free_is_heard() -> None:
    timeline = begun(to_ms=60)
    assert timeline.place(stamp(40, samples=320)) == Placement(
        at_ms=60, drop_samples=FRAME, gaps=(gap(40, 60, GapCause.LATE),)
    )
    assert timeline.next_ms == 80


def test_timestamps_that_jitter_by_a_few_milliseconds_change_nothing() -> None:
    timeline = Timeline()
    placed = [timeline.place(stamp(at)) for at in (0, 23, 38, 65, 79)]
    assert placed == [Placement(at_ms=at) for at in (0, 20, 40, 60, 80)]


def test_frames_of_odd_sizes_do_not_drift() -> None:
    timeline = Timeline()
    for number in range(1000):
        assert not timeline.place(stamp(round(number * 12.5), samples=100)).gaps
    assert timeline.next_ms == 12_500


def test_numbers_skipped_before_the_end_are_told() -> None:
    timeline = begun()
    assert (timeline.unheard_end(0), timeline.unheard_end(1)) == (None, gap(20, 20, GapCause.LOST))


def test_the_sequence_tells_late_from_repeated() -> None:
    sequence = Sequence()
    orders = [sequence.take(number) for number in (1, 2, 5, 3, 3, 4, 5, 6)]
    assert orders == [
        Order.NEXT,
        Order.NEXT,
        Order.JUMPED,
        Order.LATE,
        Order.REPEATED,
        Order.LATE,
        Order.REPEATED,
        Order.NEXT,
    ]
    assert sequence.jumps == 1


def test_a_wild_jump_of_the_sequence_costs_no_memory() -> None:
    sequence = Sequence()
    for number in (1, 10**15, 10**15 + 10**6):
        sequence.take(number)
    assert len(sequence._missing) == MISSING_LIMIT


@dataclass
class Account:
    """Adds up what became of every sample, and checks that no place is taken twice."""

    timeline: Timeline = field(default_factory=Timeline)
    sequence: Sequence = field(default_factory=Sequence)
    heard: list[tuple[int, int]] = field(default_factory=list)
    """Half-open stretches in samples, zeros included, in the order in which they were heard."""
    offered = kept = dropped = 0

    def take(self, number: int, at_ms: int, samples: int) -> None:
        order = self.sequence.take(number)
        before = self.timeline.next_ms
        placed = self.timeline.place(stamp(at_ms, samples=samples, order=order, jumps=self.sequence.jumps))
        self.offered += samples
        self.dropped += placed.drop_samples
        self._fill(placed, before)
        kept = samples - placed.drop_samples
        self.kept += kept
        if kept:
            self._hear(placed.at_ms * SAMPLES_PER_MS, kept)
        assert self.timeline.next_ms >= before

    def _fill(self, placed: Placement, before_ms: int) -> None:
        filling = placed.filling
        missing = sum(gap.to_ms - gap.from_ms for gap in placed.gaps if gap.cause in FILLED)
        if filling:
            assert filling.at_ms == before_ms
            assert filling.samples <= FILL_LIMIT_MS * SAMPLES_PER_MS
            self._hear(filling.at_ms * SAMPLES_PER_MS, filling.samples)
        if missing:
            assert placed.at_ms == before_ms + missing
        assert bool(placed.drop_samples) == any(gap.cause in PUT_ASIDE for gap in placed.gaps)

    def _hear(self, at: int, samples: int) -> None:
        assert not self.heard or at >= self.heard[-1][1]
        self.heard.append((at, at + samples))


FILLED = {GapCause.LOST, GapCause.SILENT, GapCause.BREAK}
PUT_ASIDE = {GapCause.LATE, GapCause.DUPLICATE}
MESSAGES = st.lists(
    st.tuples(st.integers(1, 60), st.integers(-12, 12), st.sampled_from([0, 80, 160, 240, 1600])), max_size=60
)


@given(MESSAGES)
def test_any_order_loss_and_repetition_leaves_one_sound_to_each_moment(
    messages: list[tuple[int, int, int]],
) -> None:
    account = Account()
    for number, jitter_ms, samples in messages:
        account.take(number, max(0, number * 20 + jitter_ms), samples)
    assert account.kept + account.dropped == account.offered


@given(st.lists(st.tuples(st.integers(0, 2**53), st.integers(0, 86_400_000), st.integers(0, 12_000))))
def test_hostile_numbers_and_times_do_no_harm(messages: list[tuple[int, int, int]]) -> None:
    account = Account()
    for number, at_ms, samples in messages:
        account.take(number, at_ms, samples - samples % SAMPLES_PER_MS)
    assert account.kept + account.dropped == account.offered


@given(st.sets(st.integers(0, 90)))
def test_every_missing_frame_is_recorded_as_lost_and_no_other(dropped: set[int]) -> None:
    timeline, sequence = Timeline(), Sequence()
    sequence.take(0)
    lost: set[int] = set()
    for number in range(92):
        if number not in dropped:
            order = sequence.take(number + 1)
            placed = timeline.place(stamp(number * 20, order=order, jumps=sequence.jumps))
            assert {gap.cause for gap in placed.gaps} <= {GapCause.LOST}
            lost |= {at // 20 for gap in placed.gaps for at in range(gap.from_ms, gap.to_ms, 20)}
    assert lost == dropped


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=100))
def test_jitter_within_tolerance_is_never_a_gap(jitters_ms: list[int]) -> None:
    timeline = Timeline()
    assert TOLERANCE_SAMPLES >= 9 * SAMPLES_PER_MS
    for number, jitter_ms in enumerate(jitters_ms):
        assert not timeline.place(stamp(max(0, number * 20 + jitter_ms))).gaps
