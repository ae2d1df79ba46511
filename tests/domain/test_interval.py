"""The algebra of half-open intervals, against sets of integers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.domain.interval import Interval, clip, intersect, measure, subtract, union

any_intervals = st.lists(st.builds(Interval, st.integers(-20, 20), st.integers(-20, 20)), max_size=8)


def points(intervals: list[Interval]) -> set[int]:
    return {point for start, end in intervals for point in range(start, end)}


def is_canonical(intervals: list[Interval], *, gaps: bool = False) -> bool:
    ends = [edge for interval in intervals for edge in interval]
    inside = all(start < end for start, end in intervals)
    between = zip(ends[1:-1:2], ends[2::2], strict=True)
    return inside and all(end < start if gaps else end <= start for end, start in between)


@settings(deadline=None)
@given(any_intervals)
def test_union_covers_the_same_points_in_the_fewest_intervals(some: list[Interval]) -> None:
    joined = union(some)
    assert points(joined) == points(some)
    assert is_canonical(joined, gaps=True)
    assert measure(joined) == len(points(some))


@settings(deadline=None)
@given(any_intervals, any_intervals)
def test_intersect_keeps_the_points_of_both(left: list[Interval], right: list[Interval]) -> None:
    both = intersect(union(left), union(right))
    assert points(both) == points(left) & points(right)
    assert is_canonical(both)


@settings(deadline=None)
@given(any_intervals, st.integers(-22, 22), st.integers(-2, 44))
def test_clip_keeps_the_points_of_one_interval(some: list[Interval], start: int, length: int) -> None:
    assert clip(union(some), start, start + length) == intersect(union(some), [Interval(start, start + length)])


@settings(deadline=None)
@given(any_intervals, any_intervals)
def test_subtract_keeps_the_points_of_the_left_alone(left: list[Interval], right: list[Interval]) -> None:
    rest = subtract(union(left), union(right))
    assert points(rest) == points(left) - points(right)
    assert is_canonical(rest)


def test_touching_intervals_are_joined_and_empty_ones_dropped() -> None:
    assert union([Interval(3, 5), Interval(1, 3), Interval(9, 9), Interval(8, 7)]) == [Interval(1, 5)]
