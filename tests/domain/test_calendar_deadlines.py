"""Both deadlines at once are what each is alone, wherever the table of a calendar ends; expected figures by hand."""

from datetime import date

import pytest

from syncd.domain.calendar import CalendarExhausted, ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.instant import DAY_US, to_us
from syncd.domain.interval import Interval
from tests.domain.calendar_samples import calendar, workdays
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


YEARS = [MONDAY + years * 366 * DAY_US for years in (-2, 0, 1)]


@pytest.mark.parametrize("known", [nine_to_five(), asked(MONDAY), asked(*YEARS)], ids=["new", "asked", "asked widely"])
@pytest.mark.parametrize(
    ("start", "goal", "due", "late"),
    [
        pytest.param(NINE, HOUR, NINE + HOUR, NINE + HOUR, id="within a day"),
        pytest.param(NINE, 8 * HOUR, FIVE, NINE + DAY_US, id="at closing time"),
        pytest.param(FIVE, 0, FIVE, NINE + DAY_US, id="no goal at all at closing time"),
        pytest.param(FIVE + HOUR, 0, FIVE + HOUR, NINE + DAY_US, id="no goal at all after closing time"),
        pytest.param(NINE, 1, NINE + 1, NINE + 1, id="a microsecond"),
        pytest.param(MONDAY - 300 * DAY_US + HOUR, 2_000 * HOUR, MONDAY + 50 * DAY_US + 9 * HOUR,
                     MONDAY + 50 * DAY_US + 9 * HOUR, id="from one year into the next"),
    ],
)  # fmt: skip
def test_both_deadlines(known: ServiceCalendar, start: int, goal: int, due: int, late: int) -> None:
    assert (known.due_us(start, goal), known.late_us(start, goal)) == (due, late)
    assert known.deadlines_us(start, goal) == (due, late)
