"""Which contract's targets a ticket falls under, and why none does."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from syncd.domain.contract import Agreements, Conditions, Contract, Cover, Revision, Target
from syncd.domain.history import History
from syncd.domain.instant import from_us
from syncd.domain.names import Backlog, Starts
from syncd.domain.runs import Start, start_of


class Match(NamedTuple):
    """A target that measures a ticket, and when its clock starts."""

    contract: Contract
    revision: Revision
    target: Target
    start: Start


class _Begun(NamedTuple):
    """Where clocks of one start policy begin on a ticket, what conditions read, and the revision in force then.

    `covered` says whether that revision is about the ticket.
    """

    start: Start
    attributes: Mapping[str, str]
    revision: Revision | None
    covered: bool


def matches(history: History, agreements: Agreements) -> Iterator[Match]:
    """Yield every target whose clock runs on a ticket, contracts and targets in the order given.

    The revision is the one in force when the target's clock starts; conditions are read after all events stamped then.
    """
    opened = history.moments[0].event.at
    for contract in agreements.contracts:
        if contract.vendor.id not in history.told or not _in_time(contract, history):
            continue
        known: dict[Starts, _Begun | None] = {}
        for revision in contract.revisions:
            if opened < revision.observe_from:
                continue
            for target in revision.targets:
                if target.starts not in known:
                    known[target.starts] = _begun(history, contract, target.starts)
                begun = known[target.starts]
                if begun is None or begun.revision is not revision:
                    continue
                if begun.covered and holds(target.when, begun.attributes):
                    yield Match(contract, revision, target, begun.start)


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
    found = [
        (revision, begun)
        for contract in contracts
        for revision in contract.revisions
        for starts in dict.fromkeys(target.starts for target in revision.targets)
        if (begun := _begun(history, contract, starts)) is not None
    ]
    if not found:
        return "not_started"
    found = [(revision, begun) for revision, begun in found if begun.revision is revision]
    if not found:
        return "no_revision_in_force"
    if all(history.moments[0].event.at < revision.observe_from for revision, _ in found):
        return "opened_before_observe_from"
    if not any(begun.covered for _, begun in found):
        return "not_in_covers"
    return "no_target_matches"


def covers(found: tuple[Cover, ...], source: str, attributes: Mapping[str, str]) -> bool:
    """Whether a revision is about tickets of a source with these attributes."""
    return any(cover.source == source and holds(cover.attributes, attributes) for cover in found)


def holds(conditions: Conditions, attributes: Mapping[str, str]) -> bool:
    """Whether every condition is met; an attribute that is absent meets none."""
    return not conditions or all(attributes.get(name) in values for name, values in conditions.items())


def _in_time(contract: Contract, history: History) -> bool:
    """Whether the ticket is not of the time before the contract, or the contract takes such tickets on."""
    if contract.backlog is Backlog.INCLUDED:
        return True
    return history.moments[0].event.at >= contract.revisions[0].effective_from


def _begun(history: History, contract: Contract, starts: Starts) -> _Begun | None:
    start = start_of(history, starts, contract.vendor.id)
    if start is None:
        return None
    attributes = history.attributes_at(start.at)
    revision = _governing(contract, from_us(start.at))
    covered = revision is not None and covers(revision.covers, history.timeline.source, attributes)
    return _Begun(start, attributes, revision, covered)


def _governing(contract: Contract, instant: datetime) -> Revision | None:
    found = contract.revision_at(instant)
    if found is None and contract.backlog is Backlog.INCLUDED and instant < contract.revisions[0].effective_from:
        return contract.revisions[0]
    return found
