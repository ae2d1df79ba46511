"""Lint: maintenance windows that pause nothing, twice, or not at all."""

from collections.abc import Iterator
from datetime import datetime
from itertools import combinations
from zoneinfo import ZoneInfo

from syncd.domain.contract import Contract, Maintenance
from syncd.domain.instant import span_us, to_us
from syncd.domain.lint_conditions import both
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity
from syncd.domain.lint_promises import calendars_of
from syncd.domain.lint_words import day_text, listed, time_text


def maintenance_findings(contract: Contract) -> Iterator[LintFinding]:
    """Yield maintenance windows of a contract that do not do what they seem to."""
    for number, window in enumerate(contract.maintenance):
        yield from _announced(contract, number, window)
        yield from _where(contract, number, window)
    for (n, one), (m, other) in combinations(enumerate(contract.maintenance), 2):
        if one.start < other.end and other.start < one.end and both(one.when, other.when) is not None:
            yield _find(
                contract,
                m,
                Severity.WARNING,
                "maintenance-overlaps",
                what=f"maintenance[{m}] begins {_local(contract, other.start)}, and maintenance[{n}] lasts until "
                f"{_local(contract, one.end)}, for the same tickets",
                means="the shared hours pause once, not twice; one of the two may have the wrong date",
                fix="correct the dates, or join the two",
            )


def _announced(contract: Contract, number: int, window: Maintenance) -> Iterator[LintFinding]:
    if window.announced_at is not None:
        notice = span_us(window.start - window.announced_at)
        if notice < window.notice_us:
            yield _find(
                contract,
                number,
                Severity.WARNING,
                "maintenance-announced-late",
                what=f"it was announced {_local(contract, window.announced_at)}, "
                + (f"{time_text(notice)} before it begins" if notice >= 0 else "after it began")
                + f"; {time_text(window.notice_us)} were agreed",
                means="it is no pause: clocks run through it, and the vendor answers for what is late",
                fix="nothing, if that is so; else correct announced",
            )
    elif window.notice_us:
        yield _find(
            contract,
            number,
            Severity.NOTE,
            "maintenance-not-announced",
            what=f"{time_text(window.notice_us)} of notice were agreed, and announced does not say when it was given",
            means="it pauses clocks as if it had been announced in time, and nobody can check",
            fix="add announced with the instant of the announcement",
        )


def _where(contract: Contract, number: int, window: Maintenance) -> Iterator[LintFinding]:
    begun = [clause for clause in _revisions(contract) if _meets(clause, window.start, window.end)]
    if not begun:
        yield _find(
            contract,
            number,
            Severity.WARNING,
            "maintenance-outside-contract",
            what=f"from {_local(contract, window.start)} to {_local(contract, window.end)} no revision is in force",
            means="it pauses nothing",
            fix="correct its dates",
        )
        return
    touched = [
        target
        for clause in begun
        for cover in clause.revision.covers
        for target in clause.revision.targets
        if both(window.when, cover.attributes, target.when) is not None
    ]
    if not touched:
        yield _find(
            contract,
            number,
            Severity.WARNING,
            "maintenance-touches-nothing",
            what="no ticket that a target is about can meet its when",
            means="it pauses nothing",
            fix="name values that the covers and targets of the contract know",
        )
        return
    calendars = {name: calendar for target in touched for name, calendar in calendars_of(target).items()}
    start, end = to_us(window.start), to_us(window.end)
    if not any(calendar.counted_us(start, end) for calendar in calendars.values()):
        yield _find(
            contract,
            number,
            Severity.NOTE,
            "maintenance-outside-service",
            what=f"it holds no hour of service of {listed(sorted(calendars))}",
            means="no clock counts then in any case, so it pauses nothing",
            fix="nothing, if it is kept for the record; else correct its dates",
        )


def _revisions(contract: Contract) -> Iterator[RevisionClause]:
    for number, revision in enumerate(contract.revisions):
        yield RevisionClause(contract, number, revision.effective_from)


def _meets(clause: RevisionClause, start: datetime, end: datetime) -> bool:
    return clause.starts < end and (clause.ends is None or start < clause.ends)


def _local(contract: Contract, instant: datetime) -> str:
    return day_text(ZoneInfo(contract.time_zone), to_us(instant))


def _find(
    contract: Contract, number: int, severity: Severity, code: str, *, what: str, means: str, fix: str
) -> LintFinding:
    return LintFinding(
        severity=severity,
        code=code,
        what=what,
        means=means,
        fix=fix,
        contract=contract.id,
        place=("maintenance", number),
    )
