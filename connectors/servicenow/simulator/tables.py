"""One table's rows in memory, found by sys_id, by hashed columns, and in the order of dated columns."""

from bisect import bisect_left, insort
from collections.abc import Iterable

Row = dict[str, str]
"""One record: raw values, all text; an absent column is empty."""

Key = tuple[str, str]
"""A dated column's value, then the sys_id."""


class Table:
    """Rows and their indexes. A row object may stand in two tables (`task` and its class)."""

    def __init__(self, name: str, sorted_by: tuple[str, ...], hashed_by: tuple[str, ...]) -> None:
        self.name = name
        self.rows: dict[str, Row] = {}
        self.orders: dict[str, list[Key]] = {column: [] for column in sorted_by}
        self.hashes: dict[str, dict[str, dict[str, None]]] = {column: {} for column in hashed_by}

    def add(self, row: Row) -> None:
        """Put a row in; one with the same sys_id is replaced."""
        sys_id = row["sys_id"]
        if sys_id in self.rows:
            self.remove(sys_id)
        self.rows[sys_id] = row
        self._index(row, [*self.orders, *self.hashes])

    def remove(self, sys_id: str) -> Row:
        """Take a row out and return it; KeyError if it is not there."""
        row = self.rows.pop(sys_id)
        self._unindex(row, [*self.orders, *self.hashes])
        return row

    def clear(self) -> None:
        """Take every row out."""
        self.rows.clear()
        for order in self.orders.values():
            order.clear()
        for hashed in self.hashes.values():
            hashed.clear()

    def _index(self, row: Row, columns: Iterable[str]) -> None:
        sys_id = row["sys_id"]
        for column in columns:
            value = row.get(column, "")
            order = self.orders.get(column)
            if order is None:
                self.hashes[column].setdefault(value, {})[sys_id] = None
                continue
            key = (value, sys_id)
            if not order or key > order[-1]:
                order.append(key)
            else:
                insort(order, key)

    def _unindex(self, row: Row, columns: Iterable[str]) -> None:
        sys_id = row["sys_id"]
        for column in columns:
            value = row.get(column, "")
            order = self.orders.get(column)
            if order is None:
                self.hashes[column][value].pop(sys_id)
            else:
                del order[bisect_left(order, (value, sys_id))]


def rewrite(row: Row, values: dict[str, str], tables: Iterable[Table]) -> None:
    """Write values into a row and keep the indexes of every table it stands in."""
    moved = [(table, [c for c in values if c in table.orders or c in table.hashes]) for table in tables]
    for table, columns in moved:
        table._unindex(row, columns)  # noqa: SLF001  the other half of this module
    row.update(values)
    for table, columns in moved:
        table._index(row, columns)  # noqa: SLF001  as above
