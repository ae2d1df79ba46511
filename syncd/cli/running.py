"""`syncd run`."""

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import typer

from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.service import service_of
from syncd.cli.observing import LogLevel, prepare, say
from syncd.cli.options import DEFAULT_CONFIG, Config
from syncd.daemon.system_now import SystemNow


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(config: Config = DEFAULT_CONFIG, log_level: LogLevel = "info") -> None:
    """Run the daemon until SIGTERM or SIGINT: poll, measure, tell, and serve pages and metrics."""
    run_daemon(config, log_level)


def run_daemon(config: Path, log_level: str) -> None:
    """Run the daemon in the foreground; prints the addresses of its pages once they answer."""
    metrics, learn = prepare(log_level)
    settings = settings_of(config)
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _stopper(stop))
    now = SystemNow(stop)
    service_of(settings, now=now, stop=stop, metrics=metrics, say=say, learn=learn).run(_announce)


def _stopper(stop: threading.Event) -> Callable[[int, FrameType | None], None]:
    def handle(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        stop.set()

    return handle


def _announce(url: str) -> None:
    sys.stderr.write(f"status page  {url}/\nmetrics      {url}/metrics\n")
