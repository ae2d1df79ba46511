"""The publisher: what the store holds reaches the page, periods are the contract's own, and old work is caught up."""

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from syncd.daemon.collect import collect_fleet
from syncd.daemon.publisher import PUBLISH_EVERY, Published, Publisher
from syncd.domain.contract import Agreements
from syncd.domain.credit_terms import CreditTerms, CreditTier
from syncd.domain.names import PeriodKind
from syncd.ports.store_watch import StoreUsage
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.snapshot import SnapshotHolder
from syncd.telemetry.ticket_page import TicketPage
from syncd.testing.instants import at
from syncd.testing.virtual_now import VirtualNow
from tests.services.desk import HOUR, MORNING, Desk, a_target, agreed, in_memory, opened, record, resolved
from tests.telemetry.pages import series_of, text_of

EVERY = {"snow": timedelta(minutes=1)}


def read(desk: Desk) -> Desk:
    """One ticket met, one missed and open, one at risk, one far from it; and one of another time."""
    desk.take(
        record("met", opened(), resolved(MORNING + HOUR)),
        record("missed"),
        record("risk", opened(MORNING + HOUR)),
        record("calm", opened(MORNING + 4 * HOUR)),
        record("february", opened(at("2026-02-10 09:00")), resolved(at("2026-02-10 10:00"))),
        now=MORNING + 4.5 * HOUR,
    )
    return desk


def published(desk: Desk, tickets: TicketPage | None = None) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    now = MORNING + 4.5 * HOUR
    metrics = Metrics()
    where = Published(SnapshotHolder(metrics), tickets)
    publisher = Publisher(
        desk.store, desk.fence, desk.rules.agreements, EVERY, VirtualNow(now), metrics, where
    )  # fmt: skip
    assert publisher.step(now) == now + PUBLISH_EVERY
    return dict(series_of(text_of(where.fleet, now)))


def value(page: dict[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float | None:
    found = [
        figure
        for (called, own), figure in page.items()
        if called == f"syncd_{name}" and dict(own) | labels == dict(own)
    ]
    assert len(found) <= 1
    return found[0] if found else None


def test_what_the_store_knows_is_on_the_page() -> None:
    page = published(read(in_memory()))
    assert value(page, "sla_window_evaluations", window="6h") == 2
    assert value(page, "sla_window_breaches", window="6h") == 1
    assert value(page, "sla_evaluations_total", priority="P1") == 3
    assert value(page, "sla_breaches_total", priority="P1") == 1
    assert value(page, "sla_consumed_ratio_bucket", le="0.25") == 2
    assert value(page, "sla_consumed_ratio_count") == 2, "the missed one still runs"
    assert value(page, "scorecard_compliance_ratio", period="current") == 0.5
    assert value(page, "scorecard_compliance_ratio", period="last_month") == 1
    assert value(page, "scorecard_compliance_ratio", period="quarter_to_date") == pytest.approx(2 / 3)
    assert value(page, "sla_time_seconds", period="current", party="vendor") == 3600, "the missed one still runs"
    assert value(page, "sla_time_seconds", period="last_period", party="vendor") == 3600
    assert value(page, "sla_time_seconds", period="current", party="customer") == 0
    assert value(page, "period_misses", priority="all") == 1
    assert value(page, "period_misses_allowed", priority="all") == 4 // 10 - 1
    assert value(page, "period_unwinnable", priority="all") == 1
    assert value(page, "period_at_risk_tickets", priority="all") == 1
    assert value(page, "period_end_timestamp_seconds") == at("2026-04-01 00:00").timestamp()
    assert value(page, "source_census_timestamp_seconds", source="snow") == 0
    assert value(page, "source_mapper_version", source="snow") == 1


def test_what_the_periods_cost_and_score_is_on_the_page() -> None:
    terms = CreditTerms((CreditTier("fix", Fraction(9, 10), Fraction(1, 20)),), Fraction(12_000))
    desk = in_memory()
    (contract,) = agreed(a_target(floor=Fraction(1, 10))).contracts
    revision = replace(contract.revisions[0], credits=terms)
    owing = Agreements((replace(contract, revisions=(revision,), currency="EUR"),), {})
    page = published(read(desk.under(owing)))
    assert value(page, "scorecard_credit_amount", period="current", currency="EUR") == 600
    assert value(page, "scorecard_credit_amount", period="last_period", currency="EUR") == 0
    assert value(page, "scorecard_score_ratio", period="current") == 0.5
    assert value(page, "scorecard_score_ratio", period="last_period") == 1


def test_a_contradiction_of_the_source_is_counted_under_its_promise() -> None:
    says_met = {
        "id": "native", "at": (MORNING + 4.2 * HOUR).isoformat(), "kind": "attribute", "by": "system",
        "name": "native:Resolution", "to": "met",
    }  # fmt: skip
    desk = in_memory()
    desk.take(record("t1", opened(), says_met), now=MORNING + 4.5 * HOUR)
    page = published(desk)
    found = {"source": "snow", "vendor": "acme", "contract": "acme-msp", "target": "fix", "source_says": "met"}
    assert value(page, "source_contradicted_tickets", **found) == 1


def test_single_tickets_are_published_only_where_they_are_asked_for() -> None:
    tickets = TicketPage(1)
    page = published(read(in_memory()), tickets)
    assert value(page, "ticket_series_limit") is None
    body, _ = tickets.page("", "", MORNING + 4.5 * HOUR)
    listed = dict(series_of(body.decode()))
    assert value(listed, "ticket_sla_deadline_timestamp_seconds", ticket="RISK") == (MORNING + 5 * HOUR).timestamp()
    assert value(listed, "ticket_series_dropped") == 1


def spans(kind: PeriodKind, now: datetime, anchor: int = 1) -> dict[str, int]:
    """Return how many of one decided cycle a day of 2026 each period holds."""
    desk = in_memory()
    contract = replace(agreed().contracts[0], period=kind, anchor=anchor)
    desk = desk.under(Agreements((contract,), {}))
    days = [at("2026-01-01 10:00") + timedelta(days=n) for n in range(200)]
    desk.take(*(record(f"t{n}", opened(day), resolved(day + HOUR)) for n, day in enumerate(days)), now=days[-1] + HOUR)
    with desk.store.view() as view:
        fleet = collect_fleet(view, desk.rules.agreements, EVERY, StoreUsage(), now=now)
    return {name: sum(tally.met for tally in tallies) for name, tallies in fleet.periods.items()}


def test_months_and_quarters_are_so_whatever_period_the_contract_has() -> None:
    found = spans(PeriodKind.YEAR, at("2026-05-20 12:00"))
    assert found == {"month_to_date": 31, "last_month": 30, "quarter_to_date": 91, "current": 200}


def test_months_and_quarters_begin_on_the_contract_s_day() -> None:
    found = spans(PeriodKind.MONTH, at("2026-05-20 12:00"), anchor=15)
    assert found == {"month_to_date": 31, "last_month": 30, "quarter_to_date": 91, "current": 31}
