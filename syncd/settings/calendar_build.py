"""From a calendar as it is written to a service calendar that counts."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule, Closure, Revision, Window
from syncd.settings.calendar_section import (
    WEEK,
    CalendarSection,
    CountryHolidays,
    DatedHoliday,
    Days,
    IcsHolidays,
    RuleSection,
    YearlyHoliday,
)
from syncd.settings.document import Spot
from syncd.settings.finding import Findings
from syncd.settings.holiday_dates import Dates, country_dates, ics_dates


def build_calendar(section: CalendarSection, spot: Spot, folder: Path, warnings: Findings) -> ServiceCalendar | None:
    """Return the calendar, or None with the reasons among the spot's findings; `folder` is where its files lie."""
    before = len(spot.findings)
    revisions: list[Revision] = [(None, _Rule(section, spot, folder, warnings).built())]
    for n, dated in enumerate(section.revisions):
        revisions.append((dated.start, _Rule(dated, spot.at("revisions", n), folder, warnings).built()))
    for n, (earlier, later) in enumerate(pairwise((section, *section.revisions))):
        if earlier.holidays and "holidays" not in later.model_fields_set:
            spot.at("revisions", n).into(warnings).refuse(
                "states no holidays, so from its date on there are none; write holidays: [] if that is meant"
            )
    if len(spot.findings) > before:
        return None
    try:
        return ServiceCalendar(section.name, section.time_zone, tuple(revisions))
    except ValueError as error:
        spot.refuse(str(error))
        return None


class _Rule:
    """Builds one rule; what is wrong goes to the findings, and the rest of the rule is built all the same."""

    def __init__(self, section: RuleSection, spot: Spot, folder: Path, warnings: Findings) -> None:
        self._section = section
        self._spot = spot
        self._folder = folder
        self._warnings = warnings

    def built(self) -> CalendarRule:
        section = self._section
        yearly = {each.yearly: each.name or "" for each in section.holidays if isinstance(each, YearlyHoliday)}
        always = section.hours == "always"
        return CalendarRule(
            weekly={} if isinstance(section.hours, str) else self._weekly(section.hours),
            always=always,
            holidays=self._holidays(),
            yearly=yearly,
            exceptions=self._exceptions(),
            closures=tuple(self._closures()),
        )

    def _weekly(self, hours: Mapping[Days, tuple[Window, ...]]) -> dict[int, tuple[Window, ...]]:
        weekly: dict[int, tuple[Window, ...]] = {}
        stated: dict[int, str] = {}
        for days, windows in hours.items():
            for number in days.numbers:
                if number in weekly:
                    day = WEEK[number]
                    self._spot.at("hours", days.written).refuse(
                        f"{day} was already given with {stated[number]}; each day may be given once"
                    )
                weekly[number], stated[number] = windows, days.written
        return weekly

    def _holidays(self) -> dict[date, str]:
        """Return all dated holidays; a name written here wins over one from a package or a file."""
        found: dict[date, str] = {}
        written: dict[date, str] = {}
        for n, holiday in enumerate(self._section.holidays):
            match holiday:
                case CountryHolidays() | IcsHolidays():
                    found.update(self._expanded(holiday, self._spot.at("holidays", n)))
                case DatedHoliday():
                    written[holiday.day] = holiday.name or ""
                case YearlyHoliday():
                    continue
        return found | written

    def _expanded(self, holiday: CountryHolidays | IcsHolidays, spot: Spot) -> Dates:
        try:
            if isinstance(holiday, IcsHolidays):
                return ics_dates(self._folder / holiday.ics)
            dates, notes = country_dates(holiday.country, holiday.subdivision)
        except ValueError as error:
            spot.refuse(str(error))
            return {}
        for note in notes:
            spot.into(self._warnings).refuse(f"the holidays package says of {holiday.country}: {note}")
        return dates

    def _exceptions(self) -> dict[date, tuple[Window, ...]]:
        found: dict[date, tuple[Window, ...]] = {}
        for n, exception in enumerate(self._section.exceptions):
            if exception.day in found:
                self._spot.at("exceptions", n, "date").refuse(f"{exception.day} already has an exception")
            found[exception.day] = exception.hours
        return found

    def _closures(self) -> Iterator[Closure]:
        for n, closure in enumerate(self._section.closures):
            try:
                yield Closure(closure.start, closure.until, closure.reason or "")
            except ValueError as error:
                self._spot.at("closures", n).refuse(str(error))
