"""What an answer says about how long to stay away.

Read are `Retry-After` (RFC 9110), the de-facto `X-RateLimit-*` and `X-Rate-Limit-*` families, `RateLimit-*` of early
drafts and `RateLimit` of later ones (draft-ietf-httpapi-ratelimit-headers). Atlassian's `Beta-` and `X-Beta-` headers
describe limits that are not enforced yet and are left alone.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from syncd.ports.toolkit import HttpResponse
from syncd.transport.header_values import LONGEST_WAIT, http_date, retry_after

TOO_MANY_REQUESTS = 429
SERVER_ERRORS = 500

_FAMILIES = ("x-ratelimit-", "x-rate-limit-", "ratelimit-")
_EPOCH_FROM = 1_000_000_000.0
"""A reset of at least this much is seconds since 1970 (September 2001 on), a smaller one seconds from now."""
_NAMED = re.compile(r"\b(remaining|reset|r|t)=([0-9]{1,15})\b")


def wanted_pause(answer: HttpResponse, *, at: datetime) -> float:
    """Return the seconds the source wants to be left alone after an answer, 0 for not at all, a day at most.

    A refusal's `Retry-After` decides alone. Otherwise a refusal, or a budget with nothing left, means waiting until it
    is filled again. Instants count from the answer's own `Date`, or from `at` without one.
    """
    headers = answer.headers
    there = http_date(headers.get("date")) or at
    asked = retry_after(headers.get("retry-after"), at=there)
    if answer.status == TOO_MANY_REQUESTS or answer.status >= SERVER_ERRORS:
        if asked is not None:
            return asked
        return _until_reset(headers, there) if answer.status == TOO_MANY_REQUESTS else 0.0
    pause = _structured(headers.get("ratelimit", ""))
    if _spent(headers):
        # A token bucket (Jira Data Center) names no reset: its next interval brings a token.
        interval = _number(headers.get("x-ratelimit-interval-seconds"))
        pause = max(pause, _until_reset(headers, there) or asked or interval or 0.0)
    return min(pause, LONGEST_WAIT)


def _number(value: str | None) -> float | None:
    if value is None or not re.fullmatch(r"\s*-?\d{1,15}(\.\d+)?\s*", value, re.ASCII):
        return None
    return float(value)


def _first(headers: Mapping[str, str], name: str) -> str | None:
    return next((headers[family + name] for family in _FAMILIES if family + name in headers), None)


def _spent(headers: Mapping[str, str]) -> bool:
    remaining = _number(_first(headers, "remaining"))
    return remaining is not None and remaining <= 0


def _structured(value: str) -> float:
    """Return the longest reset among the policies of a `RateLimit` that are used up; 0 without such a one."""
    whole = "remaining=" in value  # one policy over several list members, as drafts up to 7 wrote it
    policies = [dict(_NAMED.findall(part)) for part in ([value] if whole else value.split(","))]
    return max(
        (
            float(policy.get("reset") or policy.get("t") or 0)
            for policy in policies
            if int(policy.get("remaining") or policy.get("r") or 1) == 0
        ),
        default=0.0,
    )


def _until_reset(headers: Mapping[str, str], at: datetime) -> float:
    """Return the seconds until a budget is filled again; 0 when that is over, unknown or more than a day away."""
    value = _first(headers, "reset")
    if value is None:
        return 0.0
    seconds = _number(value)
    if seconds is None:
        until = _iso(value) or http_date(value)
        seconds = 0.0 if until is None else (until - at).total_seconds()
    elif seconds >= _EPOCH_FROM:
        seconds -= at.timestamp()
    return seconds if 0.0 < seconds <= LONGEST_WAIT else 0.0


def _iso(value: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(value.strip())
        return (read if read.tzinfo is not None else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
