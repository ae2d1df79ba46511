"""Which targets measure a ticket, and the closed word for why none does."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from syncd.domain import events as e
from syncd.domain.conditions import holds
from syncd.domain.contract import Agreements, Contract, Cover, Target, Vendor
from syncd.domain.history import fold
from syncd.domain.matching import covers, matches, uncovered_reason, under
from syncd.domain.measure import Measurement, measure
from syncd.domain.names import Backlog, Party, Starts
from tests.domain.clock_samples import ACME, a_target, agreed, at, ticket

NOON = 48


def opened(**more: Any) -> e.Opened:
    stated: dict[str, Any] = {"id": "e0", "at": at(0), "by": Party.CUSTOMER, "vendor": ACME, "priority": "P2", **more}
    return e.Opened(**stated)


def a_contract(*targets: Target, start: datetime, observe: datetime | None = None, **terms: Any) -> Contract:
    contract = agreed(*(targets or [a_target()]), **terms).contracts[0]
    revision = replace(
        contract.revisions[0], name=start.isoformat(), effective_from=start, observe_from=observe or start
    )
    return replace(contract, revisions=(revision,))


def why_not(*contracts: Contract, events: list[e.TicketEvent]) -> str | None:
    measured = measure(ticket(events), Agreements(contracts, {}), as_of=at(NOON))
    return None if measured.uncovered is None else measured.uncovered.reason


EARLY = a_contract(start=at(-1000))
LATE = a_contract(start=at(8))
ZETA = a_contract(start=at(-1000), vendor=Vendor("zeta", "Zeta"), id="zeta")
HANDED_OVER_LATER = e.HandedOver(id="h", at=at(20), by=Party.CUSTOMER, to=ACME)


@pytest.mark.parametrize(
    ("contracts", "events", "reason"),
    [
        pytest.param([EARLY], [opened()], None, id="measured"),
        pytest.param([EARLY], [opened(vendor=None)], "no_vendor_told", id="nobody was told"),
        pytest.param([], [opened()], "no_contract_with_vendor", id="no contract at all"),
        pytest.param([ZETA], [opened()], "no_contract_with_vendor", id="a contract with somebody else"),
        pytest.param([LATE], [opened()], "opened_before_contract", id="older than the contract"),
        pytest.param([a_contract(start=at(0))], [opened()], None, id="as old as the contract"),
        pytest.param([LATE], [opened(vendor=None), HANDED_OVER_LATER], "opened_before_contract",
                     id="older than the contract though told under it"),
        pytest.param([replace(LATE, backlog=Backlog.INCLUDED)], [opened()], "opened_before_observe_from",
                     id="a backlog taken on but not observed"),
        pytest.param([a_contract(start=at(8), observe=at(-8), backlog=Backlog.INCLUDED)], [opened()], None,
                     id="a backlog taken on"),
        pytest.param([replace(EARLY, until=at(0), backlog=Backlog.INCLUDED)], [opened()], "no_revision_in_force",
                     id="the contract is over though it took a backlog on"),
        pytest.param([a_contract(start=at(8), observe=at(-8))], [opened(vendor=None), HANDED_OVER_LATER],
                     "opened_before_contract", id="older than the contract though observed"),
        pytest.param([replace(EARLY, until=at(0))], [opened()], "no_revision_in_force", id="the contract is over"),
        pytest.param([replace(EARLY, until=at(1))], [opened()], None, id="the contract is not over yet"),
        pytest.param([a_contract(a_target(starts=Starts.ACKNOWLEDGED), start=at(-8))], [opened()], "not_started",
                     id="not yet acknowledged"),
        pytest.param([a_contract(start=at(-8), observe=at(1))], [opened()], "opened_before_observe_from",
                     id="before observation"),
        pytest.param([a_contract(a_target(when={"service": ("wan",)}), start=at(-8), observe=at(0))], [opened()],
                     "no_target_matches", id="of the first observed instant and yet of no target"),
        pytest.param([a_contract(a_target(when={"service": ("wan",)}), start=at(-8))], [opened()], "no_target_matches",
                     id="no target is about it"),
        pytest.param([LATE, EARLY], [opened()], None, id="one contract of two is enough"),
    ],
)  # fmt: skip
def test_why_a_ticket_is_not_measured(
    contracts: list[Contract], events: list[e.TicketEvent], reason: str | None
) -> None:
    assert why_not(*contracts, events=events) == reason


def test_the_reason_agrees_with_what_matches() -> None:
    history = fold(ticket([opened()]), as_of=at(NOON))
    assert list(matches(history, Agreements([LATE], {}))) == []
    assert uncovered_reason(history, Agreements([LATE], {})) == "opened_before_contract"


def test_a_ticket_not_yet_opened_is_neither_measured_nor_uncovered() -> None:
    assert measure(ticket([opened()]), agreed(a_target()), as_of=at(-1)) == Measurement((), None)


def test_every_contract_and_target_that_matches_measures_in_the_order_given() -> None:
    targets = [a_target(name="first"), a_target(name="second")]
    rules = Agreements((a_contract(*targets, start=at(-8)), replace(EARLY, id="another")), {})
    readings = measure(ticket([opened()]), rules, as_of=at(NOON)).readings
    assert [(reading.contract, reading.target) for reading in readings] == [
        ("acme-msp", "first"), ("acme-msp", "second"), ("another", "fix"),
    ]  # fmt: skip


def test_a_target_that_has_not_started_leaves_the_others_alone() -> None:
    targets = [a_target(name="acknowledged", starts=Starts.ACKNOWLEDGED), a_target(name="told")]
    readings = measure(ticket([opened()]), agreed(*targets), as_of=at(NOON)).readings
    assert [reading.target for reading in readings] == ["told"]


WANTS_WAN = (Cover("desk", {"service": ("wan",)}),)
TO_WAN = e.AttributeChanged(id="a", at=at(30), name="service", to="wan")


@pytest.mark.parametrize(
    ("covered", "until", "events", "found"),
    [
        pytest.param((Cover("desk"),), None, [opened()], True, id="of its source"),
        pytest.param((Cover("mail"),), None, [opened()], False, id="of another source"),
        pytest.param(WANTS_WAN, None, [opened(attributes={"service": "wan"})], True, id="as it was opened"),
        pytest.param(WANTS_WAN, None, [opened()], False, id="never as it should be"),
        pytest.param(WANTS_WAN, None, [opened(), TO_WAN], True, id="as it stands at the date"),
        pytest.param(WANTS_WAN, None, [opened(at=at(50)), replace(TO_WAN, at=at(50))], True,
                     id="as it stands at a later start"),
        pytest.param(WANTS_WAN, None, [opened(), replace(TO_WAN, at=at(41))], False, id="not as it stands later"),
        pytest.param((Cover("desk"),), at(1), [opened()], True, id="begun before the contract's end"),
        pytest.param((Cover("desk"),), at(0), [opened()], False, id="begun at the contract's end"),
        pytest.param((Cover("mail"),), at(1), [opened()], False, id="of another source before the contract's end"),
    ],
)  # fmt: skip
def test_a_revision_would_measure_a_ticket(
    covered: tuple[Cover, ...], until: datetime | None, events: list[e.TicketEvent], found: bool
) -> None:
    contract = agreed(a_target(), until=until).contracts[0]
    later = replace(contract.revisions[0], name="later", effective_from=at(40), covers=covered)
    history = fold(ticket(events), as_of=at(100))
    assert [each.revision.name for each in under(history, contract, later, ())] == ["later"] * found


def test_each_target_finds_the_revision_of_its_own_start() -> None:
    """Created under the first revision and told under the second: two targets, two revisions."""
    targets = (a_target(name="created", starts=Starts.CREATED), a_target(name="told"))
    first = agreed(*targets).contracts[0].revisions[0]
    second = replace(first, name="second", effective_from=at(10))
    rules = agreed(revisions=(first, second))
    readings = measure(ticket([opened(vendor=None), HANDED_OVER_LATER]), rules, as_of=at(NOON)).readings
    assert [(reading.revision, reading.target) for reading in readings] == [
        ("2020-01-01", "created"),
        ("second", "told"),
    ]


def test_a_target_that_an_earlier_revision_started_leaves_the_others_of_the_later_one_alone() -> None:
    """`kept` starts anew under the second revision's policy, which is passed over; `added` is that revision's own."""
    kept = a_target(name="kept", starts=Starts.CREATED)
    first = agreed(kept).contracts[0].revisions[0]
    targets = (replace(kept, starts=Starts.VENDOR_NOTIFIED), a_target(name="added"))
    second = replace(first, name="second", effective_from=at(10), targets=targets)
    rules = agreed(revisions=(first, second))
    readings = measure(ticket([opened(vendor=None), HANDED_OVER_LATER]), rules, as_of=at(NOON)).readings
    assert [(reading.revision, reading.target) for reading in readings] == [
        ("2020-01-01", "kept"),
        ("second", "added"),
    ]


@pytest.mark.parametrize(
    ("events", "vendor"),
    [
        pytest.param([opened(vendor=None)], None, id="nobody"),
        pytest.param([opened()], ACME, id="the one told"),
        pytest.param([opened(), e.HandedOver(id="h", at=at(1), by=Party.CUSTOMER, to="zeta")], "zeta", id="the holder"),
        pytest.param(
            [opened(), e.HandedOver(id="h", at=at(1), by=Party.CUSTOMER, to="us")], ACME, id="the last holder"
        ),
    ],
)
def test_an_uncovered_ticket_names_the_vendor(events: list[e.TicketEvent], vendor: str | None) -> None:
    uncovered = measure(ticket(events), Agreements((), {}), as_of=at(NOON)).uncovered
    assert uncovered is not None
    assert uncovered.vendor == vendor


WAN = {"service": "wan", "group": "noc"}


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        pytest.param({}, True, id="none at all"),
        pytest.param({"service": ("wan",)}, True, id="one that holds"),
        pytest.param({"service": ("lan", "wan")}, True, id="one of several values"),
        pytest.param({"service": ("lan",)}, False, id="another value"),
        pytest.param({"service": ("wan",), "group": ("desk",)}, False, id="one of two holds"),
        pytest.param({"site": ("pune",)}, False, id="an attribute that is not there"),
    ],
)
def test_conditions(conditions: dict[str, tuple[str, ...]], met: bool) -> None:
    assert holds(conditions, WAN) is met
    assert covers((Cover("desk", conditions),), "desk", WAN) is met
    assert covers((Cover("elsewhere", conditions),), "desk", WAN) is False


def test_attributes_are_those_after_all_events_of_an_instant() -> None:
    history = fold(
        ticket([
            opened(attributes={"service": "lan", "site": "pune"}),
            e.AttributeChanged(id="a", at=at(0), name="service", to="wan"),
            e.AttributeChanged(id="b", at=at(0), name="site", to=None),
            e.AttributeChanged(id="c", at=at(1), name="service", to="voice"),
        ]),
        as_of=at(NOON),
    )  # fmt: skip
    assert history.attributes_at(history.moments[0].at) == {"service": "wan"}
    assert history.attributes_at(history.moments[-1].at) == {"service": "voice"}
