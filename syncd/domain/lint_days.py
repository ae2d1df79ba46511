"""Lint: goals of working days on calendars without a day off."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import rule_on
from syncd.domain.duration import WorkingDays
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity, TargetClause
from syncd.domain.lint_promises import calendars_for, goal_rows, named
from syncd.domain.lint_words import WEEKDAYS, goal_text, priority_text


def day_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield goals of working days that count Saturdays and Sundays, each calendar of a target once."""
    for target in clause.targets:
        told: set[str] = set()
        for priority in named(target.target):
            for _, calendar in calendars_for(target.target, priority):
                goals = [row.goals.get(priority) for row in goal_rows(target.target)]
                found = next((goal for goal in goals if isinstance(goal, WorkingDays)), None)
                if found is not None and calendar.name not in told and _without_a_day_off(clause, calendar):
                    told.add(calendar.name)
                    yield _every_day(target, priority, found, calendar)


def _every_day(clause: TargetClause, priority: str, goal: WorkingDays, calendar: ServiceCalendar) -> LintFinding:
    return clause.find(
        Severity.NOTE,
        "working-days-every-day",
        "goals",
        what=f"the goal of {priority_text(priority)}, {goal_text(goal)}, is counted on {calendar.name}, which serves "
        "every day of the week",
        means="Saturday and Sunday are working days there: what comes on a Friday is due a weekend earlier than most "
        "readers think",
        fix="nothing, if days of the wall calendar were meant; else name a calendar of the days that people work",
    )


def _without_a_day_off(clause: RevisionClause, calendar: ServiceCalendar) -> bool:
    rule = rule_on(calendar.revisions, clause.looked_at_from.astimezone(ZoneInfo(calendar.time_zone)).date())
    return rule.always or all(rule.weekly.get(day) for day in range(len(WEEKDAYS)))
