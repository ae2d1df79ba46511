"""Logs and metrics of commands that read sources."""

from typing import Annotated

import typer

from syncd import __version__
from syncd.bootstrap.configuration import Learn
from syncd.telemetry.logs import Level, logger, set_up
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.redaction import Redactor

LogLevel = Annotated[str, typer.Option("--log-level", help="debug, info, warning or error.")]

_LEVELS: dict[str, Level] = {"debug": "debug", "info": "info", "warning": "warning", "error": "error"}


def prepare(log_level: str) -> tuple[Metrics, Learn]:
    """Return the metrics of this process, logs that count into them, and what must be told of secrets."""
    if log_level not in _LEVELS:
        raise typer.BadParameter(f"--log-level: {log_level!r} is none of {', '.join(_LEVELS)}")
    metrics = Metrics(version=__version__)
    redactor = Redactor()
    set_up(level=_LEVELS[log_level], count=metrics.logged, redactor=redactor)
    return metrics, redactor.learn


def log_work(what: str) -> None:
    """Log what is being done to the store."""
    logger("store").info("store_work", work=what)
