"""Laws of counted time, on random calendars around nights on which clocks change, and against brute force."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.instant import from_us, to_us
from tests.domain import calendar_reference as reference
from tests.domain.calendar_samples import BUSY, NIGHTS, SLOT, calendars, every_day, rules, windows, workdays

HOUR = 3_600_000_000
DAY = 24 * HOUR
ZONES = sorted(available_timezones())


@st.composite
def cases(draw: st.DrawFn) -> tuple[ServiceCalendar, int]:
    """A calendar and midnight UTC of the night it is drawn around."""
    zone, night = draw(st.sampled_from(NIGHTS))
    return draw(calendars(zone, night)), to_us(datetime.combine(night, time(0), UTC))


near = st.integers(-8 * DAY, 8 * DAY)
# Five minutes a week, the least that is drawn, reach twice the longest goal within the ten years that are looked ahead.
goals = st.one_of(st.integers(0, 18 * HOUR), st.integers(0, 216).map(lambda slots: slots * HOUR // 12))


@settings(deadline=None, suppress_health_check=BUSY, max_examples=150)
@given(cases(), st.integers(-4 * 288, 0), st.integers(0, 8 * 288))
def test_counted_time_is_what_walking_the_local_clock_finds(
    case: tuple[ServiceCalendar, int], back: int, length: int
) -> None:
    calendar, midnight = case
    start = from_us(midnight) + back * SLOT
    end = start + length * SLOT
    walked = reference.counted(ZoneInfo(calendar.time_zone), calendar.revisions, start, end, SLOT)
    assert calendar.counted(start, end) == walked


@settings(deadline=None, suppress_health_check=BUSY, max_examples=150)
@given(cases(), st.integers(-4 * 288, 2 * 288), st.integers(0, 300))
def test_due_and_late_are_what_walking_the_local_clock_finds(
    case: tuple[ServiceCalendar, int], back: int, slots: int
) -> None:
    calendar, midnight = case
    start, goal = from_us(midnight) + back * SLOT, slots * SLOT
    if calendar.late_from(start, goal) - start > timedelta(days=30):
        return  # one window a week: the walk would take too long
    zone = ZoneInfo(calendar.time_zone)
    assert calendar.due_at(start, goal) == reference.first_reaching(zone, calendar.revisions, start, goal, SLOT)
    assert calendar.late_from(start, goal) == reference.first_exceeding(zone, calendar.revisions, start, goal, SLOT)


@settings(deadline=None, suppress_health_check=BUSY, max_examples=150)
@given(st.data(), st.sampled_from(ZONES), st.dates(date(1850, 1, 1), date(2249, 12, 31)))
def test_in_any_zone_and_year_service_begins_and_ends_where_the_local_clock_says(
    data: st.DataObject, key: str, around: date
) -> None:
    calendar, zone = data.draw(calendars(key, around)), ZoneInfo(key)
    middle = to_us(datetime.combine(around, time(0), UTC))
    start, end = sorted((middle + data.draw(near), middle + data.draw(near)))
    shown = calendar.windows(start, end)
    edges = [start, *(edge for span in shown for edge in span), end]
    probes = [edge + by for edge in edges for by in (-1, 0)] + [
        middle + n for n in data.draw(st.lists(near, max_size=5))
    ]
    for probe in probes:
        in_service = reference.serves(zone, calendar.revisions, from_us(probe))
        assert calendar.in_service(probe) == in_service
        if start <= probe < end:
            assert any(span.start <= probe < span.end for span in shown) == in_service


@settings(deadline=None, suppress_health_check=BUSY, max_examples=150)
@given(cases(), near, near, near)
def test_counted_time_adds_up_over_any_split_and_never_runs_backwards(
    case: tuple[ServiceCalendar, int], first: int, second: int, third: int
) -> None:
    calendar, midnight = case
    a, b, c = sorted(midnight + n for n in (first, second, third))
    whole = calendar.counted_us(a, c)
    assert calendar.counted_us(a, b) + calendar.counted_us(b, c) == whole
    assert 0 <= calendar.counted_us(a, b) <= whole <= c - a
    assert calendar.counted_us(c, a) == 0
    shown = calendar.windows(a, c)
    assert sum(span.end - span.start for span in shown) == whole
    assert all(span.start < span.end for span in shown)
    assert all(one.end < other.start for one, other in pairwise(shown))


@settings(deadline=None, suppress_health_check=BUSY, max_examples=150)
@given(cases(), near, goals)
def test_due_is_the_first_instant_with_the_goal_counted(case: tuple[ServiceCalendar, int], by: int, goal: int) -> None:
    calendar, midnight = case
    start = midnight + by
    due = calendar.due_us(start, goal)
    assert due >= start
    assert calendar.counted_us(start, due) == goal
    assert goal == 0 or calendar.counted_us(start, due - 1) == goal - 1


@settings(deadline=None, suppress_health_check=BUSY, max_examples=150)
@given(cases(), near, goals)
def test_late_is_the_last_instant_with_no_more_than_the_goal_counted(
    case: tuple[ServiceCalendar, int], by: int, goal: int
) -> None:
    calendar, midnight = case
    start = midnight + by
    late = calendar.late_us(start, goal)
    assert late >= calendar.due_us(start, goal)
    assert calendar.counted_us(start, late) == goal
    assert calendar.counted_us(start, late + 1) == goal + 1
    assert calendar.in_service(late)


@settings(deadline=None, suppress_health_check=BUSY, max_examples=80)
@given(cases(), near, goals, goals)
def test_a_longer_goal_is_never_due_earlier_and_goals_follow_one_another(
    case: tuple[ServiceCalendar, int], by: int, one: int, other: int
) -> None:
    calendar, midnight = case
    start = midnight + by
    assert calendar.due_us(start, one) <= calendar.due_us(start, one + other)
    if other:
        assert calendar.due_us(calendar.due_us(start, one), other) == calendar.due_us(start, one + other)


@settings(deadline=None, suppress_health_check=BUSY, max_examples=60)
@given(cases(), st.lists(st.tuples(st.integers(-900 * DAY, 900 * DAY), goals), min_size=2, max_size=6))
def test_answers_do_not_depend_on_what_was_asked_before(
    case: tuple[ServiceCalendar, int], asked: list[tuple[int, int]]
) -> None:
    calendar, midnight = case

    def answers(of: ServiceCalendar, by: int, goal: int) -> tuple[int, int, int]:
        start = midnight + by
        return (
            of.counted_us(min(start, midnight), max(start, midnight)),
            of.due_us(start, goal),
            of.late_us(start, goal),
        )

    for by, goal in asked:
        fresh = ServiceCalendar(calendar.name, calendar.time_zone, calendar.revisions)
        assert answers(calendar, by, goal) == answers(fresh, by, goal)


@settings(deadline=None, suppress_health_check=BUSY, max_examples=100)
@given(st.sampled_from(ZONES), st.dates(date(1850, 1, 1), date(2249, 12, 31)), near, goals)
def test_round_the_clock_counts_every_instant_in_every_zone(key: str, around: date, by: int, goal: int) -> None:
    weekly = ServiceCalendar("24x7", key, ((None, CalendarRule(weekly=every_day("00:00-24:00"))),))
    start = to_us(datetime.combine(around, time(0), UTC)) + by
    for calendar in (weekly, always(time_zone=key)):
        assert calendar.counted_us(start, start + goal) == goal
        assert calendar.due_us(start, goal) == start + goal
        assert calendar.late_us(start, goal) == start + goal
        assert calendar.windows(start, start + DAY) == [(start, start + DAY)]
        assert calendar.in_service(start)


@settings(deadline=None, suppress_health_check=BUSY, max_examples=100)
@given(st.data(), st.sampled_from(NIGHTS))
def test_a_revision_that_changes_nothing_changes_no_window(data: st.DataObject, night: tuple[str, date]) -> None:
    zone, around = night
    rule = data.draw(rules(around))
    begins = around + timedelta(days=data.draw(st.integers(-5, 5)))
    middle = to_us(datetime.combine(around, time(0), UTC))
    plain = ServiceCalendar("drawn", zone, ((None, rule),))
    repeated = ServiceCalendar("drawn", zone, ((None, rule), (begins, rule)))
    assert plain.windows(middle - 9 * DAY, middle + 9 * DAY) == repeated.windows(middle - 9 * DAY, middle + 9 * DAY)


def test_threads_that_share_a_calendar_get_the_answers_of_one_alone() -> None:
    rule = CalendarRule(weekly=workdays("08:00-12:00", "13:00-17:30") | {6: windows("22:00-06:00")})
    shared = ServiceCalendar("shared", "Europe/Berlin", ((None, rule),))
    alone = ServiceCalendar("shared", "Europe/Berlin", ((None, rule),))
    asked = [to_us(datetime(2000 + 7 * n % 40, 1 + n % 12, 1, tzinfo=UTC)) for n in range(80)]

    def answer(of: ServiceCalendar, start: int) -> tuple[int, int, bool]:
        return of.counted_us(start, start + 30 * DAY), of.due_us(start, 40 * HOUR), of.in_service(start + 9 * HOUR)

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda start: answer(shared, start), asked))
    assert found == [answer(alone, start) for start in asked]
