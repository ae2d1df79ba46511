"""The instance's data as it lives on the clock: records change, audit and journal rows appear with them.

Facts obeyed: values given at creation are not audited; one update is one `record_checkpoint`, which equals the record's
sys_mod_count after it; a journal entry leaves a sys_journal_field row and an audit row; a write that changes nothing is
none; sys_ columns are never audited; a deletion leaves a sys_audit row `DELETED`; `incident_state` follows `state`.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.servicenow.simulator.changes import Agenda, Change
from connectors.servicenow.simulator.schema import JOURNAL, Schema
from connectors.servicenow.simulator.stamps import stamp, sys_id_of
from connectors.servicenow.simulator.tables import Row, Table, rewrite

_BACKWARDS = timedelta(seconds=5)
"""Clocks of a host's threads may disagree a little; beyond this the caller means an earlier instant."""

_UNAUDITED_TABLES = frozenset({"task_sla", "sys_user", "sys_user_group", "core_company", "contract_sla"})


class World:
    """All tables as of the latest instant looked at."""

    def __init__(self, seed: int, *, audit_lag: float = 0.0) -> None:
        self.schema = Schema()
        self.agenda = Agenda()
        self.now: datetime | None = None
        self._seed = seed
        self._made = 0
        self._audit_lag = timedelta(seconds=audit_lag)
        self.tables = {
            name: Table(name, self.schema.sorted_by(name), self.schema.hashed_by(name)) for name in self.schema.tables()
        }

    def insert(
        self, table: str, values: Mapping[str, str], *, at: datetime, by: str = "system",
        sys_id: str | None = None, commit: datetime | None = None,
    ) -> str:  # fmt: skip
        """Create a record at an instant and return its sys_id."""
        self._made += 1
        chosen = sys_id or sys_id_of(self._seed, table, self._made)
        self.plan(Change("insert", table, chosen, at, commit or at, by, values))
        return chosen

    def update(
        self, table: str, sys_id: str, values: Mapping[str, str], *, at: datetime, by: str = "system",
        commit: datetime | None = None, audited: bool = True, stamped: bool = True,
    ) -> None:  # fmt: skip
        """Write to a record; `comments` and `work_notes` among the values are journal entries."""
        self.plan(Change("update", table, sys_id, at, commit or at, by, values, audited, stamped))

    def comment(
        self, table: str, sys_id: str, text: str, *, at: datetime, by: str, element: str = "comments",
        commit: datetime | None = None,
    ) -> None:  # fmt: skip
        """Write one journal entry."""
        self.update(table, sys_id, {element: text}, at=at, by=by, commit=commit)

    def delete(self, table: str, sys_id: str, *, at: datetime, by: str = "system") -> None:
        """Delete a record."""
        self.plan(Change("delete", table, sys_id, at, at, by))

    def put(self, table: str, row: Mapping[str, str], *, commit: datetime) -> None:
        """Put a row in exactly as given, replacing one with its sys_id."""
        self.plan(Change("raw", table, row["sys_id"], commit, commit, values=row))

    def plan(self, *changes: Change) -> None:
        """Add changes; one whose commit has passed happens at once."""
        self.agenda.plan(changes)
        if self.now is not None:
            self._catch_up(self.now)

    def advance(self, now: datetime) -> None:
        """Bring the world to an instant, also to an earlier one."""
        if self.now is not None and now < self.now:
            if self.now - now <= _BACKWARDS:
                return
            self.agenda.rewind()
            for table in self.tables.values():
                table.clear()
        self.now = now
        self._catch_up(now)

    def row(self, table: str, sys_id: str) -> Row | None:
        """Return a record as it stands; None if there is none."""
        return self.tables[table].rows.get(sys_id)

    def _catch_up(self, now: datetime) -> None:
        for change in self.agenda.due(now):
            if change.kind == "update":
                self._update(change)
            elif change.kind == "insert":
                self._insert(change)
            elif change.kind == "delete":
                self._delete(change)
            else:
                self._place(change.table, dict(change.values))

    def _homes(self, table: str, row: Row) -> list[Table]:
        if not self.schema.is_task(table):
            return [self.tables[table]]
        return [self.tables[name] for name in dict.fromkeys(("task", row["sys_class_name"]))]

    def _place(self, table: str, row: Row) -> None:
        self._learn(table, row)
        if self.schema.is_task(table):
            row.setdefault("sys_class_name", table)
            earlier = self.tables["task"].rows.get(row["sys_id"])
            for home in self._homes("task", earlier) if earlier else ():
                home.remove(row["sys_id"])
        for home in self._homes(table, row):
            home.add(row)

    def _learn(self, table: str, row: Mapping[str, str]) -> None:
        for column in row.keys() - self.schema.columns(table).keys():
            self.schema.add(table, column, "string")

    def _insert(self, change: Change) -> None:
        journal, values = self._parted(change)
        moment = stamp(change.at)
        count = str(change.checkpoint or 0)
        if self.schema.is_task(change.table):
            values = {"opened_at": moment, "active": "true", **values}
        row = {
            **values, "sys_id": change.sys_id, "sys_created_on": moment, "sys_updated_on": moment,
            "sys_created_by": change.by, "sys_updated_by": change.by, "sys_mod_count": count,
        }  # fmt: skip
        self._place(change.table, row)
        self._journal(change, row, journal, 0)

    def _update(self, change: Change) -> None:
        row = self.tables["task" if self.schema.is_task(change.table) else change.table].rows[change.sys_id]
        journal, values = self._parted(change)
        changed = {column: value for column, value in values.items() if row.get(column, "") != value}
        if not changed and not journal and change.checkpoint is None:
            return
        number = change.checkpoint or int(row["sys_mod_count"]) + 1
        if change.audited and change.table not in _UNAUDITED_TABLES:
            for column, value in changed.items():
                if not column.startswith("sys_"):
                    self._audit(change, row, number, column, row.get(column, ""), value)
            for column, text in journal.items():
                self._audit(change, row, number, column, "", text)
        self._journal(change, row, journal, number)
        self._learn(change.table, changed)
        if change.stamped:
            changed |= {
                "sys_updated_on": stamp(change.at), "sys_updated_by": change.by, "sys_mod_count": str(number),
            }  # fmt: skip
        if "sys_class_name" in changed:
            self._reclassify(row, changed)
        else:
            rewrite(row, changed, self._homes(change.table, row))

    def _reclassify(self, row: Row, changed: dict[str, str]) -> None:
        for home in self._homes("task", row):
            home.remove(row["sys_id"])
        row.update(changed)
        for home in self._homes("task", row):
            home.add(row)

    def _delete(self, change: Change) -> None:
        row = self.tables["task" if self.schema.is_task(change.table) else change.table].rows[change.sys_id]
        for home in self._homes(change.table, row):
            home.remove(change.sys_id)
        for dependent in list(self.tables["task_sla"].hashes["task"].get(change.sys_id, ())):
            self.tables["task_sla"].remove(dependent)
        shown = row.get(self.schema.display_column(change.table), "")
        self._audit(change, row, int(row["sys_mod_count"]), "DELETED", "", "DELETED")
        self._derive(change, "sys_audit_delete", {"documentkey": change.sys_id, "display_value": shown}, "deleted", row)

    def _parted(self, change: Change) -> tuple[dict[str, str], dict[str, str]]:
        columns = self.schema.columns(change.table)
        journal = {name: text for name, text in change.values.items() if columns.get(name) == JOURNAL}
        values = {name: value for name, value in change.values.items() if name not in journal}
        if change.table == "incident" and "state" in values:
            values["incident_state"] = values["state"]
        return journal, values

    def _journal(self, change: Change, row: Row, entries: Mapping[str, str], number: int) -> None:
        for element, text in entries.items():
            name = row.get("sys_class_name", change.table)
            values = {"name": name, "element": element, "element_id": change.sys_id, "value": text}
            self._derive(change, "sys_journal_field", values, f"{number} {element}", row)

    def _audit(self, change: Change, row: Row, number: int, column: str, old: str, new: str) -> None:
        values = {
            "documentkey": change.sys_id, "fieldname": column, "oldvalue": old, "newvalue": new, "user": change.by,
            "record_checkpoint": str(number),
        }  # fmt: skip
        self._derive(change, "sys_audit", values, f"{number} {column}", row)

    def _derive(self, change: Change, table: str, values: Row, what: str, row: Row) -> None:
        made = {
            "sys_id": sys_id_of(table, change.sys_id, change.at, what),
            "sys_created_on": stamp(change.at),
            "sys_created_by": change.by,
            **values,
        }
        if table != "sys_journal_field":
            made["tablename"] = row.get("sys_class_name", change.table)
        if table == "sys_audit" and self._audit_lag:
            late = change.commit + self._audit_lag
            self.agenda.plan([Change("derived", table, made["sys_id"], change.at, late, values=made)])
        else:
            self._place(table, made)
