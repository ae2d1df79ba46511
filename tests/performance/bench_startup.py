"""From `syncd run` to the first metrics page that holds the fleet, with a million stored tickets.

One ticket in a hundred is open, its deadline far ahead; the others ended over a thousand days.
SYNCD_BENCH_TICKETS says how many tickets.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.rounds import rebuilding_of
from syncd.daemon.collect import collect_fleet
from syncd.daemon.system_now import SystemNow
from syncd.settings import Settings
from tests.daemon.processes import configured
from tests.performance.commands import SYNCD, compiling_into, used_by
from tests.performance.stored import count_days, fill

TICKETS = int(os.environ.get("SYNCD_BENCH_TICKETS", "1000000"))
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
        fill(settings, folder / "syncd.db", TICKETS, open_every=OPEN_EVERY, now=datetime.now(UTC))
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
