"""`syncd import`, `replay` and `db`: bring timelines in, rebuild what is derived, keep the schema up to date."""

from pathlib import Path
from typing import Annotated

import typer

from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.rounds import import_of, rebuilding_of
from syncd.cli.exits import FOUND_SOMETHING, STORE_MISMATCH
from syncd.cli.observing import prepare
from syncd.cli.options import DEFAULT_CONFIG, Config, Output, OutputOption
from syncd.cli.printing import say
from syncd.cli.tables import progress, show
from syncd.daemon.once import run_once
from syncd.daemon.system_now import SystemNow
from syncd.services.remap import remap, remeasure
from syncd.store import open_store

_TIMELINES = "*.jsonl"
"""The files of a folder that the connector for timelines reads."""

db = typer.Typer(no_args_is_help=True, help="The store's schema.")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(name="import")(import_timelines)
    app.command()(replay)
    app.add_typer(db, name="db")


def import_timelines(
    path: Annotated[
        Path, typer.Argument(exists=True, help="A file of timelines, one JSON object a line, or a folder of *.jsonl.")
    ],
    config: Config = DEFAULT_CONFIG,
    source: Annotated[str, typer.Option("--source", help="The source's name, as contracts cover it.")] = "import",
) -> None:
    """Read timelines into the store as tickets of one source. Importing again changes only what has changed.

    Nobody is told of what is found; lines that are no timeline are listed and the exit code is 1. A folder without any
    such file is bad usage, exit code 2.
    """
    if path.is_dir() and not any(path.glob(_TIMELINES)):
        raise typer.BadParameter(f"{path} holds no file {_TIMELINES}")
    prepare("warning")
    settings = settings_of(config)
    now = SystemNow()
    with import_of(settings, source, path.absolute(), now=now, say=say) as (poll, store):
        with progress("importing", None, now.monotonic) as advance:
            report = run_once({source: poll}, [], now, progress=advance)
        with store.view() as view:
            row = next(row for row in view.sources.all() if row.name == source)
            problems = view.problems.of(row.id, "")
    say(f"{source}: {poll.records} timeline(s) read")
    for problem in problems:
        say(f"{source}: {problem.code}: {problem.detail}")
    for name, reason in report.failures.items():
        say(f"{name}: {reason}")
    if problems or report.failures:
        raise typer.Exit(FOUND_SOMETHING)


def replay(
    config: Config = DEFAULT_CONFIG,
    readings_only: Annotated[
        bool, typer.Option("--readings-only", help="Keep the events; only measure every ticket again.")
    ] = False,
) -> None:
    """Rebuild every event from the raw records, and every reading from the events; offline, and nobody is told.

    The daemon must not run on this store meanwhile.
    """
    prepare("warning")
    settings = settings_of(config)
    now = SystemNow()
    with rebuilding_of(settings, now=now, say=say) as (intakes, store, fence, rules):
        for intake in [] if readings_only else intakes:
            with store.view() as view:
                total = view.records.count(intake.source)
            with progress(f"mapping {intake.source_name}", total, now.monotonic) as advance:
                mapped = remap(intake, now=now.utc(), progress=advance)
            say(
                f"{intake.source_name}: {mapped.records} record(s) mapped to {mapped.events} event(s), "
                f"{len(mapped.quarantined)} ticket(s) quarantined"
            )
        with store.view() as view:
            total = view.tickets.count()
        with progress("measuring", total, now.monotonic) as advance:
            measured = remeasure(store, fence, rules, now=now.utc(), progress=advance)
        with store.begin(fence) as work:
            work.readings.set_basis(rules.basis)
            work.commit()
        say(f"{measured.tickets} ticket(s) measured, {measured.quarantined} quarantined")


@db.command()
def upgrade(config: Config = DEFAULT_CONFIG) -> None:
    """Bring the store's schema to this release; an embedded store is copied beside itself first."""
    store = open_store(settings_of(config).store_url)
    try:
        store.upgrade(say)
        say(f"schema {store.schema().current}")
    finally:
        store.close()


@db.command(name="status")
def schema_status(config: Config = DEFAULT_CONFIG, output: OutputOption = Output.TABLE) -> None:
    """Show how the store's schema compares with this release; exit code 3 when this release cannot run on it."""
    store = open_store(settings_of(config).store_url, reading=True)
    try:
        found = store.schema()
    finally:
        store.close()
    row: dict[str, object] = {
        "current": found.current or "empty store",
        "expected": found.expected,
        "pending": ", ".join(found.pending),
        "ready": "yes" if found.ready else "no",
    }
    show([row], output, title="Schema", empty="")
    if not found.ready:
        raise typer.Exit(STORE_MISMATCH)
