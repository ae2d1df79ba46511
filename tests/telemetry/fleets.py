"""Fleets to render: a small one whose figures are known, and large ones for size and speed."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product

from syncd.domain.account import Account
from syncd.domain.credit import Credits
from syncd.domain.names import Metric
from syncd.domain.score import Score
from syncd.ports.outbox import QueueState
from syncd.ports.readings import CONSUMED_STEPS, Consumed, Lifetime, OpenCount, Tally
from syncd.ports.repositories import SourceRow
from syncd.ports.store_watch import Pool, StoreUsage
from syncd.telemetry.fleet import (
    CURRENT,
    LAST_PERIOD,
    PERIODS,
    STATES,
    WINDOWS,
    Fleet,
    Objective,
    PeriodEnd,
    PromisedTime,
    SourceState,
)

AT = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def a_tally(*, met: int, missed: int, priority: str | None = "P1", contract: str = "acme-msp") -> Tally:
    spent = (0, 0, 7_500_000, 0, 3_000_000, 0, 60_000_000)
    return Tally("acme", contract, "fix", Metric.RESOLUTION, priority, met, missed, 2, 1, spent)


def a_source(number: int, name: str, **changes: object) -> SourceRow:
    row: dict[str, object] = {
        "id": number,
        "name": name,
        "kind": "servicenow",
        "mapper_version": 1,
        "generation": 1,
        "last_attempt_at": AT - timedelta(seconds=40),
        "last_success_at": AT - timedelta(seconds=30),
        "watermark": AT - timedelta(seconds=90),
        "failures": 0,
        "last_error": None,
        "backfilled_at": AT - timedelta(days=1),
    }
    return SourceRow(**(row | changes))  # type: ignore[arg-type] # a row of facts, overridden by name


def an_account(
    vendor: str, contract: str, owed: Fraction | None, score: Fraction | None, currency: str | None = "EUR"
) -> Account:
    owing = None if owed is None else Credits(currency, Fraction(12_000), None, owed, None, ())
    return Account(vendor, contract, "2026-03", owing, Score(score, ()))


def a_fleet(at: datetime = AT) -> Fleet:
    """Return a fleet with one healthy source, one that never succeeded, and two contracts of one vendor."""
    tallies = [a_tally(met=8, missed=2), a_tally(met=11, missed=0, priority="P2")]
    return Fleet(
        at=at,
        sources=[
            SourceState(a_source(1, "snow"), 60.0, census_at=AT - timedelta(hours=3)),
            SourceState(
                a_source(2, 'odd "name"\\\n', last_success_at=None, watermark=None, failures=3, backfilled_at=None),
                300.0,
                enabled=False,
            ),
        ],
        open_counts=[
            OpenCount("acme", "acme-msp", "fix", "P1", "ok", 4, AT + timedelta(hours=2), 4),
            OpenCount("acme", "acme-msp", "fix", "P1", "at_risk", 1, AT + timedelta(hours=1), 1),
            OpenCount("acme", "acme-msp", "fix", "P1", "breached", 2, AT - timedelta(hours=5)),
            OpenCount("acme", "acme-msp", "fix", None, "paused", 3, None, 3, "customer"),
        ],
        windows={window: tallies if window in {"7d", "30d"} else [] for window in WINDOWS},
        periods={
            "month_to_date": [*tallies, a_tally(met=1, missed=3, contract="acme-wan")],
            "last_month": [],
            "quarter_to_date": tallies,
            CURRENT: [*tallies, a_tally(met=1, missed=3, contract="acme-wan")],
        },
        accounts={
            CURRENT: [
                an_account("acme", "acme-msp", Fraction(600, 7), Fraction(3, 4)),
                an_account("acme", "acme-wan", None, None),
            ],
            LAST_PERIOD: [an_account("acme", "acme-msp", Fraction(0), None)],
        },
        objectives=[
            Objective("acme", "acme-msp", "fix", None, Fraction(9, 10)),
            Objective("acme", "acme-wan", "fix", "P1", Fraction(1)),
        ],
        goals=[
            PromisedTime("acme", "acme-msp", "fix", "P1", 14_400.0),
            PromisedTime("acme", "acme-msp", "fix", "default", None),
        ],
        vendors={"acme": "ACME Managed Services"},
        queues=[
            QueueState("oncall", 2, AT - timedelta(seconds=10), 1),
            QueueState("chat", 0, None, 0),
        ],
        quarantined={"snow": 5},
        problems={("snow", "unknown_phase"): 7},
        uncovered={("snow", "no_contract"): 9},
        contradicted={("snow", "acme", "acme-msp", "fix", "met"): 4},
        lifetimes=[Lifetime("acme", "acme-msp", "fix", "P1", 900, 80), Lifetime("acme", "acme-msp", "fix", None, 5, 0)],
        consumed=[Consumed("acme", "acme-msp", "fix", (10, 20, 30, 40, 50, 60, 70, 80, 90, 100), 123.5)],
        period_ends=[PeriodEnd("acme", "acme-msp", AT + timedelta(days=11))],
        usage=StoreUsage(
            {"database": 4096, "log": 512}, {"ticket": 1024}, {"read": Pool(1, 2, 16)}, disk_free=10, disk_size=100
        ),
    )


def a_large_fleet(*, vendors: int, priorities: int = 4, targets: int = 2) -> Fleet:
    """Return a fleet of many vendors, each with every target, priority, state, window and period."""
    promises = [
        (f"vendor-{vendor:03}", f"contract-{vendor:03}", f"target-{target}")
        for vendor, target in product(range(vendors), range(targets))
    ]
    names = [f"P{number + 1}" for number in range(priorities)]
    tallies = [
        Tally(vendor, contract, target, Metric.RESOLUTION, priority, 90, 10, 1, 1)
        for (vendor, contract, target), priority in product(promises, names)
    ]
    return Fleet(
        at=AT,
        sources=[SourceState(a_source(number, f"source-{number:02}"), 60.0) for number in range(50)],
        open_counts=[
            OpenCount(*promise, priority, state, 5, AT + timedelta(hours=1), 0 if state == "breached" else 5)
            for promise, priority, state in product(promises, names, STATES)
        ],
        windows=dict.fromkeys(WINDOWS, tallies),
        periods=dict.fromkeys(PERIODS, tallies),
        accounts={
            period: [an_account(*promise[:2], Fraction(1), Fraction(1)) for promise in promises[::targets]]
            for period in (CURRENT, LAST_PERIOD)
        },
        objectives=[
            Objective(*promise, priority, Fraction(95, 100)) for promise, priority in product(promises, names)
        ],
        goals=[PromisedTime(*promise, priority, 3600.0) for promise, priority in product(promises, names)],
        vendors={vendor: f"The vendor called {vendor}" for vendor, _, _ in promises},
        queues=[QueueState(f"channel-{number}", 3, AT, 0) for number in range(10)],
        lifetimes=[Lifetime(*promise, priority, 900, 80) for promise, priority in product(promises, names)],
        consumed=[Consumed(*promise, (7,) * (len(CONSUMED_STEPS) + 1), 3.0) for promise in promises],
        period_ends=[PeriodEnd(vendor, contract, AT) for vendor, contract, _ in promises[::targets]],
    )  # fmt: skip
