"""`syncd run`."""

import signal
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from socket import socket
from types import FrameType

import typer

from syncd.bootstrap.configuration import ready_settings_of
from syncd.bootstrap.service import service_of
from syncd.bootstrap.usable import usable_settings_of
from syncd.cli.observing import LogLevel, log_work, prepare
from syncd.cli.options import DEFAULT_CONFIG, Config
from syncd.cli.printing import say
from syncd.daemon.reload import Reload, start_again
from syncd.daemon.system_now import SystemNow

StartAgain = Callable[[socket | None, str], None]
"""Given the socket that is still listened on and the address that was configured for it."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(run)


def run(config: Config = DEFAULT_CONFIG, log_level: LogLevel = "info") -> None:
    """Run the daemon until SIGTERM or SIGINT: poll, measure, tell, and serve pages and metrics.

    SIGHUP makes it read its configuration anew: a wrong one is logged and refused, a right one is started with.
    """
    run_daemon(config, log_level, start_again=start_again)


def run_daemon(config: Path, log_level: str, *, start_again: StartAgain | None = None) -> None:
    """Run the daemon in the foreground; prints the addresses of its pages once they answer.

    Without `start_again` nothing is done about a changed configuration.
    """
    metrics, learn = prepare(log_level)
    stop = threading.Event()
    now = SystemNow(stop)
    reload = Reload(partial(usable_settings_of, config, now, learn), stop, metrics)
    if start_again is not None:
        # First of all, because whoever has just changed the file may say so while it is being read.
        signal.signal(signal.SIGHUP, _handler(reload.ask))
    settings = ready_settings_of(config)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, _handler(reload.end))
    service = service_of(settings, now=now, stop=stop, metrics=metrics, say=log_work, learn=learn, reload=reload)
    listening = service.run(_announce)
    if reload.accepted and start_again is not None:
        start_again(listening, str(settings.listen))


def _handler(told: Callable[[], None]) -> Callable[[int, FrameType | None], None]:
    def handle(signum: int, frame: FrameType | None) -> None:
        del signum, frame
        told()

    return handle


def _announce(url: str) -> None:
    say(f"status page  {url}/")
    say(f"metrics      {url}/metrics")
