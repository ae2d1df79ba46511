"""The rate limit of one application and one mailbox: requests in ten minutes ("throttling limits", Outlook service)."""

from datetime import datetime

from connectors.mail.simulator.answers import Refused, failure

_WINDOW = 600


class Quota:
    """Requests left in this window."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._window = -1
        self._spent = 0

    def spend(self, now: datetime) -> None:
        """Count one request; raises for one too many."""
        window, within = divmod(int(now.timestamp()), _WINDOW)
        if window != self._window:
            self._window, self._spent = window, 0
        self._spent += 1
        if self._spent > self._most:
            refused = Refused(429, "ApplicationThrottled", "")
            refused.answer = failure(
                429, "ApplicationThrottled", "Application is over its RequestCount limit.",
                {"retry-after": str(_WINDOW - within)},
            )  # fmt: skip
            raise refused
