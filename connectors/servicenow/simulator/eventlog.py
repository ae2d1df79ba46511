"""The UCI incident event log served as a live instance: incidents with the sys_audit rows of their changes.

"Incident management process enriched event log", UCI Machine Learning Repository, data set 498, CC BY 4.0. Rows of one
incident are taken by (sys_updated_at, sys_mod_count, position in the file). The first one gives the state at creation,
stamped min(opened_at, sys_updated_at); each later one is one update. State keeps the log's own words, priority, impact
and urgency their digit. Groups, callers and openers become rows that references point to.

What the log leaves out, and so does this instance:

- comments, work notes, and who of the two sides wrote anything: `sys_updated_by` names nobody in sys_user;
- a quarter of the updates (sys_mod_count has holes), and seconds: several updates share a minute, and their
  record_checkpoint alone tells their order;
- the zone of its times, taken as UTC; creation times before `opened_at` (sys_created_at is empty for half of them);
- changes of anything but state, priority, impact, urgency, active and reopen_count: `assignment_group`, `category` and
  the other attributes are those of the first row for good;
- when `resolved_at` and `closed_at` became known: they are set when the state says so, not from the log's columns,
  which hold the final values on every row;
- rows whose state is not a word of `PHASES` (five of them) or that have no time; empty is `?` there and "" here.
"""

import csv
import lzma
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path
from sys import intern

from connectors.servicenow.simulator.cast import entry, group_id, user_id
from connectors.servicenow.simulator.changes import Change
from connectors.servicenow.simulator.stamps import stamp, sys_id_of
from connectors.servicenow.simulator.tables import Row
from connectors.servicenow.simulator.world import World

PHASES = {
    "New": ("new", "vendor"),
    "Active": ("active", "vendor"),
    "Awaiting User Info": ("pending", "customer"),
    "Awaiting Evidence": ("pending", "customer"),
    "Awaiting Vendor": ("pending", "third_party"),
    "Awaiting Problem": ("pending", "vendor"),
    "Resolved": ("resolved", "nobody"),
    "Closed": ("closed", "nobody"),
}
"""The log's words for states that mean something, each with our phase and whose turn it is."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = ("category", "subcategory", "contact_type", "vendor", "location", "cmdb_ci", "rfc", "caused_by")
_DIGITS = ("priority", "impact", "urgency")
_FOLLOWED = ("active", "reopen_count")


@lru_cache(maxsize=4096)
def _instant(text: str) -> datetime:
    """Return the instant of `d/m/Y H:MM`; by hand, for strptime takes a second longer over the whole log."""
    date, _, clock = text.partition(" ")
    day, month, year = date.split("/")
    hour, minute = clock.split(":")
    return datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=UTC)


def _text(row: Row, column: str) -> str:
    value = row[column]
    return "" if value == "?" else intern(value)


def _moving(row: Row) -> Row:
    values = {"state": row["incident_state"]}
    values |= {column: _text(row, column)[:1] for column in _DIGITS}
    return values | {column: _text(row, column) for column in _FOLLOWED}


def _people(row: Row) -> Iterator[tuple[str, str, Row]]:
    """Yield the referring column, the table and the row of whoever an incident names."""
    for column in ("caller_id", "opened_by"):
        name = _text(row, column)
        if name:
            yield column, "sys_user", entry("sys_user", user_id(name), {"user_name": name, "name": name})
    group = _text(row, "assignment_group")
    if group:
        yield "assignment_group", "sys_user_group", entry("sys_user_group", group_id(group), {"name": group})


def incident_id(number: str) -> str:
    """Return the sys_id of an incident of the log."""
    return sys_id_of("incident", number)


def _changes(number: str, rows: list[Row]) -> Iterator[Change]:
    """Yield the creation and the updates of one incident; `rows` in order."""
    first, sys_id = rows[0], incident_id(number)
    begun = min(_instant(first["opened_at"]), _instant(first["sys_updated_at"]))
    values = {"number": number, "opened_at": stamp(_instant(first["opened_at"]))}
    values |= {column: _text(first, column) for column in _TEXTS}
    values |= {column: row["sys_id"] for column, _, row in _people(first)}
    state = _moving(first)
    count = 0
    yield Change("insert", "incident", sys_id, begun, begun, first["sys_updated_by"], values | state)
    for place, row in enumerate(rows):
        at = _instant(row["sys_updated_at"])
        if place == 0 and at == begun:
            continue
        count = max(count + 1, int(row["sys_mod_count"]))
        moved = _moving(row)
        changed = {column: value for column, value in moved.items() if state[column] != value}
        if changed.get("state") in ("Resolved", "Closed"):
            changed["resolved_at" if changed["state"] == "Resolved" else "closed_at"] = stamp(at)
        state = moved
        yield Change("update", "incident", sys_id, at, at, row["sys_updated_by"], changed, checkpoint=count)


def log_options() -> dict[str, object]:
    """Return the source options that read the log as `make_timelines.py` does: one vendor holds everything."""
    return {
        "vendor_from": ["assignment_group"],
        "vendor_default": "desk",
        "phases": {word: {"phase": phase, "awaiting": awaiting} for word, (phase, awaiting) in PHASES.items()},
    }


class EventLog:
    """The log as a filling: everything is planned at once, and happens when the clock gets there."""

    def __init__(self, path: Path, limit: int = 0) -> None:
        self._path = path
        self._limit = limit or None
        self._loaded = False

    def reach(self, world: World, now: datetime) -> None:  # noqa: ARG002  the whole log is one piece
        """Plan the whole log, once."""
        if self._loaded:
            return
        self._loaded = True
        known: set[str] = set()
        for number, rows in islice(self._incidents(), self._limit):
            for _, table, row in _people(rows[0]):
                if row["sys_id"] not in known:
                    known.add(row["sys_id"])
                    world.put(table, row, commit=_BEGINNING)
            world.plan(*_changes(number, rows))

    def _incidents(self) -> Iterator[tuple[str, list[Row]]]:
        with lzma.open(self._path, "rt", newline="") as stream:
            for number, group in groupby(csv.DictReader(stream), key=lambda row: row["number"]):
                rows = [row for row in group if row["incident_state"] in PHASES and row["sys_updated_at"] != "?"]
                rows.sort(key=lambda row: (_instant(row["sys_updated_at"]), int(row["sys_mod_count"])))
                if rows:
                    yield number, rows
