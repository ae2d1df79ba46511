"""Who calls the steps: threads in production, one seeded loop over a virtual clock in tests."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from syncd.daemon.schedule import back_off
from syncd.daemon.step import LONGEST_WAIT, Step, Wake
from syncd.errors import Fenced, StoreError
from syncd.ports.now import Now
from syncd.telemetry.logs import bound, logger
from syncd.telemetry.metrics import Metrics

CRASH_WAIT = timedelta(seconds=5)
STORE_WAIT = timedelta(seconds=2)

_log = logger("driver")


@dataclass(slots=True)
class Worker:
    """A step with its bell."""

    step: Step
    wake: Wake = field(default_factory=Wake)
    crashes: int = 0
    store_failures: int = 0
    """How often in a row each; the longest wait between two tries is `LONGEST_WAIT`."""


class ThreadDriver:
    """One daemon thread a worker: a call in flight at the stop is abandoned, which is as safe as kill -9."""

    def __init__(self, now: Now, stop: threading.Event, metrics: Metrics) -> None:
        self._now, self._stop, self._metrics = now, stop, metrics
        self._workers: list[Worker] = []
        self._threads: list[threading.Thread] = []
        self.fatal: Exception | None = None
        """What ended the daemon, if it was not asked to stop."""

    def start(self, workers: Sequence[Worker]) -> None:
        """Start calling steps."""
        self._workers.extend(workers)
        self._threads = [
            threading.Thread(target=self._run, args=(worker,), name=worker.step.name, daemon=True) for worker in workers
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float) -> list[str]:
        """Stop calling steps and wait so long for those under way; return the names of those still under way."""
        self._stop.set()
        for worker in self._workers:
            worker.wake.ring()
        end = self._now.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(end - self._now.monotonic(), 0.0))
        return [thread.name for thread in self._threads if thread.is_alive()]

    def _run(self, worker: Worker) -> None:
        with bound(worker=worker.step.name):
            while not self._stop.is_set():
                try:
                    at = self._turn(worker)
                except Fenced as cause:
                    self._metrics.fenced()
                    _log.error("lease_lost", error=str(cause))
                    self.fatal = cause
                    self._stop.set()
                    return
                wait = min(at - self._now.utc(), LONGEST_WAIT)
                if wait > timedelta() and not self._stop.is_set():
                    worker.wake.wait(wait.total_seconds())

    def _turn(self, worker: Worker) -> datetime:
        try:
            at = worker.step.step(self._now.utc())
        except Fenced:
            raise
        except StoreError as cause:
            # A full disk, a server that restarts: nothing of the step was kept, so it is taken again.
            worker.store_failures += 1
            self._metrics.store_failed(cause.reason)
            wait = back_off(worker.store_failures, STORE_WAIT)
            _log.warning(
                "store_failed", reason=cause.reason, error=str(cause), failures=worker.store_failures,
                wait_seconds=min(wait, LONGEST_WAIT).total_seconds(),
            )  # fmt: skip
            return self._now.utc() + wait
        except Exception:  # noqa: BLE001 - the worker boundary, see below
            # The worker boundary: a bug in one worker must not stop the others (design.md law 6).
            worker.crashes += 1
            self._metrics.worker_crashed(worker.step.name)
            wait = back_off(worker.crashes, CRASH_WAIT)
            _log.exception("worker_crashed", crashes=worker.crashes, wait_seconds=wait.total_seconds())
            return self._now.utc() + wait
        if worker.store_failures:
            _log.info("store_answers_again", failures=worker.store_failures)
        worker.crashes = worker.store_failures = 0
        self._metrics.worker_ticked(worker.step.name, self._now.utc())
        return at


class Settable(Now, Protocol):
    """A virtual clock."""

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        ...


class SeededDriver:
    """Calls the very same steps one at a time on a virtual clock; what happens depends on nothing else."""

    def __init__(self, now: Settable, workers: Sequence[Worker]) -> None:
        self._now = now
        self._due = {worker.step.name: (now.utc(), worker) for worker in workers}
        self.steps = 0

    def run_until(self, end: datetime, *, between: Callable[[], None] = lambda: None) -> None:
        """Call steps in the order of their times, ties by name, until the clock reaches `end`."""
        while True:
            for name, (_, worker) in self._due.items():
                if worker.wake.rung():
                    self._due[name] = (self._now.utc(), worker)
            name = min(self._due, key=lambda each: (self._due[each][0], each))
            at, worker = self._due[name]
            if at >= end:
                self._pass_until(end)
                return
            if at > self._now.utc():
                self._pass_until(at)
            following = worker.step.step(self._now.utc())
            self._due[name] = (following, worker)
            self.steps += 1
            between()

    def _pass_until(self, instant: datetime) -> None:
        self._now.advance((instant - self._now.utc()).total_seconds())
