"""Workers on threads: what a crash costs, and what ends all of them."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from syncd.daemon.drivers import ThreadDriver, Worker
from syncd.daemon.system_now import SystemNow
from syncd.errors import Fenced
from syncd.telemetry.metrics import Metrics


class Scripted:
    """A step that does one thing after another, then waits; `reached` says that it has done all."""

    def __init__(self, *deeds: Callable[[], None]) -> None:
        self.name = "scripted"
        self.reached = threading.Event()
        self.began = threading.Event()
        self._deeds = list(deeds)

    def step(self, now: datetime) -> datetime:
        self.began.set()
        if self._deeds:
            self._deeds.pop(0)()
            return now
        self.reached.set()
        return now + timedelta(hours=1)


def bug() -> None:
    raise ZeroDivisionError


def nothing() -> None:
    """All is well."""


def overtaken() -> None:
    raise Fenced


def test_a_worker_that_recovered_is_not_held_against_what_it_did_before() -> None:
    step = Scripted(bug, nothing)
    worker = Worker(step)
    driver = ThreadDriver(SystemNow(), threading.Event(), Metrics())
    driver.start([worker])
    assert step.began.wait(10)
    while not step.reached.is_set():
        worker.wake.ring()
        step.reached.wait(0.01)
    assert driver.stop(10) == []
    assert worker.crashes == 0


def test_a_worker_whose_lease_is_lost_stops_everybody_and_says_why() -> None:
    stop = threading.Event()
    other, overtaken_one = Scripted(), Scripted(overtaken)
    driver = ThreadDriver(SystemNow(), stop, Metrics())
    driver.start([Worker(other), Worker(overtaken_one)])
    assert stop.wait(10)
    assert driver.stop(10) == []
    assert isinstance(driver.fatal, Fenced)
