"""Measure every stored ticket by new rules, a few at a time, while everything else goes on.

Contracts, calendars, the engine or the time-zone data may have changed. How far the work has come is stored with each
few tickets, so that a killed process goes on where it was; what new rules find in the past is told to nobody.
"""

from dataclasses import dataclass
from datetime import datetime

from syncd.ports.readings import Renewal
from syncd.ports.store import Fence, Store
from syncd.services.assess import Assessment, assess
from syncd.services.rules import Rules

TICKETS_A_TRANSACTION = 50
"""Few, so that pages and deadlines get in between."""


@dataclass(frozen=True, slots=True)
class RenewalReport:
    """What a few tickets came to, and how many are left."""

    assessment: Assessment
    measured: int
    pending: int

    @property
    def ended(self) -> bool:
        """Whether every ticket is measured by the rules in force."""
        return self.measured == 0


def renew_some(store: Store, fence: Fence, rules: Rules, *, now: datetime) -> RenewalReport | None:
    """Measure the next few tickets that other rules measured; None when there is nothing to renew."""
    with store.view() as view:
        if view.readings.basis() == rules.basis and view.readings.renewal() is None:
            return None
    with store.begin(fence) as work:
        stored = work.readings.renewal()
        renewal = Renewal(rules.basis, now) if stored is None or stored.basis != rules.basis else stored
        work.readings.renew(renewal)
        numbers = work.tickets.numbers(renewal.done, TICKETS_A_TRANSACTION)
        assessment = Assessment()
        if numbers:
            work.tickets.lock_numbers(numbers)
            assessment = assess(work, numbers, rules, as_of=now)
            work.links.mark(assessment.joined)
            work.readings.renew(Renewal(renewal.basis, renewal.since, numbers[-1]))
        else:
            work.readings.set_basis(rules.basis)
        pending = work.tickets.count(after=numbers[-1]) if numbers else 0
        work.commit()
    return RenewalReport(assessment, len(numbers), pending)
