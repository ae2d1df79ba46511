"""Measuring timelines of the real log: tickets a second in memory, and by `syncd measure` from a file to a file."""

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from syncd.domain.measure import measure
from syncd.domain.timeline_format import parse_timeline
from syncd.settings import load_agreements
from tests.uci.instance import LOG, write_agreements

AS_OF = datetime(2017, 6, 1, tzinfo=UTC)


def main() -> None:
    """Measure and print."""
    if not LOG.exists():
        print("measure: shared data absent")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = folder / "timelines.jsonl"
        with lines.open("w") as target:
            subprocess.run([sys.executable, str(LOG.with_name("make_timelines.py"))], stdout=target, check=True)
        payloads = [json.loads(line) for line in lines.read_text().splitlines()]
        agreements = write_agreements(folder, ["uci"])
        rules = load_agreements([agreements]).agreements

        began = time.process_time()
        timelines = [parse_timeline(payload) for payload in payloads]
        parsed = time.process_time()
        for timeline in timelines:
            measure(timeline, rules, as_of=AS_OF)
        measured = time.process_time()

        command = [sys.executable, "-m", "syncd", "measure", "--contracts", str(agreements), "--timelines", str(lines)]
        started = time.perf_counter()
        subprocess.run([*command, "--as-of", "2017-06-01T00:00:00Z"], stdout=subprocess.DEVNULL, check=True)
        whole = time.perf_counter() - started

        count = len(timelines)
        events = sum(len(timeline.events) for timeline in timelines)
        print(f"{count:,} tickets, {events:,} events, two targets")
        print(f"  parse           {count / (parsed - began):9,.0f} tickets/s")
        each = (measured - parsed) / count
        print(f"  measure         {1 / each:9,.0f} tickets/s, {each * 1e6:.0f} us each")
        print(f"  syncd measure   {count / whole:9,.0f} tickets/s, start, parsing and printing included")
        print(f"  ratio           {(measured - parsed) / (parsed - began):9.2f} measure against parse")


if __name__ == "__main__":
    main()
