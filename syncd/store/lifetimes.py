"""Counts of all time, kept beside the rollups: what those come to, and the most that it ever was.

They are for counters, which must not fall. Measuring again may find fewer cycles than before, or the same in another
day; what is shown stays where it is until the count has caught up, so nothing is ever counted twice.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from syncd.ports.readings import CONSUMED_STEPS, Consumed, Lifetime
from syncd.store.session import Session, batches
from syncd.store.tables import clock_definition, consumed, lifetime, rollup

DECIDED, MISSED, UP_TO, SHARES = range(4)
"""The figures. `part` is a priority (none: empty), of `UP_TO` a step's number, of `SHARES` empty."""

_THOUSAND = 1000

Totals = Counter[tuple[int, int, str]]
"""By definition, figure and part."""

_Key = tuple[int, str, str, str, str]

_RAISE = """
UPDATE lifetime SET counted = counted + ?, highest = CASE WHEN counted + ? > highest THEN counted + ? ELSE highest END
WHERE figure = ? AND vendor = ? AND contract = ? AND target = ? AND part = ?
"""


class Lifetimes:
    """Counts of all time within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_days(self, days: Sequence[int]) -> Totals:
        """Return what the rollups of some days add."""
        found: Totals = Counter()
        tallied = (
            sa.select(
                rollup.c.definition,
                rollup.c.priority,
                sa.func.sum(rollup.c.met + rollup.c.missed).label("decided"),
                sa.func.sum(rollup.c.missed).label("missed"),
            )
            .where(rollup.c.day.in_(days))
            .group_by(rollup.c.definition, rollup.c.priority)
        )
        for row in self._session.run(tallied):
            found[row.definition, DECIDED, row.priority or ""] += int(row.decided)
            found[row.definition, MISSED, row.priority or ""] += int(row.missed)
        used = (
            sa.select(
                consumed.c.definition,
                consumed.c.step,
                sa.func.sum(consumed.c.cycles).label("cycles"),
                sa.func.sum(consumed.c.thousandths).label("thousandths"),
            )
            .where(consumed.c.day.in_(days))
            .group_by(consumed.c.definition, consumed.c.step)
        )
        for row in self._session.run(used):
            found[row.definition, SHARES, ""] += int(row.thousandths)
            for step in range(row.step, len(CONSUMED_STEPS) + 1):
                found[row.definition, UP_TO, str(step)] += int(row.cycles)
        return found

    def change(self, before: Totals, after: Totals) -> None:
        """Take away what some days added before and add what they add now."""
        named = self._named()
        changes: Counter[_Key] = Counter()
        for totals, sign in ((before, -1), (after, 1)):
            for (definition, figure, part), count in totals.items():
                changes[figure, *named[definition], part] += sign * count
        rows = [(key, by) for key, by in sorted(changes.items()) if by]
        for some in batches(rows):
            fresh = [{**_identity(key), "counted": 0, "highest": 0} for key, _ in some]
            self._session.insert(lifetime, fresh)
            self._session.each(_RAISE, [(by, by, by, *key) for key, by in some])

    def forget(self) -> None:
        """Begin to count from nothing; what was shown stays shown."""
        self._session.run(sa.update(lifetime).values(counted=0))

    def counts(self) -> Sequence[Lifetime]:
        """Return the decided and missed cycles of all time."""
        missed = dict(self._rows(MISSED))
        return [
            Lifetime(*key[:3], key[3] or None, highest, min(missed.get(key, 0), highest))
            for key, highest in self._rows(DECIDED)
        ]

    def consumed(self) -> Sequence[Consumed]:
        """Return the cycles of all time by how much of their goals they had used."""
        cycles: dict[tuple[str, str, str], dict[int, int]] = {}
        for (*promise, step), highest in self._rows(UP_TO):
            vendor, contract, target = promise
            cycles.setdefault((vendor, contract, target), {})[int(step)] = highest
        shares = {key[:3]: highest for key, highest in self._rows(SHARES)}
        return [
            Consumed(*promise, _cumulative(found), shares.get(promise, 0) / _THOUSAND)
            for promise, found in cycles.items()
        ]

    def _rows(self, figure: int) -> Iterable[tuple[tuple[str, str, str, str], int]]:
        of = lifetime.c
        rows = sa.select(of.vendor, of.contract, of.target, of.part, of.highest).where(of.figure == figure)
        for row in self._session.run(rows.order_by(of.vendor, of.contract, of.target, of.part)):
            yield (row.vendor, row.contract, row.target, row.part), int(row.highest)

    def _named(self) -> Mapping[int, tuple[str, str, str]]:
        return {
            row.id: (row.vendor, row.contract, row.target) for row in self._session.run(sa.select(clock_definition))
        }


def _identity(key: _Key) -> dict[str, Any]:
    return dict(zip(("figure", "vendor", "contract", "target", "part"), key, strict=True))


def _cumulative(found: Mapping[int, int]) -> tuple[int, ...]:
    """Return the counts of every step; one that was never counted has what the step below it has."""
    counts: list[int] = []
    for step in range(len(CONSUMED_STEPS) + 1):
        counts.append(found.get(step, counts[-1] if counts else 0))
    return tuple(counts)
