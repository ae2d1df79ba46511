"""Objectives and goals that metrics show are those of the contracts in force."""

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from syncd.domain.calendar import always
from syncd.domain.contract import Agreements, Contract, Goal, Revision, Target, Vendor
from syncd.domain.duration import Counted, DayEnd, WorkingDays
from syncd.domain.names import Metric
from syncd.telemetry.fleet import Objective, PromisedTime, goals_of, objectives_of, vendors_of

FOUR_HOURS = Counted(4 * 3_600_000_000)
GOALS: Mapping[str, Goal] = {"P1": FOUR_HOURS, "default": WorkingDays(3, DayEnd.END_OF_DAY)}
JANUARY = datetime(2026, 1, 1, tzinfo=UTC)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def a_revision(start: datetime, objective: Mapping[str, Fraction]) -> Revision:
    target = Target(
        name="fix", metric=Metric.RESOLUTION, goals=GOALS, calendars={"default": always()}, objective=objective
    )
    return Revision(
        name=start.date().isoformat(), effective_from=start, observe_from=start, notify_from=start, covers=(),
        targets=(target,),
    )  # fmt: skip


def agreed(*revisions: Revision) -> Agreements:
    contract = Contract(id="msp", vendor=Vendor("acme", "ACME"), time_zone="UTC", revisions=revisions)
    return Agreements((contract,), {})


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        pytest.param({"default": Fraction(9, 10)}, {None: Fraction(9, 10)}, id="one share is for all priorities"),
        pytest.param(
            {"P1": Fraction(1), "default": Fraction(9, 10)}, {"P1": Fraction(1)},
            id="a map is by priority, for those that the contract names",
        ),
        pytest.param(
            {"P1": Fraction(1), "P2": Fraction(9, 10)}, {"P1": Fraction(1), "P2": Fraction(9, 10)},
            id="a map without default",
        ),
        pytest.param({}, {}, id="no objective"),
    ],
)  # fmt: skip
def test_objectives(objective: Mapping[str, Fraction], expected: Mapping[str | None, Fraction]) -> None:
    found = objectives_of(agreed(a_revision(JANUARY, objective)), JANUARY)
    assert found == tuple(Objective("acme", "msp", "fix", priority, share) for priority, share in expected.items())


def test_the_objective_is_that_of_the_revision_in_force() -> None:
    agreements = agreed(
        a_revision(JANUARY, {"default": Fraction(9, 10)}), a_revision(MARCH, {"default": Fraction(95, 100)})
    )
    assert [objective.share for objective in objectives_of(agreements, MARCH)] == [Fraction(95, 100)]


def test_before_its_first_revision_a_contract_promises_nothing() -> None:
    agreements = agreed(a_revision(MARCH, {"default": Fraction(9, 10)}))
    assert objectives_of(agreements, JANUARY) == ()
    assert goals_of(agreements, JANUARY) == ()
    assert vendors_of(agreements) == {"acme": "ACME"}


def test_goals_of_working_days_have_no_seconds() -> None:
    assert goals_of(agreed(a_revision(JANUARY, {})), JANUARY) == (
        PromisedTime("acme", "msp", "fix", "P1", 14_400.0),
        PromisedTime("acme", "msp", "fix", "default", None),
    )
