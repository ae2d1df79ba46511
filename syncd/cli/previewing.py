"""`syncd contract preview`: which tickets each target covers, before it counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.storage import standing_by
from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.measuring import agreements_of
from syncd.cli.options import AsOf, Output, OutputOption, instant
from syncd.cli.printing import json_line, say
from syncd.cli.tables import progress, show
from syncd.cli.timelines import read_timelines
from syncd.daemon.system_now import SystemNow
from syncd.domain.coverage import Coverage, Coverer, Overview
from syncd.domain.instant_text import instant_text
from syncd.domain.timeline import Timeline
from syncd.report.preview import (
    coverage_as_json,
    no_target_rows,
    overview_as_json,
    target_rows,
    twice_rows,
    uncovered_rows,
)
from syncd.services.preview import Preview
from syncd.settings import Settings

Told = tuple[str, Timeline | str]
"""Where a ticket comes from, as errors name it, with its timeline or what is wrong with it."""


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command()(preview)


def preview(
    contracts: Annotated[
        list[Path] | None,
        typer.Option(
            "--contracts",
            help="A file or folder with contracts and calendars; may be repeated. With --config, those that it names "
            "unless given.",
        ),
    ] = None,
    timelines: Annotated[
        Path | None,
        typer.Option(
            "--timelines", help="A file of timelines, one JSON object a line; standard input without --config."
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="A configuration: its stored tickets are looked at.")
    ] = None,
    as_of: AsOf = None,
    examples: Annotated[int, typer.Option("--examples", min=0, help="How many tickets of each kind are named.")] = 3,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say which tickets each target covers, which are uncovered, and why.

    Try a draft over tickets that you have, before it is signed or in force:

        syncd contract preview --contracts draft/ --timelines march.jsonl
        syncd contract preview --contracts draft/ --config syncd.yaml

    Look for targets that cover nothing, for tickets whose priority has no goal, for tickets that the contract's covers
    name though no target measures them, and for tickets that two targets measure by the same metric: those would count
    twice, and make the exit code 1.

    As JSON: one line per ticket, with what every target makes of it and why one does not cover it, then one line
    `{"summary": ...}`. Nothing is written to the store. Exit codes: 0 done, 1 tickets are measured twice or cannot be
    read, 2 bad configuration or usage.
    """
    if timelines is not None and config is not None:
        raise typer.BadParameter("tickets come from --timelines or from the store of --config, not from both")
    if contracts is None and config is None:
        raise typer.BadParameter("which contracts? Name a file or folder with --contracts")
    at = instant(as_of)
    settings = None if config is None else settings_of(config)
    agreements = settings.agreements if settings is not None and not contracts else agreements_of(contracts or [])
    coverer = Coverer(agreements, as_of=at)
    counted = Preview(coverer.targets, examples)
    failed = False
    with _tickets(settings, timelines) as (total, tickets), progress("looking", total, SystemNow().monotonic) as seen:
        for coverage in _coverages(coverer, tickets):
            seen(1)
            if isinstance(coverage, str):
                failed = True
                _refuse(coverage, output)
                continue
            counted.add(coverage)
            if output is Output.JSON:
                json_line(coverage_as_json(coverage))
    overview = counted.overview()
    if output is Output.JSON:
        json_line({"summary": overview_as_json(overview)})
    else:
        _print(overview, at)
    if failed or overview.twice:
        raise typer.Exit(FOUND_SOMETHING)


def _refuse(sentence: str, output: Output) -> None:
    if output is Output.JSON:
        json_line({"error": sentence})
    else:
        say(sentence)


def _coverages(coverer: Coverer, tickets: Iterator[Told]) -> Iterator[Coverage | str]:
    for where, timeline in tickets:
        if isinstance(timeline, str):
            yield f"{where}: {timeline}"
            continue
        try:
            coverage = coverer.of(timeline)
        except ValueError as refused:
            yield f"{where}: {refused}"
            continue
        if coverage is not None:
            yield coverage


def _print(overview: Overview, at: datetime) -> None:
    title = f"Targets, over {overview.tickets} ticket(s) as of {instant_text(at)}"
    show(target_rows(overview), Output.TABLE, title=title, empty="There is no target.")
    uncovered = uncovered_rows(overview)
    show(uncovered, Output.TABLE, title="Uncovered tickets", empty="No ticket is uncovered.")
    if no_target := no_target_rows(overview):
        show(no_target, Output.TABLE, title="In covers, but no target matches", empty="")
    if twice := twice_rows(overview):
        show(twice, Output.TABLE, title="Measured twice by one metric", empty="")


@contextmanager
def _tickets(settings: Settings | None, timelines: Path | None) -> Iterator[tuple[int | None, Iterator[Told]]]:
    """Yield how many tickets there are, where that is known, and the tickets."""
    if settings is None:
        yield None, ((f"line {number}", found) for number, found in read_timelines(timelines))
        return
    with standing_by(settings, SystemNow()) as store, store.view() as view:
        stored = view.tickets.stream()
        yield view.tickets.count(), ((f"ticket {each.timeline.ticket}", each.believed) for each in stored)
