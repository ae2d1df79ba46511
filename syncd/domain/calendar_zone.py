"""From a local wall clock to instants: which instants of UTC read a given local time in a time zone.

A window of local time cannot be converted by its two ends: an hour that happens twice in autumn must be found twice,
one that is skipped in spring not at all. So the time line is cut at every change of the zone's offset, and within one
piece a local time is an instant moved by a constant.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from syncd.domain.instant import DAY_US, SECOND_US, from_us, span_us, to_us
from syncd.domain.interval import Interval, clip, union

# No zone of the tz database changes its offset twice within 6 days; the nearest is America/Recife in October 2000.
PROBE_US = 3 * DAY_US
_PIECE_US = 32 * DAY_US
"""How much of the time line is looked at at once for what the local clock shows."""
_NO_OFFSET = timedelta(0)


def load_zone(key: str) -> ZoneInfo | None:
    """Return the IANA time zone called `key`, or None when the database has none."""
    try:
        return ZoneInfo(key)
    except (KeyError, ValueError, OSError):
        # ZoneInfo reports an unknown key as KeyError, a malformed one as ValueError, a folder ("Europe") as OSError.
        return None


def offset_us(zone: ZoneInfo, instant: int) -> int:
    """Return what the local clock shows at `instant` (microseconds of UTC) minus UTC, in microseconds."""
    return span_us(from_us(instant).astimezone(zone).utcoffset() or _NO_OFFSET)


def local_us_at(zone: ZoneInfo, instant: int) -> int:
    """Return what the local clock shows at `instant`, in microseconds since 1970-01-01T00:00 on that clock."""
    pieces = _offsets_around(zone, instant // _PIECE_US)
    if len(pieces) == 1:
        return instant + pieces[0][2]
    return next(instant + offset for _, end, offset in pieces if instant < end)


def local_datetime(zone: ZoneInfo, instant: int) -> datetime:
    """Return what the local calendar and clock show at `instant`, as a naive datetime."""
    return from_us(instant).astimezone(zone).replace(tzinfo=None)


def first_instant_reading(zone: ZoneInfo, local: datetime) -> int:
    """Return the instant that a naive local time names, read as RFC 5545, section 3.3.5, reads local times.

    Of two it is the earlier one. A time that the clock skips is taken with the offset from before the skip, which puts
    it as far after the change as the time lies after the last one shown.
    """
    return to_us(local.replace(tzinfo=zone, fold=0))


def instants_reading(zone: ZoneInfo, local: Sequence[Interval], within: Interval) -> list[Interval]:
    """Return the instants in `within` (UTC) whose local time lies in `local` (sorted, disjoint, local microseconds)."""
    found: list[Interval] = []
    for start, end, offset in _constant_offsets(zone, within):
        reads = clip(local, start + offset, end + offset)
        found.extend(Interval(opens - offset, closes - offset) for opens, closes in reads)
    return union(found)


@lru_cache(maxsize=4096)
def _offsets_around(zone: ZoneInfo, piece: int) -> list[tuple[int, int, int]]:
    """The offsets of one piece of the time line, as `_constant_offsets` cuts it; pieces are numbered from 1970."""
    return _constant_offsets(zone, Interval(piece * _PIECE_US, (piece + 1) * _PIECE_US))


def _constant_offsets(zone: ZoneInfo, within: Interval) -> list[tuple[int, int, int]]:
    """Return `within` cut where the zone's offset changes, as (start, end, offset)."""
    pieces: list[tuple[int, int, int]] = []
    start, offset = within.start, offset_us(zone, within.start)
    at = start
    while at < within.end:
        probe = min(at + PROBE_US, within.end)
        after = offset_us(zone, probe)
        if after != offset:
            change = _first_change(zone, at, probe, offset)
            pieces.append((start, change, offset))
            start, offset = change, after
        at = probe
    pieces.append((start, within.end, offset))
    return pieces


def _first_change(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    """Return the instant at which the zone leaves `offset`; offsets change on whole seconds only."""
    low, high = before // SECOND_US, -(-after // SECOND_US)
    while high - low > 1:
        middle = (low + high) // 2
        if offset_us(zone, middle * SECOND_US) == offset:
            low = middle
        else:
            high = middle
    return high * SECOND_US
