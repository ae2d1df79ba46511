"""Goals of working days: to the close of the Nth working day, or to the same wall time on it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.domain.calendar import CalendarExhausted, ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule, Closure
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.instant import to_us
from tests.domain import calendar_reference as reference
from tests.domain.calendar_samples import BUSY, NIGHTS, SLOT, at, calendar, calendars, every_day, windows, workdays

END, SAME = DayEnd.END_OF_DAY, DayEnd.SAME_TIME
NINE_TO_FIVE = CalendarRule(weekly=workdays("09:00-17:00"))
HOLIDAY = CalendarRule(weekly=workdays("09:00-17:00"), holidays={date(2026, 3, 3): "a Tuesday off"})
FRIDAY_SHORT = CalendarRule(weekly=workdays("08:00-12:00", "13:00-17:00") | {4: windows("08:00-15:00")})
NIGHT_SHIFT = CalendarRule(weekly=workdays("22:00-06:00"))
SHUT_TUESDAY = CalendarRule(
    weekly=workdays("09:00-17:00"),
    closures=(Closure(datetime.fromisoformat("2026-03-03T08:00"), datetime.fromisoformat("2026-03-03T18:00")),),
)
SHUT_AFTERNOON = CalendarRule(
    weekly=workdays("09:00-17:00"),
    closures=(Closure(datetime.fromisoformat("2026-03-03T12:00"), datetime.fromisoformat("2026-03-03T18:00")),),
)

# Where counting ends is stated, not the hours: the goal is what is counted from the start to there.
CASES = [
    pytest.param(NINE_TO_FIVE, "2026-03-02T10:00", 1, END, "2026-03-03T17:00", id="day 1 is the day after the start"),
    pytest.param(NINE_TO_FIVE, "2026-03-02T10:00", 2, SAME, "2026-03-04T10:00", id="the same wall time two days on"),
    pytest.param(NINE_TO_FIVE, "2026-03-06T10:00", 1, END, "2026-03-09T17:00", id="a weekend is skipped"),
    pytest.param(
        NINE_TO_FIVE, "2026-03-07T10:00", 1, END, "2026-03-09T17:00", id="a Saturday start has Monday as day 1"
    ),
    pytest.param(
        NINE_TO_FIVE, "2026-03-02T03:00", 1, END, "2026-03-03T17:00", id="a start before opening is a start that day"
    ),
    pytest.param(
        NINE_TO_FIVE,
        "2026-03-02T22:00",
        1,
        SAME,
        "2026-03-03T17:00",
        id="the same time after closing counts to closing",
    ),
    pytest.param(
        NINE_TO_FIVE,
        "2026-03-07T06:00",
        1,
        SAME,
        "2026-03-07T06:00",
        id="the same time before opening may count nothing",
    ),
    pytest.param(HOLIDAY, "2026-03-02T10:00", 1, END, "2026-03-04T17:00", id="a holiday is no working day"),
    pytest.param(
        FRIDAY_SHORT, "2026-03-02T10:00", 4, END, "2026-03-06T15:00", id="close is the close of that day's last window"
    ),
    pytest.param(
        NIGHT_SHIFT, "2026-03-02T10:00", 1, END, "2026-03-04T06:00", id="a night shift closes on the morning after"
    ),
    pytest.param(
        NIGHT_SHIFT, "2026-03-06T10:00", 1, END, "2026-03-10T06:00", id="the tail of a night starts no working day"
    ),
    pytest.param(
        SHUT_TUESDAY, "2026-03-02T10:00", 1, END, "2026-03-04T17:00", id="a date closed throughout is no working day"
    ),
    pytest.param(SHUT_AFTERNOON, "2026-03-02T10:00", 1, END, "2026-03-03T12:00", id="a date closed early closes early"),
    pytest.param(
        CalendarRule(always=True),
        "2026-03-06T10:00",
        1,
        END,
        "2026-03-08T00:00",
        id="round the clock closes at midnight",
    ),
]


@pytest.mark.parametrize(("rule", "start", "days", "due", "end"), CASES)
def test_working_days(rule: CalendarRule, start: str, days: int, due: DayEnd, end: str) -> None:
    service = calendar(rule)
    counted = service.goal_us(WorkingDays(days, due), to_us(at(start)))
    assert counted == service.counted_us(to_us(at(start)), to_us(at(end)))
    assert service.due_us(to_us(at(start)), counted) == to_us(at(end))


ZONED = [
    pytest.param("Asia/Tokyo", "2026-03-02T10:00", "2026-03-03T10:00", id="far ahead of UTC"),
    pytest.param("America/Los_Angeles", "2026-03-02T20:00", "2026-03-03T20:00", id="far behind UTC"),
    pytest.param(
        "Europe/Berlin", "2026-03-28T02:30", "2026-03-29T03:30", id="a wall time that is skipped is as far past the gap"
    ),
    pytest.param(
        "Europe/Berlin", "2026-10-24T02:30", "2026-10-25T02:30", id="of a wall time that happens twice the first"
    ),
    pytest.param(
        "Pacific/Apia", "2011-12-29T10:00", "2011-12-31T10:00", id="a date that the zone skipped is no working day"
    ),
]


@pytest.mark.parametrize(("zone", "start", "end"), ZONED)
def test_the_same_time_on_the_local_clock(zone: str, start: str, end: str) -> None:
    service, begin = calendar(CalendarRule(always=True), zone), to_us(at(start, zone))
    assert service.working_days_us(begin, 1, SAME) == to_us(at(end, zone)) - begin


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Pago_Pago"])
def test_a_day_closes_on_the_local_clock(zone: str) -> None:
    service, start = calendar(NINE_TO_FIVE, zone), at("2026-03-02T10:00", zone)
    assert service.due_us(to_us(start), service.working_days_us(to_us(start), 1, END)) == to_us(
        at("2026-03-03T17:00", zone)
    )


def test_the_close_of_a_night_that_repeats_an_hour_is_its_second_pass() -> None:
    service, start = calendar(CalendarRule(weekly=every_day("02:00-02:30")), "Europe/Berlin"), at("2026-10-24T12:00")
    goal = service.working_days_us(to_us(start), 1, END)
    assert service.due_us(to_us(start), goal) == to_us(at("2026-10-25T02:30", "Europe/Berlin", fold=1))


def test_a_goal_of_counted_time_is_itself() -> None:
    assert calendar(NINE_TO_FIVE).goal_us(Counted(5), 0) == 5


def test_fewer_than_one_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 working day"):
        calendar(NINE_TO_FIVE).working_days_us(0, 0, END)


def test_working_days_that_never_come_name_the_calendar() -> None:
    service = calendar(NINE_TO_FIVE, "UTC", (date(2026, 3, 4), CalendarRule()))
    assert service.working_days_us(to_us(at("2026-03-02T10:00")), 1, END) == 15 * 3_600_000_000
    with pytest.raises(CalendarExhausted, match=r'"sample" has fewer than 2 working days from 2026-03-02 to 2036'):
        service.working_days_us(to_us(at("2026-03-02T10:00")), 2, END)


@settings(deadline=None, suppress_health_check=BUSY, max_examples=60)
@given(st.data(), st.sampled_from(NIGHTS), st.integers(-48, 48), st.integers(1, 3))
def test_the_close_of_a_working_day_is_what_walking_the_local_clock_finds(
    data: st.DataObject, night: tuple[str, date], hours: int, days: int
) -> None:
    key, around = night
    service: ServiceCalendar = data.draw(calendars(key, around))
    zone, start = ZoneInfo(key), datetime.combine(around, time(0), UTC) + timedelta(hours=hours)
    day, left, end = start.astimezone(zone).date(), days, None
    while left:
        day += timedelta(days=1)
        end = reference.close_of(zone, service.revisions, day, SLOT)
        left -= end is not None
    assert end is not None
    assert service.working_days_us(to_us(start), days, END) == service.counted_us(to_us(start), to_us(end))


def test_working_days_round_the_clock_are_the_dates_of_its_zone() -> None:
    start = to_us(at("2026-03-02T23:30"))
    assert always(time_zone="Europe/Berlin").working_days_us(start, 1, END) == to_us(at("2026-03-04T23:00")) - start
