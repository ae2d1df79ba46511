"""Options that several commands share, and how their texts become values."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from syncd.daemon.system_now import SystemNow
from syncd.domain.instant_text import parse_instant
from syncd.domain.timeline_error import TimelineError


class Output(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    JSON = "json"


Config = Annotated[Path, typer.Option("--config", "-c", envvar="SYNCD_CONFIG", help="The daemon's configuration file.")]
ContractPaths = Annotated[
    list[Path],
    typer.Option(
        "--contracts",
        help="A file or folder with contracts and calendars; may be repeated. Files are told apart by their top key.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="The instant to measure at, such as 2026-04-01T00:00:00Z; the present by default."),
]
OutputOption = Annotated[Output, typer.Option("--output", help="A table for people, or JSON for programs.")]

DEFAULT_CONFIG = Path("syncd.yaml")


def instant(text: str | None) -> datetime:
    """Return the instant that an option names, or the present."""
    if text is None:
        return SystemNow().utc()
    try:
        return parse_instant(text, "--as-of")
    except TimelineError as refused:
        raise typer.BadParameter(str(refused)) from refused


Ledger = Annotated[
    bool,
    typer.Option("--ledger", help="Add to each cycle whose every second was: vendor, customer, out_of_hours, ..."),
]
