"""The metrics page at ten and at a hundred thousand series, beside the client library's. A script; asserts nothing."""

import sys
import threading
from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter, thread_time

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from syncd.telemetry.exposition import render
from syncd.telemetry.fleet import Fleet
from syncd.telemetry.fleet_names import FLEET
from syncd.telemetry.fleet_rows import ROWS
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.snapshot import SnapshotHolder
from syncd.web.app import build_app
from syncd.web.server import WebServer
from tests.telemetry.fleets import AT, a_large_fleet
from tests.telemetry.pages import OPENMETRICS, reference_registry
from tests.web.facts import FixedFacts, ask

_VENDORS = (46, 470)
"""Such that there are ten thousand and a hundred thousand series."""

_ROUNDS = 9
_SOURCES = {f"source-{number:02}": "servicenow" for number in range(50)}


def _milliseconds(work: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    """The median of some rounds."""
    taken = []
    for _ in range(_ROUNDS):
        begun = clock()
        work()
        taken.append(clock() - begun)
    return median(taken) * 1000


def _direct(fleet: Fleet) -> CollectorRegistry:
    """The fleet in the library's own gauges, as an exporter without a snapshot would keep it."""
    registry = CollectorRegistry()
    for family, rows in ROWS.items():
        gauge = Gauge(family.name, family.help, family.labels, registry=registry)
        for labels, value in rows(fleet).items():
            (gauge.labels(*labels) if labels else gauge).set(value)
    return registry


def _line(what: str, took: float, reference: float) -> None:
    sys.stdout.write(f"{what:<52}{took:9.2f} ms   1/{reference / took:.0f} of the library\n")


def _now() -> datetime:
    return AT


def measure(vendors: int) -> None:
    """Measure one size of fleet, and the library at the same size in the same run."""
    fleet = a_large_fleet(vendors=vendors)
    direct, collected = _direct(fleet), reference_registry(fleet)
    library = _milliseconds(lambda: generate_latest(direct))
    metrics = Metrics(version="bench")
    metrics.expect(sources=_SOURCES, channels=["oncall", "chat"], workers=_SOURCES)
    holder = SnapshotHolder(metrics)
    holder.publish(fleet)
    page, _ = holder.page("", "", AT)
    packed, _ = holder.page("", "gzip", AT)
    series = sum(line[:1] != b"#" for line in render(fleet, FLEET, openmetrics=False).splitlines())
    own = sum(1 for family in metrics.registry.collect() for _ in family.samples)
    sys.stdout.write(f"{series} fleet series, {own} process series; {len(page)} bytes, {len(packed)} packed\n")
    _line("generate_latest over gauges (the library)", library, library)
    _line("generate_latest over a custom collector", _milliseconds(lambda: generate_latest(collected)), library)
    _line("rows of all families, without text", _milliseconds(lambda: [rows(fleet) for rows in ROWS.values()]), library)
    _line("render", _milliseconds(lambda: render(fleet, FLEET, openmetrics=False)), library)
    _line("publish: render and compress", _milliseconds(lambda: holder.publish(fleet)), library)
    _line("process families alone, generate_latest", _milliseconds(lambda: generate_latest(metrics.registry)), library)
    _line("page, gzip", _milliseconds(lambda: holder.page(OPENMETRICS, "gzip", AT)), library)
    spent = _milliseconds(lambda: holder.page(OPENMETRICS, "gzip", AT), thread_time)
    _line("page, gzip: of which processor time", spent, library)
    server = WebServer(build_app(FixedFacts(), holder, _now))
    server.start()
    headers = {"Accept": OPENMETRICS, "Accept-Encoding": "gzip"}
    _line("scrape over HTTP, gzip", _milliseconds(lambda: ask(server.url, "/metrics", headers=headers)), library)
    _line("the same while a thread publishes", _while_publishing(holder, fleet, server.url, headers), library)
    server.stop()


def _while_publishing(holder: SnapshotHolder, fleet: Fleet, url: str, headers: dict[str, str]) -> float:
    """The median scrape while snapshots are rendered without a pause, which is far worse than every 15 seconds."""
    stop = threading.Event()

    def publish() -> None:
        while not stop.is_set():
            holder.publish(fleet)

    publishing = threading.Thread(target=publish)
    publishing.start()
    try:
        return _milliseconds(lambda: ask(url, "/metrics", headers=headers))
    finally:
        stop.set()
        publishing.join()


def main() -> None:
    for vendors in _VENDORS:
        measure(vendors)


if __name__ == "__main__":
    main()
