"""What `syncd check --connect` says of a ServiceNow source, one line per subject."""

from collections.abc import Iterator, Sequence

from connectors.servicenow.canary import try_queries
from connectors.servicenow.cells import Row, text
from connectors.servicenow.cursor import Stream
from connectors.servicenow.native import TABLE as NATIVE
from connectors.servicenow.query import all_of, condition, ordered
from connectors.servicenow.rights import Prober
from connectors.servicenow.settings import BasicLogin, ServiceNowOptions
from connectors.servicenow.table_api import TableApi
from syncd.errors import SourceMisunderstood, SourceRefused
from syncd.ports.connector import CheckLine


def checked(api: TableApi, prober: Prober, options: ServiceNowOptions, streams: Sequence[Stream]) -> list[CheckLine]:
    """Return the lines; raises only where the instance as a whole cannot be used (down, or no login)."""
    lines = [_identity(api, options)]
    for stream in streams:
        lines.extend(_stream(api, prober, options, stream))
    if options.native_sla:
        lines.append(_native(prober))
    return lines


def _native(prober: Prober) -> CheckLine:
    """An empty answer means no rights as often as no rows; as evidence only, it fails no check."""
    seen = prober.native_rows()
    if seen is None:
        return CheckLine(NATIVE, ok=False, detail="refused: grant read access to it, or set native_sla: false")
    nothing = "shows nothing: no SLA is attached there, or no right to see one; the source's own verdicts are not shown"
    return CheckLine(NATIVE, ok=True, detail="readable, shown beside our clocks" if seen else nothing)


def _identity(api: TableApi, options: ServiceNowOptions) -> CheckLine:
    """The login works if any answer comes; with basic authentication the user's zone can be looked at as well."""
    if not isinstance(options.auth, BasicLogin):
        api.rows("sys_user", condition("sys_id", "=", "0" * 32), ("sys_id",), limit=1)
        return CheckLine("login", ok=True, detail="the client's token is accepted")
    try:
        name = condition("user_name", "=", options.auth.username)
        found = api.rows("sys_user", name, ("user_name", "time_zone"), limit=1).rows
    except SourceRefused as refused:
        if refused.reason == "auth":
            raise
        found = ()
    except ValueError:  # a user name that no query can hold; the login itself is tried by the tables
        found = ()
    zone = text(found[0], "time_zone") if found else ""
    detail = f"time zone {zone}" if zone else "accepted; raw values do not depend on its time zone"
    return CheckLine("login", ok=True, detail=detail)


def _stream(api: TableApi, prober: Prober, options: ServiceNowOptions, stream: Stream) -> Iterator[CheckLine]:
    subject = f"{stream.table} where {stream.filter.text}" if stream.filter.text else stream.table
    order = ordered("sys_updated_on", "sys_id", descending=True)
    try:
        wanted = sorted({*options.tracked, *stream.filter.fields, "sys_id", "sys_updated_on"})
        rows = api.rows(stream.table, all_of(stream.filter.text, order), wanted, limit=10).rows
    except SourceRefused as refused:
        if refused.reason == "auth":
            raise
        yield CheckLine(subject, ok=False, detail=f"not readable: {refused}")
        return
    seen = [row for row in rows if text(row, "sys_updated_on")]
    newest = f"newest change {text(seen[0], 'sys_updated_on')} UTC" if seen else "no record can be seen"
    yield CheckLine(subject, ok=bool(seen), detail=f"readable, {newest}")
    yield _honoured(api, stream, subject, seen)
    if seen:
        yield from _fields(options, stream, seen)
    rights = prober.probe(stream.table, stream.filter)
    audit = "readable" if rights.audit else "shows nothing: grant audit_viewer, or only snapshots remain"
    yield CheckLine(f"{stream.table} history", rights.audit, f"sys_audit {audit}")
    journal = "readable" if rights.journal else "shows nothing: no message will be seen"
    yield CheckLine(f"{stream.table} comments", rights.journal, f"sys_journal_field {journal}")


def _honoured(api: TableApi, stream: Stream, subject: str, seen: Sequence[Row]) -> CheckLine:
    subject = f"{subject} queries"
    keys = [(text(row, "sys_updated_on"), text(row, "sys_id")) for row in seen]
    if keys != sorted(keys, reverse=True):
        return CheckLine(subject, ok=False, detail="orderings are ignored: grant query_range on sys_updated_on")
    try:
        try_queries(api, stream)
    except SourceMisunderstood as broken:
        return CheckLine(subject, ok=False, detail=str(broken))
    return CheckLine(subject, ok=True, detail="conditions, ranges and orderings are honoured")


def _fields(options: ServiceNowOptions, stream: Stream, seen: Sequence[Row]) -> Iterator[CheckLine]:
    """An unknown field is left out of every row without a word; so is one that may not be read."""
    stock = {"hold_reason", "parent_incident", "problem_id", "vendor"}
    for field in (*options.tracked, *stream.filter.fields):
        there = any(field in row for row in seen)
        if there or field not in stock:
            detail = "readable" if there else "unknown there, or not readable"
            yield CheckLine(f"{stream.table}.{field}", there, detail)
