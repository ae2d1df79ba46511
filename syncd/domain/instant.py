"""Instants as integers: microseconds since 1970-01-01T00:00:00Z, exact in both directions.

The domain counts on integers, because they add, compare and bisect exactly and quickly; datetimes exist at its edges.
"""

from datetime import UTC, datetime, timedelta

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
"""Multiplied, it makes a span in half the time that the constructor takes."""


def to_us(instant: datetime) -> int:
    """Return the microseconds from the epoch to an aware `instant`; negative before 1970.

    Any offset is accepted, since it names the same instant. Raises ValueError for a naive datetime, which names none.
    """
    try:
        since = instant - _EPOCH
    except TypeError as cause:
        msg = f"{instant.isoformat()} has no time zone, so it names no instant; give it one, for example UTC"
        raise ValueError(msg) from cause
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def from_us(us: int) -> datetime:
    """Return the aware UTC datetime `us` microseconds after the epoch; the inverse of `to_us`.

    Raises ValueError for instants outside the years 1 to 9999, which no datetime can hold.
    """
    try:
        return _EPOCH + _MICROSECOND * us
    except OverflowError as cause:
        msg = f"{us} microseconds after 1970 lies outside the years 1 to 9999"
        raise ValueError(msg) from cause


def span_us(span: timedelta) -> int:
    """Return a timedelta in whole microseconds, exactly."""
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds
