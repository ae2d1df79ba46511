"""Whose time a cycle was, in the cases that each have a rule of their own; in general it is a law of the ledger."""

from datetime import timedelta
from typing import Any

import pytest

from syncd.domain.contract import Agreements, Exclusion, Target
from syncd.domain.duration import Counted
from syncd.domain.ledger import OWNERS, Owner
from syncd.domain.measure import measure
from syncd.domain.names import Metric
from syncd.domain.reading import Cycle
from syncd.domain.timeline_format import parse_timeline
from tests.domain.calendar_samples import workdays
from tests.domain.lint_samples import office
from tests.services.desk import HOUR, HOUR_US, MORNING, a_target, agreed, message, opened, resolved

OFFICE = office("office", "UTC", weekly=workdays("08:00-17:00"))
SIX = MORNING + 6 * HOUR


def phase(hours: float, awaiting: str, to: str = "active", by: str = "vendor") -> dict[str, object]:
    at = (MORNING + hours * HOUR).isoformat()
    return {"id": f"phase-{hours}", "at": at, "kind": "phase", "by": by, "to": to, "awaiting": awaiting}


def held(hours: float, to: str) -> dict[str, object]:
    at = (MORNING + hours * HOUR).isoformat()
    return {"id": f"held-{hours}", "at": at, "kind": "handed_over", "by": "customer", "to": to}


def absorbed(hours: float, started: float) -> dict[str, object]:
    at, earlier = ((MORNING + each * HOUR).isoformat() for each in (hours, started))
    return {
        "id": "absorbed", "at": at, "kind": "absorbed", "by": "vendor", "from": "other", "started_at": earlier,
        "priority": "P1",
    }  # fmt: skip


def appointed(hours: float) -> dict[str, object]:
    to = (MORNING + hours * HOUR).isoformat()
    return {
        "id": "set",
        "at": MORNING.isoformat(),
        "kind": "attribute",
        "by": "customer",
        "name": "requested_for",
        "to": to,
    }


def cycle_of(*events: dict[str, object], agreements: Agreements | None = None, **more: Any) -> Cycle:
    line = {"format": 1, "source": "snow", "ticket": "T", "id": "t", "events": [opened(), *events], **more}
    found = measure(
        parse_timeline(line), agreements or agreed(a_target()), as_of=MORNING + timedelta(days=5), spent=True
    )
    return found.readings[0].cycles[-1]


def hours_of(cycle: Cycle) -> dict[Owner, float]:
    assert cycle.spent is not None
    return {owner: us / HOUR_US for owner, us in zip(OWNERS, cycle.spent, strict=True) if us}


AN_EXCLUSION = Exclusion(
    id="EX-1", contract="acme-msp", clause="7", author="a", approver="b", evidence="c", ticket=("snow", "T"),
    start=MORNING + HOUR, end=MORNING + 3 * HOUR,
)  # fmt: skip


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([resolved(SIX)], {Owner.VENDOR: 6}, id="the vendor's from start to stop"),
        pytest.param(
            [phase(1, "customer", "pending"), phase(3, "vendor"), phase(4, "third_party"), resolved(SIX)],
            {Owner.VENDOR: 2, Owner.CUSTOMER: 2, Owner.THIRD_PARTY: 2},
            id="by whose turn it was",
        ),
        pytest.param(
            [held(1, "globex"), held(2, "us"), held(4, "acme"), resolved(SIX)],
            {Owner.VENDOR: 3, Owner.OTHER_VENDOR: 1, Owner.CUSTOMER: 2},
            id="by who held it, ourselves included",
        ),
        pytest.param(
            [absorbed(1, started=-2), resolved(SIX)], {Owner.VENDOR: 8}, id="from the earlier start of what was merged"
        ),
        pytest.param([resolved(MORNING)], {}, id="no time at all"),
        pytest.param(
            [resolved(SIX), phase(8, "nobody", "closed"), held(9, "globex")],
            {Owner.VENDOR: 6},
            id="none after the stop",
        ),
    ],
)
def test_whose_time_a_cycle_was(events: list[dict[str, object]], expected: dict[Owner, float]) -> None:
    assert hours_of(cycle_of(*events)) == expected


def test_what_lies_out_of_hours_is_nobody_s_whoever_s_turn_it_was() -> None:
    target = a_target(calendars={"default": OFFICE})
    events = [phase(6, "customer", "pending"), phase(24, "vendor"), resolved(MORNING + 26 * HOUR)]
    assert hours_of(cycle_of(*events, agreements=agreed(target))) == {
        Owner.VENDOR: 8, Owner.CUSTOMER: 3, Owner.OUT_OF_HOURS: 15,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("target", "events", "expected"),
    [
        pytest.param(
            a_target(calendars={"default": OFFICE}),
            [resolved(MORNING + 12 * HOUR)],
            {Owner.VENDOR: 8, Owner.OUT_OF_HOURS: 4},
            id="the last stretch reaches beyond closing time",
        ),
        pytest.param(
            a_target(goals={"P2": Counted(HOUR_US)}),
            [phase(2, "customer", "pending"), resolved(SIX)],
            {Owner.VENDOR: 2, Owner.CUSTOMER: 4},
            id="without a promise there are no hours",
        ),
        pytest.param(
            a_target(not_before="requested_for"),
            [appointed(3), phase(1, "customer", "pending"), phase(5, "vendor"), resolved(SIX)],
            {Owner.CUSTOMER: 2, Owner.VENDOR: 1},
            id="from the appointment on, whoever's turn it had become",
        ),
    ],
)
def test_what_terms_make_of_a_cycle_s_time(
    target: Target, events: list[dict[str, object]], expected: dict[Owner, float]
) -> None:
    assert hours_of(cycle_of(*events, agreements=agreed(target))) == expected


def test_what_was_excluded_out_of_hours_is_excluded_and_the_rest_of_the_night_is_nobody_s() -> None:
    excluding = Agreements(agreed(a_target(calendars={"default": OFFICE})).contracts, {}, (AN_EXCLUSION,))
    assert hours_of(cycle_of(resolved(MORNING + 12 * HOUR), agreements=excluding)) == {
        Owner.EXCLUDED: 2, Owner.VENDOR: 6, Owner.OUT_OF_HOURS: 4,
    }  # fmt: skip


def test_what_was_excluded_goes_before_everybody_s_claim() -> None:
    excluding = agreed(a_target())
    excluding = Agreements(excluding.contracts, {}, (AN_EXCLUSION,))
    events = [phase(2, "customer", "pending"), phase(4, "vendor"), resolved(SIX)]
    assert hours_of(cycle_of(*events, agreements=excluding)) == {
        Owner.EXCLUDED: 2, Owner.CUSTOMER: 1, Owner.VENDOR: 3,
    }  # fmt: skip


def test_a_hole_that_may_hide_who_held_it_is_nobody_s_for_sure() -> None:
    hole = {
        "from": (MORNING + HOUR).isoformat(), "until": (MORNING + 2 * HOUR).isoformat(), "missing": ["handed_over"],
    }  # fmt: skip
    found = cycle_of(resolved(SIX), quality="partial", gaps=[hole])
    assert hours_of(found) == {Owner.UNKNOWN: 1, Owner.VENDOR: 5}


def test_a_cycle_that_runs_has_spent_nothing_yet_and_gone_on_it_forgets() -> None:
    assert cycle_of(message(MORNING)).spent is None
    again = {**phase(12, "vendor", "active", by="customer"), "id": "reopened"}
    assert cycle_of(resolved(SIX), again).spent is None
    assert hours_of(cycle_of(resolved(SIX), again, resolved(MORNING + 13 * HOUR, "again"))) == {
        Owner.VENDOR: 7, Owner.CUSTOMER: 6,
    }  # fmt: skip


def test_a_silence_is_judged_by_goals_and_has_none() -> None:
    assert cycle_of(message(SIX), agreements=agreed(a_target("update", Metric.UPDATE))).spent is None
