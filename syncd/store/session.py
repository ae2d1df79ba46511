"""One open transaction as the repositories see it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from syncd.errors import StoreError
from syncd.ports.repositories import TicketNo
from syncd.store.failures import translated

T = TypeVar("T")

ReadRow = tuple[int, int, str, int, int, int, bytes | None, int | None]
"""Of an event's row what is read back: at, seq, id, ticket, kind, party, payload, withdrawn_at. Sorts into the order of
events, for ids differ."""

BATCH = 500
"""How many keys one statement names."""


def marks(values: Sized) -> str:
    """Return as many `?` marks as there are values, for a list in parentheses."""
    return ", ".join("?" * len(values))


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Yield items in lists of at most `size`."""
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


class Session:
    """A transaction that ends once; whatever is asked of it afterwards is refused."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection: sa.Connection | None = connection
        self.made: dict[TicketNo, dict[str, ReadRow]] = {}
        """Tickets that this transaction made, each with the rows of the events that it holds by now, by id."""
        self.unmeasured: set[TicketNo] = set()
        """Those of them that no reading was written of yet."""
        self.postgres = connection.dialect.name == "postgresql"

    def end(self) -> None:
        """Refuse everything from here on."""
        self._connection = None

    @property
    def connection(self) -> sa.Connection:
        """The connection; raises `StoreError` once the transaction has ended."""
        if self._connection is None:
            raise StoreError("this transaction has ended; open another one")
        return self._connection

    def run(self, statement: sa.Executable, values: Any = None) -> sa.CursorResult[*tuple[Any, ...]]:
        """Execute a statement, once or for each of a list of values."""
        return self.connection.execute(statement, values)

    def insert(self, table: sa.Table, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> int:
        """Insert rows, leaving alone those whose key is there; return how many were new."""
        # Inline: nobody wants the keys. Without the option, how many rows were new would be forgotten on PostgreSQL.
        statement = self._maker(table).on_conflict_do_nothing().inline().execution_options(preserve_rowcount=True)
        return self.run(statement, values).rowcount

    def insert_selected(self, table: sa.Table, rows: sa.Select[Any]) -> None:
        """Insert what a query returns, in the table's column order, leaving alone rows whose key is there."""
        columns = [column.name for column in table.columns]
        self.run(self._maker(table).from_select(columns, rows).on_conflict_do_nothing().inline())

    def _maker(self, table: sa.Table) -> Any:
        """Return an insertion that can leave rows alone, which is of each engine its own."""
        if not self.postgres:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # a file needs nothing of a server's dialect

        return postgresql.insert(table)

    def bulk(self, table: sa.Table, rows: Sequence[tuple[Any, ...]], *, skip_known: bool = False) -> int:
        """Insert rows, in the table's column order; return how many were new.

        A column that the database numbers itself is left out. A row whose key is there is left alone if known ones are
        to be skipped, else it is an error. Several times as fast as `insert`: tuples go straight to SQLite's driver,
        and to PostgreSQL as one statement's arrays.
        """
        if not rows:
            return 0
        given = [column for column in table.columns if column is not table.autoincrement_column]
        names = ", ".join(column.name for column in given)
        known = "ON CONFLICT DO NOTHING" if skip_known else ""
        into = f"INSERT INTO {table.name} ({names})"
        if not self.postgres:
            return self._each(f"{into} VALUES ({marks(given)}) {known}", rows)
        arrays = ", ".join(f"%s::{self._array_of(column)}" for column in given)
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        with self._cursor() as cursor:
            cursor.execute(f"{into} SELECT * FROM unnest({arrays}) {known}", columns)  # noqa: S608  # our own names
            return int(cursor.rowcount)

    def _array_of(self, column: sa.Column[Any]) -> str:
        dialect = self.connection.dialect
        return f"{column.type.dialect_impl(dialect).compile(dialect).partition(' COLLATE')[0]}[]"

    def each(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """Execute a statement with `?` marks for each of some rows of values, as the driver takes them."""
        if rows:
            self._each(self._marked(sql), rows)

    def _each(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> int:
        with self._cursor() as cursor:
            cursor.executemany(sql, rows)
            return int(cursor.rowcount)

    def tuples(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Return the rows of a query with `?` marks as the driver gives them, for reading by the million."""
        with self._cursor() as cursor:
            cursor.execute(self._marked(sql), values)
            return list(cursor.fetchall())

    def among(self, sql: str, tickets: Iterable[TicketNo]) -> list[TicketNo]:
        """Return those of some tickets that a query, to which their list is added, finds; in order.

        Asked first where nearly always there are none: the driver says so in a tenth of the time.
        """
        found = (self.tuples(f"{sql} ({marks(some)})", some) for some in batches(sorted(tickets)))
        return sorted(number for rows in found for (number,) in rows)

    def change(self, sql: str, values: Sequence[Any]) -> int:
        """Execute a statement with `?` marks, straight in the driver; return how many rows it changed."""
        with self._cursor() as cursor:
            cursor.execute(self._marked(sql), values)
            return int(cursor.rowcount)

    def _marked(self, sql: str) -> str:
        return sql.replace("?", "%s") if self.postgres else sql

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with translated():
            cursor = self.connection.connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()
