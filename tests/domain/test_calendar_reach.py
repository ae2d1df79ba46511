"""How far a calendar looks, and what it says at the very edges: of its table, its years and a zone's offsets."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from syncd.domain.calendar import CalendarExhausted
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.calendar_zone import first_instant_reading, local_us_at
from syncd.domain.instant import DAY_US, to_us
from tests.domain.calendar_samples import calendar, every_day, workdays

HOUR = 3_600_000_000
BERLIN = ZoneInfo("Europe/Berlin")


def us(text: str) -> int:
    return to_us(datetime.fromisoformat(text).replace(tzinfo=UTC))


def test_a_goal_may_be_due_ten_years_after_the_last_date_of_a_rule_and_no_later() -> None:
    """The holiday ends on 2026-03-04 at midnight; 3,653 days of service follow, after one before it."""
    known = calendar(CalendarRule(weekly=every_day("00:00-24:00"), holidays={date(2026, 3, 3): "a Tuesday off"}))
    start, last = us("2026-03-02"), us("2026-03-04") + 3653 * DAY_US
    assert known.due_us(start, 3654 * DAY_US) == last
    with pytest.raises(CalendarExhausted, match="does not use up"):
        known.due_us(start, 3654 * DAY_US + 1)


def test_a_calendar_knows_the_last_instant_of_2299_and_not_the_next() -> None:
    known = calendar(CalendarRule(weekly=every_day("00:00-24:00"), holidays={date(2026, 3, 3): "a Tuesday off"}))
    assert known.in_service(us("2300-01-01") - 1)
    with pytest.raises(CalendarExhausted, match="from 1800 to 2299 only"):
        known.in_service(us("2300-01-01"))


def test_a_table_that_grew_towards_the_past_counts_from_the_first_instant_of_its_first_year() -> None:
    known = calendar(CalendarRule(weekly=workdays("09:00-17:00")))
    assert known.counted_us(us("2026-01-01T00:00"), us("2026-01-01T10:00")) == HOUR
    assert known.counted_us(us("2025-01-01T01:00"), us("2025-01-01T10:00")) == HOUR
    assert known.counted_us(us("2025-01-01T01:00"), us("2025-01-01T02:00")) == 0


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        pytest.param("2026-10-25T02:30", "2026-10-25T00:30", id="the first of two"),
        pytest.param("2026-03-29T02:30", "2026-03-29T01:30", id="one skipped, by the offset before"),
    ],
)
def test_a_local_time_names_one_instant_whichever_of_two_was_read_from_a_clock(local: str, instant: str) -> None:
    for fold in (0, 1):
        assert first_instant_reading(BERLIN, datetime.fromisoformat(local).replace(fold=fold)) == us(instant)


@pytest.mark.parametrize(
    ("instant", "local"),
    [
        pytest.param("2026-03-29T00:59:59", "2026-03-29T01:59:59", id="before the change"),
        pytest.param("2026-03-29T01:00:00", "2026-03-29T03:00:00", id="at the change"),
        pytest.param("2026-10-25T01:00:00", "2026-10-25T02:00:00", id="at the change back"),
    ],
)
def test_what_the_local_clock_shows(instant: str, local: str) -> None:
    assert local_us_at(BERLIN, us(instant)) == us(local)
