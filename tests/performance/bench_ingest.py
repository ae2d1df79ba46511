"""Ingest of the real log end to end: the daemon's processor time against a bare client that reads the same pages.

The simulator runs in a process of its own. The bare client sends the very requests that the connector sends, one after
the other, decodes every body, and keeps nothing. SYNCD_BENCH_INCIDENTS says how many incidents (all unless given).
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import httpx

from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.sources import source_of
from syncd.daemon.system_now import SystemNow
from syncd.ports.connector import Backfills
from syncd.transport.hooks import SILENT
from tests.performance.commands import BARE_CLIENT, SYNCD, compiling_into, used_by
from tests.uci.instance import LOG, serving, write_config

PAGE_SIZE = 200
INCIDENTS = int(os.environ.get("SYNCD_BENCH_INCIDENTS", "0"))
"""How many of the log's incidents; 0 for all."""


class Recorder(httpx.HTTPTransport):
    """Passes requests on and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, dict[str, str]]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request, then send it."""
        self.requests.append((str(request.url), dict(request.headers)))
        return super().handle_request(request)


def record(config: Path, target: Path) -> tuple[int, int]:
    """Let the connector read everything once and keep the requests it sent; return how many records and requests."""
    settings = settings_of(config)
    recorder = Recorder()
    source = source_of(settings, settings.sources[0], now=SystemNow(), hooks=SILENT, mounts={"uci": recorder})
    records = sum(len(page.records) for page in source.connector.pages(None))
    if isinstance(source.connector, Backfills):
        records += sum(len(page.records) for page in source.connector.backfill(None))
    source.close()
    target.write_text(json.dumps(recorder.requests))
    return records, len(recorder.requests)


def main() -> None:
    """Measure and print."""
    if not LOG.exists():
        print("ingest: shared data absent")
        return
    with tempfile.TemporaryDirectory() as name, serving(Path(name), limit=INCIDENTS) as instance:
        folder = Path(name)
        config = write_config(folder, instance.options, page_size=PAGE_SIZE)
        os.environ.update(instance.environ)
        requests, none = folder / "requests.json", folder / "none.json"
        none.write_text("[]")
        records, count = record(config, requests)
        environ = compiling_into(folder)
        used_by([*SYNCD, "once", "--help"], environ)
        used_by([sys.executable, BARE_CLIENT, none], environ)
        start = used_by([*SYNCD, "check", "-c", config], environ)
        own = used_by([*SYNCD, "once", "-c", config], environ)
        idle = used_by([sys.executable, BARE_CLIENT, none], environ)
        floor = used_by([sys.executable, BARE_CLIENT, requests], environ)
        size = (folder / "syncd.db").stat().st_size / 1e6
    print(f"ingest of the real log: {records} records, {count} requests, page size {PAGE_SIZE}, store {size:.0f} MB")
    print(f"  daemon (once)  {own}")
    print(f"    of which     {start.processor:8.2f} s to start and read the configuration")
    print(f"  bare client    {floor}")
    print(f"    of which     {idle.processor:8.2f} s to start")
    print(f"  ratio          {own.processor / floor.processor:8.2f}  (aim: 3)")


if __name__ == "__main__":
    main()
