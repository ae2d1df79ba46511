"""Ingest of the real log end to end: the daemon's processor time against a bare client that reads the same pages.

The simulator runs in a process of its own. The bare client sends the very requests that the connector sends, one after
the other, decodes every body, and keeps nothing.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from resource import struct_rusage

import httpx
import msgspec

from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.sources import source_of
from syncd.daemon.system_now import SystemNow
from syncd.ports.connector import Backfills
from syncd.transport.hooks import SILENT
from tests.uci.instance import LOG, serving, write_config

PAGE_SIZE = 200


class Recorder(httpx.HTTPTransport):
    """Passes requests on and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, dict[str, str]]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request, then send it."""
        self.requests.append((str(request.url), dict(request.headers)))
        return super().handle_request(request)


def measured(command: Sequence[str], environ: dict[str, str]) -> tuple[float, float, struct_rusage]:
    """Run a command; return its wall seconds, its processor seconds and what it used."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used


def record(config: Path, target: Path) -> int:
    """Let the connector read everything once and keep the requests it sent."""
    settings = settings_of(config)
    recorder = Recorder()
    source = source_of(settings, settings.sources[0], now=SystemNow(), hooks=SILENT, mounts={"uci": recorder})
    records = sum(len(page.records) for page in source.connector.pages(None))
    if isinstance(source.connector, Backfills):
        records += sum(len(page.records) for page in source.connector.backfill(None))
    source.close()
    target.write_text(json.dumps(recorder.requests))
    return records


def bare(requests: Path) -> None:
    """The bare client."""
    decode = msgspec.json.Decoder().decode
    with httpx.Client(timeout=75.0) as client:
        for url, headers in json.loads(requests.read_text()):
            decode(client.get(url, headers=headers).content)


def main() -> None:
    """Measure and print."""
    if len(sys.argv) > 1:
        bare(Path(sys.argv[1]))
        return
    if not LOG.exists():
        print("ingest: shared data absent")
        return
    with tempfile.TemporaryDirectory() as name, serving(Path(name)) as instance:
        folder = Path(name)
        config = write_config(folder, instance.options, page_size=PAGE_SIZE)
        os.environ.update(instance.environ)
        requests = folder / "requests.json"
        records = record(config, requests)
        count = len(json.loads(requests.read_text()))
        wall, own, used = measured([sys.executable, "-m", "syncd", "once", "-c", str(config)], instance.environ)
        _, start, _ = measured([sys.executable, "-m", "syncd", "check", "-c", str(config)], instance.environ)
        floor_wall, floor, _ = measured([sys.executable, __file__, str(requests)], instance.environ)
        size = (folder / "syncd.db").stat().st_size / 1e6
        print(
            f"ingest of the real log: {records} records, {count} requests, page size {PAGE_SIZE}, store {size:.0f} MB"
        )
        print(
            f"  daemon (once)  {own:7.2f} s processor, {wall:7.2f} s wall, {used.ru_maxrss / 1024:.0f} MB resident at most"
        )
        print(f"    of which     {start:7.2f} s to start and read the configuration")
        print(f"  bare client    {floor:7.2f} s processor, {floor_wall:7.2f} s wall")
        print(f"  ratio          {own / floor:7.2f}  (aim: 3)")


if __name__ == "__main__":
    main()
