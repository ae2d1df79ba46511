"""The daemon: starts its workers and its pages, waits to be stopped, stops within ten seconds."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from syncd.daemon.drivers import ThreadDriver, Worker
from syncd.daemon.sdnotify import notify
from syncd.errors import ConfigError
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

    def run(self, started: Callable[[str], None]) -> None:
        """Run until asked to stop; `started` is told the address of the pages.

        Raises ConfigError when that cannot be listened on, and whatever else ended it.
        """
        try:
            self._listen()
            self.driver.start(self.workers)
            notify("READY=1")
            _log.info("daemon_started", url=self.server.url, workers=len(self.workers))
            started(self.server.url)
            while not self.stop.wait(1.0):
                continue
        finally:
            notify("STOPPING=1")
            abandoned = self.driver.stop(STOP_SECONDS)
            self.server.stop()
            # A worker that is still in a call of its own may use its connection; the exit closes it.
            if not abandoned:
                for close in self.closing:
                    close()
                self.store.release(self.fence)
                self.store.close()
            _log.info("daemon_stopped", abandoned=abandoned)
        if self.driver.fatal is not None:
            raise self.driver.fatal

    def _listen(self) -> None:
        try:
            self.server.start()
        except OSError as cause:
            raise ConfigError(f"http.listen: {self.server.url}: {cause.strerror or cause}") from cause
