"""Lint: priorities that are spoken of and have no goal, and goals by arrival that leave hours without one."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from syncd.domain.contract import DEFAULT
from syncd.domain.instant import to_us
from syncd.domain.interval import Interval, measure, subtract, union
from syncd.domain.lint_conditions import can_meet
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity, TargetClause
from syncd.domain.lint_promises import by_urgency, goal_rows, has_goal, named
from syncd.domain.lint_words import day_text, listed_priorities, time_text

_YEAR = timedelta(days=366)


def priority_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield priorities without a goal, and hours without one."""
    for target in clause.targets:
        yield from _own_maps(target)
        yield from _matrix(target)
        yield from _other_targets(target)
        if target.target.arrivals:
            yield from _rows(target)


def _own_maps(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    maps = {"objective": target.objective, "maximum": target.maximum_us, "average": target.average_us}
    for key, stated in maps.items():
        for priority in by_urgency(stated):
            if priority != DEFAULT and not has_goal(target, priority):
                yield clause.find(
                    Severity.ERROR,
                    "priority-without-goal",
                    key,
                    priority,
                    what=f"{key} speaks of {priority}, and goals have none for it",
                    means=f"tickets of {priority} are never timed, so this {key} is never judged",
                    fix=f"add a goal for {priority}, or take {priority} out of {key}",
                )
    for priority in by_urgency(target.calendars if target.calendar_by is None else ()):
        if priority != DEFAULT and not has_goal(target, priority):
            yield clause.find(
                Severity.WARNING,
                "calendar-without-goal",
                "calendar",
                priority,
                what=f"calendar names one for {priority}, and goals have none for it",
                means=f"tickets of {priority} are not timed at all: the calendar alone promises nothing",
                fix=f"add a goal for {priority}, or take {priority} out of calendar",
            )


def _matrix(clause: TargetClause) -> Iterator[LintFinding]:
    target, matrix = clause.target, clause.target.priority_from
    if matrix is None:
        return
    yielded = by_urgency(priority for row in matrix.rows for priority in row)
    lacking = [priority for priority in yielded if not has_goal(target, priority)]
    if lacking:
        yield clause.find(
            Severity.ERROR,
            "priority-without-goal",
            "priority_from",
            "matrix",
            what=f"the matrix of {matrix.by[0]} and {matrix.by[1]} yields {listed_priorities(lacking)}, "
            "and goals have none for that",
            means="such tickets are never timed: no deadline, no miss",
            fix=f"add a goal for {listed_priorities(lacking)}, or a default, or correct the matrix",
        )
    unused = [priority for priority in named(target) if priority != DEFAULT and priority not in yielded]
    if unused:
        yield clause.find(
            Severity.WARNING,
            "goal-never-used",
            "goals",
            what=f"the matrix of {matrix.by[0]} and {matrix.by[1]} never yields {listed_priorities(unused)}",
            means="its goal is written down and promises nothing",
            fix="correct the matrix, or take the goal out",
        )


def _other_targets(clause: TargetClause) -> Iterator[LintFinding]:
    """Priorities that another promise about the same tickets knows."""
    found: dict[str, str] = {}
    for other in clause.of.targets:
        # Where one reads priorities from a matrix and the other does not, equal names are different things.
        same = other.target.priority_from == clause.target.priority_from
        if other is not clause and same and can_meet(clause.of.revision, clause.target, other.target):
            for priority in named(other.target):
                if not has_goal(clause.target, priority):
                    found.setdefault(priority, other.target.name)
    if found:
        # Nobody may ever use a priority that only a default stands for; one that is named is used.
        severity = Severity.NOTE if set(found) == {DEFAULT} else Severity.WARNING
        lacking = listed_priorities(by_urgency(found))
        where = ", ".join(dict.fromkeys(found[priority] for priority in by_urgency(found)))
        yield clause.find(
            severity,
            "priority-without-goal",
            "goals",
            what=f"{where} has a goal for {lacking}, and this target has none",
            means=f"tickets of {lacking} are timed there and stand still here as uncovered; a ticket that becomes "
            "one stops counting",
            fix=f"add a goal for {lacking}, or a default; nothing, if none was agreed",
        )


def _rows(clause: TargetClause) -> Iterator[LintFinding]:
    target = clause.target
    begin = to_us(clause.of.looked_at_from)
    year = Interval(begin, to_us(clause.of.looked_at_from + _YEAR))
    taken: list[Interval] = []
    for row in goal_rows(target):
        place = row.place[-1]
        hours = [year] if row.started_in is None else row.started_in.windows(*year)
        if not subtract(hours, taken):
            yield clause.find(
                Severity.ERROR,
                "arrival-never-reached",
                *row.place,
                what=f"the rows before goals[{place}] already hold at every hour at which it would",
                means="the first row that holds decides, so the goals of this one are never used",
                fix="put it before the wider row, or take it out",
            )
        taken = union([*taken, *hours])
        lacking = [name for name in named(target) if name not in row.goals and DEFAULT not in row.goals]
        if lacking:
            yield clause.find(
                Severity.ERROR,
                "arrival-without-goal",
                *row.place,
                what=f"goals[{place}] has no goal for {listed_priorities(lacking)}, and other rows have",
                means="the first row that holds decides: such a ticket is timed or not by the hour at which it comes",
                fix=f"add {listed_priorities(lacking)} to this row, if only with the goal of the others",
            )
    yield from _gap(clause, subtract([year], taken))


def _gap(clause: TargetClause, gaps: list[Interval]) -> Iterator[LintFinding]:
    if not gaps:
        return
    zone = ZoneInfo(clause.of.contract.time_zone)
    # The first one is cut by where the look begins, so the next one says better what hours these are.
    shown = gaps[min(1, len(gaps) - 1)]
    yield clause.find(
        Severity.ERROR,
        "arrival-gap",
        "goals",
        what=f"{time_text(measure(gaps))} of the next year lie in no row of goals, for example from "
        f"{day_text(zone, shown.start)} to {day_text(zone, shown.end)} ({clause.of.contract.time_zone})",
        means="a ticket that starts then has no goal, whatever its priority, and can never be late",
        fix="add a last row without started_in",
    )
