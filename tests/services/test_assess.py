"""Measuring inside a transaction: readings, one notice a fact, and reasons for those that nobody is told."""

import re
from dataclasses import replace
from datetime import datetime

import pytest

from syncd.domain.changes import Withheld
from syncd.domain.contract import Agreements
from syncd.domain.ledger import OWNERS, Owner
from syncd.domain.names import Metric
from syncd.domain.notice import Step
from syncd.ports.store import Work
from syncd.services.assess import Assessment, assess
from tests.services.desk import (
    HOUR,
    HOUR_US,
    MINUTE,
    MORNING,
    Desk,
    a_target,
    agreed,
    message,
    opened,
    record,
    resolved,
)

DEADLINE = MORNING + 4 * HOUR


def measured(desk: Desk, as_of: datetime, *, from_history: bool = False) -> Assessment:
    """Measure every ticket of the desk."""

    def change(work: Work) -> Assessment:
        numbers = [stored.number for stored in work.tickets.stream()]
        work.tickets.lock_numbers(numbers)
        return assess(work, numbers, desk.rules, as_of=as_of, from_history=from_history)

    return desk.write(change)


def told(found: Assessment) -> list[tuple[str, str]]:
    """Ticket and step of everything that is told."""
    return [(change.notice.ticket, change.notice.key.step.value) for change in found.told]


def test_at_risk_is_told_and_then_the_breach(desk: Desk) -> None:
    desk.take(record("t1"))
    assert told(measured(desk, MORNING + 3 * HOUR - MINUTE)) == []
    assert told(measured(desk, MORNING + 3 * HOUR)) == [("T1", "at_risk")]
    assert told(measured(desk, DEADLINE)) == []
    assert told(measured(desk, DEADLINE + MINUTE)) == [("T1", "breached")]
    assert desk.pending() == 2


def test_the_same_fact_found_twice_has_one_row_in_the_outbox(desk: Desk) -> None:
    desk.take(record("t1"))
    measured(desk, DEADLINE + MINUTE)
    desk.write(lambda work: work.readings.drop())
    again = measured(desk, DEADLINE + 2 * MINUTE)
    assert (told(again), again.withheld, desk.pending()) == ([], {}, 1)


def test_what_is_kept_of_an_ended_cycle_says_whose_its_time_was(desk: Desk) -> None:
    desk.take(record("t1", opened(), resolved(MORNING + HOUR)), now=MORNING + 2 * HOUR)
    ((reading,),) = desk.readings().values()
    (cycle,) = reading.cycles
    assert cycle.spent is not None
    assert {owner: us for owner, us in zip(OWNERS, cycle.spent, strict=True) if us} == {Owner.VENDOR: HOUR_US}


def test_every_notifier_has_a_row_of_its_own(desk: Desk) -> None:
    both = desk.under(agreed(), "oncall", "chat")
    both.take(record("t1"), now=DEADLINE + MINUTE)
    both.let_go(DEADLINE + MINUTE)
    states = desk.see(lambda view: {queue.channel: queue.pending for queue in view.outbox.state()})
    assert states == {"oncall": 1, "chat": 1}


def test_a_notice_says_what_happened_and_when(desk: Desk) -> None:
    desk.take(record("t1", url="https://snow.example/t1"))
    (change,) = measured(desk, DEADLINE + MINUTE).told
    notice = change.notice
    assert (notice.key.step, notice.at, notice.due_at, notice.late) == (Step.BREACHED, DEADLINE, DEADLINE, False)
    assert (notice.source, notice.ticket, notice.url) == ("snow", "T1", "https://snow.example/t1")
    assert (notice.vendor, notice.vendor_name, notice.priority) == ("acme", "ACME", "P1")
    assert notice.key.text() == f"{desk.intake.source}/t1/acme-msp/fix/opened/P1/breached/0"


def test_a_notice_found_out_six_minutes_after_the_fact_says_that_it_is_late(desk: Desk) -> None:
    desk.take(record("t1"))
    (change,) = measured(desk, DEADLINE + 6 * MINUTE).told
    assert change.notice.late


def test_a_breach_that_jumped_over_being_at_risk_is_one_notice(desk: Desk) -> None:
    desk.take(record("t1"))
    assert told(measured(desk, DEADLINE + HOUR)) == [("T1", "breached")]


@pytest.mark.parametrize(
    ("agreements", "as_of", "end", "from_history", "reason"),
    [
        pytest.param(agreed(), MORNING + 5 * HOUR, None, True, Withheld.HISTORY, id="it was read from the past"),
        pytest.param(
            agreed(notify_from=DEADLINE + MINUTE), MORNING + 5 * HOUR, None, False, Withheld.BEFORE_NOTIFY_FROM,
            id="nobody wants to be told of that time",
        ),
        pytest.param(
            agreed(), MORNING + 6 * HOUR, MORNING + 5 * HOUR, False, Withheld.OVER, id="the ticket is over"
        ),
        pytest.param(
            agreed(), DEADLINE + 24 * HOUR + MINUTE, None, False, Withheld.TOO_OLD, id="it is older than a day"
        ),
        pytest.param(agreed(), DEADLINE + 24 * HOUR, None, False, None, id="a day exactly is not too old"),
        pytest.param(
            agreed(notify_from=DEADLINE), MORNING + 5 * HOUR, None, False, None, id="notices begin at that instant"
        ),
    ],
)  # fmt: skip
def test_a_breach_is_known_and_told_to_nobody_when(
    desk: Desk,
    agreements: Agreements,
    as_of: datetime,
    end: datetime | None,
    from_history: bool,
    reason: Withheld | None,
) -> None:
    desk = desk.under(agreements)
    ticket = record("t1", opened(), *([] if end is None else [resolved(end)]))
    (found,) = desk.take(ticket, now=as_of, from_history=from_history).assessments
    assert found.withheld == ({} if reason is None else {reason: 1})
    assert len(found.told) == int(reason is None)
    # What is too old waits for a digest.
    assert desk.pending() == int(reason in {None, Withheld.TOO_OLD})
    # Muted is known: no later look tells it after all.
    desk.write(lambda work: work.readings.drop())
    assert told(measured(desk, as_of)) == []


def test_a_reopened_ticket_is_not_told_again_of_the_cycle_that_goes_on(desk: Desk) -> None:
    desk.take(record("t1"), now=MORNING)
    measured(desk, DEADLINE + MINUTE)
    back = {"id": "back", "at": (MORNING + 6 * HOUR).isoformat(), "kind": "phase", "by": "customer", "to": "active"}
    desk.take(
        record("t1", opened(), resolved(MORNING + 5 * HOUR), back), now=MORNING + 7 * HOUR, cursor="c2", expected="c1"
    )
    assert desk.pending() == 1


def test_two_targets_of_one_ticket_are_told_apart(desk: Desk) -> None:
    desk = desk.under(agreed(a_target(), a_target("response", Metric.FIRST_RESPONSE)))
    desk.take(record("t1"))
    found = measured(desk, DEADLINE + MINUTE)
    assert sorted(change.notice.key.target for change in found.told) == ["fix", "response"]


def test_a_ticket_that_nobody_promised_anything_for_is_counted_as_uncovered(desk: Desk) -> None:
    covered = agreed().contracts[0]
    nothing = replace(covered, revisions=(replace(covered.revisions[0], covers=()),))
    desk = desk.under(Agreements((nothing,), {}))
    desk.take(record("t1"))
    counted = desk.see(lambda view: dict(view.readings.uncovered()))
    assert sum(counted.values()) == 1
    assert desk.readings() == {}


def broken() -> Agreements:
    """A contract whose P1 promise has no calendar, which loading would never let through."""
    return agreed(a_target(calendars={"P2": a_target().calendars["default"]}))


def test_a_ticket_that_cannot_be_measured_is_kept_apart_and_the_others_go_on(desk: Desk) -> None:
    desk.take(record("bad", opened(priority="P1")), record("good", opened(priority="P2"), message(MORNING + HOUR)))
    assert set(desk.readings()) == {"bad", "good"}
    found = measured(desk.under(broken()), MORNING + HOUR)
    assert len(found.failed) == 1
    assert list(desk.quarantined()) == ["bad"]
    assert re.fullmatch(r"measure: KeyError at syncd\.domain\.\w+:\d+", desk.quarantined()["bad"])
    assert (set(desk.readings()), found.measured) == ({"good"}, 1)


def test_a_ticket_that_cannot_be_measured_is_kept_apart_as_soon_as_it_is_read(desk: Desk) -> None:
    desk.under(broken()).take(record("bad"), record("good", opened(priority="P2")))
    assert set(desk.quarantined()) == {"bad"}
