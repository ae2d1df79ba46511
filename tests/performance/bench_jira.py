"""A backfill of Jira: the connector against the same pages fetched and decoded, and against the `jira` package.

The simulator runs in a process of its own, and so does each reader; what counts is a reader's processor time. The floor
sends the connector's very requests, decodes every answer and keeps nothing. The package walks its own enhanced search
with the changelog expanded: the same fields and histories, in pages of the same size. All of them collect garbage as
seldom as syncd does. SYNCD_BENCH_ISSUES says how many
issues (20,000), SYNCD_BENCH_HISTORIES how many changes each has (30).
"""

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec
from jira import JIRA

from connectors.jira.reading import build
from connectors.jira.settings import JiraOptions
from connectors.jira.simulator import build_simulator
from syncd.cli import GARBAGE
from syncd.daemon.system_now import SystemNow
from syncd.ports.connector import Backfills, Site
from syncd.ports.secret import Secret
from syncd.transport.limits import Limits
from syncd.transport.served import serve
from syncd.transport.toolkit import SourceToolkit
from tests.performance.commands import Used, used_by

ISSUES = int(os.environ.get("SYNCD_BENCH_ISSUES", "20000"))
HISTORIES = int(os.environ.get("SYNCD_BENCH_HISTORIES", "30"))
PAGE = 100


class Recorder(httpx.HTTPTransport):
    """Passes requests on and writes them down."""

    def __init__(self, target: Path) -> None:
        super().__init__()
        self._target = target.open("w", encoding="utf-8")

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request, then send it."""
        told = [request.method, str(request.url), dict(request.headers), request.read().decode()]
        self._target.write(json.dumps(told) + "\n")
        self._target.flush()
        return super().handle_request(request)


def simulate() -> None:
    """Serve a site, tell where, and go on until the other end is closed."""
    simulator = build_simulator(1, {"plenty": {"issues": ISSUES, "histories": HISTORIES, "days": 60}})
    now = SystemNow()
    simulator.advance(now.utc())
    with serve(simulator, now=now) as served:
        print(json.dumps({"options": simulator.options(served.url), "secrets": simulator.credentials()}), flush=True)
        sys.stdin.read()


def read(site: Mapping[str, dict[str, str]], requests: str = "") -> None:
    """Read the whole past with the connector."""
    options = JiraOptions.model_validate(site["options"])
    toolkit = SourceToolkit(
        "jira", now=SystemNow(), limits=Limits(), secrets=lambda ref: Secret(site["secrets"][ref.env or ""]),
        mount=Recorder(Path(requests)) if requests else None, inline=True,
    )  # fmt: skip
    reader = build(Site("jira"), options, toolkit)
    assert isinstance(reader, Backfills)
    # Tickets of a month's last minute come twice: bounds are as wide as a site that cuts to minutes needs.
    count = len({record.ticket for page in reader.backfill(None) for record in page.records})
    toolkit.close()
    if count != ISSUES:
        raise SystemExit(f"{count} of {ISSUES} issues were read")


def floor(requests: str) -> None:
    """Send the requests again, decode every answer, keep nothing."""
    decode = msgspec.json.Decoder().decode
    with httpx.Client(timeout=75.0) as client, Path(requests).open(encoding="utf-8") as lines:
        for line in lines:
            method, url, headers, content = json.loads(line)
            decode(client.request(method, url, headers=headers, content=content).content)


def package(site: Mapping[str, dict[str, str]], requests: str) -> None:
    """Walk the enhanced search of the `jira` package, as its users do, for the fields that the connector asks for."""
    with Path(requests).open(encoding="utf-8") as lines:
        asked = next(json.loads(line)[3] for line in lines if "bulkfetch" in line)
    fields = ",".join(json.loads(asked)["fields"])
    auth: Mapping[str, str] = site["options"]["auth"]  # type: ignore[assignment]  # options are nested here
    login = (auth["email"], site["secrets"]["JIRA_TOKEN"])
    client = JIRA(server=site["options"]["url"], basic_auth=login, max_retries=0, timeout=60)
    token, count = None, 0
    while True:
        page = client.enhanced_search_issues(
            "project = VND ORDER BY id DESC",
            nextPageToken=token,
            maxResults=PAGE,
            fields=fields,
            expand="changelog",
        )
        count += sum(len(issue.changelog.histories) > 0 for issue in page)
        token = page.nextPageToken
        if not token:
            break
    client.close()  # type: ignore[no-untyped-call]  # the package's own
    if count != ISSUES:
        raise SystemExit(f"{count} of {ISSUES} issues were read")


@contextmanager
def simulated() -> Iterator[str]:
    """Run the simulator in a process of its own; yields what it tells of itself."""
    with subprocess.Popen(
        [sys.executable, __file__, "simulate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise SystemExit("no pipes")
        try:
            yield process.stdout.readline()
        finally:
            process.stdin.close()
            process.wait()


def line(name: str, used: Used, start: float) -> str:
    """Return one line of the report; `start` is the processor time of a process that reads nothing."""
    spent = max(used.processor - start, 1e-9)
    return f"  {name:14s} {used}  {ISSUES / spent:8.0f} issues/s of processor  {ISSUES / used.wall:8.0f} issues/s"


def main() -> None:
    """Measure and print."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, simulated() as told:
        file, none = Path(name) / "requests.jsonl", Path(name) / "none.jsonl"
        none.write_text("")
        print(f"jira: {ISSUES} issues of {HISTORIES} changes; simulator up after {time.perf_counter() - began:.0f} s")
        read(json.loads(told), str(file))

        def run(*what: str) -> Used:
            return used_by([sys.executable, __file__, *what], os.environ)

        start = run("floor", str(none)).processor
        ours, bare, theirs = run("read", told), run("floor", str(file)), run("package", told, str(file))
    print(line("connector", ours, start), line("floor", bare, start), line("jira package", theirs, start), sep="\n")
    own, least, other = (used.processor - start for used in (ours, bare, theirs))
    print(f"  connector / floor   {own / least:6.2f}  (aim: below 2)")
    print(f"  package / connector {other / own:6.2f}  (aim: at least 5)")


if __name__ == "__main__":
    gc.freeze()
    gc.set_threshold(GARBAGE)
    match sys.argv[1:]:
        case ["simulate"]:
            simulate()
        case ["read", told]:
            read(json.loads(told))
        case ["floor", file]:
            floor(file)
        case ["package", told, file]:
            package(json.loads(told), file)
        case _:
            main()
