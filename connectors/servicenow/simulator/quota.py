"""The hourly rate rule: counted per clock hour, told in headers, refused with `Retry-After`.

ServiceNowDocs, "Inbound REST API rate limiting".
"""

from collections.abc import Mapping
from datetime import datetime

from connectors.servicenow.simulator.answers import failure
from connectors.servicenow.simulator.stamps import sys_id_of
from syncd.ports.toolkit import HttpResponse

_HOUR = 3600


class Quota:
    """Requests left in this hour; zero as the limit means that there is no rule."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._hour = -1
        self._spent = 0

    def spend(self, now: datetime) -> tuple[HttpResponse | None, Mapping[str, str]]:
        """Return the refusal, if this request is one too many, and the headers that belong on any other answer."""
        if not self._per_hour:
            return None, {}
        hour, within = divmod(int(now.timestamp()), _HOUR)
        if hour != self._hour:
            self._hour, self._spent = hour, 0
        headers = {
            "x-ratelimit-limit": str(self._per_hour),
            "x-ratelimit-reset": str((hour + 1) * _HOUR),
            "x-ratelimit-rule": sys_id_of("rate rule"),
        }
        self._spent += 1
        if self._spent <= self._per_hour:
            return None, headers
        waiting = {**headers, "retry-after": str(_HOUR - within)}
        return failure(429, "Rate limit exceeded", "Rejected by rate limit rule", waiting), {}
