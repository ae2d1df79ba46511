"""The past, newest first: month after month by the day of creation, which never changes, each from the highest id down.

A bound on the past is one on changes: what was created before it and changed since is read last.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from connectors.jira import cursor as cursors
from connectors.jira.api import JiraApi
from connectors.jira.cells import inner, number, text
from connectors.jira.cursor import Past
from connectors.jira.dossiers import Dossiers, chunks
from connectors.jira.jql import BEGINNING, Question, Span, scope_of
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant, millis
from connectors.jira.walks import Walks
from syncd.ports.connector import Cursor, Page


class Slices:
    """Reads what was."""

    def __init__(
        self, api: JiraApi, walks: Walks, dossiers: Dossiers, options: JiraOptions, bound: datetime | None
    ) -> None:
        self._api = api
        self._walks = walks
        self._dossiers = dossiers
        self._options = options
        self._bound = bound
        self._scope = scope_of(options.scope)

    def pages(self, before: Cursor | None) -> Iterator[Page]:
        """Yield older and older tickets: see `syncd.ports.connector.Backfills.backfill`."""
        place = cursors.past(before, self._api.time(), self._api.source)
        if place.done:
            return
        bound = self._bound or self._oldest()
        while not place.older and bound is not None and cursors.moment(place.until) > bound:
            until = cursors.moment(place.until)
            since = max(bound, _month_before(until))
            yield from self._slice(place, (Span("created", since, until),))
            place = Past(place.v, millis(since))
            yield Page((), place.text())
        if self._bound is not None:
            place = msgspec.structs.replace(place, older=True)
            yield from self._slice(place, (Span("created", BEGINNING, self._bound), Span("updated", self._bound)))
        yield Page((), msgspec.structs.replace(place, below=0, done=True).text())

    def _slice(self, place: Past, spans: tuple[Span, ...]) -> Iterator[Page]:
        """Yield one slice; its ids are listed whole, so that a cursor within it is an id and not a number of rows."""
        listed = [text(each, "id") for each in self._walks.found(Question(self._scope, spans))]
        self._api.identity()
        ids = sorted(listed, key=number, reverse=True)
        wanted: Sequence[str] = [each for each in ids if not place.below or number(each) < place.below]
        for some in chunks(wanted, self._options.page_size):
            done = self._dossiers.complete(some)
            cursor = msgspec.structs.replace(place, below=number(some[-1])).text()
            yield Page(done.records, cursor, problems=done.problems)

    def _oldest(self) -> datetime | None:
        """Return when the oldest ticket within the scope was created; None if there is none."""
        question = Question(self._scope, (Span("created", BEGINNING),), "created ASC")
        found = next(self._walks.found(question, ("created",), limit=1), None)
        if found is None:
            self._api.identity()
            return None
        return instant(inner(found, "fields").get("created")) or BEGINNING


def _month_before(at: datetime) -> datetime:
    """Return the first instant of the month, in UTC, in which the instant just before this one lies."""
    return (at - timedelta(microseconds=1)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
