"""Rows of a table for an encoded query: through an index where the query allows it, by a scan where not.

Where the order asked for leaves ties (its columns are not unique), the platform promises nothing: ties then come in an
order that changes from request to request, so that a reader who relies on it fails here and not in production.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from connectors.servicenow.simulator.encoded import Condition, Query
from connectors.servicenow.simulator.predicate import Test, all_of, any_of, compiled, known, reader
from connectors.servicenow.simulator.tables import Key, Row, Table
from connectors.servicenow.simulator.world import World

_END = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Honour:
    """What the server does of what a query says."""

    conditions: bool = True
    ranges: bool = True
    sorting: bool = True
    unknown_matches_nothing: bool = False
    """The property `glide.invalid_query.returns_no_rows`."""


@dataclass(slots=True)
class Selection:
    """The rows of one page before row ACLs, and how many match in all (None when nobody asked)."""

    rows: list[Row] = field(default_factory=list)
    total: int | None = None


RANGES = frozenset({">", ">=", "<", "<=", "STARTSWITH", "ENDSWITH", "LIKE", "NOT LIKE", "BETWEEN"})


def _kept(
    world: World, table: str, query: Query, honour: Honour
) -> tuple[tuple[tuple[Condition, ...], ...], ...] | None:
    """Return the conditions that stand, or None when an unknown one makes the answer empty."""
    if not honour.conditions:
        return ((),)
    alternatives = []
    for groups in query.alternatives:
        standing = []
        for group in groups:
            understood = tuple(part for part in group if known(world, table, part))
            if len(understood) < len(group) and honour.unknown_matches_nothing:
                return None
            if not honour.ranges:
                understood = tuple(part for part in understood if part.operator not in RANGES)
            if understood:
                standing.append(understood)
        alternatives.append(tuple(standing))
    return tuple(alternatives)


def _test(world: World, table: str, alternatives: Iterable[Iterable[Iterable[Condition]]]) -> Test:
    whole = [
        all_of([any_of([compiled(world, table, part) for part in group]) for group in groups] or [lambda _: True])
        for groups in alternatives
    ]
    return any_of(whole)


def _found(table: Table, groups: Iterable[tuple[Condition, ...]]) -> list[Row] | None:
    """Return candidates by sys_id or a hashed column; None when the query names neither."""
    for group in groups:
        part = group[0]
        if len(group) > 1 or part.operator not in ("=", "IN"):
            continue
        values = [part.value] if part.operator == "=" else list(dict.fromkeys(part.value.split(",")))
        if part.field == "sys_id":
            return [table.rows[value] for value in values if value in table.rows]
        hashed = table.hashes.get(part.field)
        if hashed is not None:
            return [table.rows[sys_id] for value in values for sys_id in hashed.get(value, ())]
    return None


def _bounds(order: list[Key], column: str, groups: Iterable[tuple[Condition, ...]]) -> tuple[int, int]:
    """Return the slice of an index that the single conditions on its column allow."""
    first, last = 0, len(order)
    pinned = after = ""
    before = _END
    for group in groups:
        part = group[0]
        if len(group) > 1:
            continue
        if part.field == "sys_id" and part.operator == ">":
            after = max(after, part.value)
        if part.field == "sys_id" and part.operator == "<":
            before = min(before, part.value)
        if part.field != column:
            continue
        if part.operator in (">", "="):
            edge = (part.value, "") if part.operator == "=" else (part.value, _END)
            first = max(first, bisect_left(order, edge))
        if part.operator == ">=":
            first = max(first, bisect_left(order, (part.value, "")))
        if part.operator in ("<=", "="):
            last = min(last, bisect_right(order, (part.value, _END)))
        if part.operator == "<":
            last = min(last, bisect_left(order, (part.value, "")))
        if part.operator == "=":
            pinned = part.value
    if pinned:
        first = max(first, bisect_right(order, (pinned, after)))
        last = min(last, bisect_left(order, (pinned, before)))
    return first, max(first, last)


def _walk(table: Table, order: list[Key], first: int, last: int, *, backwards: bool) -> Iterator[Row]:
    places = range(last - 1, first - 1, -1) if backwards else range(first, last)
    rows = table.rows
    return (rows[order[place][1]] for place in places)


def _served_by(table: Table, query: Query, groups: tuple[tuple[Condition, ...], ...]) -> tuple[str, bool] | None:
    """Return the index whose own order is exactly the order asked for, and whether backwards."""
    order = query.order
    if len(order) == 2 and order[0][0] in table.orders and order[1] == ("sys_id", order[0][1]):  # noqa: PLR2004  a pair
        return order[0]
    if len(order) == 1 and order[0][0] == "sys_id":
        for group in groups:
            if len(group) == 1 and group[0].operator == "=" and group[0].field in table.orders:
                return group[0].field, order[0][1]
    return None


def _sorted(world: World, table: str, rows: list[Row], query: Query, scramble: int) -> list[Row]:
    unique = any(column == "sys_id" for column, _ in query.order)
    if not unique:
        place = 1 + scramble % 7
        rows.sort(key=lambda row: row["sys_id"][place:])
    for column, descending in reversed(query.order):
        kind = world.schema.type_of(table, column)
        if kind is None:
            continue
        read = reader(world, table, column)
        if kind in ("integer", "choice"):
            rows.sort(key=lambda row, read=read: magnitude(read(row)), reverse=descending)  # type: ignore[misc]  # mypy cannot infer a lambda's default
        else:
            rows.sort(key=read, reverse=descending)
    return rows


def magnitude(text: str) -> tuple[int, float, str]:
    """Return a sorting key that puts nothing first, then numbers by size, then text."""
    try:
        return 1, float(text), ""
    except ValueError:
        return (2, 0.0, text) if text else (0, 0.0, "")


def select(
    world: World, table: str, query: Query, *, offset: int = 0, limit: int | None = None, count: bool = False,
    honour: Honour = Honour(), scramble: int = 0,
) -> Selection:  # fmt: skip
    """Return one page of the matching rows, before row ACLs."""
    alternatives = _kept(world, table, query, honour)
    if alternatives is None:
        return Selection(total=0)
    if not honour.sorting:
        query = Query(query.alternatives)
    store = world.tables[table]
    groups = alternatives[0] if len(alternatives) == 1 else ()
    test = _test(world, table, alternatives)
    candidates: Iterable[Row] | None = _found(store, groups)
    if candidates is None:
        served = _served_by(store, query, groups)
        if served is not None:
            column, backwards = served
            edges = _bounds(store.orders[column], column, groups)
            return _page(_walk(store, store.orders[column], *edges, backwards=backwards), test, offset, limit, count)
        candidates = _narrowed(store, groups)
    matching = _sorted(world, table, [row for row in candidates if test(row)], query, scramble)
    end = None if limit is None else offset + limit
    return Selection(matching[offset:end], len(matching) if count else None)


def _narrowed(table: Table, groups: tuple[tuple[Condition, ...], ...]) -> Iterator[Row]:
    """Yield the rows within the shortest slice of any index."""
    slices = [(column, *_bounds(order, column, groups)) for column, order in table.orders.items()]
    column, first, last = min(slices, key=lambda entry: entry[2] - entry[1])
    return _walk(table, table.orders[column], first, last, backwards=False)


def _page(rows: Iterator[Row], test: Test, offset: int, limit: int | None, count: bool) -> Selection:
    page: list[Row] = []
    matched = 0
    end = None if limit is None else offset + limit
    for row in rows:
        if not count and end is not None and matched >= end:
            break
        if test(row):
            if matched >= offset and (end is None or matched < end):
                page.append(row)
            matched += 1
    return Selection(page, matched if count else None)
