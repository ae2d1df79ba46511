"""What lint found, and its worked examples: as lines for people, as JSON for programs."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from syncd.domain.instant_text import instant_text
from syncd.domain.lint_examples import WorkedExample
from syncd.domain.lint_finding import LintFinding, Severity


def lint_lines(findings: Sequence[LintFinding], examples: Iterable[WorkedExample]) -> Iterator[str]:
    """Yield the findings one under the other, then the examples target by target, then how many there are."""
    for finding in findings:
        yield f"{finding.severity.value}  {finding.code}  {_about(finding)}"
        yield f"    wrong: {finding.what}"
        yield f"    means: {finding.means}"
        yield f"    mend:  {finding.fix}"
        yield ""
    for (contract, revision, target), shown in groupby(
        examples, key=lambda each: (each.contract, each.revision, each.target)
    ):
        yield f"{contract}, revision {revision}, target {target}"
        yield from (f"    {example.sentence}" for example in shown)
        yield ""
    yield ", ".join(_counted(severity, findings) for severity in Severity)


def lint_as_json(findings: Sequence[LintFinding], examples: Iterable[WorkedExample]) -> dict[str, object]:
    """Return findings and examples as JSON; instants in UTC, null where there is none."""
    return {
        "findings": [_finding(finding) for finding in findings],
        "examples": [_example(example) for example in examples],
    }


def _about(finding: LintFinding) -> str:
    where = f"{finding.file}:{finding.line}" if finding.line else finding.file
    what = [
        finding.contract,
        f"revision {finding.revision}" if finding.revision else None,
        f"target {finding.target}" if finding.target else None,
        f"calendar {finding.calendar}" if finding.calendar else None,
    ]
    named = ", ".join(part for part in what if part)
    return f"{named} ({where})" if named and where else named or where


def _counted(severity: Severity, findings: Sequence[LintFinding]) -> str:
    number = sum(finding.severity is severity for finding in findings)
    return f"{number} {severity.value}{'' if number == 1 else 's'}"


def _finding(finding: LintFinding) -> dict[str, object]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "contract": finding.contract,
        "revision": finding.revision,
        "target": finding.target,
        "calendar": finding.calendar,
        "file": finding.file or None,
        "line": finding.line or None,
        "place": list(finding.place),
        "what": finding.what,
        "means": finding.means,
        "fix": finding.fix,
    }


def _example(example: WorkedExample) -> dict[str, object]:
    return {
        "contract": example.contract,
        "revision": example.revision,
        "target": example.target,
        "priority": example.priority,
        "occasion": example.occasion.value,
        "calendar": example.calendar,
        "opened_at": instant_text(example.opened_at),
        "due_at": None if example.due_at is None else instant_text(example.due_at),
        "late_from": None if example.late_from is None else instant_text(example.late_from),
        "sentence": example.sentence,
    }
