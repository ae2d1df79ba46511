"""Rows written as JSON values: everything is text, references are text or objects, as three parameters decide."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from connectors.servicenow.simulator.display import Locale, display
from connectors.servicenow.simulator.schema import JOURNAL
from connectors.servicenow.simulator.tables import Row
from connectors.servicenow.simulator.world import World

Shown = Literal["false", "true", "all"]
Cell = Callable[[Row], object]


@dataclass(frozen=True, slots=True)
class Style:
    """`sysparm_display_value`, `sysparm_exclude_reference_link`, and how this instance writes an empty reference."""

    shown: Shown
    without_links: bool
    base_url: str
    locale: Locale
    null_references: bool = False


def _raw(world: World, table: str, column: str, style: Style) -> Cell:
    target = world.schema.target(table, column)
    if world.schema.columns(table)[column] == JOURNAL:
        return lambda _: ""
    if target is None:
        return lambda row: row.get(column, "")
    empty = None if style.null_references else ""
    if style.without_links:
        return lambda row: row.get(column, "") or empty

    def linked(row: Row) -> object:
        value = row.get(column, "")
        return {"link": _link(style, target, value), "value": value} if value else empty

    return linked


def _link(style: Style, target: str, value: str) -> str:
    return f"{style.base_url}/api/now/table/{target}/{value}"


def _spoken(world: World, table: str, column: str, style: Style) -> Cell:
    target = world.schema.target(table, column)

    def cell(row: Row) -> object:
        value = row.get(column, "")
        text = display(world, style.locale, table, column, row)
        link = {} if target is None or style.without_links or not value else {"link": _link(style, target, value)}
        if style.shown == "all":
            raw = "" if world.schema.columns(table)[column] == JOURNAL else value
            return {"display_value": text, "value": raw, **link}
        return {"display_value": text, **link} if link else text or ""

    return cell


def cell_of(world: World, table: str, path: str, style: Style, hidden: Callable[[str, str], bool]) -> Cell | None:
    """Return what writes the column at a dotted path; None for a column that is unknown or may not be read.

    `hidden` answers for a table and a column of it. A dotted column behind a table that may not be read is empty.
    """
    head, _, rest = path.partition(".")
    if world.schema.type_of(table, path) is None or hidden(table, head):
        return None
    if not rest:
        return (_raw if style.shown == "false" else _spoken)(world, table, head, style)
    target = world.schema.target(table, head) or ""
    further = cell_of(world, target, rest, style, hidden)
    rows = world.tables[target].rows
    absent: object = {"display_value": "", "value": ""} if style.shown == "all" else ""

    def walk(row: Row) -> object:
        found = rows.get(row.get(head, ""))
        return absent if found is None or further is None else further(found)

    return walk


def writer(
    world: World, table: str, columns: Sequence[str], style: Style, hidden: Callable[[str, str], bool]
) -> Callable[[Row], dict[str, object]]:
    """Return what writes a row; columns that are unknown or hidden are left out without a word."""
    cells = {path: cell_of(world, table, path, style, hidden) for path in columns or world.schema.columns(table)}
    kept = [(path, cell) for path, cell in cells.items() if cell is not None]
    return lambda row: {path: cell(row) for path, cell in kept}
