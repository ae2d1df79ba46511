"""Lint: everything about contracts that loading cannot refuse and a court, or a vendor manager, would stumble over."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from syncd.domain.contract import Agreements, Contract
from syncd.domain.lint_calendars import calendar_findings
from syncd.domain.lint_credits import credit_findings
from syncd.domain.lint_dates import date_findings
from syncd.domain.lint_days import day_findings
from syncd.domain.lint_figures import figure_findings
from syncd.domain.lint_finding import LintFinding, RevisionClause, Severity, Written
from syncd.domain.lint_maintenance import maintenance_findings
from syncd.domain.lint_matching import contract_overlaps, matching_findings
from syncd.domain.lint_policies import policy_findings
from syncd.domain.lint_priorities import priority_findings
from syncd.domain.lint_records import record_findings
from syncd.domain.lint_urgency import urgency_findings

_NOTHING: Mapping[str, Written] = MappingProxyType({})
_ORDER = list(Severity)

_CHECKS = (
    date_findings,
    matching_findings,
    priority_findings,
    urgency_findings,
    day_findings,
    figure_findings,
    policy_findings,
    calendar_findings,
    credit_findings,
)


def lint(
    agreements: Agreements, *, as_of: datetime, written: Mapping[str, Written] = _NOTHING
) -> tuple[LintFinding, ...]:
    """Return every finding about the contracts, contract by contract, errors first, each once.

    `as_of` (aware UTC) is the present: calendars and maintenance are looked at from then on. `written`, by contract id,
    is what files say beyond the values; without it, what it alone can tell is not looked at.
    """
    found: list[LintFinding] = []
    for contract in agreements.contracts:
        found += sorted(_of(contract, as_of, written.get(contract.id)), key=lambda each: _ORDER.index(each.severity))
    found += contract_overlaps(agreements.contracts)
    return tuple(each for n, each in enumerate(found) if each not in found[:n])


def _of(contract: Contract, as_of: datetime, written: Written | None) -> Iterator[LintFinding]:
    for number in range(len(contract.revisions)):
        clause = RevisionClause(contract, number, as_of, written)
        for check in _CHECKS:
            yield from check(clause)
    yield from maintenance_findings(contract)
    yield from record_findings(contract)
