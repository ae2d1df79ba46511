"""Walks over everything that a query finds.

Rows come by id: then a ticket that changes meanwhile keeps its place, and no other is pushed across the border of a
page. Whoever needs another order sorts what was found. Cloud goes on by tokens, Data Center by offsets, which shift
when rows behind the reader vanish: every page begins with the last row of the one before, and goes back until it does.
"""

from collections.abc import Iterator, Sequence

from connectors.jira.api import JiraApi
from connectors.jira.cells import Row, rows, text
from connectors.jira.jql import Question
from connectors.jira.settings import JiraOptions
from syncd.errors import SourceRefused

MOST_EMPTY = 20
"""Pages in a row without anything new, after which a walk is taken for endless."""
RELATIVE_SECONDS = 3600.0
"""How long a site is taken to refuse milliseconds, before they are tried again."""


class Walks:
    """Asks queries of one site."""

    def __init__(self, api: JiraApi, options: JiraOptions) -> None:
        self._api = api
        self._options = options
        self._refused_at = float("-inf")

    def found(self, question: Question, fields: Sequence[str] = ("id",), *, limit: int | None = None) -> Iterator[Row]:
        """Yield every issue that a query finds, each once, with these fields."""
        light = tuple(fields) == ("id",)
        size = limit or (self._options.id_page_size if light else self._options.page_size)
        seen: set[str] = set()
        for page in self._pages(question, fields, size):
            for issue in page:
                ident = text(issue, "id")
                if not ident:
                    raise self._api.strange("an issue without an id was found")
                if ident not in seen:
                    seen.add(ident)
                    yield issue
            if limit is not None and len(seen) >= limit:
                return

    def _pages(self, question: Question, fields: Sequence[str], size: int) -> Iterator[list[Row]]:
        """Yield pages; a site that refuses milliseconds is asked once more, by periods."""
        walk = self._tokens if self._api.product().cloud else self._offsets
        now, relative = self._api.time(), self._relative()
        pages = walk(question.jql(relative=relative, now=now), fields, size)
        try:
            first = next(pages, None)
        except SourceRefused as refused:
            if refused.reason != "configuration" or relative:
                raise
            pages = walk(question.jql(relative=True, now=now), fields, size)
            try:
                first = next(pages, None)
            except SourceRefused:
                raise refused from None  # it was not the milliseconds: a project renamed, or out of sight
            self._refused_at = self._api.toolkit.now.monotonic()
        if first is not None:
            yield first
            yield from pages

    def _relative(self) -> bool:
        return self._api.toolkit.now.monotonic() - self._refused_at < RELATIVE_SECONDS

    def _tokens(self, jql: str, fields: Sequence[str], size: int) -> Iterator[list[Row]]:
        """Yield pages until one has no token; how many rows a page has, or `isLast`, says nothing."""
        body: dict[str, object] = {"jql": jql, "maxResults": size, "fields": list(fields)}
        seen: set[str] = set()
        empty = 0
        while True:
            answer = self._api.post("search/jql", body)
            found = self._issues(answer)
            yield found
            token = text(answer, "nextPageToken")
            if not token:
                return
            empty = 0 if found else empty + 1
            if token in seen or empty > MOST_EMPTY:
                raise self._api.strange("the search goes round in circles: a page token came again, or nothing does")
            seen.add(token)
            body = {**body, "nextPageToken": token}

    def _offsets(self, jql: str, fields: Sequence[str], size: int) -> Iterator[list[Row]]:
        start, seen, stale = 0, set[str](), 0
        overlapping = False
        while True:
            body = {"jql": jql, "startAt": start, "maxResults": size, "fields": list(fields)}
            answer = self._api.post("search", body)
            found, total = self._issues(answer), answer.get("total")
            if not isinstance(total, int):
                raise self._api.strange("the search does not tell how many issues there are")
            fresh = [issue for issue in found if text(issue, "id") not in seen]
            stale = 0 if fresh else stale + 1
            if stale > MOST_EMPTY:
                raise self._api.strange("the search goes round in circles: page after page brings nothing new")
            if overlapping and start > 0 and (not found or text(found[0], "id") not in seen):
                start = max(0, start - max(1, len(found) or size))
                continue
            seen.update(text(issue, "id") for issue in fresh)
            yield fresh
            if not found or start + len(found) >= total:
                return
            overlapping = len(found) > 1
            start += len(found) - overlapping

    def _issues(self, answer: Row) -> list[Row]:
        if not isinstance(answer.get("issues"), list):
            raise self._api.strange("the answer to a search holds no list of issues")
        return rows(answer, "issues")
