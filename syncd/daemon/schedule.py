"""When a source's turn comes: on the clock, spread over sources, further apart after failures."""

from datetime import UTC, datetime, timedelta

LONGEST_BACK_OFF = timedelta(minutes=15)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPREAD = 7919
"""A prime, so that neighbouring source ids land far apart."""


def next_turn(now: datetime, every: timedelta, source_id: int) -> datetime:
    """Return the first instant after `now` at which a source is due: multiples of `every`, offset by its id.

    The offset keeps sources with the same interval from asking all at once; being on the clock makes it the same after
    a restart.
    """
    offset = timedelta(seconds=source_id * _SPREAD) % every
    since = now - _EPOCH - offset
    return _EPOCH + offset + (since // every + 1) * every


def back_off(failures: int, every: timedelta) -> timedelta:
    """Return how long to leave a source alone after so many failures in a row."""
    doubled: timedelta = every * 2 ** min(failures - 1, 10)
    return min(doubled, max(LONGEST_BACK_OFF, every))
