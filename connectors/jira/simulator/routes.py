"""Which paths there are, by which methods, on which product."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from connectors.jira.simulator import comment_api, desk_api, directory_api, issue_api, links
from connectors.jira.simulator.call import Call
from connectors.jira.simulator.search_api import SearchApi
from syncd.ports.toolkit import HttpResponse

Handler = Callable[..., HttpResponse]
Product = Literal["both", "cloud", "dc"]
_ISSUE = r"issue/([^/]+)"


def _routes(search: SearchApi) -> Iterator[tuple[str, str, str, Handler, Product]]:
    yield "server_info", "GET", "serverInfo", directory_api.server_info, "both"
    yield "myself", "GET", "myself", directory_api.myself, "both"
    yield "permissions", "GET", "mypermissions", directory_api.permissions, "both"
    yield "fields", "GET", "field", directory_api.fields, "both"
    yield "field_search", "GET", "field/search", directory_api.field_search, "cloud"
    yield "statuses", "GET", "status", directory_api.statuses, "both"
    yield "status_search", "GET", "statuses/search", directory_api.status_search, "cloud"
    yield "priorities", "GET", "priority", directory_api.priorities, "both"
    yield "priority_search", "GET", "priority/search", directory_api.priority_search, "cloud"
    yield "resolutions", "GET", "resolution", directory_api.resolutions, "both"
    yield "resolution_search", "GET", "resolution/search", directory_api.resolution_search, "cloud"
    yield "projects", "GET", "project", directory_api.projects, "both"
    yield "project_search", "GET", "project/search", directory_api.project_search, "cloud"
    yield "group_members", "GET", "group/member", directory_api.group_members, "both"
    yield "user", "GET", "user", directory_api.user, "both"
    yield "user_groups", "GET", "user/groups", directory_api.user_groups, "cloud"
    yield "search", "GET POST", "search/jql", search.enhanced, "cloud"
    yield "count", "POST", "search/approximate-count", search.count, "cloud"
    yield "parse", "POST", "jql/parse", search.parse, "cloud"
    yield "removed", "GET POST", "search(?:/id)?", search.removed, "cloud"
    yield "classic", "GET POST", "search", search.classic, "dc"
    yield "bulkfetch", "POST", "issue/bulkfetch", issue_api.bulkfetch, "cloud"
    yield "issue", "GET", _ISSUE, issue_api.issue, "both"
    yield "changelog", "GET", f"{_ISSUE}/changelog", issue_api.changelog, "cloud"
    yield "changelog_list", "POST", f"{_ISSUE}/changelog/list", issue_api.changelog_list, "cloud"
    yield "changelogs", "POST", "changelog/bulkfetch", issue_api.changelogs, "cloud"
    yield "comments", "GET", f"{_ISSUE}/comment", comment_api.comments, "both"
    yield "remote_links", "GET", f"{_ISSUE}/remotelink", links.remote_links, "both"
    yield "comment_list", "POST", "comment/list", comment_api.comment_list, "cloud"


def _desk_routes() -> Iterator[tuple[str, str, str, Handler, Product]]:
    yield "desk_info", "GET", "info", desk_api.info, "both"
    yield "requests", "GET", "request", desk_api.requests, "both"
    yield "request", "GET", "request/([^/]+)", desk_api.request, "both"
    yield "request_status", "GET", "request/([^/]+)/status", desk_api.status, "both"
    yield "request_comments", "GET", "request/([^/]+)/comment", desk_api.comments, "both"
    yield "request_sla", "GET", "request/([^/]+)/sla(?:/([^/]+))?", desk_api.slas, "both"


@dataclass(frozen=True, slots=True)
class Found:
    """A route, with the version and the parts of the path that led to it."""

    name: str
    methods: tuple[str, ...]
    version: str
    parts: tuple[str, ...]
    handler: Handler

    def answer(self, call: Call) -> HttpResponse:
        """Return the resource's answer."""
        return self.handler(call, *self.parts)


class Routes:
    """The resources of one product: Data Center has no version 3, and lacks what only Cloud has."""

    def __init__(self, *, cloud: bool) -> None:
        mine: tuple[Product, Product] = ("both", "cloud" if cloud else "dc")
        versions = "2|3|latest" if cloud else "2|latest"
        self._latest = "3" if cloud else "2"
        rooms = ((rf"/rest/api/({versions})/", _routes(SearchApi())), ("/rest/servicedeskapi()/", _desk_routes()))
        self._table = [
            (re.compile(room + path + "/?"), name, tuple(methods.split()), handler)
            for room, listed in rooms
            for name, methods, path, handler, product in listed
            if product in mine
        ]

    def names(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return every route by name, with its methods."""
        return [(name, methods) for _, name, methods, _ in self._table]

    def find(self, path: str) -> Found | None:
        """Return what a path leads to; None for nothing."""
        for pattern, name, methods, handler in self._table:
            match = pattern.fullmatch(path)
            if match is not None:
                version, *parts = match.groups()
                told = version if version in ("2", "3") else self._latest
                return Found(name, methods, told, tuple(part for part in parts if part is not None), handler)
        return None
