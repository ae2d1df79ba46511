"""The daemon: starts its workers and its pages, waits to be stopped, stops within ten seconds."""

import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from syncd.daemon.drivers import ThreadDriver, Worker
from syncd.daemon.reload import Reload
from syncd.daemon.sdnotify import notify
from syncd.errors import ConfigError, StoreError
from syncd.ports.store import Fence, Store
from syncd.telemetry.logs import logger
from syncd.web.server import WebServer

STOP_SECONDS = 6.0
"""For work under way; what takes longer is abandoned, so that the whole stop stays under ten seconds."""

_log = logger("daemon")


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that runs, composed by `bootstrap`."""

    store: Store
    fence: Fence
    driver: ThreadDriver
    workers: Sequence[Worker]
    server: WebServer
    stop: threading.Event
    closing: Sequence[Callable[[], None]]
    """Connectors, toolkits and notifiers to let go of."""
    reload: Reload

    def run(self, started: Callable[[str], None]) -> socket.socket | None:
        """Run until asked to stop, or to start again; `started` is told the address of the pages.

        To start again the socket is returned that is still listened on, and the lease is given back though a worker may
        be under way: what that one would still write is refused. Raises ConfigError when the address cannot be listened
        on, and whatever else ended it.
        """
        try:
            self._listen()
            self.driver.start(self.workers)
            notify("READY=1")
            _log.info("daemon_started", url=self.server.url, workers=len(self.workers))
            started(self.server.url)
            while not self.stop.wait(1.0):
                self.reload.look()
        finally:
            again = self.reload.accepted
            notify(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}" if again else "STOPPING=1")
            listening = self.server.listening() if again else None
            abandoned = self.driver.stop(STOP_SECONDS)
            self.server.stop()
            # A worker that is still in a call of its own may use its connection; the exit closes it.
            if not abandoned:
                for close in self.closing:
                    close()
                self._give_back()
                self.store.close()
            elif again:
                self._give_back()
            _log.info("daemon_stopped", abandoned=abandoned, again=again)
        if self.driver.fatal is not None:
            raise self.driver.fatal
        return listening

    def _give_back(self) -> None:
        try:
            self.store.release(self.fence)
        except StoreError as cause:
            # It runs out by itself; a store that fails must not make a stop that was asked for look like a crash.
            _log.warning("lease_not_given_back", reason=cause.reason, error=str(cause))

    def _listen(self) -> None:
        try:
            self.server.start()
        except OSError as cause:
            raise ConfigError(f"http.listen: {self.server.url}: {cause.strerror or cause}") from cause
