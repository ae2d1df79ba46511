"""Rate limits: on Cloud a burst per route and second and points per hour, on Data Center a bucket of tokens per user.

Atlassian, "Rate limiting" (Cloud), "Improving instance stability with rate limiting" (Data Center).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from connectors.jira.simulator.broken import limited
from connectors.jira.simulator.script import Script
from syncd.ports.toolkit import HttpResponse

KEYS = ("burst_per_second", "points_per_hour", "announced", "bucket", "fill", "interval")
_HOUR = 3600
_NEAR = 0.2

Spent = tuple[HttpResponse | None, Mapping[str, str]]


class Quota:
    """The limits of one script; zero means that there is none. One request costs one point or token.

    `announced` points are told in headers with `Beta-` before them and hold nobody back: how much is left only once
    four fifths are gone.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        script = Script(values, KEYS, "limits")
        self._burst = script.number("burst_per_second", 0)
        self._points = script.number("points_per_hour", 0)
        self._announced = script.flag("announced")
        self._bucket = script.number("bucket", 0)
        self._fill = script.number("fill", 1)
        self._interval = max(1.0, script.number("interval", 1))
        self._seconds: dict[str, tuple[int, int]] = {}
        self._hour = (-1, 0)
        self._tokens = self._bucket
        self._filled: datetime | None = None

    def spend(self, route: str, now: datetime) -> Spent:
        """Return the refusal, if this request is one too many, and the headers that belong on any other answer."""
        if self._bucket:
            return self._from_bucket(now)
        second, hour = int(now.timestamp()), int(now.timestamp()) // _HOUR
        known, count = self._seconds.get(route, (second, 0))
        count = count + 1 if known == second else 1
        self._seconds[route] = (second, count)
        if self._burst and count > self._burst:
            return limited("jira-burst-based", {"retry-after": "1", **_limit(self._burst, 0)}), {}
        if not self._points:
            return None, {}
        spent = self._hour[1] + 1 if self._hour[0] == hour else 1
        self._hour = (hour, spent)
        left = max(0.0, self._points - spent)
        if self._announced:
            return None, _announced(self._points, left, (hour + 1) * _HOUR - second)
        near = {"x-ratelimit-nearlimit": "true"} if left < self._points * _NEAR else {}
        if spent <= self._points:
            return None, {**_limit(self._points, left), **near}
        reset = datetime.fromtimestamp((hour + 1) * _HOUR, UTC)
        told = {"retry-after": str((hour + 1) * _HOUR - second), "x-ratelimit-reset": reset.isoformat()}
        return limited("jira-quota-global-based", {**told, **_limit(self._points, 0)}), {}

    def _from_bucket(self, now: datetime) -> Spent:
        self._filled = self._filled or now
        rounds = max(0, (now - self._filled) // timedelta(seconds=self._interval))
        self._filled += timedelta(seconds=self._interval) * rounds
        self._tokens = min(self._bucket, self._tokens + rounds * self._fill)
        told = {"x-ratelimit-interval-seconds": f"{self._interval:.0f}", "x-ratelimit-fillrate": f"{self._fill:.0f}"}
        if self._tokens >= 1:
            self._tokens -= 1
            return None, {**told, **_limit(self._bucket, self._tokens), "retry-after": "0"}
        return limited("", {**told, **_limit(self._bucket, 0), "retry-after": f"{self._interval:.0f}"}), {}


def _announced(limit: float, left: float, seconds: int) -> dict[str, str]:
    near = {"beta-ratelimit": f'"global-app-quota";r={left:.0f};t={seconds}'} if left < limit * _NEAR else {}
    return {"beta-ratelimit-policy": f'"global-app-quota";q={limit:.0f};w={_HOUR}', **near}


def _limit(limit: float, left: float) -> dict[str, str]:
    return {"x-ratelimit-limit": f"{limit:.0f}", "x-ratelimit-remaining": f"{left:.0f}"}
