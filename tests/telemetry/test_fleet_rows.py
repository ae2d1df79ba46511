"""Figures of the fleet: what the store counted, named, summed and divided rightly."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from syncd.domain.names import Metric
from syncd.ports.readings import Tally
from syncd.telemetry import fleet_names as names
from syncd.telemetry.fleet import Fleet, Objective
from syncd.telemetry.fleet_rows import ROWS
from syncd.telemetry.names import Family
from syncd.telemetry.period_rows import Labels
from tests.telemetry.fleets import AT, a_fleet, a_tally, an_account

SNOW = ("snow", "servicenow")
ODD = ('odd "name"\\\n', "servicenow")
FIX = ("acme", "acme-msp", "fix")
WAN = ("acme", "acme-wan", "fix")


@pytest.mark.parametrize(
    ("family", "labels", "expected"),
    [
        pytest.param(names.SNAPSHOT_AT, (), AT.timestamp(), id="the snapshot says when it was taken"),
        pytest.param(names.SOURCE_UP, SNOW, 1, id="a source without failures since its success is up"),
        pytest.param(names.SOURCE_UP, ODD, 0, id="a source that never succeeded is not up"),
        pytest.param(names.SOURCE_SUCCESS, ODD, 0, id="never is 0, so that a rule can ask for it"),
        pytest.param(names.SOURCE_WATERMARK, ODD, None, id="no data has no age"),
        pytest.param(names.SOURCE_ENABLED, ODD, 0, id="a paused source is not enabled"),
        pytest.param(names.SOURCE_FAILURES, ODD, 3, id="failures since the last success"),
        pytest.param(names.SOURCE_BACKFILLED, SNOW, 1, id="the past is read"),
        pytest.param(names.SOURCE_PROBLEMS, ("snow", "unknown_phase"), 7, id="findings by code"),
        pytest.param(names.SOURCE_UNCOVERED, ("snow", "no_contract"), 9, id="uncovered by reason"),
        pytest.param(names.QUARANTINED, ("snow",), 5, id="quarantined tickets"),
        pytest.param(names.QUARANTINED, (ODD[0],), 0, id="no quarantined ticket is 0, not missing"),
        pytest.param(names.VENDOR_INFO, ("acme", "ACME Managed Services"), 1, id="a vendor's name"),
        pytest.param(names.OPEN_TICKETS, (*FIX, "P1", "breached"), 2, id="open clocks by state"),
        pytest.param(names.OPEN_TICKETS, (*FIX, "P1", "paused"), 0, id="an empty state is 0, not missing"),
        pytest.param(names.OPEN_TICKETS, (*FIX, "none", "paused"), 3, id="no priority has a name of its own"),
        pytest.param(names.OPEN_TICKETS, (*FIX, "default", "ok"), None, id="default is no priority of a ticket"),
        pytest.param(
            names.NEXT_DEADLINE, (*FIX, "P1"), (AT + timedelta(hours=1)).timestamp(),
            id="the next deadline is the nearest that is not past",
        ),
        pytest.param(names.OBJECTIVE, FIX, 0.9, id="an objective for all priorities"),
        pytest.param(names.OBJECTIVE, WAN, None, id="no objective for all where it is agreed by priority"),
        pytest.param(names.PRIORITY_OBJECTIVE, (*WAN, "P1"), 1.0, id="an objective by priority"),
        pytest.param(names.GOAL, (*FIX, "P1"), 14_400.0, id="a promised time in seconds"),
        pytest.param(names.GOAL, (*FIX, "default"), None, id="working days have no seconds"),
        pytest.param(names.WINDOW_EVALUATIONS, (*FIX, "7d"), 21, id="priorities of a window add up"),
        pytest.param(names.WINDOW_BREACHES, (*FIX, "7d"), 2, id="misses of a window"),
        pytest.param(names.WINDOW_BREACHES, (*FIX, "6h"), 0, id="a quiet window is 0, not missing"),
        pytest.param(names.COMPLIANCE, (*FIX, "month_to_date"), 19 / 21, id="compliance is met out of decided"),
        pytest.param(names.COMPLIANCE, (*WAN, "month_to_date"), 0.25, id="contracts of a vendor stay apart"),
        pytest.param(names.COMPLIANCE, (*FIX, "last_month"), None, id="nothing decided has no compliance"),
        pytest.param(
            names.PRIORITY_COMPLIANCE, (*WAN, "P1", "month_to_date"), 0.25, id="compliance by priority where so agreed"
        ),
        pytest.param(
            names.PRIORITY_COMPLIANCE, (*FIX, "P1", "month_to_date"), None, id="and only where so agreed"
        ),
        pytest.param(names.CYCLES, (*FIX, "month_to_date", "met"), 19, id="cycles that were met"),
        pytest.param(names.CYCLES, (*FIX, "month_to_date", "unverifiable"), 4, id="cycles that cannot be judged"),
        pytest.param(names.CYCLES, (*FIX, "last_month", "missed"), 0, id="a quiet month is 0, not missing"),
        pytest.param(
            names.CREDIT, ("acme", "acme-msp", "current", "EUR"), 85.71, id="what is owed, to the cent"
        ),
        pytest.param(
            names.CREDIT, ("acme", "acme-msp", "last_period", "EUR"), 0, id="nothing owed is 0, not missing"
        ),
        pytest.param(
            names.CREDIT, ("acme", "acme-wan", "current", "EUR"), None, id="without credits there is no sum"
        ),
        pytest.param(names.SCORE, ("acme", "acme-msp", "current"), 0.75, id="a score"),
        pytest.param(names.SCORE, ("acme", "acme-msp", "last_period"), None, id="a score that is not known"),
        pytest.param(names.TIME_SPENT, (*FIX, "customer", "current"), 6, id="whose time it was, all priorities"),
        pytest.param(names.TIME_SPENT, (*FIX, "out_of_hours", "current"), 15, id="and which was out of hours"),
        pytest.param(names.TIME_SPENT, (*FIX, "third_party", "current"), 0, id="a party without any has 0"),
        pytest.param(names.TIME_SPENT, (*FIX, "excluded", "current"), None, id="what was excluded is nobody's"),
        pytest.param(names.TIME_SPENT, (*FIX, "vendor", "last_period"), None, id="nothing decided is nobody's time"),
        pytest.param(names.OUTBOX_PENDING, ("oncall",), 2, id="notices that wait"),
        pytest.param(names.OUTBOX_OLDEST, ("chat",), 0, id="an empty queue has no oldest notice: 0"),
        pytest.param(names.OUTBOX_OLDEST, ("oncall",), AT.timestamp() - 10, id="since when the oldest waits"),
        pytest.param(names.OUTBOX_DEAD, ("oncall",), 1, id="notices given up"),
    ],
)  # fmt: skip
def test_figure(family: Family, labels: Labels, expected: float | None) -> None:
    assert ROWS[family](a_fleet()).get(labels) == expected


def test_a_sum_without_a_currency_says_so() -> None:
    bare = an_account("acme", "acme-msp", Fraction(7), None, None)
    assert ROWS[names.CREDIT](replace(a_fleet(), accounts={"current": [bare]})) == {
        ("acme", "acme-msp", "current", "XXX"): 7
    }


def test_revisions_that_time_another_metric_under_one_name_add_up_to_one_series() -> None:
    earlier = Tally("acme", "acme-msp", "fix", Metric.RESTORATION, "P1", 1, 1, 0, 0)
    fleet = replace(a_fleet(), windows={"6h": [earlier, a_tally(met=2, missed=3)]})
    assert ROWS[names.WINDOW_BREACHES](fleet) == {(*FIX, "6h"): 4}


def test_a_share_below_its_objective_is_below_it_as_exported() -> None:
    objective = Fraction(95, 100)
    fleet = Fleet(
        at=AT,
        periods={"month_to_date": [a_tally(met=949_999, missed=50_001)]},
        objectives=[Objective("acme", "acme-msp", "fix", None, objective)],
    )
    assert ROWS[names.COMPLIANCE](fleet)[(*FIX, "month_to_date")] < ROWS[names.OBJECTIVE](fleet)[FIX]
