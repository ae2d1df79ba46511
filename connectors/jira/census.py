"""A count of every id within the scope, once a day: what no search by date would ever tell.

Deleted tickets never match `updated` again and leave no tombstone; a ticket that moved out of the scope, was archived,
or whose project we may no longer browse looks the same. Of what vanished since the last count, whatever can still be
read by id is handed out as it is now. What was never seen at all is read.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from connectors.jira.api import JiraApi
from connectors.jira.cells import number, text
from connectors.jira.dossiers import Completed, Dossiers, chunks
from connectors.jira.jql import BEGINNING, Question, Span, scope_of
from connectors.jira.settings import JiraOptions
from connectors.jira.walks import Walks
from syncd.domain.problem import Problem

MOST_SOUGHT = 500
"""Vanished tickets that one census looks for; more at once is a right that was lost, not so many deletions."""


class Census:
    """Counts ids; eight bytes for each are kept between two counts."""

    def __init__(self, api: JiraApi, walks: Walks, dossiers: Dossiers, options: JiraOptions) -> None:
        self._api = api
        self._walks = walks
        self._dossiers = dossiers
        self._options = options
        self._last: array[int] | None = None
        self._since: set[int] = set()

    def saw(self, ids: Iterable[str]) -> None:
        """Note tickets that were handed out since the last count."""
        if self._last is not None:
            self._since.update(number(each) for each in ids)

    def take(self) -> Iterator[Completed]:
        """Count, and yield tickets that came or went without having been seen."""
        now = self.count()
        before, self._last = self._last, now
        known, self._since = self._since, set()
        if before is None:
            return
        fresh = [each for each in _without(now, before) if each not in known]
        lost = list(_without(before, now))
        for ids in chunks([str(each) for each in fresh], self._options.page_size):
            yield self._dossiers.complete(ids)
        if lost:
            yield self._sought([str(each) for each in lost])

    def count(self) -> "array[int]":
        """Return every id within the scope, in order."""
        scope = scope_of(self._options.scope)
        question = Question(scope, () if scope else (Span("created", BEGINNING),))
        found = array("q", (number(text(each, "id")) for each in self._walks.found(question)))
        self._api.identity()
        return array("q", sorted(found))

    def _sought(self, lost: Sequence[str]) -> Completed:
        done = self._dossiers.complete(lost[:MOST_SOUGHT], sought=True)
        told = f"{len(lost)} tickets vanished from the searches; {len(done.records)} of them can be read by id"
        return Completed(done.records, done.missing, (*done.problems, Problem("vanished", told)), done.began)


def _without(some: "array[int]", others: "array[int]") -> Iterator[int]:
    """Yield the members of one ordered array that another lacks."""
    for each in some:
        place = bisect_left(others, each)
        if place == len(others) or others[place] != each:
            yield each
