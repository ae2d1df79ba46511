"""Whether an instance honours queries at all, tried before the first row is believed.

ServiceNow drops a condition on an unknown field without a word and runs the rest (property
`glide.invalid_query.returns_no_rows`, default false), and rights can make it ignore ranges and orderings.
"""

from connectors.servicenow.cells import Row, text
from connectors.servicenow.cursor import Stream
from connectors.servicenow.query import NOTHING, all_of, condition, is_sys_id, ordered
from connectors.servicenow.table_api import TableApi

_NOWHERE = "__none__"
"""A value that no field has."""


def try_queries(api: TableApi, stream: Stream) -> None:
    """Raise `SourceMisunderstood(query_not_honoured)` where a query is answered with rows that it excludes."""
    nobody = all_of(stream.filter.text, condition("sys_id", "=", NOTHING))
    if _rows(api, stream, nobody):
        raise api.not_honoured(f"{stream.table}: a query for no record is answered with records")
    somebody = _somebody(api, stream)
    if somebody is None:
        return
    known = condition("sys_id", "=", text(somebody, "sys_id"))
    for field in stream.filter.fields:
        if _rows(api, stream, all_of(known, condition(field, "=", _NOWHERE))):
            raise api.not_honoured(f"{stream.table}: the filter's field {field} is unknown there")
    at = text(somebody, "sys_updated_on")
    for operator in (">", "<"):
        if _rows(api, stream, all_of(known, condition("sys_updated_on", operator, at))):
            raise api.not_honoured(f"{stream.table}: ranges of sys_updated_on are ignored")
    both = all_of(known, condition("sys_updated_on", ">=", at), condition("sys_updated_on", "<=", at))
    order = ordered("sys_updated_on", "sys_id")
    if not _rows(api, stream, all_of(both, order)) and _unmoved(api, stream, somebody):
        raise api.not_honoured(f"{stream.table}: ranges or orderings of sys_updated_on are answered with nothing")


def _rows(api: TableApi, stream: Stream, query: str) -> tuple[Row, ...]:
    return api.rows(stream.table, query, ("sys_id", "sys_updated_on"), limit=1).rows


def _somebody(api: TableApi, stream: Stream) -> Row | None:
    """Return any record at all, asked for without a range or an ordering."""
    for row in api.rows(stream.table, "", ("sys_id", "sys_updated_on"), limit=10).rows:
        if is_sys_id(text(row, "sys_id")) and text(row, "sys_updated_on"):
            return row
    return None


def _unmoved(api: TableApi, stream: Stream, record: Row) -> bool:
    """Tell whether a record still is as it was: one that changed meanwhile proves nothing."""
    again = _rows(api, stream, condition("sys_id", "=", text(record, "sys_id")))
    return bool(again) and text(again[0], "sys_updated_on") == text(record, "sys_updated_on")
