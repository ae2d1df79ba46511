"""Workers on threads: what a crash costs, and what ends all of them."""

import io
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from syncd.daemon.drivers import ThreadDriver, Worker
from syncd.daemon.system_now import SystemNow
from syncd.errors import Fenced, StoreError
from syncd.telemetry import logs
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


def full() -> None:
    raise StoreError("the disk is full", "full")


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


def test_a_store_that_fails_is_named_and_tried_again_and_is_no_crash() -> None:
    step = Scripted(full, full, nothing)
    worker, metrics = Worker(step), Metrics()
    lines = io.StringIO()
    logs.set_up(stream=lines)
    driver = ThreadDriver(SystemNow(), threading.Event(), metrics)
    driver.start([worker])
    while not step.reached.is_set():
        worker.wake.ring()
        step.reached.wait(0.01)
    assert driver.stop(10) == []
    assert driver.fatal is None
    logged = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [line["event"] for line in logged] == ["store_failed", "store_failed", "store_answers_again"]
    assert [(line["reason"], line["wait_seconds"]) for line in logged[:2]] == [("full", 2.0), ("full", 4.0)]
    assert "exception" not in logged[0]
    assert metrics.registry.get_sample_value("syncd_worker_store_failures_total", {"reason": "full"}) == 2
    assert not metrics.registry.get_sample_value("syncd_worker_crashes_total", {"worker": "scripted"})


def test_a_worker_whose_lease_is_lost_stops_everybody_and_says_why() -> None:
    stop = threading.Event()
    other, overtaken_one = Scripted(), Scripted(overtaken)
    driver = ThreadDriver(SystemNow(), stop, Metrics())
    driver.start([Worker(other), Worker(overtaken_one)])
    assert stop.wait(10)
    assert driver.stop(10) == []
    assert isinstance(driver.fatal, Fenced)
