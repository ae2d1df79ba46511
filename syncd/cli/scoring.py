"""`syncd scorecard`: what a period came to."""

from typing import Annotated

import typer

from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.measuring import Against, Timelines, agreements_of
from syncd.cli.options import AsOf, ContractPaths, Output, OutputOption, instant
from syncd.cli.printing import say, tell
from syncd.cli.tables import show
from syncd.cli.timelines import read_incidents
from syncd.domain.account import accounts_of
from syncd.domain.counted_once import measure_in
from syncd.domain.reading import Reading
from syncd.report.accounts import account_sentences
from syncd.report.scorecards import pair_as_json, pair_cells, scorecard_as_json, scorecard_cells, side_by_side
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
    against: Against = None,
    output: OutputOption = Output.JSON,
) -> None:
    """Compute a period's scorecard from timelines, without a store; with `--against`, two of them side by side.

    Lines that cannot be measured are reported on standard error; the exit code is 1 then.
    """
    at = instant(as_of)
    both = [agreements_of(contracts), *([agreements_of(against)] if against else [])]
    failed = False
    measured: list[list[Reading]] = [[] for _ in both]
    for number, found, incident in read_incidents(timelines, as_of=at):
        try:
            if isinstance(found, str):
                raise ValueError(found)  # noqa: TRY004, TRY301 - both kinds of refusal end in the same sentence
            # Under both or under none: a ticket that counts on one side only would look like a difference.
            readings = [measure_in(found, incident, agreements, as_of=at).readings for agreements in both]
        except ValueError as refused:
            failed = True
            say(f"line {number}: {refused}")
            continue
        for kept, some in zip(measured, readings, strict=True):
            kept.extend(some)
    try:
        cards = [computed_scorecard(kept, agreements, period) for kept, agreements in zip(measured, both, strict=True)]
    except ValueError as refused:
        raise typer.BadParameter(str(refused)) from refused
    names = ", ".join(dict.fromkeys(row.contract for card in cards for row in card))
    table = output is Output.TABLE
    accounts = [
        {account.contract: account for account in accounts_of(agreements, card)}
        for agreements, card in zip(both, cards, strict=True)
    ]
    if len(cards) > 1:
        pairs = list(side_by_side(*cards))
        rows = pair_cells(pairs) if table else [pair_as_json(pair, *accounts) for pair in pairs]
    else:
        (card,) = cards
        rows = scorecard_cells(card) if table else [scorecard_as_json(row, *accounts) for row in card]
    show(rows, output, title=f"Scorecard {period}: {names}", empty="No targets.")
    if table:
        for side, of_side in zip(("ours, ", "theirs, ") if against else ("",), accounts, strict=True):
            for account in of_side.values():
                said = " ".join(account_sentences(account))
                tell([f"{side}{account.contract}: {said}"] if said else [])
    if failed:
        raise typer.Exit(FOUND_SOMETHING)
