"""What a receiver's answer means for the notice it was sent: taken, try again, or never."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from syncd.errors import DeliveryError, DeliveryReason

LONGEST_WAIT = 86_400.0
"""Seconds beyond which no `Retry-After` is believed."""

_PASSING: dict[int, DeliveryReason] = {
    401: "auth", 403: "auth", 408: "timeout", 425: "server", 429: "rate_limited",
}  # fmt: skip
"""4xx after which trying again can help; with a refused credential, because a person may set it right meanwhile."""


def verdict(notifier: str, status: int, retry_after: str | None, *, at: datetime) -> DeliveryError | None:
    """Return None when the receiver took it (2xx), else the error to raise.

    A redirect is not followed and not taken for permanent: it may be a receiver's maintenance page. `retry_after` is
    the header of that name, `at` the present instant.
    """
    what = f"the receiver answered {status}"
    if 200 <= status < 300:  # noqa: PLR2004  the classes of RFC 9110 section 15 are clearer as figures
        return None
    if 300 <= status < 400:  # noqa: PLR2004  as above
        return DeliveryError(notifier, "rejected", f"{what}, a redirect, which is not followed")
    if 400 <= status < 500 and status not in _PASSING:  # noqa: PLR2004  as above
        return DeliveryError(notifier, "rejected", what, permanent=True)
    return DeliveryError(notifier, _PASSING.get(status, "server"), what, retry_after=waiting(retry_after, at=at))


def waiting(value: str | None, *, at: datetime) -> float | None:
    """Return the seconds that a `Retry-After` asks for (RFC 9110 section 10.2.3), 0 to a day; None for nonsense."""
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until = _date(value)
        seconds = math.nan if until is None else (until - at).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)


def _date(value: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(value.strip())
        return (read if read.tzinfo is not None else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
