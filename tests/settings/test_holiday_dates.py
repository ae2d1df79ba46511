"""Holidays of countries and of calendar files."""

from datetime import date
from pathlib import Path

import pytest

from syncd.settings.holiday_dates import YEARS, country_dates, ics_dates


def test_the_holidays_of_a_country_are_expanded_for_all_years() -> None:
    dates, notes = country_dates("DE", "BE")

    assert {day.year for day in dates} == set(YEARS)
    assert date(2026, 3, 8) in dates, "Women's Day is one in Berlin"
    assert date(2026, 3, 8) not in country_dates("DE", None)[0]
    assert notes == ()


def test_what_the_package_does_not_know_for_all_years_it_says() -> None:
    dates, notes = country_dates("IN", None)

    assert date(2026, 1, 26) in dates
    assert notes == ("Requested Holidays are available only from 2001 to 2035.",)


HEAD = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example//test//EN", "BEGIN:VEVENT", "UID:1", "SUMMARY:Fair")
TAIL = ("END:VEVENT", "END:VCALENDAR")

REFUSED = {
    "no calendar": ("hello", "days.ics is not an iCalendar file (RFC 5545)"),
    "an event at a time of day": (
        "\r\n".join((*HEAD, "DTSTART:20260505T120000Z", *TAIL)),
        'days.ics has an event "Fair" on 2026-05-05 with a time of day; holidays are whole days',
    ),
    "an event that ends at a time of day": (
        "\r\n".join((*HEAD, "DTSTART;VALUE=DATE:20260505", "DTEND:20260505T120000Z", *TAIL)),
        'days.ics has an event "Fair" on 2026-05-05 with a time of day; holidays are whole days',
    ),
    "an event without a start": ("\r\n".join((*HEAD, *TAIL)), 'days.ics has an event "Fair" without DTSTART'),
    "a recurrence that is none": (
        "\r\n".join((*HEAD, "DTSTART;VALUE=DATE:20260505", "RRULE:FREQ=SOMETIMES", *TAIL)),
        'days.ics has an event "Fair" whose RRULE cannot be read: Expected frequency, got: SOMETIMES',
    ),
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_states_no_whole_days_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "days.ics"
    file.write_text(text, newline="")

    with pytest.raises(ValueError, match="days") as caught:
        ics_dates(file)

    assert str(caught.value) == sentence


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "days.ics"
    file.write_bytes(b"\xff\xfe")

    with pytest.raises(ValueError, match=r"days\.ics is not UTF-8 text"):
        ics_dates(file)


def test_a_recurring_day_comes_every_year_and_an_exception_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "days.ics"
    recurring = ("DTSTART;VALUE=DATE:20200505", "RRULE:FREQ=YEARLY", "EXDATE;VALUE=DATE:20270505")
    file.write_text("\r\n".join((*HEAD, *recurring, *TAIL)), newline="")

    dates = ics_dates(file)

    assert dates[date(2026, 5, 5)] == "Fair"
    assert date(2027, 5, 5) not in dates
    assert max(dates) == date(2060, 5, 5)


def test_what_has_no_end_is_not_read() -> None:
    with pytest.raises(ValueError, match=r"^zero is not a file$"):
        ics_dates(Path("/dev/zero"))
