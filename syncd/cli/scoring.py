"""`syncd scorecard`: what a period came to."""

import sys
from typing import Annotated

import typer

from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.measuring import Timelines, agreements_of, read_timelines
from syncd.cli.options import AsOf, ContractPaths, Output, OutputOption, instant
from syncd.cli.tables import show
from syncd.domain.measure import measure
from syncd.domain.reading import Reading
from syncd.domain.scorecard import ScorecardRow, percent_text
from syncd.report.scorecards import scorecard_as_json
from syncd.services.score import computed_scorecard

scorecard = typer.Typer(no_args_is_help=True, help="Scorecards of a period.")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(scorecard, name="scorecard")


@scorecard.callback()
def group() -> None:
    """Scorecards of a period."""


@scorecard.command()
def compute(
    contracts: ContractPaths,
    period: Annotated[str, typer.Option("--period", help="The period, as the contract names it: 2026-03, 2026-Q1.")],
    as_of: AsOf = None,
    timelines: Timelines = None,
    output: OutputOption = Output.JSON,
) -> None:
    """Compute a period's scorecard from timelines, without a store.

    Lines that cannot be measured are reported on standard error; the exit code is 1 then.
    """
    at = instant(as_of)
    agreements = agreements_of(contracts)
    readings: list[Reading] = []
    failed = False
    for number, found in read_timelines(timelines):
        try:
            if isinstance(found, str):
                raise ValueError(found)  # noqa: TRY004, TRY301 - both kinds of refusal end in the same sentence
            readings.extend(measure(found, agreements, as_of=at).readings)
        except ValueError as refused:
            failed = True
            sys.stderr.write(f"line {number}: {refused}\n")
    try:
        rows = computed_scorecard(readings, agreements, period)
    except ValueError as refused:
        raise typer.BadParameter(str(refused)) from refused
    if output is Output.JSON:
        show([scorecard_as_json(row) for row in rows], output, title="", empty="")
    else:
        show([_printed(row) for row in rows], output, title=f"Scorecard {period}", empty="No targets.")
    if failed:
        raise typer.Exit(FOUND_SOMETHING)


def _printed(row: ScorecardRow) -> dict[str, object]:
    share, objective = row.attainment, row.objective
    return {
        "vendor": row.vendor,
        "contract": row.contract,
        "target": row.target,
        "priority": row.priority or "all",
        "n": row.n,
        "met": row.met,
        "missed": row.missed,
        "pending": row.pending,
        "unverifiable": row.unverifiable,
        "attainment": "none decided" if share is None else percent_text(share, objective),
        "objective": "" if objective is None else percent_text(objective),
    }
