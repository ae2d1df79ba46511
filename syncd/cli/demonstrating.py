"""`syncd demo`: a simulated ServiceNow and the daemon on an embedded store, to look at."""

import json
import os
import socket
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.observing import LogLevel
from syncd.cli.running import run_daemon
from syncd.daemon.system_now import SystemNow
from syncd.domain.timeline_format import instant_text
from syncd.plugins import plugin
from syncd.ports.connector import Simulator
from syncd.transport.served import serve

KIND = "servicenow"
SEED = 7
HISTORY_DAYS = 14
TICKETS_A_DAY = 40
USUAL_PORT = 9465


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    state: Annotated[
        Path, typer.Option("--state", help="Where the store and the generated configuration are kept.")
    ] = Path(".demo"),
    log_level: LogLevel = "warning",
) -> None:
    """Show syncd at work without any account: two vendors, two weeks of made-up tickets, and new ones all the time.

    Everything listens on loopback only. Ctrl-C stops it, the store is kept, the next demo goes on with it.
    """
    state.mkdir(parents=True, exist_ok=True)
    simulator = _simulator(state)
    with serve(simulator, now=SystemNow()) as server:
        os.environ.update(simulator.credentials())
        config = _configuration(state, simulator, server.url)
        sys.stderr.write(f"simulated ServiceNow  {server.url}\nconfiguration         {config}\n")
        run_daemon(config, log_level)


def _simulator(state: Path) -> Simulator:
    """The same simulated world at every start: it began when the first demo did."""
    note = state / "world.json"
    if not note.exists():
        began = SystemNow().utc().replace(minute=0, second=0, microsecond=0) - timedelta(days=HISTORY_DAYS)
        note.write_text(json.dumps({"began": instant_text(began)}) + "\n", encoding="utf-8")
    began_text = str(json.loads(note.read_text(encoding="utf-8"))["began"])
    datetime.fromisoformat(began_text)
    build = plugin(KIND).simulator
    if build is None:
        raise typer.BadParameter(f"the connector {KIND} has no simulator")
    return build(SEED, {"start": began_text, "tickets_per_day": TICKETS_A_DAY})


def _configuration(state: Path, simulator: Simulator, url: str) -> Path:
    """Write the configuration that reads the simulator; JSON, which YAML reads as well."""
    samples = _samples()
    folder = state.absolute()
    written = {
        "store": {"url": f"sqlite:///{folder / 'syncd.db'}"},
        "http": {"listen": f"127.0.0.1:{_port()}"},
        "contracts": [str(samples / "contracts")],
        "calendars": [str(samples / "calendars")],
        "parties": {
            "customer": {"domains": ["example.com"]},
            "vendors": {
                "acme": {"name": "ACME Managed Services", "domains": ["acme.example"], "groups": ["ACME NOC"]},
                "globex": {
                    "name": "Globex Service Desk", "domains": ["globex.example"], "groups": ["Globex Service Desk"],
                },
            },
        },
        "sources": [
            {"name": "snow", "kind": KIND, "every": "10s", "options": dict(simulator.options(url))},
        ],
    }  # fmt: skip
    path = folder / "syncd.yaml"
    path.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    return path


def _samples() -> Path:
    """The contracts and calendars that ship with syncd: in its package, or beside it in a checkout."""
    here = Path(__file__).parent
    installed = here / "demo"
    return installed if installed.is_dir() else here.parent.parent / "config" / "demo"


def _port() -> int:
    """The usual port, or any free one if somebody has it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT
