"""Rows and changes written out in a script, for tests that want exactly this and nothing else.

`rows` maps a table to rows put in as given. `changes` lists mappings with `op` (insert, update, delete), `table`,
`sys_id`, `at`, and optionally `by`, `values`, `commit`, `audited`, `stamped`; instants are ISO texts.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

from connectors.servicenow.simulator.changes import Change, Kind
from connectors.servicenow.simulator.script import Script
from connectors.servicenow.simulator.stamps import instant_of, sys_id_of
from connectors.servicenow.simulator.world import World
from syncd.errors import ConfigError

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_KEYS = ("op", "table", "sys_id", "at", "by", "values", "commit", "audited", "stamped")


def put_rows(world: World, rows: Mapping[str, object]) -> None:
    """Put rows in as given; each is visible from its newest stamp on."""
    for table, listed in rows.items():
        if table not in world.tables or not isinstance(listed, Sequence):
            raise ConfigError(f"servicenow simulator rows: {table} is unknown or no list")
        for place, values in enumerate(listed):
            row = {name: str(value) for name, value in cast("Mapping[str, object]", values).items()}
            row.setdefault("sys_id", sys_id_of("row", table, place))
            newest = row.get("sys_updated_on") or row.get("sys_created_on")
            world.put(table, row, commit=instant_of(newest) if newest else _BEGINNING)


def change_of(world: World, entry: object) -> Change:
    """Return one change as a script writes it; raises ConfigError."""
    script = Script(entry, _KEYS, "changes[]")
    op, table = script.text("op"), script.text("table", "incident")
    if op not in ("insert", "update", "delete") or table not in world.tables:
        raise ConfigError(f"servicenow simulator changes[]: no {op!r} on {table!r}")
    at = instant_of(script.text("at"))
    commit = script.text("commit")
    return Change(
        cast("Kind", op), table, script.text("sys_id"), at, instant_of(commit) if commit else at,
        script.text("by", "system"), script.texts("values"), script.flag("audited", default=True),
        script.flag("stamped", default=True),
    )  # fmt: skip
