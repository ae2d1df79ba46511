"""Lint: contracts about several sources that do not say whose ticket counts where one incident has two."""

from collections.abc import Iterator

from syncd.domain.contract import Contract
from syncd.domain.lint_finding import LintFinding, Severity
from syncd.domain.lint_words import listed


def record_findings(contract: Contract) -> Iterator[LintFinding]:
    """Yield that a contract covers several sources, and that an incident in two of them is measured twice."""
    for number, revision in enumerate(contract.revisions):
        sources = sorted({cover.source for cover in revision.covers})
        if len(sources) > 1 and not contract.system_of_record:
            yield LintFinding(
                severity=Severity.NOTE,
                code="no-system-of-record",
                what=f"the revision covers {listed(sources)}, and the contract names no system_of_record",
                means="an incident that has a ticket in two of them is measured twice, even where the two are linked",
                fix="name the source whose ticket counts, or the sources in order, as system_of_record",
                contract=contract.id,
                revision=revision.name,
                place=("revisions", number, "covers"),
            )
            return
