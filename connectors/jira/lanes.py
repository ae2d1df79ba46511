"""Live passes: a fast lane over what changed lately, a slow one further back for what the index learned late.

The index of searches lags, so the place where reading stands is the newest change that a search returned, never the
present, and every pass reads the `overlap` before it again. Nothing is believed before `/myself` was asked: expired
credentials are answered with 200 and an empty page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from connectors.jira import cursor as cursors
from connectors.jira.api import JiraApi
from connectors.jira.cells import inner, number, text
from connectors.jira.census import Census
from connectors.jira.dossiers import Completed, Dossiers, chunks
from connectors.jira.jql import Question, Span, scope_of
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant, millis
from connectors.jira.walks import Walks
from syncd.domain.problem import Problem
from syncd.ports.connector import Cursor, Page

_SETTLED = timedelta(seconds=2)
"""A ticket read within it of its last update may be written again in the same millisecond."""

Dated = tuple[datetime, str]
"""A ticket's last update, and its id."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """The tickets changed since an instant, oldest change first."""

    tickets: tuple[Dated, ...]
    start: datetime
    asked_at: datetime

    @property
    def newest(self) -> datetime | None:
        """The newest change; none of them from the future."""
        return min(self.tickets[-1][0], self.asked_at) if self.tickets else None


class Lanes:
    """Reads what changes."""

    def __init__(self, api: JiraApi, walks: Walks, dossiers: Dossiers, options: JiraOptions) -> None:
        self._api = api
        self._walks = walks
        self._dossiers = dossiers
        self._options = options
        self._census = Census(api, walks, dossiers, options)
        self._overlap = timedelta(seconds=options.overlap)
        self._seen: dict[str, datetime] = {}
        """Tickets handed out and taken, by the update that they had."""
        self._left: Cursor | None = None
        """Where whoever reads was left."""
        self._began: datetime | None = None

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield one live pass: see `syncd.ports.connector.Connector.pages`."""
        if since is None or since != self._left:
            self._seen.clear()  # who stands elsewhere than we left them may hold less than we remember
        now = self._api.time()
        self._began = self._began or now
        place = cursors.live(since, now, self._api.source)
        listed = self._list(min(cursors.moment(place.at), now) - self._overlap)
        problems: list[Problem] = []
        for done, reached in self._complete(self._changed(listed)):
            place = place.reaching(min(reached, listed.asked_at))
            yield Page(done.records, place.text(), listed.newest, done.problems)
            self._taken(done, place.text())
        place = place if listed.newest is None else place.reaching(listed.newest)
        if _due(place.slow, now, self._options.slow_every):
            back = self._list(now - timedelta(seconds=self._options.slow_back))
            problems += self._late(back, listed.start)
            for done, _ in self._complete(self._changed(back)):
                yield Page(done.records, place.text(), listed.newest, done.problems)
                self._taken(done, place.text())
            place = msgspec.structs.replace(place, slow=millis(now))
        if _due(place.census, now, self._options.census_every):
            for done in self._census.take():
                yield Page(done.records, place.text(), listed.newest, done.problems)
                self._taken(done, place.text())
            place = msgspec.structs.replace(place, census=millis(now))
        self._forget(now)
        yield Page((), place.text(), listed.newest, tuple(problems))
        self._left = place.text()

    def _list(self, start: datetime) -> _Listed:
        asked_at = self._api.time()
        question = Question(scope_of(self._options.scope), (Span("updated", start),))
        found: list[Dated] = []
        for issue in self._walks.found(question, ("updated",)):
            at = instant(inner(issue, "fields").get("updated"))
            # One whose instant cannot be read is read again in every pass, and moves nothing.
            found.append((start if at is None else at, text(issue, "id")))
        self._api.identity()
        return _Listed(tuple(sorted(found, key=lambda each: (each[0], number(each[1])))), start, asked_at)

    def _changed(self, listed: _Listed) -> list[Dated]:
        return [(at, ident) for at, ident in listed.tickets if self._seen.get(ident) != at]

    def _complete(self, tickets: Sequence[Dated]) -> Iterator[tuple[Completed, datetime]]:
        """Yield complete tickets, with the last of the updates by which they were found."""
        dates = {ident: at for at, ident in tickets}
        for ids in chunks(list(dates), self._options.page_size):
            yield self._dossiers.complete(ids), dates[ids[-1]]

    def _taken(self, done: Completed, cursor: Cursor) -> None:
        """Remember what was handed out, once whoever reads came back for more."""
        settled = done.began - _SETTLED
        self._seen.update({each.ticket: each.updated_at for each in done.records if each.updated_at < settled})
        self._census.saw(each.ticket for each in done.records)
        self._left = cursor

    def _late(self, back: _Listed, fast: datetime) -> Iterator[Problem]:
        """Yield that fast passes missed something, and look further back in the next ones."""
        began = self._began or fast
        late = [at for at, ident in back.tickets if began < at < fast and self._seen.get(ident) != at]
        if late:
            longest = timedelta(seconds=self._options.slow_back)
            self._overlap = min(longest, max(self._overlap, back.asked_at - late[0]))
            yield Problem("late_seen", f"{len(late)} changes were found late; the overlap is {self._overlap} now")

    def _forget(self, now: datetime) -> None:
        bound = now - timedelta(seconds=self._options.slow_back) - self._overlap
        self._seen = {ident: at for ident, at in self._seen.items() if at >= bound}


def _due(last: int, now: datetime, every: int) -> bool:
    return now - cursors.moment(last) >= timedelta(seconds=every)
