"""`syncd demo`: a simulated ServiceNow, Jira and mailbox, and the daemon on an embedded store, to look at."""

import json
import os
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.observing import LogLevel
from syncd.cli.printing import say
from syncd.cli.running import run_daemon
from syncd.daemon.system_now import SystemNow
from syncd.domain.instant_text import instant_text
from syncd.plugins import plugin
from syncd.ports.connector import Simulator
from syncd.transport.served import serve

SEED = 7
HISTORY_DAYS = 14
USUAL_PORT = 9465


@dataclass(frozen=True, slots=True)
class Shown:
    """One simulated source of the demo: what it is called, its kind, what its simulator is told, and its options."""

    name: str
    kind: str
    called: str
    script: Mapping[str, object]
    """How busy it is, above all."""
    options: Mapping[str, object] = field(default_factory=dict)


_PRIORITIES = {"1": "P1", "2": "P2", "3": "P3", "4": "P4", "5": "P5"}
SHOWN = (
    Shown("snow", "servicenow", "ServiceNow", {"tickets_per_day": 40}),
    Shown("jira", "jira", "Jira", {"tickets_per_day": 20}, {"priorities": _PRIORITIES}),
    Shown(
        "mail",
        "mail",
        "mailbox",
        {"conversations_per_day": 24, "relayed": ["globex.example"]},
        {"folders": ["inbox", "inbox/Done"]},
    ),
)


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
    began = _began(state)
    sources: list[dict[str, object]] = []
    with ExitStack() as served:
        for shown in SHOWN:
            simulator = _simulator(shown, began)
            server = served.enter_context(serve(simulator, now=SystemNow()))
            os.environ.update(simulator.credentials())
            say(f"{'simulated ' + shown.called:<21} {server.url}")
            options = {**simulator.options(server.url), **shown.options}
            sources.append({"name": shown.name, "kind": shown.kind, "every": "10s", "options": options})
        config = _configuration(state, sources)
        say(f"{'configuration':<21} {config}")
        run_daemon(config, log_level)


def _began(state: Path) -> str:
    """The instant at which the simulated worlds began: when the first demo did, so that every start shows the same."""
    note = state / "world.json"
    if not note.exists():
        began = SystemNow().utc().replace(minute=0, second=0, microsecond=0) - timedelta(days=HISTORY_DAYS)
        note.write_text(json.dumps({"began": instant_text(began)}) + "\n", encoding="utf-8")
    try:
        text = str(json.loads(note.read_text(encoding="utf-8"))["began"])
        datetime.fromisoformat(text)
    except (ValueError, KeyError, TypeError) as refused:
        raise typer.BadParameter(f"{note} does not say when the demo began: remove {state} and start anew") from refused
    return text


def _simulator(shown: Shown, began: str) -> Simulator:
    build = plugin(shown.kind).simulator
    if build is None:
        raise typer.BadParameter(f"the connector {shown.kind} has no simulator")
    return build(SEED, {"start": began, **shown.script})


def _configuration(state: Path, sources: list[dict[str, object]]) -> Path:
    """Write the configuration that reads the simulators; JSON, which YAML reads as well."""
    samples = _samples()
    folder = state.absolute()
    written = {
        "store": {"url": f"sqlite:///{folder / 'syncd.db'}"},
        "http": {"listen": f"127.0.0.1:{_port()}"},
        "contracts": [str(samples / "contracts")],
        "calendars": [str(samples / "calendars")],
        "parties": {
            "customer": {"domains": ["example.com"], "groups": ["service-desk", "network-team"]},
            "vendors": {
                "acme": {
                    "name": "ACME Managed Services", "domains": ["acme.example"], "groups": ["ACME NOC", "acme-noc"],
                },
                "globex": {
                    "name": "Globex Service Desk", "domains": ["globex.example"],
                    "groups": ["Globex Service Desk", "globex-desk"],
                },
            },
        },
        "sources": sources,
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
