"""Whether scraping slows polling: records a second of a daemon that reads the past, scraped every second or never.

Windows of both kinds take turns in one run. SYNCD_BENCH_WINDOW says how many seconds a window has.
"""

import json
import os
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from tests.daemon.processes import Daemon, Process, await_, configured, running
from tests.daemon.worlds import past
from tests.performance.commands import compiling_into

WINDOW = float(os.environ.get("SYNCD_BENCH_WINDOW", "8"))
TURNS = 3
EVERY = 1.0
"""Seconds between two scrapes; a Prometheus asks every 15 or 30."""

CONTRACT = """
contract: acme
vendor: {id: acme, name: ACME}
time_zone: UTC
revisions:
  - effective: {from: 2020-01-01}
    covers: [{source: snow}]
    targets:
      - {name: response, metric: first_response, goals: {default: 4h}, calendar: always}
      - {name: fix, metric: resolution, goals: {default: 40h}, calendar: always}
"""
WORLD = {"start": past(150).isoformat(), "tickets_per_day": 400}


def records(daemon: Daemon) -> float:
    """Return how many records were read so far."""
    return sum(
        daemon.metric("syncd_tickets_processed_total", source="snow", outcome=outcome)
        for outcome in ("created", "updated", "unchanged")
    )


def scrape(url: str, stop: threading.Event, taken: list[float]) -> None:
    """Ask for the page every second, as Prometheus does, and note how long each answer took."""
    request = Request(f"{url}/metrics", headers={"Accept": "application/openmetrics-text", "Accept-Encoding": "gzip"})  # noqa: S310  # loopback, our own
    while not stop.wait(EVERY):
        began = time.perf_counter()
        with urlopen(request, timeout=30) as answer:  # noqa: S310  # as above
            answer.read()
        taken.append(time.perf_counter() - began)


def window(daemon: Daemon, taken: list[float] | None) -> float:
    """Return the records a second of one window, scraped where `taken` is given."""
    stop = threading.Event()
    scraper = threading.Thread(target=scrape, args=(daemon.url, stop, [] if taken is None else taken))
    if taken is not None:
        scraper.start()
    first, began = records(daemon), time.perf_counter()
    time.sleep(WINDOW)
    rate = (records(daemon) - first) / (time.perf_counter() - began)
    stop.set()
    if taken is not None:
        scraper.join()
    return rate


def main() -> None:
    """Let it read, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "contract.yaml").write_text(CONTRACT)
        script = folder / "script.json"
        script.write_text(json.dumps(WORLD))
        with Process(["simulate", "servicenow", "--script", script]) as process:
            said = await_(lambda: process.output() if "\n" in process.output() else None, "simulator", 120)
            instance = json.loads(said)
            source = {"name": "snow", "kind": "servicenow", "every": "30s", "options": instance["options"]}
            config = configured(folder, [source], contracts=["contract.yaml"])
            with running(config, {**compiling_into(folder), **instance["credentials"]}, level="warning") as daemon:
                await_(lambda: records(daemon) > 0, "first page", 120)
                taken: list[float] = []
                quiet, scraped = [], []
                for _ in range(TURNS):
                    quiet.append(window(daemon, None))
                    scraped.append(window(daemon, taken))
                total = records(daemon)
    print(f"reading the past of one source, {total:,.0f} records; windows of {WINDOW:g} s in turns")
    print(f"  not scraped          {median(quiet):7.0f} records/s")
    print(f"  scraped every second {median(scraped):7.0f} records/s, {median(scraped) / median(quiet):.2f} of that")
    print(f"  a scrape meanwhile   {median(taken) * 1000:7.1f} ms")


if __name__ == "__main__":
    main()
