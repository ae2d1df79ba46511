"""What a service calendar means, rule by rule; expected figures were worked out by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from syncd.domain.calendar import ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule, Closure, Window
from syncd.domain.instant import to_us
from tests.domain.calendar_samples import at, calendar, every_day, windows, workdays

NINE_TO_FIVE = CalendarRule(weekly=workdays("09:00-17:00"))
NIGHTS = CalendarRule(weekly=every_day("22:00-06:00"))
HOLIDAY = {date(2026, 3, 3): "a Tuesday off"}
BEFORE_AND_AFTER = (NINE_TO_FIVE, "UTC", (date(2026, 3, 4), CalendarRule(weekly=workdays("08:00-20:00"))))


def closed(start: str, end: str) -> tuple[Closure, ...]:
    return (Closure(datetime.fromisoformat(start), datetime.fromisoformat(end), "power works"),)


# 2026-03-02 is a Monday. The cases of ServiceNow are its documented examples of actual and business elapsed time
# (product documentation, r_ElapsedTimeCounting).
COUNTED = [
    pytest.param(
        calendar(NINE_TO_FIVE),
        "2026-03-02T14:00",
        "2026-03-03T09:00",
        3.0,
        id="ServiceNow: 2 pm to 9 am is 3 hours of 9-5",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=workdays("08:00-17:00"))),
        "2026-03-06T21:00",
        "2026-03-09T09:30",
        1.5,
        id="ServiceNow: Friday 9 pm to Monday 9:30 is 1 hour 30 of 8-5",
    ),
    pytest.param(
        calendar(NINE_TO_FIVE), "2026-03-02T17:00", "2026-03-03T09:00", 0, id="from closing to opening is nothing"
    ),
    pytest.param(calendar(NINE_TO_FIVE), "2026-03-06T16:00", "2026-03-09T10:00", 2, id="a weekend is nothing"),
    pytest.param(
        calendar(NINE_TO_FIVE), "2026-03-03T10:00", "2026-03-02T10:00", 0, id="an end before the start is nothing"
    ),
    pytest.param(
        calendar(CalendarRule(weekly=workdays("08:00-12:00", "13:00-17:30"))),
        "2026-03-02T11:00",
        "2026-03-02T14:00",
        2,
        id="a lunch break is not counted",
    ),
    pytest.param(
        calendar(CalendarRule(weekly={4: windows("23:00-07:00")})),
        "2026-03-06T00:00",
        "2026-03-09T00:00",
        8,
        id="a Friday night shift runs into Saturday",
    ),
    pytest.param(
        calendar(CalendarRule(weekly={6: windows("20:00-04:00")})),
        "2026-03-09T00:00",
        "2026-03-10T00:00",
        4,
        id="a Sunday night shift runs into Monday",
    ),
    pytest.param(
        calendar(CalendarRule(weekly={0: windows("08:00-08:00")})),
        "2026-03-01T00:00",
        "2026-03-06T00:00",
        24,
        id="a window that ends at its own start is 24 hours",
    ),
    pytest.param(
        calendar(CalendarRule(weekly={0: windows("18:00-24:00")})),
        "2026-03-01T00:00",
        "2026-03-06T00:00",
        6,
        id="24:00 is the end of the day",
    ),
    pytest.param(
        calendar(CalendarRule(weekly={0: windows("18:00-00:00")}, holidays=HOLIDAY)),
        "2026-03-01T00:00",
        "2026-03-06T00:00",
        6,
        id="00:00 as an end is the same midnight",
    ),
    pytest.param(
        calendar(CalendarRule(weekly={0: windows("18:00-00:00:01")}, holidays=HOLIDAY)),
        "2026-03-01T00:00",
        "2026-03-06T00:00",
        6,
        id="even one second past midnight is cut by a holiday",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=workdays("09:00-17:00"), holidays=HOLIDAY)),
        "2026-03-02T00:00",
        "2026-03-05T00:00",
        16,
        id="a holiday has no service",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=workdays("09:00-17:00"), yearly={(3, 3): "every third of March"})),
        "2027-03-02T00:00",
        "2027-03-05T00:00",
        16,
        id="a yearly holiday has no service in any year",
    ),
    pytest.param(
        calendar(CalendarRule(always=True, holidays=HOLIDAY)),
        "2026-03-02T00:00",
        "2026-03-05T00:00",
        48,
        id="round the clock still has its holidays",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=NIGHTS.weekly, holidays=HOLIDAY)),
        "2026-03-02T12:00",
        "2026-03-04T12:00",
        8 - 6 + 0,
        id="a window past midnight is cut by a holiday at midnight, and none starts on the holiday",
    ),
    pytest.param(
        calendar(
            CalendarRule(weekly=NIGHTS.weekly, holidays=HOLIDAY, exceptions={date(2026, 3, 3): windows("10:00-12:00")})
        ),
        "2026-03-02T12:00",
        "2026-03-04T12:00",
        8 + 2,
        id="an exception lifts the holiday of its date, the tail of the night before included",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=NIGHTS.weekly, exceptions={date(2026, 3, 3): windows("10:00-12:00")})),
        "2026-03-02T12:00",
        "2026-03-04T12:00",
        8 + 2,
        id="an exception replaces the windows that start on its date, not the tail of the night before",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=NIGHTS.weekly, exceptions={date(2026, 3, 3): ()})),
        "2026-03-02T12:00",
        "2026-03-04T12:00",
        8,
        id="an exception without windows starts none",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=workdays("09:00-17:00"), exceptions={date(2026, 3, 3): windows("22:00-02:00")})),
        "2026-03-03T00:00",
        "2026-03-04T12:00",
        4 + 3,
        id="an exception may run past midnight as well",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=NIGHTS.weekly, exceptions={date(2026, 3, 3): windows("04:00-08:00")})),
        "2026-03-02T12:00",
        "2026-03-03T12:00",
        10,
        id="an exception that begins before the night ends counts the shared hours once",
    ),
    pytest.param(
        calendar(CalendarRule(weekly=workdays("09:00-17:00"), closures=closed("2026-03-02T12:00", "2026-03-03T10:00"))),
        "2026-03-02T00:00",
        "2026-03-04T00:00",
        3 + 7,
        id="a closure cuts whatever is left, over midnight too",
    ),
    pytest.param(
        calendar(
            CalendarRule(
                weekly=workdays("09:00-17:00"),
                exceptions={date(2026, 3, 2): windows("09:00-17:00")},
                closures=closed("2026-03-02T12:00", "2026-03-02T14:00")
                + closed("2026-03-02T13:00", "2026-03-02T15:00"),
            )
        ),
        "2026-03-02T00:00",
        "2026-03-03T00:00",
        5,
        id="closures may overlap and cut exceptions",
    ),
    pytest.param(
        calendar(*BEFORE_AND_AFTER), "2026-03-03T00:00", "2026-03-05T00:00", 8 + 12, id="a revision from midnight"
    ),
    pytest.param(
        calendar(NIGHTS, "UTC", (date(2026, 3, 4), NINE_TO_FIVE)),
        "2026-03-03T12:00",
        "2026-03-05T00:00",
        8 + 8,
        id="a night that began under the earlier revision is finished under it",
    ),
    pytest.param(
        calendar(
            NIGHTS,
            "UTC",
            (date(2026, 3, 4), CalendarRule(weekly=workdays("09:00-17:00"), holidays={date(2026, 3, 4): ""})),
        ),
        "2026-03-03T12:00",
        "2026-03-06T00:00",
        2 + 8,
        id="a holiday of the later revision cuts the night that began under the earlier one",
    ),
    pytest.param(
        calendar(
            CalendarRule(weekly=every_day("00:00-24:00"), closures=closed("2026-03-03T12:00", "2026-03-06T00:00")),
            "UTC",
            (date(2026, 3, 4), CalendarRule(always=True)),
        ),
        "2026-03-03T00:00",
        "2026-03-05T00:00",
        12 + 24,
        id="a closure ends with the revision that states it",
    ),
    pytest.param(
        calendar(
            CalendarRule(weekly=every_day("00:00-24:00"), closures=closed("2026-03-04T12:00", "2026-03-05T12:00")),
            "UTC",
            (date(2026, 3, 4), CalendarRule(always=True)),
            (date(2026, 3, 6), CalendarRule(always=True)),
        ),
        "2026-03-03T00:00",
        "2026-03-06T00:00",
        72,
        id="a closure ends with its own revision, not with the last one",
    ),
    pytest.param(always(), "2026-03-01T00:00", "2026-03-03T12:00", 60, id="always counts all of it"),
]


@pytest.mark.parametrize(("service", "start", "end", "hours"), COUNTED)
def test_counted(service: ServiceCalendar, start: str, end: str, hours: float) -> None:
    assert service.counted(at(start), at(end)) == timedelta(hours=hours)


DUE = [
    pytest.param(
        "2026-03-02T09:00", 8, "2026-03-02T17:00", "2026-03-03T09:00", id="due at closing, late at the next opening"
    ),
    pytest.param(
        "2026-03-02T09:00", 7, "2026-03-02T16:00", "2026-03-02T16:00", id="due and late are one instant in service"
    ),
    pytest.param("2026-03-06T16:00", 1, "2026-03-06T17:00", "2026-03-09T09:00", id="late after the weekend"),
    pytest.param(
        "2026-03-07T12:00", 1, "2026-03-09T10:00", "2026-03-09T10:00", id="a start outside hours waits for opening"
    ),
    pytest.param(
        "2026-03-07T12:00", 0, "2026-03-07T12:00", "2026-03-09T09:00", id="a goal of nothing is due at its start"
    ),
    pytest.param("2026-03-02T17:00", 0, "2026-03-02T17:00", "2026-03-03T09:00", id="nothing from closing time"),
    pytest.param("2026-03-02T17:00", 8, "2026-03-03T17:00", "2026-03-04T09:00", id="a whole day from closing time"),
    pytest.param("2026-03-02T09:00", 40, "2026-03-06T17:00", "2026-03-09T09:00", id="a whole week from opening"),
    pytest.param("2025-12-31T16:00", 2, "2026-01-01T10:00", "2026-01-01T10:00", id="over the turn of a year"),
]


@pytest.mark.parametrize(("start", "hours", "due", "late"), DUE)
def test_due_and_late(start: str, hours: float, due: str, late: str) -> None:
    service = calendar(NINE_TO_FIVE)
    assert service.due_at(at(start), timedelta(hours=hours)) == at(due)
    assert service.late_from(at(start), timedelta(hours=hours)) == at(late)


def test_service_is_half_open_to_the_microsecond() -> None:
    service, opens, closes = calendar(NINE_TO_FIVE), to_us(at("2026-03-02T09:00")), to_us(at("2026-03-02T17:00"))
    assert [service.in_service(u) for u in (opens - 1, opens, closes - 1, closes)] == [False, True, True, False]
    assert service.counted_us(opens - 1, opens + 1) == 1
    assert service.counted_us(closes - 1, closes + 1) == 1


def test_windows_are_clipped_and_joined() -> None:
    service = calendar(
        CalendarRule(weekly=workdays("08:00-12:00", "12:00-14:00", "15:00-16:00") | {5: windows("22:00-24:00")})
    )
    start, end = to_us(at("2026-03-06T09:00")), to_us(at("2026-03-09T10:00"))
    assert [(span.start, span.end) for span in service.windows(start, end)] == [
        (start, to_us(at("2026-03-06T14:00"))),
        (to_us(at("2026-03-06T15:00")), to_us(at("2026-03-06T16:00"))),
        (to_us(at("2026-03-07T22:00")), to_us(at("2026-03-08T00:00"))),
        (to_us(at("2026-03-09T08:00")), end),
    ]
    assert service.windows(end, start) == []


def test_windows_over_the_turn_of_a_year_are_one() -> None:
    service = calendar(CalendarRule(always=True, holidays=HOLIDAY))
    service.counted(at("2025-06-01"), at("2025-06-02"))  # so that the table of 2026 is joined to one that exists
    start, end = to_us(at("2025-12-30")), to_us(at("2026-01-02"))
    assert service.windows(start, end) == [(start, end)]
    assert service.late_us(start, 48 * 3_600_000_000) == to_us(at("2026-01-01"))


def test_seconds_count() -> None:
    service = calendar(CalendarRule(weekly={0: (Window(30_599, 61_201),)}))
    assert service.counted(at("2026-03-02"), at("2026-03-03")) == timedelta(seconds=61_201 - 30_599)


def test_offsets_other_than_utc_name_the_same_instants() -> None:
    start = datetime.fromisoformat("2026-03-02T16:00+01:00")
    due = calendar(NINE_TO_FIVE).due_at(start, timedelta(hours=1))
    assert (due, due.tzinfo) == (at("2026-03-02T16:00"), UTC)
