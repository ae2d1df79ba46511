"""From `syncd run` to the first metrics page that holds the fleet, with a million stored tickets.

One ticket in a hundred is open, its deadline far ahead; the others ended over a thousand days. A thousand tickets are
written through the repositories and then multiplied in SQL. SYNCD_BENCH_TICKETS says how many tickets.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from syncd.bootstrap.configuration import rules_of, settings_of
from syncd.bootstrap.rounds import rebuilding_of
from syncd.daemon.collect import collect_fleet
from syncd.daemon.system_now import SystemNow
from syncd.domain.events import Opened, PhaseChanged, TicketEvent
from syncd.domain.names import Awaiting, Party, Phase
from syncd.domain.timeline import Timeline
from syncd.services.assess import assess
from syncd.settings import Settings
from syncd.store import tables
from tests.daemon.processes import configured
from tests.performance.commands import SYNCD, compiling_into, used_by

TICKETS = int(os.environ.get("SYNCD_BENCH_TICKETS", "1000000"))
PATTERN = 1_000
"""Tickets written through the repositories, which are then multiplied."""

A_TRANSACTION = 100
OPEN_EVERY = 100
FLEET = "syncd_sla_open_tickets{"
"""How a line of a fleet family begins that only stored clocks can bring."""

CONTRACT = """
contract: acme
vendor: {id: acme, name: ACME}
time_zone: UTC
revisions:
  - effective: {from: 2020-01-01}
    covers: [{source: bulk}]
    targets:
      - {name: response, metric: first_response, goals: {P1: 1h, P2: 4h}, calendar: always, objective: 95%}
      - {name: fix, metric: resolution, goals: {P1: 72000h, P2: 72000h}, calendar: always, objective: 90%}
"""


def history(number: int, now: datetime) -> list[TicketEvent]:
    """Return the events of one ticket of the pattern."""
    at = now - timedelta(days=number + 1)
    opened = Opened(id=f"{number}-0", at=at, by=Party.CUSTOMER, priority=f"P{number % 2 + 1}", vendor="acme")
    taken = PhaseChanged(
        id=f"{number}-1", at=at + timedelta(minutes=50), by=Party.VENDOR, to=Phase.ACTIVE, awaiting=Awaiting.VENDOR
    )
    if number % OPEN_EVERY == 0:
        return [opened, taken]
    done = PhaseChanged(
        id=f"{number}-2", at=at + timedelta(hours=9), by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY
    )
    return [opened, taken, done]


def write_pattern(settings: Settings, now: datetime) -> None:
    """Write and measure the pattern's tickets."""
    rules = rules_of(settings)
    with rebuilding_of(settings, now=SystemNow(), say=lambda _line: None) as (intakes, store, fence, _rules):
        for start in range(0, PATTERN, A_TRANSACTION):
            numbers = range(start, start + A_TRANSACTION)
            heads = [Timeline(source="bulk", ticket=f"B{n}", id=f"id-{n}", events=()) for n in numbers]
            with store.begin(fence) as work:
                locked = work.tickets.lock(intakes[0].source, heads)
                work.tickets.append({locked[f"id-{n}"]: history(n, now) for n in numbers}, recorded_at=now)
                assess(work, sorted(locked.values()), rules, as_of=now, from_history=True)
                work.commit()


def multiply(path: Path) -> None:
    """Copy the pattern under new numbers until there are as many tickets as wanted."""
    with closing(sqlite3.connect(path)) as connection:
        copies = "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < ?)"
        for table, changed in {
            tables.ticket: {
                "number": f"number + {PATTERN} * n", "ticket_id": "ticket_id || '-' || n", "shown": "shown || '-' || n"
            },
            tables.ticket_event: {"ticket": f"ticket + {PATTERN} * n"},
            tables.reading: {"ticket": f"ticket + {PATTERN} * n"},
        }.items():  # fmt: skip
            names = [column.name for column in table.columns]
            values = ", ".join(changed.get(name, name) for name in names)
            pattern = f"SELECT {', '.join(names)} FROM {table.name}"  # noqa: S608  # our own names
            connection.execute(
                f"INSERT INTO {table.name} ({', '.join(names)}) {copies} SELECT {values} FROM copy, ({pattern})",  # noqa: S608  # as above
                (TICKETS // PATTERN - 1,),
            )
        connection.commit()


def count_days(settings: Settings) -> None:
    """Bring the rollups up to date, as a daemon does while it runs."""
    with rebuilding_of(settings, now=SystemNow(), say=lambda _line: None) as (_intakes, store, fence, _rules):
        dirty = True
        while dirty:
            with store.begin(fence) as work:
                dirty = bool(work.readings.refresh_rollups(100))
                work.commit()


def collecting(settings: Settings) -> float:
    """Return the median milliseconds that collecting the fleet for a snapshot takes, rollups up to date."""
    taken = []
    every = {"bulk": timedelta(hours=1)}
    with rebuilding_of(settings, now=SystemNow(), say=lambda _line: None) as (_intakes, store, _fence, _rules):
        for _ in range(5):
            began = time.perf_counter()
            with store.view() as view:
                collect_fleet(view, settings.agreements, every, store.usage(), now=datetime.now(UTC))
            taken.append(time.perf_counter() - began)
    return median(taken) * 1000


def started(config: Path, environ: dict[str, str]) -> tuple[float, float, int]:
    """Return seconds until the first page with the fleet, megabytes resident at most, and the page's size."""
    began = time.perf_counter()
    with subprocess.Popen(
        [*SYNCD, "run", "-c", str(config), "--log-level", "error"], env=environ, stderr=subprocess.PIPE, text=True
    ) as process:
        if process.stderr is None:
            raise RuntimeError("the daemon has no output")
        url = next(found[1] for line in process.stderr if (found := re.match(r"metrics +(\S+)", line)))
        while FLEET not in (page := _page(url)):
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        process.send_signal(signal.SIGTERM)
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return seconds, used.ru_maxrss / 1024, len(page)


def _page(url: str) -> str:
    try:
        with urlopen(url, timeout=30) as answer:  # noqa: S310  # loopback, our own
            return str(answer.read().decode())
    except URLError:
        return ""


def main() -> None:
    """Fill a store, start on it, and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "contract.yaml").write_text(CONTRACT)
        (folder / "nothing").mkdir()
        source = {"name": "bulk", "kind": "timeline", "every": "1h", "options": {"path": str(folder / "nothing")}}
        config = configured(folder, [source], contracts=["contract.yaml"])
        environ = compiling_into(folder)
        used_by([*SYNCD, "once", "-c", config], environ)
        settings = settings_of(config)
        write_pattern(settings, datetime.now(UTC))
        multiply(folder / "syncd.db")
        count_days(settings)
        megabytes = (folder / "syncd.db").stat().st_size / 1e6
        print(f"start with {TICKETS:,} tickets, {TICKETS // OPEN_EVERY:,} of them open, store {megabytes:,.0f} MB")
        for what in ("first", "again"):
            seconds, resident, size = started(config, environ)
            print(
                f"  {what}: {seconds:6.2f} s to the first metrics page with the fleet (aim: 10), {size:,} bytes; "
                f"{resident:.0f} MB resident at most (aim: 300)"
            )
        milliseconds = collecting(settings)
        print(f"  every 15 s: {milliseconds:6.0f} ms to collect the fleet, windows and periods together")
        idle = used_by([sys.executable, "-c", "import syncd.cli.running"], environ)
        print(f"  of which {idle.wall:6.2f} s to import the daemon")


if __name__ == "__main__":
    main()
