"""How many cycles were decided when: whole UTC days from rollups, everything else counted from readings.

A day is dirty from the transaction that changed one of its cycles until it has been counted again. Marks are rows of
their own, never updated: on PostgreSQL a refresh then takes away only marks whose changes it sees, whatever commits
beside it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from syncd.domain.instant import DAY_US, to_us
from syncd.domain.names import Metric, Verdict
from syncd.ports.readings import Tally
from syncd.store.codes import METRICS, VERDICT_NUMBERS
from syncd.store.consumption import STEP, STOPPED, THOUSANDTHS
from syncd.store.lifetimes import Lifetimes
from syncd.store.session import Session, batches
from syncd.store.tables import SPENT, clock_definition, consumed, dirty_day, reading, rollup

Range = tuple[int, int]
"""Microseconds `[start, end)`, or days `[first, end)`."""

_Totals = dict[tuple[int, str | None], Counter[str]]
"""Figures by definition and priority."""

_FIGURES = ("met", "missed", "unverifiable", "excluded")
_SUMS = (*_FIGURES, *SPENT)


def _cycles_of(verdict: Verdict) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((reading.c.verdict == VERDICT_NUMBERS[verdict], 1), else_=0))


_IS_DECIDED = reading.c.verdict.in_([VERDICT_NUMBERS[verdict] for verdict in (Verdict.MET, Verdict.MISSED)])

_COUNTED = sa.select(
    reading.c.definition,
    reading.c.priority,
    sa.func.sum(reading.c.met).label("met"),
    sa.func.sum(reading.c.missed).label("missed"),
    _cycles_of(Verdict.UNVERIFIABLE).label("unverifiable"),
    _cycles_of(Verdict.EXCLUDED).label("excluded"),
    *(sa.func.sum(sa.case((_IS_DECIDED, reading.c[name]))).label(name) for name in SPENT),
).group_by(reading.c.definition, reading.c.priority)

_ROLLED = sa.select(
    rollup.c.definition,
    rollup.c.priority,
    *(sa.func.sum(rollup.c[figure]).label(figure) for figure in _SUMS),
).group_by(rollup.c.definition, rollup.c.priority)

_USED = (
    sa.select(
        sa.func.sum(THOUSANDTHS).label("thousandths"),
        reading.c.definition,
        sa.func.count().label("cycles"),
        STEP.label("step"),
    )
    .where(STOPPED)
    .group_by(reading.c.definition, STEP)
)

_MARK_ONCE = "INSERT INTO dirty_day (day) SELECT ? WHERE NOT EXISTS (SELECT 1 FROM dirty_day WHERE day = ?)"
"""Only where writers are one at a time: a mark that another transaction is about to take away is no mark."""


def day_of(us: int) -> int:
    """Return the number of the UTC day that holds an instant, counted from 1970-01-01."""
    return us // DAY_US


def mark(session: Session, days: Iterable[int]) -> None:
    """Note that days must be counted again."""
    changed = sorted(set(days))
    if session.postgres:
        session.bulk(dirty_day, [(day,) for day in changed])
    else:
        session.each(_MARK_ONCE, [(day, day) for day in changed])


def _runs(days: Iterable[int]) -> Iterator[Range]:
    """Yield days as runs of neighbours."""
    first: int | None = None
    last = 0
    for day in sorted(days):
        if first is not None and day != last + 1:
            yield (first, last + 1)
            first = None
        first = day if first is None else first
        last = day
    if first is not None:
        yield (first, last + 1)


class Tallies:
    """Counts of decided cycles within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.lifetimes = Lifetimes(session)

    def _dirty(self, days: Range) -> set[int]:
        marked = sa.select(dirty_day.c.day).distinct()
        return set(self._session.run(marked.where(_within(dirty_day.c.day, days))).scalars())

    def of(self, spans: Sequence[tuple[datetime, datetime]]) -> list[Sequence[Tally]]:
        """Return the tallies of each `[start, end)`, in order of vendor, contract, target, metric and priority.

        The spans are cut where any of them begins or ends, and every piece is counted once, however many hold it.
        """
        ranges = [(to_us(start), to_us(end)) for start, end in spans]
        edges = sorted({edge for each in ranges for edge in each})
        totals: list[_Totals] = [{} for _ in ranges]
        for piece in pairwise(edges):
            holding = [total for total, (begin, stop) in zip(totals, ranges, strict=True) if begin <= piece[0] < stop]
            for row in self._between(piece) if holding else ():
                for total in holding:
                    into = total.setdefault((row.definition, row.priority), Counter())
                    for figure in _SUMS:
                        into[figure] += int(getattr(row, figure) or 0)
        definitions = {row.id: row for row in self._session.run(sa.select(clock_definition))}
        return [_named(total, definitions) for total in totals]

    def _between(self, piece: Range) -> Iterator[Any]:
        begin, stop = piece
        days = (-(-begin // DAY_US), stop // DAY_US)
        if days[0] >= days[1]:
            yield from self._counted([piece])
            return
        dirty = self._dirty(days)
        counted = [(begin, days[0] * DAY_US), (days[1] * DAY_US, stop)]
        counted += [(first * DAY_US, last * DAY_US) for first, last in _runs(dirty)]
        yield from self._rolled(days, dirty)
        yield from self._counted(counted)

    def _counted(self, stretches: Sequence[Range]) -> Iterator[Any]:
        for stretch in stretches:
            if stretch[0] < stretch[1]:
                yield from self._session.run(_COUNTED.where(_within(reading.c.counted_at, stretch)))

    def _rolled(self, days: Range, dirty: set[int]) -> Iterator[Any]:
        edges = [days[0], *(edge for run in _runs(dirty) for edge in run), days[1]]
        for clean in zip(edges[::2], edges[1::2], strict=True):
            if clean[0] < clean[1]:
                yield from self._session.run(_ROLLED.where(_within(rollup.c.day, clean)))

    def refresh(self, limit: int) -> int:
        """Count up to `limit` dirty days again, oldest first; return how many are still dirty."""
        if self._session.postgres:
            # Two refreshes of one day side by side would both insert it.
            self._session.run(sa.text("LOCK TABLE rollup IN SHARE ROW EXCLUSIVE MODE"))
        chosen = sa.select(dirty_day.c.day).distinct().order_by(dirty_day.c.day).limit(limit)
        days = list(self._session.run(chosen).scalars())
        for some in batches(days):
            # The marks go first: what commits between these statements leaves its own.
            self._session.run(sa.delete(dirty_day).where(dirty_day.c.day.in_(some)))
            before = self.lifetimes.of_days(some)
            self._session.run(sa.delete(rollup).where(rollup.c.day.in_(some)))
            self._session.run(sa.delete(consumed).where(consumed.c.day.in_(some)))
            for day in some:
                self._count_day(day)
            self.lifetimes.change(before, self.lifetimes.of_days(some))
        return int(self._session.run(sa.select(sa.func.count(dirty_day.c.day.distinct()))).scalar_one())

    def _count_day(self, day: int) -> None:
        of_day = _within(reading.c.counted_at, (day * DAY_US, (day + 1) * DAY_US))
        for table, query in ((rollup, _COUNTED), (consumed, _USED)):
            counted = query.where(of_day).subquery()
            rows = sa.select(sa.literal(day), *counted.columns)
            names = ["day", *(column.name for column in counted.columns)]
            self._session.run(sa.insert(table).from_select(names, rows))

    def drop(self) -> None:
        """Forget every rollup and mark."""
        self._session.run(sa.delete(rollup))
        self._session.run(sa.delete(consumed))
        self.lifetimes.forget()
        self._session.run(sa.delete(dirty_day))


def _named(totals: _Totals, definitions: Mapping[int, Any]) -> Sequence[Tally]:
    """Return totals under the names of their definitions, those of several revisions together."""
    named: dict[tuple[str, str, str, Metric, str | None], Counter[str]] = {}
    for (definition, priority), total in totals.items():
        of = definitions[definition]
        into = named.setdefault((of.vendor, of.contract, of.target, METRICS[of.metric], priority), Counter())
        into.update(total)
    ordered = sorted(named.items(), key=lambda item: (*item[0][:4], item[0][4] or ""))
    return [
        Tally(
            *key,
            total["met"],
            total["missed"],
            total["unverifiable"],
            total["excluded"],
            tuple(total[name] for name in SPENT),
        )
        for key, total in ordered
    ]


def _within(column: sa.Column[int], stretch: Range) -> sa.ColumnElement[bool]:
    return sa.and_(column >= stretch[0], column < stretch[1])
