"""`syncd run` and `syncd once`."""

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from syncd import __version__
from syncd.bootstrap.configuration import Learn, settings_of
from syncd.bootstrap.rounds import once_of
from syncd.bootstrap.service import service_of
from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.options import DEFAULT_CONFIG, Config
from syncd.cli.tables import progress
from syncd.daemon.once import run_once
from syncd.daemon.system_now import SystemNow
from syncd.telemetry.logs import Level, logger, set_up
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.redaction import Redactor

LogLevel = Annotated[str, typer.Option("--log-level", help="debug, info, warning or error.")]

_LEVELS: dict[str, Level] = {"debug": "debug", "info": "info", "warning": "warning", "error": "error"}


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(run)
    app.command()(once)


def run(config: Config = DEFAULT_CONFIG, log_level: LogLevel = "info") -> None:
    """Run the daemon until SIGTERM or SIGINT: poll, measure, tell, and serve pages and metrics."""
    run_daemon(config, log_level)


def run_daemon(config: Path, log_level: str) -> None:
    """Run the daemon in the foreground; prints the addresses of its pages once they answer."""
    metrics, learn = _prepare(log_level)
    settings = settings_of(config)
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _stopper(stop))
    now = SystemNow(stop)
    service_of(settings, now=now, stop=stop, metrics=metrics, say=_say, learn=learn).run(_announce)


def once(config: Config = DEFAULT_CONFIG, log_level: LogLevel = "warning") -> None:
    """Read every source once to its end, the past included, measure, deliver what is due, and stop.

    The exit code is 1 if a source could not be read.
    """
    metrics, learn = _prepare(log_level)
    settings = settings_of(config)
    now = SystemNow()
    with once_of(settings, now=now, metrics=metrics, say=_say, learn=learn) as round_:
        with progress("reading sources", None, now.monotonic) as advance:
            report = run_once(round_.polls, [round_.deadlines, round_.outbox], now, progress=advance)
        for name, poll in round_.polls.items():
            sys.stderr.write(f"{name}: {poll.records} record(s) read\n")
    for name, reason in report.failures.items():
        sys.stderr.write(f"{name}: {reason}\n")
    if report.failures:
        raise typer.Exit(FOUND_SOMETHING)


def _prepare(log_level: str) -> tuple[Metrics, Learn]:
    """Metrics of this process, logs that count into them, and what must be told of secrets."""
    if log_level not in _LEVELS:
        raise typer.BadParameter(f"--log-level: {log_level!r} is none of {', '.join(_LEVELS)}")
    metrics = Metrics(version=__version__)
    redactor = Redactor()
    set_up(level=_LEVELS[log_level], count=metrics.logged, redactor=redactor)
    return metrics, redactor.learn


def _stopper(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def handle(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stop.set()

    return handle


def _say(what: str) -> None:
    logger("store").info("store_work", work=what)


def _announce(url: str) -> None:
    sys.stderr.write(f"status page  {url}/\nmetrics      {url}/metrics\n")
