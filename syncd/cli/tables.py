"""Tables for people and JSON for programs, from the same rows; progress on long work."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from rich.box import HEAVY_HEAD, SIMPLE_HEAD, Box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from syncd.cli.columns import broken, widths
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
    console = Console()
    cells = [["" if value is None else visible(str(value)) for value in row.values()] for row in rows]
    headings = [key.replace("_", " ") for key in rows[0]]
    look, found = _laid_out([list(texts) for texts in zip(headings, *cells, strict=True)], console.width)
    table = Table(title=Text(title), title_justify="left", header_style="bold", show_edge=look.edge, box=look.box)
    table.padding, table.pad_edge, table.collapse_padding = (0, look.padding) * 2, look.edge, not look.edge
    for heading, value, width in zip(headings, rows[0].values(), found, strict=True):
        right = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(heading, justify="right" if right else "left", overflow="fold", width=width)
    for texts in cells:
        # As text: what stands in brackets in a ticket's name is a part of it, not a colour.
        table.add_row(*map(Text, texts))
    console.print(table)


class _Look(NamedTuple):
    """How a table is drawn, and how many cells stand between two of its columns, and around them all."""

    box: Box
    edge: bool
    padding: int
    between: int
    around: int


_LOOKS = (
    _Look(HEAVY_HEAD, edge=True, padding=1, between=3, around=4),
    _Look(SIMPLE_HEAD, edge=False, padding=1, between=2, around=0),
    _Look(SIMPLE_HEAD, edge=False, padding=0, between=1, around=0),
)


def _laid_out(columns: Sequence[Sequence[str]], width: int) -> tuple[_Look, list[int]]:
    """Return the first look in which no word must be broken, else the narrowest, and the widths of the columns."""
    tried = ((look, widths(columns, width - look.around - look.between * (len(columns) - 1))) for look in _LOOKS)
    *wider, narrowest = tried
    return next((each for each in wider if not broken(columns, each[1])), narrowest)


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
