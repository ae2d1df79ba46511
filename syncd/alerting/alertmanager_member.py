"""One member of an Alertmanager cluster: batches, halving of refused ones, and rests."""

import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from syncd.alerting.alertmanager_alerts import Alert
from syncd.alerting.posting import Poster
from syncd.errors import DeliveryError
from syncd.ports.now import Now

BATCH = 500
"""Alerts in one request: a quarter of what was measured to take a quarter of a second."""

REST_SECONDS = 15.0
"""How long a member that did not answer is left alone, so that a dead one does not hold up the living."""

_REFUSALS = frozenset({400, 413, 422})
"""Answers that may be about one alert of the batch, or about its size."""

_LONGEST_STATUS = 1_000_000
"""Bytes of a member's status that are read: it holds the whole configuration."""

_ENOUGH_REFUSED = 20
"""So many refused and none taken: it is not the alerts."""


@dataclass(slots=True)
class Sent:
    """What became of some alerts at one member."""

    taken: set[str] = field(default_factory=set)
    refused: dict[str, DeliveryError] = field(default_factory=dict)
    """Refused one by one, while others were taken."""
    failed: DeliveryError | None = None
    """Why the rest was not sent."""


class Member:
    """Posts alerts to one address; safe to share between threads, which at worst rest a little too short."""

    def __init__(self, name: str, root: httpx.URL, poster: Poster, now: Now) -> None:
        self._name = name
        path = root.path.rstrip("/")
        self._url = root.copy_with(path=f"{path}/api/v2/alerts")
        self._status = root.copy_with(path=f"{path}/api/v2/status")
        self._poster = poster
        self._now = now
        self._rest: tuple[float, DeliveryError] | None = None

    def rests(self) -> DeliveryError | None:
        """Return why the member is left alone just now, with how long still; None when it may be asked."""
        rest = self._rest
        if rest is None:
            return None
        until, error = rest
        left = until - self._now.monotonic()
        return DeliveryError(self._name, error.reason, f"left alone: {error}", retry_after=left) if left > 0 else None

    def born(self) -> str | None:
        """Return since when the member runs, in its own words; None when it does not say.

        A restarted member has forgotten every alert, also the end of one that it has not told anybody of yet.
        """
        if self.rests() is not None:
            return None
        try:
            answer = self._poster.fetch(self._status, _LONGEST_STATUS)
        except DeliveryError as error:
            self._rest = (self._now.monotonic() + REST_SECONDS, error)
            return None
        if answer.failed is not None:
            return None
        try:
            said = json.loads(answer.body)
        except ValueError:
            return None
        uptime = said.get("uptime") if isinstance(said, dict) else None
        return uptime if isinstance(uptime, str) else None

    def post(self, alerts: Sequence[Alert]) -> DeliveryError | None:
        """Send one request; return None when all were taken, else why not, whichever of them was to blame."""
        _, failed = self._ask(alerts)
        return failed

    def send(self, alerts: Sequence[Alert]) -> Sent:
        """Send in batches, halving those that are refused until the guilty one stands alone.

        A member that refuses all that it is sent is failing; nothing counts as refused then.
        """
        sent = Sent()
        waiting = deque(alerts[start : start + BATCH] for start in range(0, len(alerts), BATCH))
        while waiting:
            batch = waiting.popleft()
            status, failed = self._ask(batch)
            if failed is None:
                sent.taken.update(alert.id for alert in batch)
            elif status not in _REFUSALS:
                sent.failed = failed
                break
            elif len(batch) > 1:
                half = len(batch) // 2
                waiting.extendleft((batch[half:], batch[:half]))
            else:
                sent.refused[batch[0].id] = failed
                if not sent.taken and len(sent.refused) >= _ENOUGH_REFUSED:
                    break
        if sent.refused and not sent.taken:
            sent.failed = next(iter(sent.refused.values()))
            sent.refused = {}
        return sent

    def _ask(self, alerts: Sequence[Alert]) -> tuple[int | None, DeliveryError | None]:
        """Return the status, None without one, and what it means."""
        resting = self.rests()
        if resting is not None:
            return None, resting
        body = json.dumps([alert.body for alert in alerts], ensure_ascii=False, separators=(",", ":"))
        try:
            answer = self._poster.post(self._url, body.encode("utf-8", "replace"))
        except DeliveryError as error:
            self._rest = (self._now.monotonic() + REST_SECONDS, error)
            return None, error
        if answer.failed is not None and answer.failed.retry_after is not None:
            self._rest = (self._now.monotonic() + answer.failed.retry_after, answer.failed)
        return answer.status, answer.failed
