"""Worked examples: what each target promises a ticket that comes at a telling instant, as a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from syncd.domain.calendar import CalendarExhausted, ServiceCalendar
from syncd.domain.calendar_zone import local_datetime
from syncd.domain.contract import DEFAULT, Agreements, Contract, Goal, Target
from syncd.domain.instant import from_us
from syncd.domain.lint_finding import RevisionClause
from syncd.domain.lint_occasions import Occasion, occasions
from syncd.domain.lint_promises import Due, calendars_for, goal_at, named
from syncd.domain.lint_words import WEEKDAYS, clock_text, day_text, goal_text, priority_text
from syncd.domain.names import Metric

_WEEK_DAYS = 7

_BEGUN = {Metric.NEXT_RESPONSE: "asked about", Metric.UPDATE: "last told of"}
"""What starts a cycle, where it is not the opening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedExample:
    """One promise worked out. Instants are aware UTC; None where there is no goal, or none that is ever due.

    `opened_at` is where the clock starts, whatever starts it; nothing pauses it here.
    """

    contract: str
    revision: str
    target: str
    priority: str
    occasion: Occasion
    calendar: str
    opened_at: datetime
    due_at: datetime | None
    late_from: datetime | None
    sentence: str


def worked_examples(agreements: Agreements, *, as_of: datetime) -> tuple[WorkedExample, ...]:
    """Return examples for every target and priority of what is in force at `as_of` (aware UTC) or later.

    A contract that is over is shown as it last was.
    """
    return tuple(
        example
        for contract in agreements.contracts
        for clause in _current(contract, as_of)
        for target in clause.revision.targets
        for priority in named(target)
        for example in _of(clause, target, priority)
    )


def _current(contract: Contract, as_of: datetime) -> list[RevisionClause]:
    clauses = [RevisionClause(contract, number, as_of) for number in range(len(contract.revisions))]
    held = [clause for clause in clauses if clause.ends is None or clause.ends > clause.starts]
    return [clause for clause in held if clause.ends is None or clause.ends > as_of] or held[-1:]


def _of(clause: RevisionClause, target: Target, priority: str) -> Iterator[WorkedExample]:
    for value, calendar in calendars_for(target, priority):
        for start, occasion in occasions(calendar, clause.looked_at_from, clause.ends).items():
            goal = goal_at(target, priority, start)
            due = None if goal is None else _due(target, calendar, goal, start)
            yield WorkedExample(
                contract=clause.contract.id,
                revision=clause.revision.name,
                target=target.name,
                priority=priority,
                occasion=occasion,
                calendar=calendar.name,
                opened_at=from_us(start),
                due_at=None if due is None else from_us(due.at),
                late_from=None if due is None else from_us(due.late),
                sentence=_sentence(target, _ticket(target, priority, value), calendar, start, goal, due),
            )


def _due(target: Target, calendar: ServiceCalendar, goal: Goal, start: int) -> Due | None:
    """Return when a goal is due, and from when it is missed: past the tolerance, if strict at that very instant."""
    try:
        counted = calendar.goal_us(goal, start)
        limit = counted + target.tolerance_us
        late = calendar.due_us(start, limit) if target.strict_due else calendar.late_us(start, limit)
        return Due(calendar.due_us(start, counted), late)
    except CalendarExhausted:
        return None


def _ticket(target: Target, priority: str, value: str | None) -> str:
    ticket = priority_text(priority)
    ticket = ticket[0].upper() + ticket[1:]
    if value is None:
        return ticket
    return f"{ticket} with {'any other ' if value == DEFAULT else ''}{target.calendar_by}" + (
        "" if value == DEFAULT else f" {value}"
    )


def _sentence(
    target: Target, ticket: str, calendar: ServiceCalendar, start: int, goal: Goal | None, due: Due | None
) -> str:
    zone = ZoneInfo(calendar.time_zone)
    begun = f"{ticket} {_BEGUN.get(target.metric, 'opened')} {day_text(zone, start)}"
    if goal is None:
        return f"{begun} has no goal ({calendar.time_zone})"
    if due is None:
        return f"{begun} is never due: {goal_text(goal)} on {calendar.name} ({calendar.time_zone})"
    late = "" if due.late == due.at else f", late after {_soon(zone, start, due.late)}"
    return f"{begun} is due {_soon(zone, start, due.at)}{late} ({calendar.time_zone})"


def _soon(zone: ZoneInfo, start: int, us: int) -> str:
    """Return a weekday and time, with the date where the same weekday has come round since."""
    opened, local = local_datetime(zone, start).date(), local_datetime(zone, us).date()
    if (local - opened).days >= _WEEK_DAYS:
        return day_text(zone, us)
    return f"{WEEKDAYS[local.weekday()]} {clock_text(zone, us)}"
