"""`syncd contract`: what contracts come to, before anybody is measured by them."""

from pathlib import Path
from typing import Annotated

import typer

from syncd.cli import linting, previewing
from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.options import Output, OutputOption
from syncd.cli.printing import json_document, say, tell
from syncd.report.scenarios import lines_of, summary, tried_as_json, tried_as_text
from syncd.services.scenario import try_scenario
from syncd.settings.scenario_files import load_scenarios

contract = typer.Typer(no_args_is_help=True, help="What contracts come to, tried out before it counts.")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    linting.add_to(contract)
    previewing.add_to(contract)
    app.add_typer(contract, name="contract")


@contract.callback()
def group() -> None:
    """What contracts come to, tried out before it counts."""


@contract.command(name="test")
def try_out(
    scenarios: Annotated[
        list[Path], typer.Argument(help="Scenario files, and folders with everything below them.", show_default=False)
    ],
    contracts: Annotated[
        list[Path] | None,
        typer.Option(
            "--contracts",
            help="A file or folder with the contracts and calendars that scenarios speak about; may be repeated. Not "
            "needed for scenarios with a target of their own.",
        ),
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Try scenarios: what happened to a ticket, and what both parties agreed that it comes to.

    A scenario is a YAML file; its name is the rule that it shows. It says what happened (`events`, in the timeline
    format), when it is asked (`as_of`) and what must come of it (`expect`), of a given contract target by target:

        title: A P1 that comes at night is answered within 15 minutes
        clause: "4.2"
        agreed_by: [{name: Ada Example, of: Example AG, date: 2026-01-12}]
        times in: Europe/Berlin
        timeline: {source: snow}
        events:
          - {at: 2026-03-02 23:00, kind: opened, by: customer,
             vendor: acme, priority: P1}
          - {at: 2026-03-02 23:10, kind: message, by: vendor}
        as_of: 2026-03-03 12:00
        expect:
          response: {cycles: [{verdict: met, elapsed: 10m}]}

    Only the keys named in `expect` are compared, by the names that `syncd measure` prints; durations may be written as
    text (`elapsed: 4h30m`). `not_measured` in place of a target's keys says that it must not measure the ticket,
    `uncovered: REASON` that no target may. config/scenarios/README.md shows how both parties sign.

    Prints one line per scenario, and below one that fails every difference and the explanation of what was found. Exit
    codes: 0 all hold, 1 one fails, 2 one cannot be read.
    """
    loaded = load_scenarios(scenarios, contracts or ())
    for warning in loaded.warnings:
        say(warning)
    tried = [try_scenario(scenario, lines_of) for scenario in loaded.scenarios]
    if output is Output.JSON:
        json_document([tried_as_json(each) for each in tried])
    else:
        for each in tried:
            tell(tried_as_text(each))
        tell([summary(tried)])
    if not all(each.ok for each in tried):
        raise typer.Exit(FOUND_SOMETHING)
