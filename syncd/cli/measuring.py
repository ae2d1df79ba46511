"""`syncd measure`: timelines in, readings out; no store, no network."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated

import typer

from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.options import AsOf, ContractPaths, instant
from syncd.cli.tables import json_line
from syncd.domain.contract import Agreements
from syncd.domain.measure import measure as measure_timeline
from syncd.domain.timeline import Timeline
from syncd.domain.timeline_format import TimelineError, parse_timeline
from syncd.report.readings import measurement_as_json
from syncd.settings import load_agreements

Timelines = Annotated[
    Path | None,
    typer.Option("--timelines", help="A file of timelines, one JSON object a line; standard input by default."),
]


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(measure)


def measure(contracts: ContractPaths, as_of: AsOf = None, timelines: Timelines = None) -> None:
    """Measure timelines under contracts and print one JSON line per clock, in the order of the input.

    An uncovered ticket prints a line with `uncovered` and the reason. A line that is no timeline, or the second line of
    one ticket, prints a line with `error`; the others are still measured and the exit code is 1.
    """
    at = instant(as_of)
    agreements = agreements_of(contracts)
    failed = False
    for number, found in read_timelines(timelines):
        if isinstance(found, str):
            failed = True
            json_line({"error": f"line {number}: {found}"})
            continue
        try:
            lines = measurement_as_json(measure_timeline(found, agreements, as_of=at))
        except ValueError as refused:
            failed = True
            lines = [{"error": f"line {number}: ticket {found.ticket}: {refused}"}]
        for line in lines:
            json_line(line)
    if failed:
        raise typer.Exit(FOUND_SOMETHING)


def agreements_of(paths: list[Path]) -> Agreements:
    """Return the contracts and calendars in files and folders; warnings go to standard error."""
    loaded = load_agreements(paths)
    for warning in loaded.warnings:
        sys.stderr.write(f"{warning}\n")
    return loaded.agreements


def read_timelines(path: Path | None) -> Iterator[tuple[int, Timeline | str]]:
    """Yield each line's number with its timeline, or with what is wrong with it."""
    if path is None:
        yield from _parse(sys.stdin.buffer)
        return
    try:
        stream = path.open("rb")
    except OSError as refused:
        raise typer.BadParameter(f"{path}: {refused.strerror}") from refused
    with stream:
        yield from _parse(stream)


def _parse(stream: IO[bytes]) -> Iterator[tuple[int, Timeline | str]]:
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            timeline = parse_timeline(json.loads(line))
        except (TimelineError, UnicodeDecodeError, RecursionError) as refused:
            yield number, str(refused)
            continue
        except json.JSONDecodeError as refused:
            yield number, f"not JSON: {refused.msg} at column {refused.colno}"
            continue
        key = (timeline.source, timeline.id)
        if key in seen:
            yield number, f"ticket {timeline.ticket} of source {timeline.source} has had a line before"
            continue
        seen.add(key)
        yield number, timeline
