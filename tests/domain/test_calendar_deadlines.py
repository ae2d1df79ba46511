"""Both deadlines at once are what each is alone, wherever the table of a calendar ends; expected figures by hand."""

import pytest

from syncd.domain.calendar import CalendarExhausted, ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.instant import DAY_US, to_us
from syncd.domain.interval import Interval
from tests.domain.calendar_samples import calendar, windows, workdays
from tests.domain.clock_samples import at

HOUR = 3_600_000_000
MONDAY = to_us(at(0))
NINE, FIVE = MONDAY + 9 * HOUR, MONDAY + 17 * HOUR


def nine_to_five() -> ServiceCalendar:
    """A calendar that nobody has asked anything yet."""
    return calendar(CalendarRule(weekly=workdays("09:00-17:00")))


def asked(*instants: int) -> ServiceCalendar:
    """The same, asked before about other times."""
    known = nine_to_five()
    for instant in instants:
        known.in_service(instant)
    return known


YEARS = tuple(MONDAY + years * 366 * DAY_US for years in (-2, 0, 1))


@pytest.mark.parametrize("before", [(), (MONDAY,), YEARS], ids=["new", "asked", "asked widely"])
@pytest.mark.parametrize(
    ("start", "goal", "due", "late"),
    [
        pytest.param(NINE, HOUR, NINE + HOUR, NINE + HOUR, id="within a day"),
        pytest.param(NINE, 8 * HOUR, FIVE, NINE + DAY_US, id="at closing time"),
        pytest.param(FIVE, 0, FIVE, NINE + DAY_US, id="no goal at all at closing time"),
        pytest.param(FIVE + HOUR, 0, FIVE + HOUR, NINE + DAY_US, id="no goal at all after closing time"),
        pytest.param(NINE, 1, NINE + 1, NINE + 1, id="a microsecond"),
        pytest.param(NINE - 63 * DAY_US, 40 * HOUR, FIVE - 59 * DAY_US, NINE - 56 * DAY_US, id="from 2025 into 2026"),
        pytest.param(
            NINE + 301 * DAY_US, 40 * HOUR, FIVE + 305 * DAY_US, NINE + 308 * DAY_US, id="from 2026 into 2027"
        ),
        pytest.param(
            NINE + 304 * DAY_US, 8 * HOUR, FIVE + 304 * DAY_US, NINE + 305 * DAY_US, id="at a year's last closing"
        ),
    ],
)
def test_both_deadlines(before: tuple[int, ...], start: int, goal: int, due: int, late: int) -> None:
    assert asked(*before).deadlines_us(start, goal) == (due, late)
    assert (asked(*before).due_us(start, goal), asked(*before).late_us(start, goal)) == (due, late)


@pytest.mark.parametrize("known", [nine_to_five(), asked(MONDAY, MONDAY + 20 * 366 * DAY_US)], ids=["new", "asked far"])
def test_a_goal_that_ten_years_do_not_use_up_has_no_deadlines(known: ServiceCalendar) -> None:
    """Eleven years of forty-hour weeks, also where the table happens to reach that far."""
    with pytest.raises(CalendarExhausted, match="does not use up"):
        known.deadlines_us(NINE, 11 * 52 * 40 * HOUR)


def test_a_negative_goal_has_no_deadlines() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        asked(MONDAY).deadlines_us(NINE, -1)


@pytest.mark.parametrize("start", [MONDAY, MONDAY + 1, -HOUR])
def test_where_every_instant_counts_a_deadline_is_plain_addition(start: int) -> None:
    known = always()
    assert known.deadlines_us(start, HOUR) == (start + HOUR, start + HOUR)
    assert known.deadlines_us(start, 0) == (start, start)
    assert known.in_service(start)
    assert known.windows(start, start) == []
    assert known.windows(start, start + 1) == [Interval(start, start + 1)]
    assert (known.name, known.time_zone) == ("always", "UTC")


def test_windows_lie_within_what_was_asked_for() -> None:
    """Asked for Tuesday noon to Wednesday 10:00 of a year whose table is there as a whole."""
    noon, ten = MONDAY + 36 * HOUR, MONDAY + 58 * HOUR
    assert asked(MONDAY).windows(noon, ten) == [
        Interval(noon, FIVE + DAY_US), Interval(NINE + 2 * DAY_US, ten),
    ]  # fmt: skip


def test_instants_are_whole_numbers_where_a_clock_changes_too() -> None:
    """Berlin, 2026-03-29: clocks go from 02:00 to 03:00 before a window ends at 02:30, which never comes."""
    night = ServiceCalendar("night", "Europe/Berlin", ((None, CalendarRule(weekly={5: windows("22:00-02:30")})),))
    saturday = MONDAY + 26 * DAY_US
    found = night.windows(saturday, saturday + 2 * DAY_US)
    assert found == [Interval(saturday + 21 * HOUR, saturday + 25 * HOUR)]
    assert {type(instant) for interval in found for instant in interval} == {int}
