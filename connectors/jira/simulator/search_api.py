"""Searches: the enhanced one of Cloud by tokens, the classic one of Data Center by offsets, counts and parsing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connectors.jira.simulator.answers import REMOVED, answer, failure, refused
from connectors.jira.simulator.bodies import body_of, text, texts, whole
from connectors.jira.simulator.call import Call
from connectors.jira.simulator.issue import Issue
from connectors.jira.simulator.issue_json import chosen, issue_json, names
from connectors.jira.simulator.jql import JqlError, parse
from connectors.jira.simulator.jql_match import compiled, sorting
from connectors.jira.simulator.walk import Row, Searches, asker, behind, place_of, token_of, validated
from syncd.ports.toolkit import HttpResponse

_DEFAULT = 50
_MAX_FRESH = 50
_LIGHT = frozenset({"id", "key"})


@dataclass(frozen=True, slots=True)
class _Asked:
    """One enhanced search, by whichever method it came."""

    jql: str
    token: str
    size: int
    fields: Sequence[str]
    expand: Sequence[str]
    fresh: Sequence[int]


class SearchApi:
    """Searches of one site."""

    def __init__(self) -> None:
        self._searches = Searches()

    def enhanced(self, call: Call) -> HttpResponse:
        """Answer `GET` or `POST /search/jql`."""
        asked = _by_body(call) if call.request.method == "POST" else _by_query(call)
        if asked.size < 1 or len(asked.fresh) > _MAX_FRESH:
            raise refused("maxResults must be positive" if asked.size < 1 else "reconcileIssues: at most 50 issue ids")
        if not call.known:
            return answer(200, {"issues": [], "isLast": True})
        query = validated(call, asked.jql, bounded=True)
        identity = f"{asked.jql} {sorted(asked.fresh)}"
        place = place_of(call, identity, asked.token)
        rows = self._searches.rows(call, asked.jql, query, asked.fresh)
        first = behind(rows, place)
        if "duplicates" in call.struck:
            first = max(0, first - 1)
        page = rows[first : first + self._size(call, asked)]
        more = first + len(page) < len(rows)
        body: dict[str, object] = {"issues": _issues(call, page, asked.fields, asked.expand), "isLast": not more}
        if "empty_page" in call.struck and rows:
            ahead = place if place is not None else _before(rows)
            body, more = {"issues": [], "isLast": False}, True
            body["nextPageToken"] = token_of(call, identity, ahead)
        elif more:
            body["nextPageToken"] = token_of(call, identity, page[-1].place)
        if "repeat_token" in call.struck and more:
            body["nextPageToken"] = asked.token or body["nextPageToken"]
        if "names" in asked.expand:
            body["names"] = names(chosen(asked.fields, "*navigable"))
        return answer(200, body)

    def _size(self, call: Call, asked: _Asked) -> int:
        light = set(asked.fields) <= _LIGHT
        size = min(asked.size, call.habits.id_cap if light else call.habits.page_cap)
        return max(1, size // 2) if "short_page" in call.struck else size

    def classic(self, call: Call) -> HttpResponse:
        """Answer `GET` or `POST /rest/api/2/search` of Data Center; the server caps pages without a word."""
        if call.request.method == "POST":
            body = body_of(call.request, "classic")
            jql, start = text(body, "jql"), whole(body, "startAt", 0)
            size, fields = whole(body, "maxResults", _DEFAULT), texts(body, "fields")
            expand = texts(body, "expand")
        else:
            jql, start, size = call.params.get("jql", ""), call.whole("startAt", 0), call.whole("maxResults", _DEFAULT)
            fields, expand = call.repeated("fields"), call.repeated("expand")
        query = validated(call, jql, bounded=False)
        rows = [row for row in self._searches.rows(call, jql, query) if _shown(call, row) is not None]
        size = min(size, call.habits.page_cap)
        issues = _issues(call, rows[start : start + size], fields or ["*navigable"], expand)
        told = {"startAt": start, "maxResults": size, "total": len(rows), "issues": issues}
        return answer(200, {"expand": "schema,names", **told})

    def count(self, call: Call) -> HttpResponse:
        """Answer `POST /search/approximate-count`."""
        jql = text(body_of(call.request, "count"), "jql")
        if not call.known:
            return answer(200, {"count": 0})
        return answer(200, {"count": len(self._searches.rows(call, jql, validated(call, jql, bounded=True)))})

    def parse(self, call: Call) -> HttpResponse:
        """Answer `POST /jql/parse`: what is wrong with queries, one by one, always with status 200."""
        queries = texts(body_of(call.request, "parse"), "queries")
        mode = call.params.get("validation", "strict")
        if mode not in ("strict", "warn", "none"):
            raise refused("validation must be one of strict, warn, none")
        return answer(200, {"queries": [_parsed(call, query, check=mode != "none") for query in queries]})

    def removed(self, call: Call) -> HttpResponse:
        """Answer the searches that Cloud no longer has."""
        del call
        return failure(410, REMOVED)


def _by_body(call: Call) -> _Asked:
    body = body_of(call.request, "search")
    fresh = [int(each) for each in texts(body, "reconcileIssues")]
    expand = [part.strip() for part in text(body, "expand").split(",")]
    fields = texts(body, "fields") or ["id"]
    return _Asked(
        text(body, "jql"), text(body, "nextPageToken"), whole(body, "maxResults", _DEFAULT), fields, expand, fresh
    )


def _by_query(call: Call) -> _Asked:
    fresh = [int(each) for each in call.repeated("reconcileIssues") if each.isdigit()]
    fields = call.repeated("fields") or ["id"]
    size, params = call.whole("maxResults", _DEFAULT), call.params
    return _Asked(params.get("jql", ""), params.get("nextPageToken", ""), size, fields, call.repeated("expand"), fresh)


def _before(rows: Sequence[Row]) -> tuple[object, ...]:
    """Return a place before every row: the first one's, with a smaller id."""
    return (*rows[0].place[:-1], rows[0].id - 1)


def _shown(call: Call, row: Row) -> Issue | None:
    issue = call.world.issues.get(row.id)
    return issue if issue is not None and call.rights.sees(issue, call.elapsed) else None


def _issues(call: Call, page: Sequence[Row], fields: Sequence[str], expand: Sequence[str]) -> list[object]:
    """Return the rows that are still there and may be seen, as they are now: a page may be shorter than its rows."""
    found = [issue for issue in (_shown(call, row) for row in page) if issue is not None]
    if list(fields) == ["id"] and "changelog" not in expand:
        return [{"id": str(issue.id)} for issue in found]
    kept = chosen(fields, "*navigable")
    return [issue_json(call, issue, kept, expand) for issue in found]


def _parsed(call: Call, text_: str, *, check: bool) -> Mapping[str, object]:
    try:
        query = parse(text_)
        if check and call.known:
            if query.where is not None:
                compiled(query.where, asker(call))
            sorting(query.order)
    except JqlError as wrong:
        return {"query": text_, "errors": [str(wrong)]}
    orders = [{"field": {"name": field}, "direction": "desc" if down else "asc"} for field, down in query.order]
    return {"query": text_, "structure": {"where": {}, **({"orderBy": {"fields": orders}} if orders else {})}}
