"""Laws of what rules say: rules that must mean the same do, around nights on which clocks change."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule, Closure, Window
from syncd.domain.instant import to_us
from syncd.domain.interval import Interval, intersect, subtract
from tests.domain.calendar_samples import BUSY, NIGHTS, every_day, rules, weekly_hours

DAY = timedelta(days=1)
DAY_US = 86_400_000_000
MIDNIGHT = 86_400

nights = st.sampled_from(NIGHTS)
Change = Callable[[CalendarRule, date], CalendarRule]


def windows_of(rule: CalendarRule, zone: str, around: date) -> list[Interval]:
    middle = to_us(datetime.combine(around, time(0), UTC))
    drawn = ServiceCalendar("drawn", zone, ((None, rule),))
    return drawn.windows(middle - 9 * DAY_US, middle + 9 * DAY_US)


def plain(weekly: Mapping[int, tuple[Window, ...]], **more: object) -> CalendarRule:
    return replace(CalendarRule(weekly=weekly), **more)  # type: ignore[arg-type]  # named in the tests below


@settings(deadline=None, suppress_health_check=BUSY)
@given(st.data(), nights, st.integers(-4, 4))
def test_a_holiday_is_a_day_on_which_nothing_starts_and_which_is_shut(
    data: st.DataObject, night: tuple[str, date], by: int
) -> None:
    """So it ends the shift that runs into it at its midnight, and takes its own shift's tail with it."""
    zone, around = night
    day = around + by * DAY
    rule = data.draw(rules(around))
    rule = replace(rule, exceptions={on: hours for on, hours in rule.exceptions.items() if on != day})
    midnight = datetime.combine(day, time(0))
    shut = Closure(midnight, midnight + DAY, "holiday")
    off = replace(rule, holidays={**rule.holidays, day: "holiday"})
    same = replace(rule, exceptions={**rule.exceptions, day: ()}, closures=(*rule.closures, shut))
    assert windows_of(off, zone, around) == windows_of(same, zone, around)


@settings(deadline=None, suppress_health_check=BUSY)
@given(nights, st.integers(-3, 3))
def test_a_holiday_on_a_running_night_shift_ends_it_at_midnight(night: tuple[str, date], by: int) -> None:
    zone, around = night
    day = around + by * DAY
    shifts = every_day("22:00-06:00")
    shown = windows_of(plain(shifts, holidays={day: "off"}), zone, around)
    whole = windows_of(plain(shifts), zone, around)
    own_day = windows_of(plain({}, exceptions={day: (Window(0, MIDNIGHT),)}), zone, around)
    tail = windows_of(plain({}, exceptions={day + DAY: (Window(0, 6 * 3600),)}), zone, around)
    assert shown == subtract(subtract(whole, own_day), tail)


@settings(deadline=None, suppress_health_check=BUSY)
@given(nights, weekly_hours(), st.integers(1, 287))
def test_a_window_cut_in_two_serves_the_same(
    night: tuple[str, date], week: dict[int, tuple[Window, ...]], slot: int
) -> None:
    zone, around = night
    cut = {day: tuple(piece for window in hours for piece in cut_at(window, slot * 300)) for day, hours in week.items()}
    assert windows_of(plain(cut), zone, around) == windows_of(plain(week), zone, around)


def cut_at(window: Window, second: int) -> tuple[Window, ...]:
    if not window.start < second < min(window.until, MIDNIGHT):
        return (window,)
    return Window(window.start, second), Window(second, window.end)


@settings(deadline=None, suppress_health_check=BUSY)
@given(nights, weekly_hours())
def test_a_night_is_an_evening_until_24_and_a_morning_after(
    night: tuple[str, date], week: dict[int, tuple[Window, ...]]
) -> None:
    zone, around = night
    split: dict[int, tuple[Window, ...]] = {}
    for day, hours in week.items():
        for window in hours:
            evening = window if window.until <= MIDNIGHT else Window(window.start, MIDNIGHT)
            split[day] = (*split.get(day, ()), evening)
            if window.until > MIDNIGHT:
                split[(day + 1) % 7] = (*split.get((day + 1) % 7, ()), Window(0, window.until - MIDNIGHT))
    assert windows_of(plain(split), zone, around) == windows_of(plain(week), zone, around)


@settings(deadline=None, suppress_health_check=BUSY)
@given(st.data(), nights, st.integers(-900, 900), st.integers(1, 900))
def test_a_closure_takes_its_own_local_span_and_nothing_else(
    data: st.DataObject, night: tuple[str, date], start: int, slots: int
) -> None:
    zone, around = night
    rule = data.draw(rules(around))
    begins = datetime.combine(around, time(0)) + start * timedelta(minutes=5)
    span = Closure(begins, begins + slots * timedelta(minutes=5), "works")
    shut = windows_of(replace(rule, closures=(*rule.closures, span)), zone, around)
    whole = windows_of(rule, zone, around)
    taken = subtract(whole, shut)
    only = windows_of(replace(CalendarRule(always=True), closures=(span,)), zone, around)
    assert intersect(taken, only) == []
    assert intersect(whole, only) == shut
