"""The Table and Stats APIs of one instance, as far as reading needs them.

Raw values only; `sysparm_limit` is applied before ACLs (ServiceNowDocs, "Table API"), so a page may be short or empty
in the middle of the data. Cookies are the toolkit's matter: it keeps none.
"""

from collections.abc import Sequence

from connectors.servicenow.cells import Row
from connectors.servicenow.query import table_name
from connectors.servicenow.wire import Answer, count_of, row_of, rows_of
from syncd.errors import SourceError, SourceMisunderstood, SourceRefused, SourceUnavailable
from syncd.ports.toolkit import HttpApi, Toolkit

MOST = 10_000
"""The most rows that one request may ask for; the platform's own default."""

FEWEST = 10
"""Below this many rows a request that still fails is not failing for its size."""


class Limit:
    """How many rows to ask for: halved when an answer breaks, grown by a tenth after each that does not."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self.now = wanted

    def halve(self) -> bool:
        """Ask for half as much from now on; False if that makes no sense any more."""
        if self.now <= FEWEST:
            return False
        self.now = max(FEWEST, self.now // 2)
        return True

    def grow(self) -> None:
        """Ask for a little more again."""
        self.now = min(self._wanted, self.now + max(1, self.now // 10))


class TableApi:
    """Reads rows of tables; raises only our own errors."""

    def __init__(self, toolkit: Toolkit, api: HttpApi, *, page_size: int) -> None:
        self.source = toolkit.source
        self.limit = Limit(page_size)
        self._api = api

    def page(self, table: str, query: str, fields: Sequence[str], *, count: bool = False) -> tuple[Answer, int]:
        """Return one page and the limit it was asked with, after halving that as often as the answer broke."""
        while True:
            asked = self.limit.now
            try:
                answer = self._ask(table, query, fields, limit=asked, count=count)
            except SourceMisunderstood as broken:
                if broken.reason != "truncated" or not self.limit.halve():
                    raise self._given_up(table, broken) from broken
            except SourceUnavailable as late:
                if late.reason == "timeout":
                    self.limit.halve()  # for the next pass: this one has waited long enough
                raise
            else:
                self.limit.grow()
                return answer, asked

    def rows(
        self, table: str, query: str, fields: Sequence[str], *, limit: int, count: bool = False, shown: bool = False
    ) -> Answer:
        """Return the first rows that match; `shown` asks for display values, which are for probing only."""
        try:
            return self._ask(table, query, fields, limit=limit, count=count, shown=shown)
        except SourceMisunderstood as broken:
            raise self._given_up(table, broken) from broken

    def _given_up(self, table: str, broken: SourceMisunderstood) -> SourceError:
        """Return the error to leave with: an answer that breaks off however little is asked for is no answer."""
        if broken.reason != "truncated":
            return broken
        return SourceUnavailable(self.source, "truncated", f"{table}: {broken}")

    def _ask(
        self, table: str, query: str, fields: Sequence[str], *, limit: int, count: bool = False, shown: bool = False
    ) -> Answer:
        return self._api.get(
            f"/api/now/table/{table_name(table)}",
            params={
                "sysparm_query": query,
                "sysparm_fields": ",".join(fields),
                "sysparm_display_value": "true" if shown else "false",
                "sysparm_exclude_reference_link": "true",
                "sysparm_limit": str(limit),
                "sysparm_no_count": "false" if count else "true",
                "sysparm_suppress_pagination_header": "true",
            },
            read=rows_of(self.source),
        )

    def one(self, table: str, sys_id: str, fields: Sequence[str]) -> Row | None:
        """Return one record by its id; None when it is missing or hidden, which the platform does not tell apart."""
        try:
            return self._api.get(
                f"/api/now/table/{table_name(table)}/{sys_id}",
                params={
                    "sysparm_fields": ",".join(fields),
                    "sysparm_display_value": "false",
                    "sysparm_exclude_reference_link": "true",
                },
                read=row_of(self.source),
            )
        except SourceRefused as refused:
            if refused.reason != "gone":
                raise
            return None

    def count(self, table: str, query: str) -> int | None:
        """Return how many rows match, hidden ones perhaps included; None when statistics are refused."""
        try:
            return self._api.get(
                f"/api/now/stats/{table_name(table)}",
                params={"sysparm_count": "true", "sysparm_query": query},
                read=count_of(self.source),
            )
        except SourceRefused as refused:
            if refused.reason == "auth":
                raise
            return None

    def not_honoured(self, what: str) -> SourceError:
        """Return the error for an answer that does not obey its query."""
        return SourceMisunderstood(
            self.source, "query_not_honoured",
            f"{what}; the instance dropped a condition or an ordering: check the field names, and query_range rights",
        )  # fmt: skip
