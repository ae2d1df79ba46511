"""`syncd map` and `syncd simulate`: a connector's mapper and simulator on their own."""

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from syncd.cli.exits import FOUND_SOMETHING
from syncd.cli.printing import json_line
from syncd.cli.strict_json import read_object
from syncd.daemon.system_now import SystemNow
from syncd.domain.problem import Problem
from syncd.domain.surrogates import without_halves
from syncd.domain.timeline import Timeline, in_order
from syncd.domain.timeline_format import timeline_as_json
from syncd.plugins import plugin
from syncd.ports.connector import Mapped, Mapper, ReadsFiles, Site
from syncd.settings.option_file import load_options, load_script
from syncd.transport.served import serve


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(name="map")(map_records)
    app.command()(simulate)


def map_records(
    kind: Annotated[str, typer.Argument(help="The kind of connector: jira, mail, servicenow, timeline.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Raw records, one JSON object a line, or message files; standard input by default."),
    ] = None,
    options: Annotated[Path | None, typer.Option("--options", help="The source's options, as YAML or JSON.")] = None,
    source: Annotated[str | None, typer.Option("--source", help="The source's name; its kind by default.")] = None,
    messages: Annotated[
        bool, typer.Option("--messages", help="How each message in message files was read, instead of timelines.")
    ] = False,
) -> None:
    """Show how syncd reads raw records: a timeline a line, with the problems found; no network, no store.

    Of mail the files may be messages, folders of them, Maildirs and mbox files as well. A line that is no record prints
    a line with `error`; the exit code is 1 then.
    """
    found = plugin(kind)
    mapper = found.mapper(Site(source or kind), load_options(options, kind, found.options, fill=found.offline))
    if isinstance(mapper, ReadsFiles) and files and not all(_holds_records(path) for path in files):
        _map_files(mapper, mapper, files, messages=messages)
        return
    if messages:
        raise typer.BadParameter(f"--messages needs message files, which {kind} does not read here")
    failed = False
    for where, line in _lines(files or []):
        try:
            json_line(_mapped(mapper, line))
        except (ValueError, RecursionError) as refused:
            failed = True
            why = "nested too deep to be read" if isinstance(refused, RecursionError) else refused
            json_line({"error": f"{where}: {why}"})
    if failed:
        raise typer.Exit(FOUND_SOMETHING)


def _map_files(mapper: Mapper, reader: ReadsFiles, files: list[Path], *, messages: bool) -> None:
    try:
        read = reader.files(files)
    except OSError as refused:
        raise typer.BadParameter(f"{refused.filename}: {refused.strerror}") from refused
    if messages:
        for detail in read.details:
            json_line(dict(detail))
        return
    tickets: dict[str, list[Mapped]] = {}
    for record in read.records:
        tickets.setdefault(record.ticket, []).append(mapper.map(mapper.redact(mapper.record(record.payload))))
    for parts in tickets.values():
        events = in_order(event for part in parts for event in part.timeline.events)
        found = [problem for part in parts for problem in part.problems]
        json_line(_as_json(replace(parts[0].timeline, events=events), found))


def _holds_records(path: Path) -> bool:
    """Whether a file's first character is that of a JSON object."""
    try:
        with path.open("rb") as stream:
            return stream.read(4096).lstrip()[:1] == b"{"
    except OSError:
        return False


def _mapped(mapper: Mapper, line: bytes) -> dict[str, object]:
    mapped = mapper.map(mapper.redact(mapper.record(read_object(without_halves(line), "a raw record"))))
    return _as_json(mapped.timeline, mapped.problems)


def _as_json(timeline: Timeline, problems: Sequence[Problem]) -> dict[str, object]:
    found = [{"code": problem.code, "detail": problem.detail} for problem in problems]
    return {**timeline_as_json(timeline), "problems": found}


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
    listen: Annotated[
        str, typer.Option("--listen", help="Address and port, loopback by default; port 0 chooses one.")
    ] = ("127.0.0.1:0"),
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
    try:
        served = serve(simulator, host=host, port=int(port), now=SystemNow())
    except (OSError, OverflowError) as refused:
        raise typer.BadParameter(f"--listen: {listen}: {refused}") from refused
    with served as server:
        facts = {"url": server.url, "credentials": dict(simulator.credentials())}
        json_line({**facts, "options": dict(simulator.options(server.url))})
        sys.stdout.flush()
        stop.wait()
