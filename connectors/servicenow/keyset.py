"""Reading a table in the order of a dated column, by key instead of by offset, and never trusting a short page.

State is (time, sys_id) of the last row. A page advances by the time alone; then the second it ended in is drained by
sys_id. Two plain queries, because `^NQ` or `^OR` would bind to one side of the filter only. Rows that we may not see
are cut out after the limit was applied: only a count proves that nothing is left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.servicenow.cells import Row, text
from connectors.servicenow.query import Filter, all_of, condition, ordered
from connectors.servicenow.stamps import instant, stamp
from connectors.servicenow.table_api import MOST, TableApi
from connectors.servicenow.wire import Answer

FIRST = stamp(datetime(1970, 1, 1, tzinfo=UTC))
"""Earlier than any row."""

EVERYTHING = Filter()

LAST = stamp(datetime(9999, 12, 31, tzinfo=UTC))
"""Later than any row."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stands: a second, and the sys_id last read in it (empty: the second is done with)."""

    at: str
    sys_id: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows read at once, the place behind them, and how many rows more there are that we may not see."""

    rows: tuple[Row, ...]
    place: Place
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Keyset:
    """One table's rows under a filter, in the order of `column` and sys_id."""

    api: TableApi
    table: str
    fields: Sequence[str]
    filter: Filter = EVERYTHING
    column: str = "sys_updated_on"
    descending: bool = False
    counted: bool = True
    """Ask for the number of matches with every page; saves proofs where the windows are small."""

    def read(self, start: Place, bound: str) -> Iterator[Batch]:
        """Yield what lies beyond a place, up to and including the bound, until that is proven to be all.

        Raises `SourceMisunderstood(query_not_honoured)` for an answer that breaks a condition or the order asked for.
        """
        place = start
        if place.sys_id:
            yield from self._drain(place)
        while self._before(place.at, bound):
            batch, done = self._advance(place.at, bound)
            if batch.rows or batch.hidden:
                yield batch
            if done:
                return
            place = batch.place
            if place.sys_id:
                yield from self._drain(place)

    def _before(self, one: str, other: str) -> bool:
        return one > other if self.descending else one < other

    def _drain(self, place: Place) -> Iterator[Batch]:
        """Yield the rest of one second."""
        same = condition(self.column, "=", place.at)
        while True:
            beyond = condition("sys_id", "<" if self.descending else ">", place.sys_id)
            query = all_of(self.filter.text, same, beyond)
            answer, asked = self._page(all_of(query, ordered("sys_id", descending=self.descending)), counted=True)
            total = self._total(answer, query)
            if not self._visible(answer) and (total is None or total > asked):
                answer, asked = self._widest(all_of(query, ordered("sys_id", descending=self.descending))), MOST
            rows = self._checked(answer, place, place.at)
            place = Place(place.at, text(rows[-1], "sys_id")) if rows else place
            done = (total is not None and total <= asked) or not rows
            hidden = total - len(rows) if done and total is not None else 0
            if rows or hidden:
                yield Batch(rows, place, hidden)
            if done:
                return

    def _advance(self, at: str, bound: str) -> tuple[Batch, bool]:
        """Return the rows beyond a second, and whether they are all there is up to the bound."""
        query = all_of(self.filter.text, self._beyond(at), self._within(bound))
        order = ordered(self.column, "sys_id", descending=self.descending)
        answer, asked = self._page(all_of(query, order), counted=self.counted)
        total = answer.total
        if not self._visible(answer):
            total = self._total(answer, query)
            if total is None or total > asked:
                answer, asked = self._widest(all_of(query, order)), MOST
        rows = self._checked(answer, Place(at), bound)
        if total is not None and total <= asked:
            return Batch(rows, Place(bound), total - len(rows)), True
        if rows:
            return Batch(rows, Place(text(rows[-1], self.column), text(rows[-1], "sys_id"))), False
        middle = _middle(at, bound)
        if total is None or middle is None:
            return Batch((), Place(bound), total or 0), True
        return self._skip(at, middle), False

    def _skip(self, at: str, bound: str) -> Batch:
        """Return the nearer half of a stretch whose first rows, as many as can be asked for, are all hidden."""
        batch, done = self._advance(at, bound)
        return Batch(batch.rows, Place(bound), batch.hidden) if done else batch

    def _page(self, query: str, *, counted: bool) -> tuple[Answer, int]:
        return self.api.page(self.table, query, self._asked(), count=counted)

    def _widest(self, query: str) -> Answer:
        return self.api.rows(self.table, query, self._asked(), limit=MOST)

    def _asked(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.fields, "sys_id", self.column, *self.filter.fields)))

    def _total(self, answer: Answer, query: str) -> int | None:
        return answer.total if answer.total is not None else self.api.count(self.table, query)

    def _beyond(self, at: str) -> str:
        return condition(self.column, "<" if self.descending else ">", at)

    def _within(self, bound: str) -> str:
        return condition(self.column, ">=" if self.descending else "<=", bound)

    def _visible(self, answer: Answer) -> list[Row]:
        """Return the rows that can be told apart; a row whose every field is hidden arrives empty."""
        return [row for row in answer.rows if text(row, "sys_id") and text(row, self.column)]

    def _checked(self, answer: Answer, after: Place, bound: str) -> tuple[Row, ...]:
        """Return the visible rows; raises when one breaks a condition or the order."""
        rows = self._visible(answer)
        last = (after.at, after.sys_id)
        for row in rows:
            at, sys_id = text(row, self.column), text(row, "sys_id")
            if instant(at) is None:
                raise self.api.not_honoured(f"{self.table}: {self.column} is no raw date/time value")
            if not after.sys_id and at == after.at:
                raise self.api.not_honoured(f"{self.table}: a row lies outside the bound on {self.column}")
            if not self._follows((at, sys_id), last):
                raise self.api.not_honoured(f"{self.table}: rows are not in order, or begin too soon")
            if at != bound and not self._before(at, bound):
                raise self.api.not_honoured(f"{self.table}: a row lies beyond the bound on {self.column}")
            for pin in self.filter.pins:
                if pin.field in row and text(row, pin.field).casefold() not in pin.values:
                    raise self.api.not_honoured(f"{self.table}: a row does not satisfy the filter on {pin.field}")
            last = (at, sys_id)
        return tuple(rows)

    def _follows(self, one: tuple[str, str], other: tuple[str, str]) -> bool:
        return one < other if self.descending else one > other


def _middle(one: str, other: str) -> str | None:
    """Return the second halfway between two; None when there is none between."""
    first, second = instant(one), instant(other)
    if first is None or second is None:
        return None
    half = stamp(first + timedelta(seconds=int((second - first).total_seconds() / 2)))
    return None if half in (one, other) else half
