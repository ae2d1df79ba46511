"""`syncd measure`: timelines in, readings out; no store, no network."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.options import AsOf, ContractPaths, Ledger, Output, instant
from syncd.cli.printing import json_line, say
from syncd.cli.tables import show
from syncd.cli.timelines import read_incidents
from syncd.domain.contract import Agreements
from syncd.domain.difference import differences
from syncd.report.differences import Summary, difference_as_json, difference_cells
from syncd.report.readings import ticket_as_json
from syncd.settings import load_agreements

Timelines = Annotated[
    Path | None,
    typer.Option("--timelines", help="A file of timelines, one JSON object a line; standard input by default."),
]
Against = Annotated[
    list[Path] | None,
    typer.Option(
        "--against",
        help="Other contracts and calendars, complete in themselves, to compare with; may be repeated.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(measure)


def measure(
    contracts: ContractPaths,
    as_of: AsOf = None,
    timelines: Timelines = None,
    against: Against = None,
    ledger: Ledger = False,
    output: Annotated[
        Output | None,
        typer.Option("--output", help="With --against: a table, as by default on a terminal, or JSON Lines."),
    ] = None,
) -> None:
    """Measure timelines under contracts and print one JSON line per clock, in the order of the input.

    An uncovered ticket prints a line with `uncovered` and the reason. A line that is no timeline, or the second line of
    one ticket, prints a line with `error`; the others are still measured and the exit code is 1. Tickets of one
    incident name each other as `linked`, wherever in the input they stand.

    With `--against`, measure under both and print only the cycles of which the two say different things, and why; a
    summary goes to standard error.
    """
    at = instant(as_of)
    agreements = agreements_of(contracts)
    if against:
        default = Output.TABLE if sys.stdout.isatty() else Output.JSON
        failed = _compare(agreements, agreements_of(against), at, timelines, output or default)
    elif output is Output.TABLE:
        raise typer.BadParameter("--output table goes with --against; readings are JSON Lines")
    else:
        failed = _measure(agreements, at, timelines, ledger=ledger)
    if failed:
        raise typer.Exit(FOUND_SOMETHING)


def _measure(agreements: Agreements, at: datetime, timelines: Path | None, *, ledger: bool) -> bool:
    """Print the readings; return whether there were bad lines."""
    failed = False
    for number, found, incident in read_incidents(timelines, as_of=at):
        if isinstance(found, str):
            failed = True
            json_line({"error": f"line {number}: {found}"})
            continue
        try:
            lines = ticket_as_json(found, agreements, as_of=at, ledger=ledger, incident=incident)
        except ValueError as refused:
            failed = True
            lines = [{"error": f"line {number}: ticket {found.ticket}: {refused}"}]
        for line in lines:
            json_line(line)
    return failed


def _compare(ours: Agreements, theirs: Agreements, at: datetime, timelines: Path | None, output: Output) -> bool:
    """Print what two sets of contracts say differently; return whether there were bad lines."""
    failed = False
    summary = Summary()
    rows: list[dict[str, object]] = []
    for number, found, incident in read_incidents(timelines, as_of=at):
        try:
            if isinstance(found, str):
                raise ValueError(found)  # noqa: TRY004, TRY301 - both kinds of refusal end in the same sentence
            compared = differences(found, ours, theirs, as_of=at, incident=incident)
        except ValueError as refused:
            failed = True
            sentence = f"line {number}: {refused}"
            if output is Output.JSON:
                json_line({"error": sentence})
            else:
                say(sentence)
            continue
        summary.add(compared)
        for difference in compared.differences:
            if output is Output.JSON:
                json_line(difference_as_json(difference))
            else:
                rows.append(difference_cells(difference))
    if output is Output.TABLE:
        show(rows, output, title="What differs", empty="No verdict differs.")
    say(summary.text())
    return failed


def agreements_of(paths: list[Path]) -> Agreements:
    """Return the contracts and calendars in files and folders; warnings go to standard error."""
    loaded = load_agreements(paths)
    for warning in loaded.warnings:
        say(warning)
    return loaded.agreements
