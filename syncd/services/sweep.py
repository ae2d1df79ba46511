"""Look again at tickets of which something was told: a replay measures them anew and ends nothing."""

from collections.abc import Sequence
from datetime import datetime

from syncd.ports.repositories import TicketNo
from syncd.ports.store import Fence, Store
from syncd.services.holding import Looked, end

TICKETS_A_TRANSACTION = 50


def sweep(store: Store, fence: Fence, after: TicketNo, *, now: datetime) -> TicketNo | None:
    """End what is true no more of the next few tickets beyond a number; return the last of them, None at the end."""
    with store.view() as view:
        numbers: Sequence[TicketNo] = view.outbox.tickets_outstanding(after, TICKETS_A_TRANSACTION)
    if not numbers:
        return None
    with store.begin(fence) as work:
        work.tickets.lock_numbers(numbers)
        stored, readings = work.tickets.timelines(numbers), work.readings.of(numbers)
        looked_at = [Looked(stored[number], readings.get(number, ())) for number in numbers if number in stored]
        end(work, looked_at, as_of=now)
        work.commit()
    return numbers[-1]
