"""A changed configuration: refused while it is wrong, else the process starts again with it in its own place.

Starting again (execve(2)) ends every worker, also one that hangs in a call, and leaves nothing behind of a source or
a receiver that is no longer configured; the process keeps its number, and its listening socket, so that whoever asks
meanwhile waits a moment instead of being refused.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence

from syncd.errors import ConfigError
from syncd.telemetry.logs import logger
from syncd.telemetry.metrics import Metrics

_LISTENING = "SYNCD_LISTENING"
"""The environment variable by which the socket is handed over: its number and the address that was configured."""

_log = logger("reload")


class Reload:
    """Reads the configuration anew when asked to; `check` raises ConfigError for one that cannot be used."""

    def __init__(self, check: Callable[[], object], stop: threading.Event, metrics: Metrics) -> None:
        self._check, self._stop, self._metrics = check, stop, metrics
        self._lock = threading.Lock()
        self._asked = self._accepted = self._ending = False

    @property
    def accepted(self) -> bool:
        """Whether the process is to start again once it has stopped."""
        return self._accepted and not self._ending

    def end(self) -> None:
        """Stop for good, whatever was accepted: for a signal handler."""
        self._ending = True
        self._stop.set()

    def ask(self) -> None:
        """Note that it is wanted, no more: for a signal handler."""
        self._asked = True

    def look(self) -> None:
        """Do it if it was asked for."""
        if self._asked:
            self._asked = False
            self.now()

    def now(self) -> Sequence[str]:
        """Stop in order to start again if the configuration can be used; return what is wrong with it."""
        with self._lock:
            if self._accepted:
                return ()
            try:
                self._check()
            except ConfigError as refused:
                return self._refuse(refused.findings)
            except Exception:  # noqa: BLE001 - see below
                # A connector's bug in reading its options is no reason to stop what runs.
                _log.exception("configuration_check_failed")
                return self._refuse(("the configuration could not be checked: see the log",))
            self._accepted = True
        _log.info("configuration_accepted")
        self._stop.set()
        return ()

    def _refuse(self, findings: Sequence[str]) -> Sequence[str]:
        self._metrics.configuration_refused()
        _log.error("configuration_refused", findings=list(findings))
        return findings


def start_again(listening: socket.socket | None, configured: str) -> None:
    """Replace this process by a new one of the same command, which listens on the same socket; does not return."""
    if listening is not None:
        listening.set_inheritable(True)
        os.environ[_LISTENING] = f"{listening.fileno()} {configured}"
    # Ignored signals stay ignored: one that comes before the new process can hear it would end it.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - this very command, no shell


def handed_over(configured: str) -> socket.socket | None:
    """Return the socket that the process before listened on; None if there was none, or for another address."""
    number, _, address = os.environ.pop(_LISTENING, "").partition(" ")
    if not number.isdecimal():
        return None
    listening = socket.socket(fileno=int(number))
    if address != configured:
        listening.close()
        return None
    listening.set_inheritable(False)
    return listening
