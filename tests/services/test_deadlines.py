"""Clocks are looked at when their time has come, in batches, and each look settles what it looked at."""

from typing import Any

import pytest

from syncd.domain.duration import Counted
from syncd.services.deadlines import TICKETS_A_TRANSACTION
from tests.services.desk import HOUR, HOUR_US, LATER, MINUTE, MORNING, Desk, a_target, agreed, opened, record, resolved


def test_nothing_is_looked_at_before_its_time(desk: Desk) -> None:
    desk.take(record("t1"))
    report = desk.meet(LATER)
    assert (report.looked_at, report.oldest, report.next_at) == (0, None, MORNING + 3 * HOUR)


def test_a_clock_is_looked_at_when_it_is_at_risk_and_just_after_its_deadline(desk: Desk) -> None:
    desk.take(record("t1"))
    at_risk = desk.meet(MORNING + 3 * HOUR)
    assert (at_risk.looked_at, at_risk.oldest) == (1, MORNING + 3 * HOUR)
    assert at_risk.next_at is not None
    assert MORNING + 4 * HOUR < at_risk.next_at < MORNING + 4 * HOUR + MINUTE
    breached = desk.meet(at_risk.next_at)
    assert [change.notice.key.step.value for change in breached.assessment.told] == ["breached"]
    assert breached.next_at is None


def test_a_ticket_resolved_in_time_is_not_looked_at_again(desk: Desk) -> None:
    desk.take(record("t1", opened(), resolved(MORNING + HOUR)))
    assert desk.meet(MORNING + 9 * HOUR).looked_at == 0


def test_many_deadlines_are_met_in_batches_longest_due_first(desk: Desk) -> None:
    desk.take(*[record(f"t{n:03d}", opened(MORNING + n * MINUTE)) for n in range(TICKETS_A_TRANSACTION + 5)])
    late = MORNING + 12 * HOUR
    first, second, third = desk.meet(late), desk.meet(late), desk.meet(late)
    assert [first.looked_at, second.looked_at, third.looked_at] == [TICKETS_A_TRANSACTION, 5, 0]
    assert (first.oldest, second.oldest) == (MORNING + 3 * HOUR, MORNING + 3 * HOUR + TICKETS_A_TRANSACTION * MINUTE)
    assert desk.pending() == TICKETS_A_TRANSACTION + 5


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({}, id="exactly used up is in time"),
        pytest.param({"strict_due": True}, id="instants are compared"),
        pytest.param({"tolerance_us": HOUR_US // 2}, id="half an hour is tolerated"),
        pytest.param({"goals": {"P1": Counted(0)}}, id="the goal is nothing at all"),
        pytest.param({"goals": {"P1": Counted(1)}}, id="the goal is a microsecond"),
        pytest.param({"tolerance_us": HOUR_US // 2, "strict_due": True}, id="instants, with a tolerance"),
    ],
)  # fmt: skip
def test_the_timer_comes_to_rest_whatever_is_promised(desk: Desk, terms: dict[str, Any]) -> None:
    """A look that leaves a clock due at the same instant would be repeated for ever."""
    desk = desk.under(agreed(a_target(**terms)))
    desk.take(record("t1"), now=MORNING)
    told = []
    now = MORNING
    for _ in range(6):
        report = desk.meet(now)
        told += [change.notice.key.step.value for change in report.assessment.told]
        if report.looked_at == 0:
            if report.next_at is None:
                break
            assert report.next_at > now
            now = report.next_at
    else:
        pytest.fail("the timer never came to rest")
    assert told[-1] == "breached"


def test_a_ticket_that_cannot_be_measured_is_not_looked_at_for_ever(desk: Desk) -> None:
    desk.take(record("t1"))
    broken = desk.under(agreed(a_target(calendars={})))
    assert len(broken.meet(MORNING + 3 * HOUR).assessment.failed) == 1
    assert broken.meet(MORNING + 3 * HOUR).looked_at == 0
    assert set(desk.quarantined()) == {"t1"}
