"""Measure again what is joined to tickets that changed: notes are left with the change, and taken up after it.

Two halves of one incident may arrive at the same time, neither seeing the other. Each leaves a note; of the two notes
the one that is committed later is taken up when both tickets are there.
"""

from datetime import datetime
from itertools import chain

from syncd.ports.store import Fence, Store
from syncd.services.assess import Assessment, assess
from syncd.services.rules import Rules

MARKS_A_TRANSACTION = 50
"""Few, so that pages and deadlines get in between."""


def settle(store: Store, fence: Fence, rules: Rules, *, now: datetime, from_history: bool = False) -> Assessment | None:
    """Take up the oldest few notes; None when there are none. The caller repeats while there were any."""
    if not rules.agreements.have_records:
        return None
    with store.view() as view:
        if not view.links.marks(1):
            return None
    with store.begin(fence, urgent=True) as work:
        marks = work.links.marks(MARKS_A_TRANSACTION)
        beside = work.links.beside(sorted({mark.ticket for mark in marks}))
        numbers = sorted({*beside, *chain.from_iterable(beside.values())})
        work.tickets.lock_numbers(numbers)
        # One without readings is covered by no contract, or not all there yet; links change neither.
        measured = work.readings.of(numbers)
        assessment = assess(
            work, [each for each in numbers if each in measured], rules, as_of=now, from_history=from_history
        )
        work.links.settle(marks)
        work.commit()
    return assessment
