"""Which contract's targets a ticket falls under, and why none does."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from syncd.domain.contract import Agreements, Conditions, Contract, Cover, Revision, Target
from syncd.domain.history import History
from syncd.domain.instant import from_us
from syncd.domain.names import Backlog
from syncd.domain.runs import Start, start_of


class Match(NamedTuple):
    """A target that measures a ticket, and when its clock starts."""

    contract: Contract
    revision: Revision
    target: Target
    start: Start


def matches(history: History, agreements: Agreements) -> Iterator[Match]:
    """Yield every target whose clock runs on a ticket, contracts and targets in the order given.

    The revision is the one in force when the target's clock starts; conditions are read after all events stamped then.
    """
    opened = from_us(history.moments[0].at)
    for contract in agreements.contracts:
        if contract.vendor.id not in history.told or not _in_time(contract, history):
            continue
        for revision in contract.revisions:
            if opened < revision.observe_from:
                continue
            for target in revision.targets:
                start = start_of(history, target, contract.vendor.id)
                if start is None or _governing(contract, start) is not revision:
                    continue
                attributes = history.attributes_at(start.at)
                if covers(revision.covers, history.timeline.source, attributes) and holds(target.when, attributes):
                    yield Match(contract, revision, target, start)


def uncovered_reason(history: History, agreements: Agreements) -> str:
    """Return why no target measures a ticket, as a closed word."""
    if not history.told:
        return "no_vendor_told"
    contracts = [contract for contract in agreements.contracts if contract.vendor.id in history.told]
    if not contracts:
        return "no_contract_with_vendor"
    contracts = [contract for contract in contracts if _in_time(contract, history)]
    if not contracts:
        return "opened_before_contract"
    governed = [
        (revision, target, start)
        for contract in contracts
        for revision in contract.revisions
        for target in revision.targets
        if (start := start_of(history, target, contract.vendor.id)) is not None
        and _governing(contract, start) is revision
    ]
    if not governed:
        return "no_revision_in_force"
    opened = from_us(history.moments[0].at)
    if all(opened < revision.observe_from for revision, _, _ in governed):
        return "opened_before_observe_from"
    source = history.timeline.source
    if not any(covers(revision.covers, source, history.attributes_at(start.at)) for revision, _, start in governed):
        return "not_in_covers"
    return "no_target_matches"


def covers(found: tuple[Cover, ...], source: str, attributes: Mapping[str, str]) -> bool:
    """Whether a revision is about tickets of a source with these attributes."""
    return any(cover.source == source and holds(cover.attributes, attributes) for cover in found)


def holds(conditions: Conditions, attributes: Mapping[str, str]) -> bool:
    """Whether every condition is met; an attribute that is absent meets none."""
    return all(attributes.get(name) in values for name, values in conditions.items())


def _in_time(contract: Contract, history: History) -> bool:
    """Whether the ticket is not of the time before the contract, or the contract takes such tickets on."""
    first = contract.revisions[0].effective_from
    return contract.backlog is Backlog.INCLUDED or from_us(history.moments[0].at) >= first


def _governing(contract: Contract, start: Start) -> Revision | None:
    instant = from_us(start.at)
    found = contract.revision_at(instant)
    if found is None and contract.backlog is Backlog.INCLUDED and instant < contract.revisions[0].effective_from:
        return contract.revisions[0]
    return found
