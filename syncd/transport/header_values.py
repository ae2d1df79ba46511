"""Header values that more than one header uses: instants (RFC 9110 section 5.6.7) and waits (section 10.2.3)."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT = 86_400.0
"""Seconds beyond which no wait is believed: who says longer is asked again after a day."""


def http_date(value: str | None) -> datetime | None:
    """Return the instant a header names, aware UTC; None when it is absent or names none."""
    if value is None:
        return None
    try:
        read = parsedate_to_datetime(value.strip())
        # RFC 5322 writes "-0000" for UTC without a claim about the sender's zone; Python returns that as naive.
        return (read if read.tzinfo is not None else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def believable(seconds: float) -> float | None:
    """Return a wait held within 0 and a day; None for NaN."""
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)


def retry_after(value: str | None, *, at: datetime) -> float | None:
    """Return the seconds that a `Retry-After` asks for, 0 to a day; None when it is absent or means nothing.

    Whole and fractional seconds and HTTP dates are understood. A date counts from `at`, which should be the sender's
    own clock.
    """
    if value is None:
        return None
    try:
        return believable(float(value))
    except ValueError:
        until = http_date(value)
    return None if until is None else believable((until - at).total_seconds())
