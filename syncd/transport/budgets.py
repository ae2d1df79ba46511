"""What an answer says about how much may still be asked, for gauges; how long to wait is told by `rate_headers`.

Atlassian, "Rate limiting": `X-RateLimit-*`, `RateLimit-Policy` and `RateLimit`, with a `Beta-` or `X-Beta-` prefix
while a limit is not enforced for the client.
"""

import re

from syncd.ports.toolkit import HttpResponse
from syncd.transport.hooks import BudgetTold

_NUMBER = re.compile(r"\s*(\d{1,15}(?:\.\d+)?)\s*", re.ASCII)
_PREFIXES = (("", True), ("x-beta-", False), ("beta-", False))
_LEFT = re.compile(r"\br=(\d{1,15})\b", re.ASCII)
_QUOTA = re.compile(r"\bq=(\d{1,15})\b", re.ASCII)


def budget_of(source: str, answer: HttpResponse) -> BudgetTold | None:
    """Return what an answer says about a budget; enforced limits go before announced ones, None without any."""
    for prefix, enforced in _PREFIXES:
        headers = answer.headers
        limit = _plain(headers.get(f"{prefix}x-ratelimit-limit") or headers.get(f"{prefix}ratelimit-limit"))
        left = _plain(headers.get(f"{prefix}x-ratelimit-remaining") or headers.get(f"{prefix}ratelimit-remaining"))
        limit = _within(_QUOTA, headers.get(f"{prefix}ratelimit-policy")) if limit is None else limit
        left = _within(_LEFT, headers.get(f"{prefix}ratelimit")) if left is None else left
        near = headers.get(f"{prefix}x-ratelimit-nearlimit", "").strip().lower() == "true"
        if limit is not None or left is not None or near:
            return BudgetTold(source, limit, left, near, enforced)
    return None


def _plain(value: str | None) -> float | None:
    found = _NUMBER.fullmatch(value or "")
    return float(found.group(1)) if found else None


def _within(pattern: re.Pattern[str], value: str | None) -> float | None:
    """Return the smallest figure among several policies."""
    return min((float(each) for each in pattern.findall(value or "")), default=None)
