"""Which sources cannot be believed just now: not read for too long, or by another clock than ours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from syncd.domain.changes import Withheld
from syncd.ports.repositories import SourceId, SourceRow

STALE_AFTER_PASSES = 3
STALE_AT_LEAST = timedelta(minutes=5)
"""A source is stale after three missed passes, and never sooner than this."""

MOST_SKEW = timedelta(seconds=30)
"""Clocks that differ by more than this say nothing of deadlines."""


@dataclass(frozen=True, slots=True)
class Blindness:
    """Why a source cannot be believed, and since when it was not read; `lasting` once that is worth a page."""

    source: SourceRow
    why: Withheld
    since: datetime | None
    lasting: bool = False


def stale_after(every: timedelta) -> timedelta:
    """Return how long after its last complete pass a source polled so often is stale."""
    return max(every * STALE_AFTER_PASSES, STALE_AT_LEAST)


def blind_sources(
    rows: Iterable[SourceRow],
    every: Mapping[str, timedelta],
    *,
    now: datetime,
    started_at: datetime,
    database_skew: timedelta | None = None,
) -> Mapping[SourceId, Blindness]:
    """Return the configured sources that cannot be believed; `every` holds their intervals by name.

    After a start a source that was not read for long is not believed, and has its time before anybody is told so.
    """
    skewed = database_skew is not None and abs(database_skew) > MOST_SKEW
    found = {}
    for row in rows:
        if row.name not in every:
            continue
        limit, last = stale_after(every[row.name]), row.last_success_at
        if last is None or now - last > limit:
            lasting = now - max(last or started_at, started_at) > limit
            found[row.id] = Blindness(row, Withheld.SOURCE_STALE, last, lasting)
        elif skewed or (row.skew is not None and abs(row.skew) > MOST_SKEW):
            found[row.id] = Blindness(row, Withheld.CLOCK_SKEW, last)
    return found
