"""Tables for people and JSON for programs, from the same rows; progress on long work."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from syncd.cli.options import Output
from syncd.cli.printing import json_document, say, tell
from syncd.domain.visible import visible

LINES_EVERY_SECONDS = 60.0


def show(rows: Sequence[Mapping[str, object]], output: Output, *, title: str, empty: str) -> None:
    """Print rows: as JSON an array of objects, else a table whose columns are the first row's keys."""
    if output is Output.JSON:
        json_document(list(rows))
        return
    if not rows:
        tell([empty])
        return
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for key, value in rows[0].items():
        right = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(key.replace("_", " "), justify="right" if right else "left", overflow="fold")
    for row in rows:
        # As text: what stands in brackets in a ticket's name is a part of it, not a colour.
        table.add_row(*(Text("" if value is None else visible(str(value))) for value in row.values()))
    Console().print(table)


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
            say(f"{what}: {state['done']}{of}")

    yield advance
