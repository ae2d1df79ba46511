"""Lint: dates of contracts that leave a revision without any time, or cut a period in two."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from syncd.domain.contract import Contract
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity
from syncd.domain.names import Transition
from syncd.domain.period import period_at


def date_findings(clause: RevisionClause) -> Iterator[LintFinding]:
    """Yield what is wrong with the dates of a revision."""
    contract, revision, ends = clause.contract, clause.revision, clause.ends
    if ends is not None and ends <= revision.effective_from:
        yield clause.find(
            Severity.ERROR,
            "revision-never-in-force",
            "effective",
            what=f"it begins on {_day(contract, revision.effective_from)} and is over by {_day(contract, ends)}",
            means=f"none of its {len(revision.targets)} targets ever measures a ticket",
            fix="correct the dates of this revision, of the next one, or of the contract's end",
        )
        return
    yield from _begins_too_late(clause)
    if clause.number and revision.transition is Transition.NEW_TICKETS:
        period = period_at(contract, revision.effective_from)
        if period.start != revision.effective_from:
            yield clause.find(
                Severity.NOTE,
                "revision-in-mid-period",
                "effective",
                what=f"it begins on {_day(contract, revision.effective_from)}, inside the period {period.name}, "
                "for new tickets only",
                means="the tickets of that period are judged by two versions of the contract, in one scorecard",
                fix=f"begin on {_day(contract, period.start)} or {_day(contract, period.end)}, or choose a transition",
            )


def _begins_too_late(clause: RevisionClause) -> Iterator[LintFinding]:
    contract, revision, ends = clause.contract, clause.revision, clause.ends
    if ends is None:
        return
    until = _day(contract, ends)
    if revision.observe_from >= ends:
        yield clause.find(
            Severity.ERROR,
            "observed-after-end",
            "observe_from",
            what=f"tickets are observed from {_day(contract, revision.observe_from)} on, and the revision ends on "
            f"{until}",
            means="not one ticket is measured under it",
            fix="set observe_from to a day before that, or leave it out",
        )
    elif revision.notify_from >= ends:
        yield clause.find(
            Severity.WARNING,
            "notified-after-end",
            "notify_from",
            what=f"breaches page from {_day(contract, revision.notify_from)} on, and the revision ends on {until}",
            means="no breach under it ever reaches anybody on call",
            fix="set notify_from to a day before that, or leave it out",
        )


def _day(contract: Contract, instant: datetime) -> str:
    return f"{instant.astimezone(ZoneInfo(contract.time_zone)):%Y-%m-%d}"
