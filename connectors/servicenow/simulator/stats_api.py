"""The Aggregate API: `GET /api/now/stats/{table}`; it counts what row ACLs hide (ServiceNowDocs, "Aggregate API")."""

from collections.abc import Mapping, Sequence

from connectors.servicenow.simulator.answers import answer
from connectors.servicenow.simulator.encoded import parse
from connectors.servicenow.simulator.predicate import reader
from connectors.servicenow.simulator.select import magnitude, select
from connectors.servicenow.simulator.table_api import Call
from connectors.servicenow.simulator.tables import Row
from connectors.servicenow.simulator.world import World
from syncd.ports.toolkit import HttpResponse


def _figures(world: World, table: str, params: Mapping[str, str], rows: Sequence[Row]) -> dict[str, object]:
    figures: dict[str, object] = {}
    if params.get("sysparm_count") == "true":
        figures["count"] = str(len(rows))
    for name, choose in (("min", min), ("max", max)):
        columns = [column for column in params.get(f"sysparm_{name}_fields", "").split(",") if column]
        found: dict[str, str] = {}
        for column in columns:
            if world.schema.type_of(table, column) is not None:
                read = reader(world, table, column)
                found[column] = choose((value for value in map(read, rows) if value), key=magnitude, default="")
        if found:
            figures[name] = found
    return figures


def stats(world: World, call: Call) -> HttpResponse:
    """Answer a request for figures, one group per value of `sysparm_group_by`; every figure is text."""
    query = parse(call.params.get("sysparm_query", ""))
    rows = [] if call.empty else select(world, call.table, query, honour=call.honour).rows
    column = call.params.get("sysparm_group_by", "")
    if not column or world.schema.type_of(call.table, column) is None:
        return answer(200, {"result": {"stats": _figures(world, call.table, call.params, rows)}})
    read = reader(world, call.table, column)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(read(row), []).append(row)
    result = [
        {
            "stats": _figures(world, call.table, call.params, members),
            "groupby_fields": [{"field": column, "value": value}],
        }
        for value, members in sorted(groups.items())
    ]
    return answer(200, {"result": result})
