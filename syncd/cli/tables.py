"""Tables for people and JSON for programs, from the same rows; progress on long work."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from syncd.cli.options import Output
from syncd.cli.streams import ascii_only

LINES_EVERY_SECONDS = 60.0

_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
"""Characters that JSON leaves as they are and Unicode calls ends of lines."""


def show(rows: Sequence[Mapping[str, object]], output: Output, *, title: str, empty: str) -> None:
    """Print rows: as JSON an array of objects, else a table whose columns are the first row's keys."""
    if output is Output.JSON:
        json_document(list(rows))
        return
    if not rows:
        sys.stdout.write(f"{empty}\n")
        return
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for key, value in rows[0].items():
        right = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(key.replace("_", " "), justify="right" if right else "left", overflow="fold")
    for row in rows:
        # As text: what stands in brackets in a ticket's name is a part of it, not a colour.
        table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))
    Console().print(table)


def json_line(value: Mapping[str, object]) -> None:
    """Print one JSON object on a line of its own, whatever the reader takes for the end of a line."""
    text = json.dumps(value, separators=(", ", ": "), ensure_ascii=ascii_only())
    sys.stdout.write((text if text.isascii() else text.translate(_LINE_ENDS)) + "\n")


def json_document(value: object) -> None:
    """Print one JSON value on as many lines as it takes."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=ascii_only()) + "\n")


@contextmanager
def progress(what: str, total: int | None, monotonic: Callable[[], float]) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many more are done: a bar on a terminal, else a line a minute."""
    if sys.stderr.isatty():
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.advance(task, done)
        return
    state = {"done": 0, "said": monotonic()}

    def advance(done: int) -> None:
        state["done"] += done
        if monotonic() - state["said"] >= LINES_EVERY_SECONDS:
            state["said"] = monotonic()
            of = "" if total is None else f" of {total}"
            sys.stderr.write(f"{what}: {state['done']}{of}\n")

    yield advance
