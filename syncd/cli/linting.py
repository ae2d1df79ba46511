"""`syncd contract lint`: what a court, or a vendor manager, would stumble over, and every promise worked out."""

from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.options import AsOf, Output, OutputOption, instant
from syncd.cli.printing import json_document, say, tell
from syncd.domain.lint import lint as lint_agreements
from syncd.domain.lint_examples import worked_examples
from syncd.domain.lint_finding import Severity
from syncd.report.lint_findings import lint_as_json, lint_lines
from syncd.settings.lint_source import read_for_lint

Paths = Annotated[
    list[Path],
    typer.Argument(help="Files and folders with contracts and the calendars that they name."),
]
Strict = Annotated[bool, typer.Option("--strict", help="Let notes count as well as errors and warnings.")]


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(lint)


def lint(paths: Paths, as_of: AsOf = None, output: OutputOption = Output.TABLE, strict: Strict = False) -> None:
    """Look for what contracts leave open or contradict, and print for each target when examples of tickets are due.

    An error is what nobody could decide in a dispute, a warning what was probably not meant, a note what is worth
    knowing. What loading refuses is an error as well. Exit codes: 0 nothing found, or notes only; 1 something found;
    2 a file cannot be read, is not YAML, or holds no contract, calendars or exclusions.
    """
    at = instant(as_of)
    source = read_for_lint(paths)
    found = lint_agreements(source.agreements, as_of=at, written=source.written)
    findings = [*source.refused, *map(source.located, found)]
    examples = worked_examples(source.agreements, as_of=at)
    for line in (
        *source.warnings,
        *(f"{name}: not examined further; mend its errors first" for name in source.skipped),
    ):
        say(line)
    if output is Output.JSON:
        json_document(lint_as_json(findings, examples))
    else:
        tell(lint_lines(findings, examples))
    if any(strict or finding.severity is not Severity.NOTE for finding in findings):
        raise typer.Exit(FOUND_SOMETHING)
