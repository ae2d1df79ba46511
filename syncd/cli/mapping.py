"""`syncd map` and `syncd simulate`: a connector's mapper and simulator on their own."""

import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.tables import json_line
from syncd.daemon.system_now import SystemNow
from syncd.domain.timeline_format import timeline_as_json
from syncd.plugins import plugin
from syncd.ports.connector import Mapper, Site
from syncd.settings.option_file import load_options, load_script
from syncd.transport.served import serve


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(name="map")(map_records)
    app.command()(simulate)


def map_records(
    kind: Annotated[str, typer.Argument(help="The kind of connector: servicenow, timeline.")],
    files: Annotated[
        list[Path] | None, typer.Argument(help="Raw records, one JSON object a line; standard input by default.")
    ] = None,
    options: Annotated[Path | None, typer.Option("--options", help="The source's options, as YAML or JSON.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="The source's name; its kind by default.")] = None,
) -> None:
    """Show how syncd reads raw records: a timeline a line, with the problems found; no network, no store.

    A line that is no record prints a line with `error`; the exit code is 1 then.
    """
    found = plugin(kind)
    mapper = found.mapper(Site(source or kind), load_options(options, kind, found.options, fill=found.offline))
    failed = False
    for where, line in _lines(files or []):
        try:
            json_line(_mapped(mapper, line))
        except ValueError as refused:
            failed = True
            json_line({"error": f"{where}: {refused}"})
    if failed:
        raise typer.Exit(FOUND_SOMETHING)


def _mapped(mapper: Mapper, line: bytes) -> dict[str, object]:
    payload = json.loads(line)
    if not isinstance(payload, dict):
        raise ValueError("a raw record is a JSON object")  # noqa: TRY004 - what was found is the user's, not a type
    mapped = mapper.map(mapper.redact(mapper.record(payload)))
    problems = [{"code": problem.code, "detail": problem.detail} for problem in mapped.problems]
    return {**timeline_as_json(mapped.timeline), "problems": problems}


def _lines(files: list[Path]) -> Iterator[tuple[str, bytes]]:
    if not files:
        yield from ((f"line {number}", line) for number, line in enumerate(sys.stdin.buffer, 1) if line.strip())
    for path in files:
        try:
            stream = path.open("rb")
        except OSError as refused:
            raise typer.BadParameter(f"{path}: {refused.strerror}") from refused
        with stream:
            yield from ((f"{path}:{number}", line) for number, line in enumerate(stream, 1) if line.strip())


def simulate(
    kind: Annotated[str, typer.Argument(help="The kind of connector whose source is simulated.")],
    listen: Annotated[str, typer.Option("--listen", help="Loopback address and port; port 0 chooses one.")] = (
        "127.0.0.1:0"
    ),
    seed: Annotated[int, typer.Option("--seed", help="Another seed is another world.")] = 1,
    script: Annotated[Path | None, typer.Option("--script", help="What should happen, as YAML or JSON.")] = None,
) -> None:
    """Run a connector's simulated source until interrupted; prints its address and credentials, all made up."""
    found = plugin(kind)
    if found.simulator is None:
        raise typer.BadParameter(f"the connector {kind} has no simulator")
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal():
        raise typer.BadParameter(f"--listen: {listen!r} is not an address and a port, such as 127.0.0.1:8080")
    simulator = found.simulator(seed, load_script(script))
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    with serve(simulator, host=host, port=int(port), now=SystemNow()) as server:
        facts = {"url": server.url, "credentials": dict(simulator.credentials())}
        json_line({**facts, "options": dict(simulator.options(server.url))})
        sys.stdout.flush()
        stop.wait()
