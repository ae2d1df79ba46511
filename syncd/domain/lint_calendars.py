"""Lint: calendars of contracts that have no service while the contract runs, or that run out of holidays."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.calendar_rules import rule_on
from syncd.domain.instant import to_us
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity
from syncd.domain.lint_promises import calendars_of

_AHEAD = timedelta(days=90)
_YEAR = timedelta(days=366)
_MOMENT = timedelta(microseconds=1)


def calendar_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield what is wrong with the calendars of a revision while it is in force."""
    calendars = {name: found for target in clause.revision.targets for name, found in calendars_of(target).items()}
    for calendar in calendars.values():
        yield from _without_service(clause, calendar)
        yield from _out_of_holidays(clause, calendar)


def _without_service(clause: RevisionClause, calendar: ServiceCalendar) -> Iterator[LintFinding]:
    begin = clause.looked_at_from
    end = min(begin + _YEAR, clause.ends or begin + _YEAR)
    if begin < end and not calendar.counted_us(to_us(begin), to_us(end)):
        yield _find(
            clause,
            calendar,
            Severity.ERROR,
            "calendar-without-service",
            what=f"{calendar.name} has no hour of service from {begin:%Y-%m-%d} to {end:%Y-%m-%d}",
            means="no time counts on it then, so no ticket can be late",
            fix="give it hours for that time, or name another calendar",
        )


def _out_of_holidays(clause: RevisionClause, calendar: ServiceCalendar) -> Iterator[LintFinding]:
    """A calendar with listed holidays that knows none for the last year that matters, though its rule does not end."""
    last = _last_holiday(calendar)
    needed = _needed_until(clause)
    if last is None or needed is None:
        return
    final = (needed - _MOMENT).astimezone(ZoneInfo(clause.contract.time_zone)).date()
    year, rule = final.year, rule_on(calendar.revisions, final)
    # Who lists none in the rule in force says that there are none; that is warned of where calendars are loaded.
    if last.year < year and rule.holidays:
        yield _find(
            clause,
            calendar,
            Severity.WARNING,
            "holidays-missing",
            what=f"the last holiday that {calendar.name} knows is {last.isoformat()}; none is listed for {year}, "
            "and it is counted on then",
            means="holidays of later years count as days of service: deadlines come too early, and false misses with "
            "them",
            fix=f"add the holidays of {year}, or use a country, which is expanded to 2060",
        )


def _last_holiday(calendar: ServiceCalendar) -> date | None:
    return max((day for _, rule in calendar.revisions for day in rule.holidays), default=None)


def _needed_until(clause: RevisionClause) -> datetime | None:
    """Return the instant up to which holidays must be known: the contract's end, else 90 days ahead.

    None for a revision that is over already: its holidays were either known or are nobody's worry here.
    """
    if clause.ends is not None and clause.ends <= clause.as_of:
        return None
    if clause.ends is not None:
        return clause.ends
    return clause.looked_at_from + _AHEAD


def _find(
    clause: RevisionClause, calendar: ServiceCalendar, severity: Severity, code: str, *, what: str, means: str, fix: str
) -> LintFinding:
    return LintFinding(
        severity=severity,
        code=code,
        what=what,
        means=means,
        fix=fix,
        contract=clause.contract.id,
        revision=clause.revision.name,
        calendar=calendar.name,
    )
