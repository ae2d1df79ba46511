"""Tickets on which the engine and the reference once differed, as small as they come."""

from dataclasses import replace
from typing import Any

import pytest

from syncd.domain import events as e
from syncd.domain.contract import Agreements, Cover, Exclusion, Maintenance, Target
from syncd.domain.duration import Counted, WorkingDays
from syncd.domain.names import (
    Awaiting,
    Children,
    LinkRole,
    Metric,
    Party,
    Phase,
    PriorityChange,
    Reopen,
    Stops,
    Transition,
)
from tests.domain.clock_reference_compare import compare, compare_ledgers
from tests.domain.clock_samples import ACME, OFFICE, QUARTER_US, ROUND_THE_CLOCK, a_target, agreed, at, ticket

PLANNED = (Maintenance(start=at(5), end=at(7)),)
EIGHT, SIX, FORTY = ({"default": Counted(quarters * QUARTER_US)} for quarters in (8, 6, 40))


def opened(**more: Any) -> e.Opened:
    stated: dict[str, Any] = {"id": "e0", "at": at(0), "by": Party.CUSTOMER, "vendor": ACME, "priority": "P2", **more}
    return e.Opened(**stated)


def amended(old: Target, new: Target, date: int, transition: Transition, service: str | None = None) -> Agreements:
    contract = agreed(old, anchor=2).contracts[0]
    covers = (Cover("desk", {} if service is None else {"service": (service,)}),)
    later = replace(contract.revisions[0], name="later", effective_from=at(date), targets=(new,), covers=covers)
    revisions = (*contract.revisions, replace(later, transition=transition))
    return Agreements((replace(contract, revisions=revisions),), {})


def test_an_updates_goal_is_that_of_its_first_priority_also_where_the_last_one_decides_others() -> None:
    changed = e.PriorityChanged(id="e1", at=at(2), by=Party.VENDOR, to="P1")
    target = a_target(metric=Metric.UPDATE, priority_change=PriorityChange.RETROACTIVE)
    compare(ticket([opened(), changed]), agreed(target), at(40))


@pytest.mark.parametrize("new", [{"goals": SIX}, {"goals": FORTY}, {"calendars": {"default": OFFICE}}])
@pytest.mark.parametrize("metric", [Metric.UPDATE, Metric.RESOLUTION])
def test_an_open_cycle_goes_on_with_the_new_terms(metric: Metric, new: dict[str, Any]) -> None:
    old = a_target(metric=metric, goals=EIGHT)
    for now in (8, 9, 40):
        compare(ticket([opened()]), amended(old, replace(old, **new), 7, Transition.RUNNING_FROM_DATE), at(now))


def test_maintenance_pauses_also_what_is_read_under_the_amending_revision() -> None:
    agreements = amended(a_target(), a_target(goals=EIGHT), 8, Transition.WHOLE_PERIOD)
    planned = replace(agreements.contracts[0], maintenance=PLANNED)
    compare(ticket([opened()]), replace(agreements, contracts=(planned,)), at(10))


@pytest.mark.parametrize("service", ["wan", "lan"])
@pytest.mark.parametrize("transition", [Transition.RUNNING_FROM_DATE, Transition.WHOLE_PERIOD])
def test_an_amendment_covers_a_ticket_as_its_attributes_stand_at_its_date(transition: Transition, service: str) -> None:
    moved = e.AttributeChanged(id="e1", at=at(4), by=Party.CUSTOMER, name="service", to="wan")
    timeline = ticket([opened(attributes={"service": "lan"}), moved])
    for date in (3, 4, 8):
        compare(timeline, amended(a_target(goals=EIGHT), a_target(goals=FORTY), date, transition, service), at(10))


def test_a_merge_before_the_appointment_finds_no_open_cycle() -> None:
    merge = e.Absorbed(id="e1", at=at(4), by=Party.VENDOR, source_ticket="T-9", started_at=at(2), priority="P2")
    timeline = ticket([opened(attributes={"wanted": at(8).isoformat()}), merge])
    compare(timeline, agreed(a_target(not_before="wanted")), at(12))


@pytest.mark.parametrize("children", [Children.WITH_PARENT, Children.EXCLUDED])
def test_a_later_link_cancels_a_cycle_that_had_missed_and_leaves_it_missed(children: Children) -> None:
    link = e.Linked(id="e1", at=at(12), by=Party.VENDOR, to="T-7", role=LinkRole.PARENT)
    target = a_target(goals=EIGHT, children=children)
    for now in (12, 20):
        compare(ticket([opened(), link]), agreed(target), at(now))


def test_a_second_merge_counts_from_the_start_that_the_first_one_brought() -> None:
    stated: dict[str, Any] = {"by": Party.VENDOR, "source_ticket": "T-9"}
    first = e.Absorbed(id="e1", at=at(4), started_at=at(-8), priority=None, **stated)
    second = e.Absorbed(id="e2", at=at(6), started_at=at(2), priority="P1", **stated)
    compare(ticket([opened(), first, second]), agreed(a_target(goals=FORTY)), at(10))


def test_each_merge_adds_a_promise_and_the_one_due_first_binds() -> None:
    stated: dict[str, Any] = {"by": Party.VENDOR, "source_ticket": "T-9", "priority": "P2"}
    first = e.Absorbed(id="e1", at=at(4), started_at=at(-8), **stated)
    second = e.Absorbed(id="e2", at=at(100), started_at=at(-20), **stated)
    target = a_target(goals={"default": WorkingDays(1)}, calendars={"default": OFFICE})
    compare(ticket([opened(), first, second]), agreed(target), at(110))


def test_grace_without_a_promise_is_counted_on_the_calendar_that_the_attribute_chose() -> None:
    events: list[e.TicketEvent] = [
        opened(priority=None, attributes={"site": "pune"}),
        e.PhaseChanged(id="e1", at=at(4), by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY),
        e.PhaseChanged(id="e2", at=at(30), by=Party.CUSTOMER, to=Phase.ACTIVE, awaiting=Awaiting.VENDOR),
    ]
    target = a_target(calendar_by="site", calendars={"default": OFFICE, "pune": ROUND_THE_CLOCK})
    compare(ticket(events), agreed(replace(target, reopen_grace=Counted(8 * QUARTER_US))), at(40))


def test_a_priority_that_comes_during_maintenance_makes_its_promise() -> None:
    changed = e.PriorityChanged(id="e1", at=at(6), by=Party.VENDOR, to="P2")
    terms: dict[str, Any] = {"goals": {"P2": Counted(8 * QUARTER_US)}, "priority_change": PriorityChange.HIGHEST_EVER}
    compare(ticket([opened(priority="P1"), changed]), agreed(a_target(**terms), maintenance=PLANNED), at(10))


def test_without_an_excluded_span_maintenance_inside_it_is_a_pause_still() -> None:
    agreements = agreed(a_target(goals=SIX), maintenance=PLANNED)
    span = Exclusion(
        id="x", contract="acme-msp", clause="7", author="a", approver="b", evidence="e", start=at(4), end=at(8)
    )
    compare(ticket([opened()]), replace(agreements, exclusions=(span,)), at(12))


def test_a_link_cancels_also_a_cycle_whose_resolve_waits_for_its_confirmation() -> None:
    resolved = e.PhaseChanged(id="e1", at=at(2), by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)
    link = e.Linked(id="e2", at=at(4), by=Party.VENDOR, to="T-7", role=LinkRole.PARENT)
    target = a_target(stops=Stops.CLOSED, confirm_within=Counted(8 * QUARTER_US), children=Children.EXCLUDED)
    for now in (5, 20):
        compare(ticket([opened(), resolved, link]), agreed(target), at(now))


def test_maintenance_is_excluded_time_also_while_the_ticket_is_resolved() -> None:
    resolved = e.PhaseChanged(id="e1", at=at(4), by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)
    again = e.PhaseChanged(id="e2", at=at(9), by=Party.CUSTOMER, to=Phase.ACTIVE, awaiting=Awaiting.VENDOR)
    agreements = agreed(a_target(reopen=Reopen.RESUME), maintenance=PLANNED)
    compare_ledgers(ticket([opened(), resolved, again]), agreements, at(12))
