"""Tickets re-read by id, whatever became of them: changed, reclassified, deleted, out of sight."""

from collections.abc import Iterator, Sequence

from connectors.servicenow.cells import Row, text
from connectors.servicenow.dossier import Dossiers
from connectors.servicenow.query import among, is_sys_id, table_name
from connectors.servicenow.rights import Rights
from connectors.servicenow.settings import ServiceNowOptions
from connectors.servicenow.table_api import TableApi
from syncd.domain.names import GoneReason
from syncd.errors import SourceRefused

BASE = "task"
"""The table that every ticket table extends; a reclassified record leaves its table but stays here."""


class Finder:
    """Finds tickets by id: in the source's tables, then in the base table, then one by one."""

    def __init__(self, api: TableApi, dossiers: Dossiers, options: ServiceNowOptions) -> None:
        self._api = api
        self._dossiers = dossiers
        self._options = options

    def find(self, ids: Sequence[str]) -> dict[str, list[Row]]:
        """Return the records that still can be read, by the table they are in now."""
        found: dict[str, list[Row]] = {}
        missing = [sys_id for sys_id in dict.fromkeys(ids) if is_sys_id(sys_id)]
        for table in self._options.tables:
            rows = [row for part in self._parts(missing) for row in self._among(table, part)]
            found.setdefault(table, []).extend(rows)
            seen = {text(row, "sys_id") for row in rows}
            missing = [sys_id for sys_id in missing if sys_id not in seen]
        for sys_id, table in self._elsewhere(missing):
            row = self._one(table, sys_id)
            if row is not None:
                found.setdefault(table, []).append(row)
        return found

    def why_gone(self, ids: Sequence[str], rights: Rights) -> dict[str, GoneReason]:
        """Return why some tickets cannot be read: a deletion is believed only from the audit history."""
        usable = [sys_id for sys_id in ids if is_sys_id(sys_id)]
        deleted: set[str] = set()
        if rights.audit:
            for part in self._parts(usable):
                deleted |= self._deleted(part)
        return {sys_id: GoneReason.DELETED if sys_id in deleted else GoneReason.UNREACHABLE for sys_id in ids}

    def _parts(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        for start in range(0, len(ids), self._options.batch):
            yield ids[start : start + self._options.batch]

    def _among(self, table: str, ids: Sequence[str]) -> list[Row]:
        rows = self._api.rows(table, among("sys_id", ids), self._dossiers.fields, limit=len(ids)).rows
        wanted = set(ids)
        visible = [row for row in rows if text(row, "sys_id")]
        if any(text(row, "sys_id") not in wanted for row in visible):
            raise self._api.not_honoured(f"{table}: a record that was not asked for came back")
        return [row for row in visible if text(row, "sys_updated_on")]

    def _elsewhere(self, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield where to look for tickets that left their table: their class now, else the first table again."""
        classes: dict[str, str] = {}
        for part in self._parts(ids):
            for row in self._api.rows(BASE, among("sys_id", part), ("sys_id", "sys_class_name"), limit=len(part)).rows:
                classes[text(row, "sys_id")] = text(row, "sys_class_name")
        for sys_id in ids:
            yield sys_id, _table(classes.get(sys_id, "")) or self._options.tables[0]

    def _one(self, table: str, sys_id: str) -> Row | None:
        """Return one record, from the base table if its own is closed to us."""
        try:
            row = self._api.one(table, sys_id, self._dossiers.fields)
        except SourceRefused as refused:
            if refused.reason == "auth":
                raise
            row = self._api.one(BASE, sys_id, self._dossiers.fields)
        return row if row is not None and text(row, "sys_id") == sys_id else None

    def _deleted(self, ids: Sequence[str]) -> frozenset[str]:
        try:
            return self._dossiers.deleted(ids)
        except SourceRefused as refused:
            if refused.reason == "auth":
                raise
            return frozenset()


def _table(name: str) -> str:
    try:
        return table_name(name)
    except ValueError:  # hidden, or no name at all
        return ""
