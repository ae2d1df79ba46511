"""Calendar files as they are written (design.md section 6)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from syncd.domain.calendar_rules import Window
from syncd.settings.section import Refused, Section
from syncd.settings.written import Day, LocalTime, Text, Zone, text_of

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Days:
    """Weekdays (0 is Monday) and how they were written."""

    written: str
    numbers: tuple[int, ...]


def _days(value: object) -> Days:
    """Return the days of `mon-thu`, `fri`, `mon,wed`, `sat-mon` or `daily`."""
    text = text_of(value)
    allowed = "days such as mon-thu, fri, or mon,wed, of mon tue wed thu fri sat sun; or daily"
    if text == "daily":
        return Days(text, tuple(range(7)))
    numbers: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if first not in WEEK or (dash and last not in WEEK):
            raise Refused(allowed)
        begins = WEEK.index(first)
        length = (WEEK.index(last) - begins) % 7 + 1 if dash else 1
        numbers += [(begins + n) % 7 for n in range(length)]
    return Days(text, tuple(numbers))


def _window(value: object) -> Window:
    if not isinstance(value, str):
        raise Refused('hours of the day such as "08:00-17:30"')
    return Window.parse(value)


def _yearly(value: object) -> tuple[int, int]:
    text = value if isinstance(value, str) else ""
    month, dash, day = text.partition("-")
    try:
        # A leap year, so that a yearly 29 February can be written.
        found = date.fromisoformat(f"2000-{month}-{day}") if dash else None
    except ValueError:
        found = None
    if found is None:
        raise Refused('month and day such as "12-31"')
    return found.month, found.day


Hours = Annotated[
    Window,
    PlainValidator(_window),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?-[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"}),
]
_DAYS_PATTERN = "^(daily|(mon|tue|wed|thu|fri|sat|sun)([-, ]+(mon|tue|wed|thu|fri|sat|sun))*)$"
DaysKey = Annotated[Days, PlainValidator(_days), WithJsonSchema({"type": "string", "pattern": _DAYS_PATTERN})]


def _always(value: object) -> str:
    if value != "always":
        raise Refused("always, or a map from days to hours")
    return "always"


def _hours_kind(value: Any) -> str:
    return "weekly" if isinstance(value, dict) else "always"


WeeklyHours = Annotated[
    Annotated[str, PlainValidator(_always), WithJsonSchema({"const": "always"}), Tag("always")]
    | Annotated[dict[DaysKey, tuple[Hours, ...]], Tag("weekly")],
    Discriminator(_hours_kind),
]


class CountryHolidays(Section):
    """The public holidays of a country, from the holidays package, for the years 2000 to 2060."""

    country: Text = Field(description="ISO 3166 code of the country, such as DE.")
    subdivision: Text | None = Field(None, description="Code of the state or province, such as BE for Berlin.")


class DatedHoliday(Section):
    """One date without service."""

    day: Day = Field(alias="date", description="The local date.")
    name: Text | None = Field(None, description="What it is called.")


class YearlyHoliday(Section):
    """A month and day without service in every year."""

    yearly: Annotated[
        tuple[int, int], PlainValidator(_yearly), WithJsonSchema({"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"})
    ] = Field(description='Month and day, such as "12-31".')
    name: Text | None = Field(None, description="What it is called.")


class IcsHolidays(Section):
    """The whole-day events of an iCalendar file (RFC 5545), recurring ones for the years 2000 to 2060."""

    ics: Text = Field(description="The file; relative to the file that names it.")


_HOLIDAY_KINDS = ("country", "date", "yearly", "ics")


def _holiday_kind(value: Any) -> str | None:
    return next((kind for kind in _HOLIDAY_KINDS if isinstance(value, dict) and kind in value), None)


Holiday = Annotated[
    Annotated[CountryHolidays, Tag("country")]
    | Annotated[DatedHoliday, Tag("date")]
    | Annotated[YearlyHoliday, Tag("yearly")]
    | Annotated[IcsHolidays, Tag("ics")],
    Discriminator(
        _holiday_kind,
        custom_error_type="holiday",
        custom_error_message="a mapping with one of country, date, yearly or ics, such as {date: 2026-12-24}",
    ),
]


class ExceptionSection(Section):
    """One date with hours of its own."""

    day: Day = Field(alias="date", description="The local date; its weekly hours and a holiday on it do not count.")
    hours: tuple[Hours, ...] = Field(description="The hours of that date; an empty list for none.")
    name: Text | None = Field(None, description="Why.")


class ClosureSection(Section):
    """An agreed span without service."""

    start: LocalTime = Field(alias="from", description="Its local beginning, such as 2026-08-03T12:00.")
    until: LocalTime = Field(description="Its local end, from which there is service again.")
    reason: Text | None = Field(None, description="What was agreed.")


class RuleSection(Section):
    """When there is service while one rule is in force."""

    hours: WeeklyHours = Field(
        description='always, or a map from days (mon-thu; fri; mon,wed; daily) to hours, such as ["08:00-17:30"]. '
        "Hours whose end is not after their start run past midnight."
    )
    holidays: tuple[Holiday, ...] = Field((), description="Local dates without service.")
    exceptions: tuple[ExceptionSection, ...] = Field((), description="Dates with hours of their own.")
    closures: tuple[ClosureSection, ...] = Field((), description="Agreed spans without service.")


class DatedSection(Section):
    """When a rule begins."""

    start: Day = Field(alias="from", description="The local date from whose midnight this rule is in force.")


class DatedRule(RuleSection, DatedSection):
    """A whole rule, in force from local midnight of its date; it takes nothing over from the rule before."""


class NamedSection(Section):
    """What is stated of a calendar once, whatever its rules."""

    name: Text = Field(description="How contracts name it.")
    time_zone: Zone = Field(description="The IANA time zone of its clock; there is no default.")


class CalendarSection(RuleSection, NamedSection):
    """One service calendar: when time counts."""

    revisions: tuple[DatedRule, ...] = Field(
        (), description="Later rules, each whole, by date; what stands beside them is in force before the first."
    )


class CalendarsFile(Section):
    """A file of service calendars."""

    calendars: tuple[CalendarSection, ...] = Field(min_length=1, description="The calendars of this file.")
