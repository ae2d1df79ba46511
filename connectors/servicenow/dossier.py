"""Complete records: a page of tickets with their audit rows, journal, names and people."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from connectors.servicenow.cells import Row, text, whole
from connectors.servicenow.directory import Directory
from connectors.servicenow.history import DELETED
from connectors.servicenow.keyset import FIRST, LAST, Keyset, Place
from connectors.servicenow.native import FIELDS as NATIVE_FIELDS
from connectors.servicenow.native import TABLE as NATIVE
from connectors.servicenow.native import kept as kept_of_native
from connectors.servicenow.query import Filter, Pin, all_of, among, is_sys_id
from connectors.servicenow.redaction import AUDIT, JOURNAL, record_fields
from connectors.servicenow.rights import Rights
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.stamps import instant
from connectors.servicenow.table_api import TableApi
from connectors.servicenow.ticket import part_of
from syncd.domain.problem import Problem
from syncd.errors import SourceMisunderstood, SourceRefused
from syncd.ports.connector import RawRecord
from syncd.ports.toolkit import Toolkit

_ORDER = ("sys_created_on", "sys_id")


@dataclass(frozen=True, slots=True)
class Completed:
    """Records, and what was found wrong while reading them."""

    records: tuple[RawRecord, ...]
    problems: tuple[Problem, ...] = ()
    native_refused: bool = False
    """The source's own SLA clocks could not be read; everything else was."""


@dataclass(frozen=True, slots=True)
class _Found:
    rows: tuple[Row, ...] = ()
    hidden: int = 0
    refused: str = ""


class Dossiers:
    """Completes tickets: their history in batches, side by side."""

    def __init__(self, api: TableApi, toolkit: Toolkit, options: ServiceNowOptions) -> None:
        self._api = api
        self._toolkit = toolkit
        self._options = options
        self._directory = Directory(api, toolkit, options)
        self.fields = record_fields(options)

    def complete(self, table: str, tickets: Sequence[Row], rights: Rights) -> Completed:
        """Return the records of a table's rows; what has no usable identity becomes a problem."""
        usable = [row for row in tickets if is_sys_id(text(row, "sys_id")) and instant(text(row, "sys_updated_on"))]
        problems = []
        if len(usable) < len(tickets):
            detail = f"{table}: {len(tickets) - len(usable)} rows without a sys_id of 32 hexadecimal digits or a date"
            problems.append(Problem("unreadable_row", detail))
        batches = list(self._batches([text(row, "sys_id") for row in usable]))
        calls: list[Callable[[], _Found]] = []
        calls += [self._audit_call(ids) for ids in batches if rights.audit]
        audits = len(calls)
        calls += [self._journal_call(ids) for ids in batches if rights.journal]
        histories = len(calls)
        calls += [self._native_call(ids) for ids in batches if rights.native]
        found = self._toolkit.gather(calls)
        audit, journal = _by("documentkey", found[:audits]), _by("element_id", found[audits:histories])
        native = _by("task", found[histories:])
        refused = next((each.refused for each in found if each.refused), "")
        if refused:
            problems.append(native_unreadable(refused))
        hidden = sum(each.hidden for each in found[:histories])
        if hidden:
            problems.append(Problem("hidden_rows", f"{table}: {hidden} rows of history cannot be read"))
        self._directory.learn(usable, _all(audit), _all(journal))
        records = [
            self._record(table, row, audit.get(key, []), journal.get(key, []), native.get(key, []), rights)
            for row in usable
            for key in (text(row, "sys_id"),)
        ]
        return Completed(tuple(records), tuple(problems), bool(refused))

    def deleted(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of some tickets whose deletion was audited."""
        wanted = all_of(among("documentkey", ids), among("fieldname", [DELETED]))
        rows, _ = self._api.page("sys_audit", wanted, ("sys_id", "documentkey", "fieldname"))
        return frozenset(text(row, "documentkey") for row in rows.rows if text(row, "fieldname") == DELETED)

    def _batches(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        for start in range(0, len(ids), self._options.batch):
            yield ids[start : start + self._options.batch]

    def _audit_call(self, ids: Sequence[str]) -> Callable[[], _Found]:
        wanted = all_of(among("documentkey", ids), among("fieldname", (*self._options.tracked, DELETED)))
        return lambda: self._history("sys_audit", _about("documentkey", ids, wanted), (*AUDIT, "documentkey"))

    def _journal_call(self, ids: Sequence[str]) -> Callable[[], _Found]:
        wanted = all_of(among("element_id", ids), among("element", ("comments", "work_notes")))
        return lambda: self._history("sys_journal_field", _about("element_id", ids, wanted), (*JOURNAL, "element_id"))

    def _native_call(self, ids: Sequence[str]) -> Callable[[], _Found]:
        wanted = _about("task", ids, among("task", ids))

        def call() -> _Found:
            try:
                return self._history(NATIVE, wanted, (*NATIVE_FIELDS, "task"))
            except (SourceRefused, SourceMisunderstood) as broken:
                if not is_about_native(broken):
                    raise
                return _Found(refused=str(broken))

        return call

    def _history(self, table: str, wanted: Filter, fields: Sequence[str]) -> _Found:
        keyset = Keyset(self._api, table, fields, wanted, column="sys_created_on")
        rows: list[Row] = []
        hidden = 0
        for batch in keyset.read(Place(FIRST), LAST):
            rows.extend(batch.rows)
            hidden += batch.hidden
        return _Found(tuple(rows), hidden)

    def _record(
        self, table: str, row: Row, audit: Sequence[Row], journal: Sequence[Row], native: Sequence[Row], rights: Rights
    ) -> RawRecord:
        payload: dict[str, object] = {
            "table": text(row, "sys_class_name") or table,
            "record": dict(row),
            "audit": [{field: each[field] for field in AUDIT if field in each} for each in audit],
            "journal": [{field: each[field] for field in JOURNAL if field in each} for each in journal],
            "names": self._directory.names(row, audit),
            "users": self._directory.users(row, audit, journal),
            "readable": {"audit": rights.audit, "journal": rights.journal},
        }
        if native:
            payload[NATIVE] = [kept_of_native(each) for each in native]
        updated_at = instant(text(row, "sys_updated_on"))
        if updated_at is None:  # pragma: no cover - `complete` lets no such row through
            raise ValueError("sys_updated_on")
        return RawRecord(text(row, "sys_id"), updated_at, payload, part_of(payload))


def is_about_native(broken: SourceRefused | SourceMisunderstood) -> bool:
    """Tell whether an error means that `task_sla` may not be asked; evidence beside ours must not stop a source."""
    if isinstance(broken, SourceRefused):
        return broken.reason != "auth"
    return broken.reason == "query_not_honoured"


def native_unreadable(why: str) -> Problem:
    """Return the finding that the source's own SLA clocks cannot be read."""
    return Problem("native_unreadable", f"{NATIVE}: the source's own SLA verdicts are not read: {why}")


def _about(column: str, ids: Sequence[str], wanted: str) -> Filter:
    """Return a filter by which a condition that was dropped is seen on the first row, not after a whole table."""
    return Filter(wanted, pins=(Pin(column, frozenset(ids)),))


def _by(column: str, found: Sequence[_Found]) -> dict[str, list[Row]]:
    """Return rows by ticket, in an order that does not depend on how they were paged."""
    grouped: dict[str, list[Row]] = {}
    for each in found:
        for row in each.rows:
            grouped.setdefault(text(row, column), []).append(row)
    for rows in grouped.values():
        rows.sort(key=lambda row: (text(row, "sys_created_on"), whole(row, "record_checkpoint"), text(row, "sys_id")))
    return grouped


def _all(grouped: dict[str, list[Row]]) -> list[Row]:
    return [row for rows in grouped.values() for row in rows]
