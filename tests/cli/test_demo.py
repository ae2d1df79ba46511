"""`syncd demo`: up within seconds, something to look at, stopped by Ctrl-C, continued by the next."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

PATIENCE = 90.0


@contextmanager
def demo(state: Path) -> Iterator[str]:
    """A running demo; yields the address of its pages, and stops it as Ctrl-C does."""
    command = [sys.executable, "-m", "syncd", "demo", "--state", str(state)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            told = ""
            while "metrics" not in told:
                line = process.stderr.readline()
                assert line, f"the demo ended: {told}"
                told += line
            found = re.search(r"^status page +(http://127.0.0.1:[0-9]+)/$", told, re.MULTILINE)
            assert found is not None, told
            yield found[1]
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
        finally:
            process.kill()


def settled(url: str) -> dict[str, Any]:
    """The status once the past is read."""
    end = time.monotonic() + PATIENCE
    while True:
        status: dict[str, Any] = httpx.get(f"{url}/api/v1/status").json()
        if all(
            worker["last_success_at"] and worker["backfill"] in ("complete", "none") for worker in status["workers"]
        ):
            return status
        assert time.monotonic() < end, status
        time.sleep(0.5)


def published(url: str, sample: str) -> None:
    """Wait for the next snapshot to hold a sample that begins so."""
    end = time.monotonic() + PATIENCE
    while sample not in httpx.get(f"{url}/metrics").text:
        assert time.monotonic() < end, sample
        time.sleep(0.5)


def test_there_is_something_to_look_at_and_the_next_demo_goes_on_with_it(tmp_path: Path) -> None:
    with demo(tmp_path) as url:
        first = settled(url)
        clocks = httpx.get(f"{url}/api/v1/open-clocks?limit=500").json()
        clocks = clocks["clocks"] if isinstance(clocks, dict) else clocks
        assert {clock["stage"] for clock in clocks} == {"running", "paused"}
        assert {clock["vendor"] for clock in clocks} == {"acme", "globex"}
        assert {clock["source"] for clock in clocks} == {"snow", "jira", "mail"}
        assert any(clock["source"] == "mail" and clock["target"] == "fix" for clock in clocks)
        month = first["started_at"][:7]
        rows = httpx.get(f"{url}/api/v1/scorecard?period={month}").text
        assert json.loads(rows)
        assert httpx.get(f"{url}/-/ready").status_code == 200
        published(url, "syncd_scorecard_compliance_ratio{")
    with demo(tmp_path) as url:
        again = httpx.get(f"{url}/api/v1/status").json()
        assert again["tickets"] >= first["tickets"] > 100
        assert [worker["failures"] for worker in settled(url)["workers"]] == [0, 0, 0]
