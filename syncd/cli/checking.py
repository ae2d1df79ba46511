"""`syncd check` and `syncd schema`: is the configuration right, and what may stand in it."""

from typing import Annotated

import typer

from syncd.bootstrap.configuration import nobody, notifier_types, option_types, settings_of
from syncd.bootstrap.sources import source_of
from syncd.bootstrap.usable import usable_settings_of
from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.options import DEFAULT_CONFIG, Config, Output, OutputOption
from syncd.cli.printing import say, tell
from syncd.cli.tables import show
from syncd.daemon.system_now import SystemNow
from syncd.errors import SourceError
from syncd.settings import Settings, schema_text
from syncd.transport.hooks import SILENT


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(check)
    app.command()(schema)


def check(
    config: Config = DEFAULT_CONFIG,
    connect: Annotated[bool, typer.Option("--connect", help="Also ask every source, reading only.")] = False,
    without_secrets: Annotated[
        bool,
        typer.Option("--without-secrets", help="Look for no secret: where they are not, such as in a pipeline."),
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Check the configuration, the contracts and the calendars; exit code 2 names every mistake with file and line.

    A secret that this process cannot read is one, because `run` would not start; credentials of a systemd unit are
    there for that unit only, so say --without-secrets elsewhere.

    With --connect every source is asked for identity, rights and configured names; exit code 1 if anything is amiss.
    """
    if connect and without_secrets:
        raise typer.BadParameter("--connect needs the secrets that --without-secrets does not look for")
    settings = settings_of(config) if without_secrets else usable_settings_of(config, SystemNow(), nobody)
    for warning in settings.warnings:
        say(f"warning: {warning}")
    contracts = settings.agreements.contracts
    unread = f"; {len(settings.secrets)} secret(s) not looked for" if without_secrets and settings.secrets else ""
    say(
        f"{config}: {len(settings.sources)} source(s), {len(contracts)} contract(s), "
        f"{len(settings.agreements.calendars)} calendar(s), {len(settings.notifiers)} notifier(s): no mistakes{unread}"
    )
    if not connect:
        return
    rows = [row for source in settings.sources for row in _ask(settings, source.name)]
    show(rows, output, title="Sources", empty="No source is configured.")
    if any(row["ok"] != "yes" for row in rows):
        raise typer.Exit(FOUND_SOMETHING)


def _ask(settings: Settings, name: str) -> list[dict[str, object]]:
    configured = next(source for source in settings.sources if source.name == name)
    source = source_of(settings, configured, now=SystemNow(), hooks=SILENT)
    try:
        lines = [(line.subject, line.ok, line.detail) for line in source.connector.check()]
    except SourceError as refused:
        lines = [("connection", False, f"{refused.reason}: {refused}")]
    finally:
        source.close()
    return [
        {"source": name, "subject": subject, "ok": "yes" if ok else "no", "detail": detail}
        for subject, ok, detail in lines
    ]


def schema() -> None:
    """Print the JSON Schema of every configuration file, with the options of the installed connectors."""
    tell(schema_text(option_types(), notifier_types()).splitlines(), whole=True)
