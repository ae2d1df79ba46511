"""What a calendar refuses, in which words, and that it never looks for a deadline for ever."""

from datetime import UTC, date, datetime, timedelta

import pytest

from syncd.domain.calendar import CalendarExhausted, ServiceCalendar, always
from syncd.domain.calendar_rules import CalendarRule, Closure, Revision, Window
from syncd.domain.duration import WorkingDays
from syncd.domain.instant import to_us
from tests.domain.calendar_samples import at, calendar, windows, workdays

HOUR = 3_600_000_000
YEAR = 8766 * HOUR
GOOD = CalendarRule(weekly=workdays("09:00-17:00"))


def since(day: str, rule: CalendarRule = GOOD) -> Revision:
    return date.fromisoformat(day), rule


REFUSED: list[object] = [
    pytest.param("UTC", (), "has no hours", id="no rule"),
    pytest.param("UTC", (since("2026-01-01"),), "begins on 2026-01-01", id="a first rule with a date"),
    pytest.param("UTC", ((None, GOOD), (None, GOOD)), "a second rule without a date", id="two rules without a date"),
    pytest.param(
        "UTC",
        ((None, GOOD), since("2026-01-01"), since("2026-01-01")),
        "two revisions from 2026-01-01",
        id="twice a date",
    ),
    pytest.param(
        "UTC",
        ((None, GOOD), since("2026-02-01"), since("2026-01-01")),
        "2026-01-01 after the one from 2026-02-01",
        id="revisions out of order",
    ),
    pytest.param(
        "Europe/Atlantis", ((None, GOOD),), '"Europe/Atlantis", which is not an IANA zone', id="an unknown zone"
    ),
    pytest.param("Europe", ((None, GOOD),), "not an IANA zone", id="a folder of zones"),
    pytest.param("../UTC", ((None, GOOD),), "not an IANA zone", id="a path"),
    pytest.param("", ((None, GOOD),), "not an IANA zone", id="no zone"),
    pytest.param("UTC", ((None, CalendarRule()),), "no service at all", id="no hours at all"),
    pytest.param("UTC", ((None, CalendarRule(weekly={0: ()})),), "no service at all", id="weekdays without windows"),
    pytest.param(
        "UTC",
        (
            (None, CalendarRule()),
            since("2026-01-01", CalendarRule(exceptions={date(2025, 1, 1): windows("09:00-10:00")})),
        ),
        "no service at all",
        id="only an exception outside its revision",
    ),
    pytest.param(
        "UTC",
        ((None, CalendarRule(weekly={0: windows("08:00-12:00", "11:00-13:00")})),),
        "overlapping windows 08:00-12:00 and 11:00-13:00 on Monday",
        id="windows that overlap",
    ),
    pytest.param(
        "UTC",
        ((None, CalendarRule(weekly={0: windows("08:00-08:00", "09:00-10:00")})),),
        "overlapping windows",
        id="a window inside one of 24 hours",
    ),
    pytest.param(
        "UTC",
        ((None, CalendarRule(weekly={6: windows("22:00-06:00"), 0: windows("05:59-12:00")})),),
        "22:00-06:00 on Sunday, which runs into 05:59-12:00 on Monday",
        id="a night that runs into the next day's window",
    ),
    pytest.param(
        "UTC",
        (
            (
                None,
                CalendarRule(weekly=GOOD.weekly, exceptions={date(2026, 1, 1): windows("08:00-10:00", "09:00-10:00")}),
            ),
        ),
        "on 2026-01-01",
        id="an exception whose windows overlap",
    ),
    pytest.param(
        "UTC", ((None, CalendarRule(weekly=GOOD.weekly, always=True)),), "state one of them", id="always and hours"
    ),
    pytest.param(
        "UTC", ((None, CalendarRule(weekly={7: windows("08:00-10:00")})),), "weekday 7", id="an eighth weekday"
    ),
    pytest.param("UTC", ((None, CalendarRule(weekly=GOOD.weekly, yearly={(2, 30): ""})),), "02-30", id="30 February"),
    pytest.param(
        "UTC",
        ((None, CalendarRule(weekly=GOOD.weekly, holidays={date(9999, 12, 31): ""})),),
        "9999-12-31",
        id="the year 9999",
    ),
]


@pytest.mark.parametrize(("zone", "revisions", "words"), REFUSED)
def test_a_calendar_is_refused_by_name(zone: str, revisions: tuple[Revision, ...], words: str) -> None:
    with pytest.raises(ValueError, match=r'calendar "north" ') as refusal:
        ServiceCalendar("north", zone, revisions)
    assert words in str(refusal.value)


def test_a_calendar_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="a calendar has no name"):
        ServiceCalendar(" ", "UTC", ((None, GOOD),))


ACCEPTED = [
    pytest.param(CalendarRule(weekly=GOOD.weekly, yearly={(2, 29): "leap day"}), id="29 February"),
    pytest.param(CalendarRule(weekly={0: windows("08:00-12:00", "12:00-13:00")}), id="windows that touch"),
    pytest.param(
        CalendarRule(weekly={0: windows("22:00-06:00"), 1: windows("06:00-07:00")}),
        id="a night and a morning that touch",
    ),
    pytest.param(CalendarRule(exceptions={date(2026, 1, 1): windows("08:00-10:00")}), id="service on one date only"),
]


@pytest.mark.parametrize("rule", ACCEPTED)
def test_a_calendar_is_accepted(rule: CalendarRule) -> None:
    assert calendar(rule).name == "sample"


@pytest.mark.parametrize(
    "text", ["8:00-17:00", "08:00", "08:60-17:00", "24:00-08:00", "08:00-24:01", "08:00-25:00", "08:00\u201317:00"]
)
def test_a_window_that_no_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="window"):
        Window.parse(text)


def test_windows_are_written_as_they_are_read() -> None:
    for text in ("08:00-17:30", "22:00-06:00", "18:00-24:00", "08:00:30-09:00:59"):
        assert str(Window.parse(text)) == text


def test_a_closure_is_local_and_ends_after_it_starts() -> None:
    noon = datetime.fromisoformat("2026-03-02T12:00")
    with pytest.raises(ValueError, match="must end after it starts"):
        Closure(noon, noon)
    with pytest.raises(ValueError, match="without an offset"):
        Closure(noon, noon.replace(tzinfo=UTC))


def test_a_goal_that_a_calendar_never_reaches_names_it() -> None:
    ended = calendar(GOOD, "UTC", (date(2026, 3, 4), CalendarRule()))
    start = to_us(at("2026-03-02T09:00"))
    assert ended.due_us(start, 16 * HOUR) == to_us(at("2026-03-03T17:00"))
    with pytest.raises(CalendarExhausted, match='calendar "sample" does not use up 16:00:00 of service') as late:
        ended.late_us(start, 16 * HOUR)
    assert late.value.calendar == "sample"
    with pytest.raises(CalendarExhausted):
        ended.due_us(start, 16 * HOUR + 1)


FIVE_CENTURIES = to_us(at("2300-01-01")) - to_us(at("1800-01-01"))


@pytest.mark.parametrize(
    ("goal", "shown"),
    [
        pytest.param(300 * YEAR, "109575 days, 0:00:00", id="three centuries"),
        pytest.param(FIVE_CENTURIES - HOUR, "182620 days, 23:00:00", id="almost all the time it knows"),
        pytest.param(FIVE_CENTURIES, "centuries", id="all the time it knows"),
        pytest.param(10**9 * YEAR, "centuries", id="more than a span of time can hold"),
    ],
)
def test_a_goal_beyond_every_deadline_is_named_in_words_once_it_exceeds_what_calendars_know(
    goal: int, shown: str
) -> None:
    with pytest.raises(CalendarExhausted, match=f'calendar "sample" does not use up {shown} of service from '):
        calendar(GOOD).due_us(to_us(at("2026-03-02T09:00")), goal)


@pytest.mark.parametrize(
    "service", [always(), calendar(CalendarRule(weekly=dict.fromkeys(range(7), windows("00:00-24:00"))))]
)
def test_ten_years_are_looked_ahead_whatever_was_asked_before(service: ServiceCalendar) -> None:
    start, ten_years = to_us(at("2026-03-02")), 3653 * 24 * HOUR
    for _ in range(2):
        assert service.due_us(start, ten_years) == start + ten_years
        with pytest.raises(CalendarExhausted):
            service.due_us(start, ten_years + 1)
        with pytest.raises(CalendarExhausted):
            service.late_us(start, ten_years + 1)
        service.counted_us(start, start + 30 * YEAR)


def test_ten_years_are_counted_from_the_last_dated_rule() -> None:
    service = calendar(
        CalendarRule(weekly=dict.fromkeys(range(7), windows("00:00-24:00")), holidays={date(2059, 12, 31): ""})
    )
    start, goal = to_us(at("2026-03-02")), 40 * YEAR
    assert service.counted_us(start, service.due_us(start, goal)) == goal


def test_a_negative_goal_is_refused() -> None:
    for service in (always(), calendar(GOOD)):
        with pytest.raises(ValueError, match="cannot be negative"):
            service.due_us(0, -1)
        with pytest.raises(ValueError, match="cannot be negative"):
            service.late_us(0, -1)


@pytest.mark.parametrize("year", [1, 1799, 2300, 9999])
def test_instants_in_years_that_no_calendar_knows_are_refused_by_name(year: int) -> None:
    junk, good = datetime(year, 6, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    service = calendar(GOOD, "Asia/Tokyo")
    for ask in (
        lambda: service.counted(min(junk, good), max(junk, good)),
        lambda: service.due_at(junk, timedelta(hours=1)),
        lambda: service.late_from(junk, timedelta(0)),
        lambda: service.in_service(to_us(junk)),
        lambda: service.windows(to_us(junk), to_us(junk) + HOUR),
        lambda: service.goal_us(WorkingDays(1), to_us(junk)),
    ):
        with pytest.raises(
            CalendarExhausted, match=f'calendar "sample" is known from 1800 to 2299 only, not {year:04}-06'
        ):
            ask()


def test_the_first_and_the_last_instant_known_are_known() -> None:
    first, last = to_us(datetime(1800, 1, 1, tzinfo=UTC)), to_us(datetime(2299, 12, 31, 23, 59, 59, tzinfo=UTC))
    rule = calendar(CalendarRule(weekly=dict.fromkeys(range(7), windows("00:00-24:00"))), "Asia/Tokyo")
    assert rule.counted_us(first, first + HOUR) == HOUR
    assert rule.counted_us(last - HOUR, last) == HOUR


def test_integers_beyond_any_datetime_are_refused_too() -> None:
    with pytest.raises(CalendarExhausted, match="outside the years 1 to 9999"):
        calendar(GOOD).counted_us(0, 10**30)
