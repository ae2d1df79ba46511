"""How many series a company can have, reckoned from its configuration: the budget that operators are told."""

from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from syncd.domain.contract import Agreements
from syncd.ports.readings import CONSUMED_STEPS, Consumed, Lifetime, OpenCount, Tally
from syncd.settings import load_agreements
from syncd.telemetry.exposition import render
from syncd.telemetry.fleet import (
    CURRENT,
    LAST_PERIOD,
    PERIODS,
    STATES,
    WINDOWS,
    Fleet,
    SourceState,
    goals_of,
    objectives_of,
    period_ends_of,
    vendors_of,
)
from syncd.telemetry.fleet_names import FLEET
from syncd.testing.instants import at
from tests.telemetry.fleets import a_source, an_account

VENDORS, TARGETS, PRIORITIES = 200, ("response", "fix"), ("P1", "P2", "P3", "P4")
A_PROMISE = 120
"""Series that one promise of four priorities may have, however objectives are agreed."""
A_SOURCE = 60
NOW = at("2026-03-20 12:00")

CONTRACT = """
contract: vendor-{n}-msp
vendor: {{id: vendor-{n}, name: Vendor number {n}}}
time_zone: Europe/Berlin
period: {period}
revisions:
  - effective: {{from: 2026-01-01}}
    covers: [{{source: source-{source:02}}}]
    targets:
      - {{name: response, metric: first_response, goals: {goals}, calendar: always, objective: {objective}}}
      - {{name: fix, metric: resolution, goals: {goals}, calendar: always, objective: {objective}}}
"""
GOALS = "{P1: 1h, P2: 4h, P3: 24h, P4: 72h}"


@pytest.fixture(scope="module", params=["95%", "{P1: 100%, P2: 98%, P3: 95%, P4: 90%}"], ids=["for all", "by priority"])
def agreements(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Agreements:
    """Two hundred contracts of two promises and four priorities each, read from files."""
    folder = tmp_path_factory.mktemp("contracts")
    (folder / "calendars.yaml").write_text("calendars:\n  - {name: always, time_zone: UTC, hours: always}\n")
    for n in range(VENDORS):
        period = ("month", "quarter")[n % 2]
        text = CONTRACT.format(n=n, source=n % 50, period=period, goals=GOALS, objective=request.param)
        (folder / f"vendor-{n}.yaml").write_text(text)
    return load_agreements([folder]).agreements


def everything(agreements: Agreements, *, sources: int) -> Fleet:
    """Return a fleet in which every combination that the contracts allow has happened."""
    promises = [
        (contract.vendor.id, contract.id, target.name, target.metric)
        for contract in agreements.contracts
        for target in contract.revisions[0].targets
    ]
    tallies = [Tally(*promise, priority, 90, 10, 1, 1) for promise, priority in product(promises, PRIORITIES)]
    counts = [
        OpenCount(*promise[:3], priority, state, 2, NOW, 2)
        for promise, priority, state in product(promises, PRIORITIES, STATES)
    ]
    return Fleet(
        at=NOW,
        sources=[SourceState(a_source(n, f"source-{n:02}"), 60.0, census_at=NOW) for n in range(sources)],
        open_counts=counts,
        windows=dict.fromkeys(WINDOWS, tallies),
        periods=dict.fromkeys(PERIODS, tallies),
        accounts={
            period: [
                an_account(each.vendor.id, each.id, Fraction(600), Fraction(1, 2)) for each in agreements.contracts
            ]
            for period in (CURRENT, LAST_PERIOD)
        },
        last_period=tallies,
        objectives=objectives_of(agreements, NOW),
        goals=goals_of(agreements, NOW),
        vendors=vendors_of(agreements),
        problems={(f"source-{n:02}", f"code_{code}"): 1 for n, code in product(range(sources), range(20))},
        uncovered={(f"source-{n:02}", f"reason_{code}"): 1 for n, code in product(range(sources), range(8))},
        lifetimes=[Lifetime(*promise[:3], priority, 9, 1) for promise, priority in product(promises, PRIORITIES)],
        consumed=[Consumed(*promise[:3], (1,) * (len(CONSUMED_STEPS) + 1), 1.0) for promise in promises],
        period_ends=period_ends_of(agreements, NOW),
    )


def test_two_hundred_vendors_stay_within_the_budget(agreements: Agreements) -> None:
    assert len(agreements.contracts) == VENDORS
    page = render(everything(agreements, sources=50), FLEET, openmetrics=False).decode()
    series = sum(not line.startswith("#") for line in page.splitlines())
    promises = VENDORS * len(TARGETS)
    assert promises * 70 < series <= promises * A_PROMISE + 50 * A_SOURCE


def test_tickets_add_no_series(agreements: Agreements) -> None:
    few = everything(agreements, sources=1)
    page = render(few, FLEET, openmetrics=False).decode()
    assert "ticket=" not in page


def test_operators_are_told_the_budget() -> None:
    page = (Path(__file__).parents[2] / "deploy" / "prometheus" / "METRICS.md").read_text(encoding="utf-8")
    assert f"{A_PROMISE} series" in page
