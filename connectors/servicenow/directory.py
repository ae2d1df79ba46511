"""Names behind sys_ids and people behind accounts, kept for an hour."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from connectors.servicenow.cells import Row, text
from connectors.servicenow.query import among, is_listable, is_sys_id
from connectors.servicenow.redaction import LINKED_USERS
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.table_api import TableApi
from syncd.errors import SourceRefused
from syncd.ports.toolkit import Toolkit

KEPT_SECONDS = 3600.0
"""How long a name is believed."""

_Names = dict[str, tuple[float, str]]


class Directory:
    """Looks names and users up in bulk. A table that may not be read leaves its ids as they are.

    An answer to another question would hide whose a ticket is: `SourceMisunderstood(query_not_honoured)`.
    """

    def __init__(self, api: TableApi, toolkit: Toolkit, options: ServiceNowOptions) -> None:
        self._api = api
        self._toolkit = toolkit
        self._batch = options.batch
        tables = options.reference_tables
        fields = (*options.vendor_fields, *options.attributes.values())
        self._referring = {field: tables[field] for field in fields if field in tables}
        self._names: dict[str, _Names] = {}
        self._users: dict[str, tuple[float, Row | None]] = {}

    def learn(self, records: Sequence[Row], audit: Iterable[Row], journal: Iterable[Row]) -> None:
        """Look up whatever these rows refer to and is not known, side by side."""
        wanted: dict[str, set[str]] = {}
        for field, value in self._references(records, audit := list(audit)):
            wanted.setdefault(self._referring[field], set()).add(value)
        accounts = {text(row, "user") for row in audit} | {text(row, "sys_created_by") for row in journal}
        ids = {text(record, field) for record in records for field in LINKED_USERS}
        now = self._toolkit.now.monotonic()
        calls: list[Callable[[], None]] = []
        for table, values in wanted.items():
            known = self._names.setdefault(table, {})
            calls += [
                lambda table=table, part=part: self._name(table, part, now)  # type: ignore[misc]  # mypy cannot infer a lambda's default
                for part in self._parts(value for value in values if _stale(known.get(value), now))
            ]
        unknown = sorted(key for key in accounts | ids if is_listable(key) and _stale(self._users.get(key), now))
        calls += [
            lambda part=part: self._person("user_name", part, now)  # type: ignore[misc]  # as above
            for part in self._parts(key for key in unknown if not is_sys_id(key))
        ]
        calls += [
            lambda part=part: self._person("sys_id", part, now)  # type: ignore[misc]  # as above
            for part in self._parts(key for key in unknown if is_sys_id(key))
        ]
        self._toolkit.gather(calls)

    def names(self, record: Row, audit: Sequence[Row]) -> dict[str, dict[str, str]]:
        """Return the names that one ticket's fields ever referred to, by table and sys_id, in order."""
        found: dict[str, dict[str, str]] = {}
        for field, value in sorted(self._references([record], audit)):
            _, name = self._names.get(self._referring[field], {}).get(value, (0.0, ""))
            if name:
                found.setdefault(self._referring[field], {})[value] = name
        return found

    def users(self, record: Row, audit: Iterable[Row], journal: Iterable[Row]) -> list[Mapping[str, object]]:
        """Return the users that one ticket names: account, sys_id and mail domain, never the address."""
        keys = {text(row, "user") for row in audit} | {text(row, "sys_created_by") for row in journal}
        keys |= {text(record, field) for field in LINKED_USERS}
        rows = {}
        for key in keys:
            _, row = self._users.get(key, (0.0, None))
            if row is not None:
                rows[text(row, "sys_id")] = row
        return [
            {
                "user_name": text(row, "user_name"),
                "sys_id": sys_id,
                "domain": text(row, "email").rpartition("@")[2].casefold(),
            }
            for sys_id, row in sorted(rows.items())
        ]

    def _references(self, records: Iterable[Row], audit: Iterable[Row]) -> Iterator[tuple[str, str]]:
        for record in records:
            for field in self._referring:
                if is_sys_id(text(record, field)):
                    yield field, text(record, field)
        for row in audit:
            field = text(row, "fieldname")
            if field in self._referring:
                yield from ((field, text(row, key)) for key in ("oldvalue", "newvalue") if is_sys_id(text(row, key)))

    def _parts(self, values: Iterable[str]) -> Iterator[list[str]]:
        ordered = sorted(values)
        for start in range(0, len(ordered), self._batch):
            yield ordered[start : start + self._batch]

    def _name(self, table: str, ids: Sequence[str], now: float) -> None:
        found = {text(row, "sys_id"): row for row in self._rows(table, "sys_id", ids, ("sys_id", "name", "number"))}
        for sys_id in ids:
            row = found.get(sys_id, {})
            self._names[table][sys_id] = (now, text(row, "name") or text(row, "number"))

    def _person(self, column: str, keys: Sequence[str], now: float) -> None:
        found = self._rows("sys_user", column, keys, ("sys_id", "user_name", "email"))
        by_key = {text(row, column).casefold(): row for row in found}
        for key in keys:
            self._users[key] = (now, by_key.get(key.casefold()))

    def _rows(self, table: str, column: str, values: Sequence[str], fields: Sequence[str]) -> Sequence[Row]:
        most = 2 * len(values) + 10
        try:
            rows = self._api.rows(table, among(column, values), fields, limit=most).rows
        except SourceRefused as refused:
            if refused.reason == "auth":
                raise
            return ()  # no right to this table, or no such table: the ids stay as they are
        # Which accounts are one is for its collation to say, but hardly that each of them comes twice.
        strange = column == "sys_id" and not {text(row, "sys_id") for row in rows} <= {"", *values}
        if strange or len(rows) == most:
            raise self._api.not_honoured(f"{table}: records that were not asked for came back")
        return rows


def _stale(known: tuple[float, object] | None, now: float) -> bool:
    return known is None or now - known[0] > KEPT_SECONDS
