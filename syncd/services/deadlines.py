"""Look again at clocks whose time has come though nothing happened to their tickets."""

from dataclasses import dataclass
from datetime import datetime

from syncd.ports.store import Fence, Store
from syncd.services.assess import Assessment, assess
from syncd.services.rules import Rules
from syncd.services.settle import settle

TICKETS_A_TRANSACTION = 50
"""Few, so that a storm of deadlines lets pages in between."""


@dataclass(frozen=True, slots=True)
class DeadlineReport:
    """What one look at the deadlines came to."""

    assessment: Assessment
    looked_at: int
    next_at: datetime | None
    """When the next clock is due; None while none is."""
    oldest: datetime | None
    """The earliest deadline that was looked at, for lateness."""


def meet_deadlines(store: Store, fence: Fence, rules: Rules, *, now: datetime) -> DeadlineReport:
    """Measure one batch of tickets whose at-risk or breach instant has come; the caller repeats while any was.

    What is joined to tickets that changed goes first, where that was not done right after the change.
    """
    settled = settle(store, fence, rules, now=now)
    if settled is not None:
        return DeadlineReport(settled, max(settled.measured, 1), now, None)
    with store.view() as view:
        first = view.readings.next_wake()
        numbers = [] if first is None or first > now else list(view.readings.due(now, TICKETS_A_TRANSACTION))
    if not numbers:
        return DeadlineReport(Assessment(), 0, first, None)
    with store.begin(fence, urgent=True) as work:
        work.tickets.lock_numbers(numbers)
        assessment = assess(work, numbers, rules, as_of=now)
        work.links.mark(assessment.joined)
        next_at = work.readings.next_wake()
        work.commit()
    return DeadlineReport(assessment, len(numbers), next_at, first)
