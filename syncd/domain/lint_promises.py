"""What a target promises to a ticket of one priority that starts at one instant: goal, calendar, due instant."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from syncd.domain.calendar import CalendarExhausted, ServiceCalendar
from syncd.domain.contract import DEFAULT, Goal, Target
from syncd.domain.lint_finding import Place
from syncd.domain.priority import urgency


class GoalRow(NamedTuple):
    """Goals by priority, where they are written, and while which calendar is in service they hold (None: always)."""

    place: Place
    goals: Mapping[str, Goal]
    started_in: ServiceCalendar | None


class Due(NamedTuple):
    """Where a goal is used up and from where it is exceeded, in microseconds."""

    at: int
    late: int


def goal_rows(target: Target) -> tuple[GoalRow, ...]:
    """Return a target's goals row by row; one row where they do not depend on the arrival."""
    if target.arrivals:
        return tuple(GoalRow(("goals", n), row.goals, row.started_in) for n, row in enumerate(target.arrivals))
    return (GoalRow(("goals",), target.goals, None),)


def by_urgency(priorities: Iterable[str]) -> list[str]:
    """Return priorities once each, the most urgent first, `default` last."""
    return sorted(set(priorities), key=lambda name: (name == DEFAULT, urgency(name)))


def named(target: Target) -> list[str]:
    """Return the priorities that a target's goals name, the most urgent first; `default` last where it is given."""
    return by_urgency(priority for row in goal_rows(target) for priority in row.goals)


def has_goal(target: Target, priority: str) -> bool:
    """Return whether any row of goals has one for a priority."""
    return any(priority in row.goals or DEFAULT in row.goals for row in goal_rows(target))


def goal_at(target: Target, priority: str, start: int) -> Goal | None:
    """Return the goal of a priority for a cycle that starts at `start` (microseconds): of the first row that holds."""
    for row in goal_rows(target):
        if row.started_in is None or row.started_in.in_service(start):
            return row.goals.get(priority) or row.goals.get(DEFAULT)
    return None


def calendars_for(target: Target, priority: str) -> Iterator[tuple[str | None, ServiceCalendar]]:
    """Yield the calendars on which a priority's goal may be counted, each with the attribute's value that chooses it.

    The value is None where calendars do not depend on an attribute, `default` where it is none of those listed.
    """
    if target.calendar_by is not None:
        yield from target.calendars.items()
    elif (found := target.calendars.get(priority) or target.calendars.get(DEFAULT)) is not None:
        yield None, found


def due_of(calendar: ServiceCalendar, goal: Goal, start: int) -> Due | None:
    """Return when a goal is due; None where the calendar does not reach it within the years it looks ahead."""
    try:
        counted = calendar.goal_us(goal, start)
        return Due(calendar.due_us(start, counted), calendar.late_us(start, counted))
    except CalendarExhausted:
        return None


def calendars_of(target: Target) -> dict[str, ServiceCalendar]:
    """Return every calendar that a target reads, by name."""
    read = [*target.calendars.values(), *(row.started_in for row in target.arrivals), target.reopen_calendar]
    return {calendar.name: calendar for calendar in read if calendar is not None}
