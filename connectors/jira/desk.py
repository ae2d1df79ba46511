"""A vendor's portal, read as its customer: `/rest/servicedeskapi/request` and nothing else.

There is no query by time. Every pass lists the requests with their status; of those that are open, or whose status is
newer than the place where reading stands, comments and status history are read, and what shows nothing newer is let be.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from connectors.jira import cursor as cursors
from connectors.jira.api import JiraApi
from connectors.jira.cells import Row, inner, number, rows, text
from connectors.jira.dossiers import chunks
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant, millis
from connectors.jira.states import category
from connectors.jira.ticket import head
from syncd.domain.names import GoneReason
from syncd.domain.problem import Problem
from syncd.errors import SourceRefused
from syncd.ports.connector import CheckLine, Cursor, Page, RawRecord, Rechecked, Site
from syncd.ports.toolkit import Toolkit

OWNERSHIPS = ("OWNED_REQUESTS", "PARTICIPATED_REQUESTS", "ALL_ORGANIZATIONS")
_PAGE = 50
_EXPAND = "status,comment,requestType"


class DeskReader:
    """Reads one portal; see `syncd.ports.connector.Connector` and `Backfills`."""

    def __init__(self, site: Site, options: JiraOptions, toolkit: Toolkit) -> None:
        self._options = options
        self._api = JiraApi(options, toolkit)
        self._toolkit = toolkit
        self._bound = site.backfill_from

    def check(self) -> Sequence[CheckLine]:
        """Try the login and the list of requests."""
        who = self._api.identity()
        kind = text(who, "accountType") or "user"
        found = len(self._requests())
        seen = f"{found} requests can be seen" if found else "no request can be seen"
        return [
            CheckLine("login", ok=True, detail=f"accepted, as {kind}"),
            CheckLine("requests", ok=bool(found), detail=seen),
        ]

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield what changed since a cursor: see `syncd.ports.connector.Connector.pages`."""
        now = self._api.time()
        place = cursors.live(since, now, self._api.source)
        start = min(cursors.moment(place.at), now) - timedelta(seconds=self._options.overlap)
        deep = now - cursors.moment(place.slow) >= timedelta(seconds=self._options.slow_every)
        if deep:  # a comment on a closed request changes nothing that the list shows
            start = min(start, now - timedelta(seconds=self._options.slow_back)) if place.slow else start
        wanted = [row for row in self._requests() if _is_open(row) or _moved_at(row) >= start]
        found, odd = self._records(wanted)
        changed = sorted((each for each in found if each.updated_at >= start), key=lambda each: each.updated_at)
        newest = min(changed[-1].updated_at, now) if changed else None
        for some in chunks(changed, self._options.page_size):
            place = place.reaching(min(some[-1].updated_at, now))
            yield Page(some, place.text(), newest)
        if deep:
            place = msgspec.structs.replace(place, slow=millis(now))
        yield Page((), place.text(), newest, odd)

    def backfill(self, before: Cursor | None) -> Iterator[Page]:
        """Yield older and older requests, down to the site's `backfill_from`, by their last visible change."""
        place = cursors.past(before, self._api.time(), self._api.source)
        if place.done:
            return
        listed = sorted(self._requests(), key=lambda row: number(text(row, "issueId")), reverse=True)
        wanted = [row for row in listed if not place.below or number(text(row, "issueId")) < place.below]
        for some in chunks(wanted, self._options.page_size):
            found, odd = self._records(some)
            kept = [each for each in found if self._bound is None or each.updated_at >= self._bound]
            place = msgspec.structs.replace(place, below=number(text(some[-1], "issueId")))
            yield Page(kept, place.text(), problems=odd)
        yield Page((), msgspec.structs.replace(place, done=True).text())

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Re-read requests by id; a customer cannot tell a deleted one from a hidden one."""
        asked = list(dict.fromkeys(ids))
        usable = [each for each in asked if each.isascii() and each.isdigit()]
        requests = [row for row in self._toolkit.gather([self._request(each) for each in usable]) if row is not None]
        records, _ = self._records(requests)
        told = {record.ticket for record in records}
        missing = [each for each in asked if each not in told]
        if missing:
            self._api.identity()
        return Rechecked(records, dict.fromkeys(missing, GoneReason.UNREACHABLE))

    def close(self) -> None:
        """Let go of nothing: connections are the toolkit's."""

    def _requests(self) -> list[Row]:
        """Return every request that concerns us, each once."""
        found: dict[str, Row] = {}
        for ownership in OWNERSHIPS:
            params = {"requestOwnership": ownership, "requestStatus": "ALL_REQUESTS", "expand": _EXPAND}
            for page in self._api.desk_pages("request", params, _PAGE):
                found.update({text(row, "issueId"): row for row in page if text(row, "issueId")})
        self._api.identity()  # nobody has no requests
        return [found[key] for key in sorted(found, key=number)]

    def _records(self, requests: Sequence[Row]) -> tuple[tuple[RawRecord, ...], tuple[Problem, ...]]:
        payloads = [
            payload
            for some in chunks(requests, self._options.page_size)
            for payload in self._toolkit.gather([self._completing(each) for each in some])
            if payload is not None
        ]
        found, odd = [], 0
        for payload in payloads:
            try:
                found.append(RawRecord(*head(payload), payload))
            except ValueError:
                odd += 1
        problem = Problem("unreadable_row", f"{odd} requests without an id or the instant of their creation")
        return tuple(found), (problem,) if odd else ()

    def _completing(self, request: Row) -> Callable[[], dict[str, object] | None]:
        def complete() -> dict[str, object] | None:
            path = f"request/{text(request, 'issueId')}"
            try:
                return {
                    "request": {key: value for key, value in request.items() if key not in ("comments", "status")},
                    "statuses": self._whole(request, "status", f"{path}/status", {}),
                    "comments": self._whole(request, "comments", f"{path}/comment", {"public": "true"}),
                }
            except SourceRefused as refused:
                if refused.reason != "gone":
                    raise
                return None

        return complete

    def _whole(self, request: Row, key: str, path: str, params: dict[str, str]) -> list[Row]:
        """Return a list of a request: as expanded where that is all of it, else page by page."""
        expanded = inner(request, key)
        if expanded.get("isLastPage") is True:
            return rows(expanded, "values")
        return [row for page in self._api.desk_pages(path, params, _PAGE) for row in page]

    def _request(self, ident: str) -> Callable[[], Row | None]:
        def read() -> Row | None:
            try:
                return self._api.desk(f"request/{ident}", {"expand": _EXPAND})
            except SourceRefused as refused:
                if refused.reason not in ("gone", "forbidden"):
                    raise
                return None

        return read


def _is_open(request: Row) -> bool:
    return category(inner(request, "currentStatus")) != "done"


def _moved_at(request: Row) -> datetime:
    created, moved = instant(request.get("createdDate")), instant(inner(request, "currentStatus").get("statusDate"))
    return max((at for at in (created, moved) if at is not None), default=cursors.moment(0))
