"""From what a target chooses by, as it is written, to goals, calendars and a matrix of the core."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule
from syncd.domain.contract import Arrival, Goal, PriorityMatrix
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.settings.choice_section import CalendarByAttribute, GoalsRow, PriorityFromSection
from syncd.settings.document import Spot
from syncd.settings.finding import shown
from syncd.settings.target_section import TargetSection

Calendars = Mapping[str, ServiceCalendar | None]
"""Calendars by name; None for one that is declared but wrong, which is found where it is declared."""


@dataclass(frozen=True, slots=True)
class Goals:
    """Goals by priority, or by arrival; `priorities` are all that have one, in the order written."""

    plain: Mapping[str, Goal]
    arrivals: tuple[Arrival, ...]
    priorities: tuple[str, ...]


def build_goals(section: TargetSection, spot: Spot, calendars: Calendars) -> Goals | None:
    """Return the goals, or None where a calendar is not there or wrong; reasons are among the spot's findings."""
    written = section.goals
    if not isinstance(written, tuple):
        return Goals(_due(section.due, written), (), tuple(written))
    arrivals: list[Arrival] = []
    for n, row in enumerate(written):
        calendar = None
        if row.started_in is not None:
            calendar = named_calendar(row.started_in, spot.at(n, "started_in"), calendars)
        if row.started_in is None or calendar is not None:
            arrivals.append(Arrival(_due(section.due, row.by_priority), calendar))
    _check_rows(written, spot, calendars)
    if len(arrivals) < len(written):
        return None
    return Goals({}, tuple(arrivals), tuple(dict.fromkeys(key for row in written for key in row.by_priority)))


def _check_rows(rows: tuple[GoalsRow, ...], spot: Spot, calendars: Calendars) -> None:
    """Refuse rows without a goal, and rows that an earlier one leaves no cycle to."""
    first: dict[str, int] = {}
    whole: int | None = None
    for n, row in enumerate(rows):
        if not row.by_priority:
            spot.at(n).refuse("has no goal; add one, such as P1: 4h")
        if whole is not None:
            spot.at(n).refuse(f"can never apply, because goals[{whole}] holds at any time; put that one last")
        elif row.started_in is None or _always(calendars.get(row.started_in)):
            whole = n
        elif first.setdefault(row.started_in, n) != n:
            found = f'goals[{first[row.started_in]}] is for "{row.started_in}" already'
            spot.at(n, "started_in").refuse(f"can never apply, because {found}")


def _always(calendar: ServiceCalendar | None) -> bool:
    return calendar is not None and [rule for _, rule in calendar.revisions] == [CalendarRule(always=True)]


def _due(due: DayEnd, goals: Mapping[str, Counted | WorkingDays]) -> dict[str, Goal]:
    return {
        priority: replace(goal, due=due) if isinstance(goal, WorkingDays) else goal for priority, goal in goals.items()
    }


def build_calendars(
    written: Mapping[str, str] | CalendarByAttribute, spot: Spot, calendars: Calendars
) -> dict[str, ServiceCalendar] | None:
    """Return calendars by priority, or by an attribute's values; None where one is not there or wrong."""
    names = written.by_value if isinstance(written, CalendarByAttribute) else written
    named = {key: named_calendar(name, spot.at(key), calendars) for key, name in names.items()}
    found = {key: calendar for key, calendar in named.items() if calendar is not None}
    return found if len(found) == len(named) else None


def named_calendar(name: str, spot: Spot, calendars: Calendars) -> ServiceCalendar | None:
    """Return the calendar of a name; None where there is none, which is refused, or where it is wrong."""
    if name not in calendars:
        known = listed(sorted(calendars)) or "none, because no file with calendars was given"
        spot.refuse(f'there is no calendar "{name}"; allowed: {known}')
    return calendars.get(name)


def build_matrix(section: PriorityFromSection, spot: Spot) -> PriorityMatrix:
    """Return the matrix; what does not fit together goes to the spot's findings."""
    first, second = section.by
    if first == second:
        spot.at("by", 1).refuse(f"found {shown(second)} a second time; allowed: another attribute")
    width = len(section.matrix[0])
    for n, row in enumerate(section.matrix):
        if not row:
            spot.at("matrix", n).refuse("is empty; allowed: one priority or more")
        elif len(row) != width:
            spot.at("matrix", n).refuse(f"found a row of {len(row)}; allowed: {width} priorities, as in the first row")
    for name, sizes in ((first, len(section.matrix)), (second, width)):
        _check_levels(name, section.levels.get(name, ()), sizes, spot.at("levels", name))
    for name in section.levels:
        if name not in section.by:
            spot.at("levels", name).refuse(f"is none of the two attributes; allowed: {first}, {second}")
    levels = section.levels.get(first, ()), section.levels.get(second, ())
    return PriorityMatrix(by=section.by, rows=section.matrix, levels=levels)


def _check_levels(name: str, levels: tuple[str, ...], size: int, spot: Spot) -> None:
    if not levels:
        return
    if len(levels) != size:
        spot.refuse(f"found {len(levels)} levels of {name}; allowed: {size}, as many as the matrix has")
    for n, level in enumerate(levels):
        if level in levels[:n]:
            spot.at(n).refuse(f"{shown(level)} is already level {levels.index(level) + 1}")


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence lists them."""
    return ", ".join(names)
