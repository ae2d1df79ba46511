"""The scorecard that the store keeps and the one computed from timelines are the same."""

from dataclasses import replace
from datetime import timedelta

import pytest

from syncd.domain.contract import Agreements
from syncd.domain.measure import measure
from syncd.domain.names import Metric
from syncd.services.score import computed_scorecard, stored_scorecard
from syncd.testing.instants import at
from tests.services.desk import HOUR, MORNING, Desk, a_target, agreed, message, opened, record, resolved

APRIL = at("2026-04-10 12:00")
TARGETS = (a_target(), a_target("response", Metric.FIRST_RESPONSE))


def a_spring(desk: Desk) -> Desk:
    """Tickets of March and April: met, missed, cancelled, still open, of several priorities."""
    desk = desk.under(agreed(*TARGETS))
    records = []
    for n in range(40):
        start = MORNING + n * timedelta(hours=23)
        priority = ("P1", "P2", "P3")[n % 3]
        events = [opened(start, priority), message(start + (n % 5) * HOUR)]
        if n % 7:
            events.append(resolved(start + (n % 11) * HOUR))
        elif n % 2:
            events.append({**resolved(start + HOUR, "withdrawn"), "by": "customer", "to": "cancelled"})
        records.append(record(f"t{n:02d}", *events))
    desk.take(*records, now=APRIL)
    return desk


@pytest.mark.parametrize("rolled_up", [False, True], ids=["before the rollups", "from the rollups"])
@pytest.mark.parametrize("period", ["2026-03", "2026-04", "2025-12"])
def test_the_store_and_the_timelines_agree(desk: Desk, period: str, rolled_up: bool) -> None:
    desk = a_spring(desk)
    if rolled_up:
        assert desk.write(lambda work: work.readings.refresh_rollups(1000)) == 0
    kept = desk.see(lambda view: stored_scorecard(view, desk.rules.agreements, period))
    timelines = desk.see(lambda view: [stored.timeline for stored in view.tickets.stream()])
    readings = [found for each in timelines for found in measure(each, desk.rules.agreements, as_of=APRIL).readings]
    computed = computed_scorecard(readings, desk.rules.agreements, period)
    # What tallies do not tell is left out of what the store says.
    assert kept == [replace(row, longest_us=None, mean_us=None, provisional=None) for row in computed]


def test_a_period_counts_what_was_decided_in_it(desk: Desk) -> None:
    desk.take(
        record("met", opened(), resolved(MORNING + HOUR)),
        record("missed", opened(), resolved(MORNING + 5 * HOUR)),
        record("open", opened(MORNING + 5 * HOUR)),
        record("later", opened(at("2026-04-01 00:00")), resolved(at("2026-04-01 01:00"))),
        now=MORNING + 6 * HOUR,
    )
    whole, by_priority = desk.see(lambda view: stored_scorecard(view, desk.rules.agreements, "2026-03"))
    assert (whole.met, whole.missed, whole.pending, whole.n) == (1, 1, 1, 2)
    assert (whole.priority, by_priority.priority, by_priority.met) == (None, "P1", 1)


def test_a_target_without_a_single_cycle_has_a_row_and_no_attainment(desk: Desk) -> None:
    (row,) = desk.see(lambda view: stored_scorecard(view, desk.rules.agreements, "2026-03"))
    assert (row.n, row.attainment) == (0, None)


def test_a_name_that_no_contract_has_a_period_of_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="2026"):
        desk.see(lambda view: stored_scorecard(view, desk.rules.agreements, "2026-Q1"))
    assert desk.see(lambda view: stored_scorecard(view, Agreements((), {}), "2026-Q1")) == []
