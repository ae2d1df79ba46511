"""What the API user may see: tables, columns, and rows (which are hidden after a page was cut, never before)."""

from collections.abc import Callable, Mapping
from typing import Literal, cast

from connectors.servicenow.simulator.encoded import parse
from connectors.servicenow.simulator.predicate import Test, all_of, any_of, compiled
from connectors.servicenow.simulator.script import Script
from connectors.servicenow.simulator.tables import Row
from connectors.servicenow.simulator.world import World
from syncd.errors import ConfigError

Refusal = Literal["empty", "forbidden"]
KEYS = ("hidden", "blank", "columns", "tables")


class Rights:
    """Rights by script: `hidden` and `blank` map a table to an encoded query, `columns` to what may not be read.

    `tables` maps a table to `empty` (200 with no rows, as for journals and audit) or `forbidden` (403).
    """

    def __init__(self, world: World, values: Mapping[str, object]) -> None:
        script = Script(values, KEYS, "rights")
        self._world = world
        self._hidden = self._tests(script.texts("hidden"))
        self._blank = self._tests(script.texts("blank"))
        self._columns = {table: set(columns.split(",")) for table, columns in script.texts("columns").items()}
        refused = script.texts("tables")
        if not set(refused.values()) <= {"empty", "forbidden"}:
            raise ConfigError("servicenow simulator rights.tables: empty or forbidden")
        self._tables = cast("dict[str, Refusal]", refused)

    def _tests(self, queries: Mapping[str, str]) -> dict[str, Test]:
        return {table: self._test(table, query) for table, query in queries.items()}

    def _test(self, table: str, query: str) -> Test:
        groups = [
            [any_of([compiled(self._world, table, part) for part in group]) for group in groups]
            for groups in parse(query).alternatives
        ]
        return any_of([all_of(tests) for tests in groups])

    def refusal(self, table: str) -> Refusal | None:
        """Return how the whole table is refused."""
        return self._tables.get(table)

    def column_hidden(self, table: str, column: str) -> bool:
        """Say whether a column may not be read; so are those of a table that may not be read."""
        return table in self._tables or column in self._columns.get(table, ())

    def hides(self, table: str, row: Row) -> bool:
        """Say whether row ACLs hide a row."""
        test = self._hidden.get(table)
        return test is not None and test(row)

    def shown(self, table: str, rows: list[Row], write: Callable[[Row], dict[str, object]]) -> list[dict[str, object]]:
        """Return the page as this user gets it: shorter by the hidden rows, with `{}` for unreadable ones."""
        hidden, blank = self._hidden.get(table), self._blank.get(table)
        if hidden is not None:
            rows = [row for row in rows if not hidden(row)]
        if blank is not None:
            return [{} if blank(row) else write(row) for row in rows]
        return [write(row) for row in rows]
