"""Jira's REST API as far as reading needs it: which product answers, who we are there, and rows in pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.jira.cells import Row, inner, rows, text
from connectors.jira.door import Door, entered
from connectors.jira.settings import JiraOptions
from connectors.jira.wire import list_of, object_of
from syncd.errors import SourceMisunderstood, SourceRefused
from syncd.ports.toolkit import Toolkit

PRODUCT_SECONDS = 3600.0
"""How long it is believed which product and version answers."""
_CLOUD_FROM = 1000
"""Cloud numbers its versions from 1001; Data Center is at 11."""
MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Product:
    """What a site says about itself."""

    cloud: bool
    version: str
    base_url: str


class JiraApi:
    """One site, by whichever door; raises only our own errors."""

    def __init__(self, options: JiraOptions, toolkit: Toolkit) -> None:
        self.source = toolkit.source
        self.toolkit = toolkit
        self._options = options
        self._door: Door | None = None
        self._product: tuple[float, Product] | None = None

    @property
    def door(self) -> Door:
        """The way in, opened when first needed."""
        if self._door is None:
            self._door = entered(self._options, self.toolkit)
        return self._door

    def product(self) -> Product:
        """Return which product answers, by `deploymentType`, else by version; never by the host's name."""
        now = self.toolkit.now.monotonic()
        if self._product is None or now - self._product[0] > PRODUCT_SECONDS:
            told = self.door.api.get(f"{self.door.prefix}/rest/api/2/serverInfo", read=object_of(self.source))
            self._product = (now, _product(told))
        return self._product[1]

    def time(self) -> datetime:
        """Return the site's own time; ours where it does not tell."""
        self.product()
        return self.toolkit.source_time() or self.toolkit.now.utc()

    def identity(self) -> Row:
        """Return who we are there; raises `SourceRefused(auth)` when nobody.

        Asked before an answer is believed: with bad credentials Cloud answers searches with 200 and what anonymous
        people may see, which mostly is nothing. `/myself` is honest.
        """
        try:
            who = self.get("myself")
        except SourceRefused as refused:
            if refused.reason == "forbidden":
                raise SourceRefused(self.source, "auth", f"the login is not accepted: {refused}") from refused
            raise
        if not any(text(who, key) for key in ("accountId", "name", "key")):
            raise SourceRefused(self.source, "auth", "the site does not know who we are: nothing it says is believed")
        return who

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Row:
        """Return the object at a path below `/rest/api/VERSION/`."""
        return self.door.api.get(self._path(path), params=params, read=object_of(self.source))

    def listed(self, path: str, params: Mapping[str, str] | None = None) -> list[Row]:
        """Return the list at a path."""
        return self.door.api.get(self._path(path), params=params, read=list_of(self.source))

    def post(self, path: str, body: Mapping[str, object]) -> Row:
        """Return the object that a question with a body is answered with."""
        return self.door.api.post(self._path(path), json=body, read=object_of(self.source))

    def desk(self, path: str, params: Mapping[str, str] | None = None) -> Row:
        """Return the object at a path below `/rest/servicedeskapi/`."""
        return self.door.api.get(
            f"{self.door.prefix}/rest/servicedeskapi/{path}", params=params, read=object_of(self.source)
        )

    def paged(self, path: str, key: str, params: Mapping[str, str], size: int) -> Iterator[tuple[list[Row], int]]:
        """Yield the pages of a list by offset, with the total that each tells (0 if none); advanced by what came."""
        start = 0
        for _ in range(MOST_PAGES):
            told = self.get(path, {**params, "startAt": str(start), "maxResults": str(size)})
            found, total = rows(told, key), _whole(told, "total")
            yield found, total
            start += len(found)
            if not found or told.get("isLast") is True or ("total" in told and start >= total):
                return
        raise self.strange(f"{path}: more than {MOST_PAGES} pages")

    def desk_pages(self, path: str, params: Mapping[str, str], size: int) -> Iterator[list[Row]]:
        """Yield the pages of a list of the service desk API, until the one that says it is the last."""
        start = 0
        for _ in range(MOST_PAGES):
            told = self.desk(path, {**params, "start": str(start), "limit": str(size)})
            found = rows(told, "values")
            yield found
            start += len(found)
            if told.get("isLastPage") is not False or not found:
                return
        raise self.strange(f"{path}: more than {MOST_PAGES} pages")

    def strange(self, what: str) -> SourceMisunderstood:
        """Return the error for an answer that cannot be right."""
        return SourceMisunderstood(self.source, "protocol", what)

    def _path(self, path: str) -> str:
        version = self._options.api_version if self.product().cloud else 2
        return f"{self.door.prefix}/rest/api/{version}/{path}"


def _product(told: Row) -> Product:
    kind, numbers = text(told, "deploymentType").casefold(), told.get("versionNumbers")
    first = numbers[0] if isinstance(numbers, list) and numbers else 0
    by_version = isinstance(first, int) and first >= _CLOUD_FROM
    cloud = kind == "cloud" if kind in ("cloud", "server", "data center") else by_version
    return Product(cloud, text(told, "version") or "unknown", text(told, "baseUrl"))


def _whole(row: Row, key: str) -> int:
    value = row.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def shown_zone(who: Row, server: Row) -> str:
    """Return the account's time zone, or else the server's; for people only: nothing here depends on it."""
    zone = server.get("serverTimeZone")
    return text(who, "timeZone") or (
        zone if isinstance(zone, str) else text(inner(server, "serverTimeZone"), "timeZoneId")
    )
