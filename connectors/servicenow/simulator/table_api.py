"""The Table API: `GET /api/now/table/{table}` and one record of it (ServiceNowDocs, "Table API")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast
from urllib.parse import quote, urlencode

from connectors.servicenow.simulator.answers import answer, failure, not_found
from connectors.servicenow.simulator.display import Locale
from connectors.servicenow.simulator.encoded import parse
from connectors.servicenow.simulator.render import Shown, Style, writer
from connectors.servicenow.simulator.rights import Rights
from connectors.servicenow.simulator.select import Honour, Selection, select
from connectors.servicenow.simulator.tables import Row
from connectors.servicenow.simulator.world import World
from syncd.ports.toolkit import HttpResponse

_DEFAULT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Call:
    """One request for rows, once it is known who asks and what goes wrong."""

    table: str
    params: Mapping[str, str]
    base_url: str
    path: str
    version: Literal["v1", "v2"] = "v2"
    honour: Honour = field(default_factory=Honour)
    empty: bool = False
    """The answer is empty whatever matches: rights are missing, or a sort was refused."""
    scramble: int = 0


def _style(call: Call, locale: Locale, *, nulls: bool) -> Style:
    shown = call.params.get("sysparm_display_value", "false")
    known = cast("Shown", shown if shown in ("true", "all") else "false")
    return Style(known, call.params.get("sysparm_exclude_reference_link") == "true", call.base_url, locale, nulls)


def _whole(params: Mapping[str, str], name: str, default: int) -> int | None:
    """Return a parameter that must be a whole number from 0 on; None for anything else."""
    text = params.get(name, "")
    if not text:
        return default
    return int(text) if text.isascii() and text.isdigit() else None


def _links(call: Call, offset: int, limit: int, total: int | None, matched: int) -> dict[str, str]:
    """Return the paging header; relations follow `;` without a blank, and a first page is its own `first`."""
    if call.params.get("sysparm_suppress_pagination_header") == "true" or limit == 0:
        return {}
    more = matched == limit if total is None else offset + limit < total
    if not more and offset == 0:
        return {}
    places = {"first": 0}
    if offset:
        places["prev"] = offset - limit
    if more:
        places["next"] = offset + limit
    if total is not None:
        places["last"] = (total - 1) // limit * limit
    links = []
    for relation, place in places.items():
        query = urlencode({**call.params, "sysparm_offset": str(place)}, quote_via=quote, safe=",")
        links.append(f'<{call.base_url}{call.path}?{query}>;rel="{relation}"')
    return {"link": ",".join(links)}


@dataclass(frozen=True, slots=True)
class TableApi:
    """Rows of one world as one user sees them."""

    world: World
    rights: Rights
    locale: Locale
    null_references: bool = False

    def rows(self, call: Call) -> HttpResponse:
        """Answer a request for many rows."""
        offset = _whole(call.params, "sysparm_offset", 0)
        limit = _whole(call.params, "sysparm_limit", _DEFAULT_LIMIT)
        if offset is None or limit is None:
            return failure(400, "Invalid sysparm_offset or sysparm_limit", "must be a whole number, not negative")
        counted = call.params.get("sysparm_no_count") != "true"
        selection = self._selected(call, offset, limit, count=counted)
        write = self._writer(call)
        shown = self.rights.shown(call.table, selection.rows, write)
        if call.version == "v1" and not shown:
            return not_found()
        headers = {} if selection.total is None else {"x-total-count": str(selection.total)}
        headers |= _links(call, offset, limit, selection.total, len(selection.rows))
        return answer(200, {"result": shown}, headers)

    def row(self, call: Call, sys_id: str) -> HttpResponse:
        """Answer a request for one record."""
        row = self.world.row(call.table, sys_id)
        if row is None or call.empty or self.rights.hides(call.table, row):
            return not_found()
        return answer(200, {"result": self.rights.shown(call.table, [row], self._writer(call))[0]})

    def _selected(self, call: Call, offset: int, limit: int, *, count: bool) -> Selection:
        if call.empty:
            return Selection(total=0 if count else None)
        found = select(
            self.world, call.table, parse(call.params.get("sysparm_query", "")), offset=offset, limit=limit,
            count=count, honour=call.honour, scramble=call.scramble,
        )  # fmt: skip
        return found if count else replace(found, total=None)

    def _writer(self, call: Call) -> Callable[[Row], dict[str, object]]:
        columns = [name for name in call.params.get("sysparm_fields", "").split(",") if name]
        style = _style(call, self.locale, nulls=self.null_references)
        return writer(self.world, call.table, columns, style, self.rights.column_hidden)
