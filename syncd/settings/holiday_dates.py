"""Which dates are holidays: of countries from the holidays package, of iCalendar files from their whole-day events."""

import warnings
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import holidays
import icalendar
import recurring_ical_events
from holidays.registry import EntityLoader

YEARS = range(2000, 2061)
"""The years for which holidays are expanded."""

_ONE_DAY = timedelta(days=1)

Dates = Mapping[date, str]


@lru_cache(maxsize=256)
def country_dates(country: str, subdivision: str | None) -> tuple[Dates, tuple[str, ...]]:
    """Return a country's public holidays with their names, and what the package wants known about them.

    Raises ValueError when the package does not know the country or its subdivision.
    """
    # The registry lists codes without loading two hundred countries' modules.
    if country not in EntityLoader.get_country_codes():
        msg = f'the holidays package knows no country "{country}"; allowed: an ISO 3166 code such as DE, IN or US'
        raise ValueError(msg)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = dict(holidays.country_holidays(country, subdiv=subdivision, years=YEARS))
        except NotImplementedError as error:
            allowed = ", ".join(holidays.list_supported_countries()[country]) or "none"
            msg = f'the holidays package knows no subdivision "{subdivision}" of {country}; allowed: {allowed}'
            raise ValueError(msg) from error
    return MappingProxyType(dict(sorted(found.items()))), tuple(
        dict.fromkeys(str(warning.message) for warning in caught)
    )


def ics_dates(path: Path) -> Dates:
    """Return the dates of an iCalendar file's events with their names.

    Raises ValueError saying what is wrong: unreadable, malformed, or an event that is not of whole days.
    """
    if path.exists() and not path.is_file():
        msg = f"{path.name} is not a file"
        raise ValueError(msg)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror}"
        raise ValueError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path.name} is not UTF-8 text"
        raise ValueError(msg) from error
    try:
        parsed = icalendar.Calendar.from_ical(text)
    except ValueError as error:
        msg = f"{path.name} is not an iCalendar file (RFC 5545)"
        raise ValueError(msg) from error
    for event in parsed.walk("VEVENT"):
        _check_event(path, event)
    found: dict[date, str] = {}
    for event in recurring_ical_events.of(parsed).between(date(YEARS.start, 1, 1), date(YEARS.stop, 1, 1)):
        day = event.start
        while day < event.end:
            found.setdefault(day, str(event.get("SUMMARY", "")))
            day += _ONE_DAY
    return MappingProxyType(dict(sorted(found.items())))


def _check_event(path: Path, event: icalendar.Component) -> None:
    name = str(event.get("SUMMARY", "")) or "without a summary"
    for wrong, reason in event.errors:
        msg = f'{path.name} has an event "{name}" whose {wrong} cannot be read: {reason}'
        raise ValueError(msg)
    start = event.get("DTSTART")
    if start is None:
        msg = f'{path.name} has an event "{name}" without DTSTART'
        raise ValueError(msg)
    ends = event.get("DTEND")
    if any(isinstance(each.dt, datetime) for each in (start, ends) if each is not None):
        msg = f'{path.name} has an event "{name}" on {start.dt:%Y-%m-%d} with a time of day; holidays are whole days'
        raise ValueError(msg)
