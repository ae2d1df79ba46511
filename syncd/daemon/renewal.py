"""The worker that measures stored tickets again when the rules have changed, beside the work of the day."""

from datetime import datetime, timedelta

from syncd.daemon.step import LONGEST_WAIT, Wake
from syncd.ports.store import Fence, Store
from syncd.services.renew import renew_some
from syncd.services.rules import Rules
from syncd.telemetry.logs import logger
from syncd.telemetry.metrics import Metrics

SAY_EVERY = timedelta(minutes=1)

_log = logger("renewal")


class Renewing:
    """Measures every ticket by the rules in force, until all are; then it has nothing more to do."""

    name = "renewal"

    def __init__(self, store: Store, fence: Fence, rules: Rules, metrics: Metrics, told: Wake) -> None:
        self._store, self._fence, self._rules, self._metrics, self._told = store, fence, rules, metrics, told
        self._said_at: datetime | None = None
        self.measured = 0
        """How many tickets it has measured so far."""

    def step(self, now: datetime) -> datetime:
        """Measure the next few tickets."""
        report = renew_some(self._store, self._fence, self._rules, now=now)
        if report is None:
            return now + LONGEST_WAIT
        self.measured += report.measured
        for withheld, count in report.assessment.withheld.items():
            self._metrics.notices_withheld(withheld, count)
        for number, reason in report.assessment.failed.items():
            _log.error("ticket_quarantined", ticket_number=number, reason=reason)
        if report.assessment.told:
            self._told.ring()
        if report.ended:
            self._metrics.renewal_pending(0)
            if self.measured:
                _log.info("changed_rules_applied", tickets=self.measured)
            return now + LONGEST_WAIT
        if self._said_at is None or now - self._said_at >= SAY_EVERY:
            self._said_at = now
            self._metrics.renewal_pending(report.pending)
            _log.info("applying_changed_rules", measured=self.measured, pending=report.pending)
        return now
