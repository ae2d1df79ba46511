"""Lint sees calendars that stop, or run out of holidays, and maintenance that pauses nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.contract import Cover, Maintenance
from tests.domain.calendar_samples import workdays
from tests.domain.lint_samples import (
    ALWAYS,
    BERLIN,
    HOUR,
    OFFICE,
    codes,
    contract,
    day,
    findings,
    fix,
    office,
    revision,
    with_holidays,
)

SUMMER = datetime(2026, 6, 1, tzinfo=UTC)
LATE = datetime(2026, 11, 1, tzinfo=UTC)
YEARLY = office("office", yearly={(12, 25): "Christmas"})
STOPPED = ServiceCalendar(
    "stopped",
    BERLIN,
    ((None, CalendarRule(weekly=workdays("08:00-17:00"))), (date(2026, 2, 1), CalendarRule())),
)
RELEASED = ServiceCalendar(
    "released",
    BERLIN,
    (
        (None, CalendarRule(weekly=workdays("08:00-17:00"), holidays={date(2025, 12, 25): "Christmas"})),
        (date(2026, 1, 1), CalendarRule(weekly=workdays("08:00-17:00"))),
    ),
)


@pytest.mark.parametrize(
    ("calendar", "as_of", "until", "expected"),
    [
        pytest.param(with_holidays("2025-12-25"), SUMMER, None, True, id="the last holiday is of last year"),
        pytest.param(with_holidays("2026-12-25"), SUMMER, None, False, id="this year's are known"),
        pytest.param(with_holidays("2026-12-25"), LATE, None, True, id="next year begins within 90 days"),
        pytest.param(with_holidays("2026-12-25", "2027-01-01"), LATE, None, False, id="next year's are known"),
        pytest.param(with_holidays("2026-12-25"), LATE, "2027-01-01", False, id="the contract ends with the year"),
        pytest.param(with_holidays("2026-12-25"), SUMMER, "2027-07-01", True, id="the contract goes into the next"),
        pytest.param(with_holidays("2024-12-25"), LATE, "2026-07-01", False, id="the contract is over"),
        pytest.param(OFFICE, LATE, None, False, id="a calendar without holidays"),
        pytest.param(YEARLY, LATE, None, False, id="yearly holidays never end"),
        pytest.param(RELEASED, LATE, None, False, id="the rule in force has none on purpose"),
    ],
)
def test_holidays_that_end(calendar: ServiceCalendar, as_of: datetime, until: str | None, expected: bool) -> None:
    made = contract(
        revision(fix(calendars={"default": calendar})), until=None if until is None else day(until)
    )  # fmt: skip
    assert codes(made, as_of=as_of) == (["warning holidays-missing"] if expected else [])


def test_missing_holidays_name_the_calendar_the_last_one_and_the_year() -> None:
    made = contract(revision(fix(calendars={"default": with_holidays("2026-12-25")})))
    (found,) = findings(made, as_of=LATE)
    assert found.calendar == "office"
    assert "2026-12-25; none is listed for 2027" in found.what


def test_a_calendar_of_another_use_is_looked_at_as_well() -> None:
    made = contract(revision(fix(reopen_calendar=with_holidays("2025-12-25"))))
    assert codes(made) == ["warning holidays-missing"]


@pytest.mark.parametrize(
    ("calendar", "as_of", "expected"),
    [
        pytest.param(STOPPED, datetime(2026, 3, 3, tzinfo=UTC), True, id="its hours have ended"),
        pytest.param(STOPPED, datetime(2026, 1, 20, tzinfo=UTC), False, id="its hours end later"),
        pytest.param(OFFICE, datetime(2026, 3, 3, tzinfo=UTC), False, id="hours that go on"),
    ],
)
def test_calendars_without_service(calendar: ServiceCalendar, as_of: datetime, expected: bool) -> None:
    found = codes(contract(revision(fix(calendars={"default": calendar}))), as_of=as_of)
    assert ("error calendar-without-service" in found) is expected


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+01:00").astimezone(UTC)


def planned(begin: str = "2026-03-10T10:00", end: str = "2026-03-10T12:00", **terms: Any) -> Maintenance:
    return Maintenance(start=at(begin), end=at(end), **terms)


WAN = {"service": ("wan",)}
LAN = {"service": ("lan",)}


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        pytest.param([planned()], [], id="within hours"),
        pytest.param(
            [planned("2026-03-14T10:00", "2026-03-14T12:00")], ["note maintenance-outside-service"], id="on a Saturday"
        ),
        pytest.param(
            [planned("2026-03-13T16:00", "2026-03-16T07:00")], [], id="a weekend and an hour of the Friday before"
        ),
        pytest.param(
            [planned(), planned("2026-03-10T11:00", "2026-03-10T13:00")],
            ["warning maintenance-overlaps"],
            id="an hour twice",
        ),
        pytest.param([planned(), planned("2026-03-10T12:00", "2026-03-10T13:00")], [], id="one after the other"),
        pytest.param([planned(when=WAN), planned(when=LAN)], [], id="two services at one time"),
        pytest.param(
            [planned(when=WAN), planned(when={"site": ("pune",)})],
            ["warning maintenance-overlaps"],
            id="a service and a site can be one ticket's",
        ),
        pytest.param(
            [planned(notice_us=48 * HOUR, announced_at=at("2026-03-09T10:00"))],
            ["warning maintenance-announced-late"],
            id="a day before instead of two",
        ),
        pytest.param(
            [planned(notice_us=48 * HOUR, announced_at=at("2026-03-08T10:00"))], [], id="exactly two days before"
        ),
        pytest.param(
            [planned(announced_at=at("2026-03-10T11:00"))], ["warning maintenance-announced-late"], id="while it ran"
        ),
        pytest.param([planned(notice_us=48 * HOUR)], ["note maintenance-not-announced"], id="nobody knows when"),
        pytest.param(
            [planned("2025-03-10T10:00", "2025-03-10T12:00")],
            ["warning maintenance-outside-contract"],
            id="before the contract",
        ),
        pytest.param(
            [planned("2027-01-01T00:00", "2027-01-04T12:00")],
            ["warning maintenance-outside-contract"],
            id="from the contract's end on",
        ),
        pytest.param(
            [planned(when={"group": ("desk",)})], ["warning maintenance-touches-nothing"], id="of tickets not covered"
        ),
        pytest.param([planned(when={"group": ("noc",)})], [], id="of tickets covered"),
    ],
)
def test_maintenance(windows: list[Maintenance], expected: list[str]) -> None:
    made = contract(
        revision(covers=(Cover("snow", {"group": ("noc",)}),)), until=day("2027-01-01"), maintenance=tuple(windows)
    )
    assert codes(made) == expected


def test_maintenance_at_night_counts_where_one_target_does() -> None:
    night = (planned("2026-03-14T10:00", "2026-03-14T12:00"),)
    assert codes(contract(revision(fix(calendars={"default": ALWAYS})), maintenance=night)) == []


def test_maintenance_announced_late_says_when_and_what_was_agreed() -> None:
    late = planned(notice_us=48 * HOUR, announced_at=at("2026-03-09T10:00"))
    (found,) = findings(contract(maintenance=(planned("2026-04-10T10:00", "2026-04-10T12:00"), late)))
    assert "announced Monday 2026-03-09 10:00, 24h before it begins; 48h were agreed" in found.what
    assert found.place == ("maintenance", 1)


def test_maintenance_announced_as_it_began_had_no_notice() -> None:
    (found,) = findings(contract(maintenance=(planned(notice_us=HOUR, announced_at=at("2026-03-10T10:00")),)))
    assert "0s before it begins; 1h were agreed" in found.what
