"""One calendar as JSON, as the stateless commands take it."""

from datetime import UTC, datetime

import pytest

from syncd.domain.instant import to_us
from syncd.errors import ConfigError
from syncd.settings import calendar_from_mapping

WEEK = {"time_zone": "Europe/Berlin", "hours": {"mon-fri": ["09:00-17:00"]}}


def test_a_mapping_has_the_keys_of_a_calendar_file_and_needs_no_name() -> None:
    calendar = calendar_from_mapping(WEEK)

    assert calendar.name == "calendar"
    assert (
        calendar.counted_us(to_us(datetime(2026, 3, 2, tzinfo=UTC)), to_us(datetime(2026, 3, 9, tzinfo=UTC)))
        == 40 * 3600 * 10**6
    )


def test_a_calendar_of_the_same_content_is_built_once() -> None:
    again = {"hours": {"mon-fri": ["09:00-17:00"]}, "time_zone": "Europe/Berlin"}

    assert calendar_from_mapping(WEEK) is calendar_from_mapping(again)
    assert calendar_from_mapping(WEEK) is not calendar_from_mapping({**WEEK, "name": "other"})


def test_many_calendars_are_not_all_remembered_but_all_answered() -> None:
    first = calendar_from_mapping({**WEEK, "name": "first"})
    for n in range(1100):
        calendar_from_mapping({**WEEK, "name": str(n)})

    assert calendar_from_mapping({**WEEK, "name": "first"}) == first


REFUSED = {
    "no time zone": (
        {"hours": "always"},
        "time_zone: is required, but missing: The IANA time zone of its clock; there is no default",
    ),
    "a day that is none": (
        {"time_zone": "UTC", "hours": {"moon": []}},
        (
            'hours.moon: found "moon"; allowed: days such as mon-thu, fri, or mon,wed, of mon tue wed thu fri sat sun; '
            "or daily"
        ),
    ),
    "no service at all": (
        {"time_zone": "UTC", "hours": {}},
        'calendar "calendar" has no service at all: no date ever has hours',
    ),
    "two mistakes": (
        {"time_zone": 1, "hours": 2},
        (
            "time_zone: found 1; allowed: an IANA time zone, such as Europe/Berlin or UTC; "
            "hours: found 2; allowed: always, or a map from days to hours"
        ),
    ),
}


@pytest.mark.parametrize(("mapping", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_calendar_is_refused_in_one_line(mapping: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        calendar_from_mapping(mapping)

    assert str(caught.value) == sentence


DAYS = {
    "daily is every day": ("daily", 7),
    "one day": ("wed", 1),
    "a range": ("mon-thu", 4),
    "a range over the week's end": ("fri-mon", 4),
    "a list": ("mon, wed", 2),
    "a list with a range": ("mon-wed,sat", 4),
}


@pytest.mark.parametrize(("days", "number"), DAYS.values(), ids=DAYS.keys())
def test_days_of_the_week_are_written_as_words(days: str, number: int) -> None:
    calendar = calendar_from_mapping({"time_zone": "UTC", "hours": {days: ["12:00-13:00"]}})

    assert calendar.counted_us(0, 7 * 86_400 * 10**6) == number * 3600 * 10**6
