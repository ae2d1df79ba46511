"""Which contract's targets a ticket falls under, and why none does."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from syncd.domain.breaks import Break, breaks_of
from syncd.domain.conditions import holds
from syncd.domain.contract import Agreements, Contract, Cover, Exclusion, Revision, Target
from syncd.domain.history import History, Values
from syncd.domain.instant import from_us, to_us
from syncd.domain.names import Backlog, Starts, Transition
from syncd.domain.start import Start, appointed, start_of
from syncd.domain.terms import amended

NO_SITES: Mapping[str, Values] = MappingProxyType({})

# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_INCLUDED = Backlog.INCLUDED


class Amendment(NamedTuple):
    """A later revision whose goals and calendars a running clock takes on from `at`, in microseconds."""

    at: int
    revision: Revision
    target: Target


class Match(NamedTuple):
    """A target that measures a ticket, and when its clock starts: in the future where an appointment is awaited.

    `amendments` are in order and include those to come. `breaks` are spans in which the clock stands still. `sites`
    hold the attributes by which calendars are chosen.
    """

    contract: Contract
    revision: Revision
    target: Target
    start: Start
    flags: tuple[str, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    breaks: tuple[Break, ...] = ()
    sites: Mapping[str, Values] = NO_SITES


class _Begun(NamedTuple):
    """Where clocks of one start policy begin on a ticket, what conditions read, and the revision in force then.

    `covered` says whether that revision is about the ticket.
    """

    start: Start
    flags: tuple[str, ...]
    attributes: Mapping[str, str]
    revision: Revision | None
    covered: bool


def matches(history: History, agreements: Agreements) -> Iterator[Match]:
    """Yield every target whose clock runs on a ticket, contracts and targets in the order given.

    The revision is the one in force when the target's clock starts; conditions are read after all events stamped then.
    Where revisions let one target start at different events, the first start makes its only clock.
    """
    for contract in agreements.contracts:
        if contract.vendor.id not in history.told or not _in_time(contract, history):
            continue
        known: dict[tuple[Starts, str | None], _Begun | None] = {}
        running: set[str] = set()
        for revision in contract.revisions:
            for match in _of_revision(history, contract, revision, known, always=False):
                if match.target.name in running:
                    continue  # another start of a later revision; a target is one clock
                running.add(match.target.name)
                if agreements.exclusions or contract.maintenance:
                    breaks = breaks_of(history, contract, match.target, agreements.exclusions)
                    yield match._replace(breaks=breaks)
                else:
                    yield match


def under(history: History, contract: Contract, revision: Revision, exclusions: Sequence[Exclusion]) -> list[Match]:
    """Return the targets of one revision that would measure a ticket, were that revision in force at every start.

    It is about the ticket if it covers it as its attributes stand at the revision's date, or at a later start.
    """
    if contract.vendor.id not in history.told or not _in_time(contract, history):
        return []
    found = _of_revision(history, contract, revision, {}, always=True)
    if not exclusions and not contract.maintenance:
        return found
    return [each._replace(breaks=breaks_of(history, contract, each.target, exclusions)) for each in found]


def _of_revision(
    history: History,
    contract: Contract,
    revision: Revision,
    known: dict[tuple[Starts, str | None], _Begun | None],
    *,
    always: bool,
) -> list[Match]:
    found: list[Match] = []
    if history.moments[0].event.at < revision.observe_from:
        return found
    for target in revision.targets:
        policy = (target.starts, target.not_before)
        if policy not in known:
            known[policy] = _begun(history, contract, *policy)
        begun = known[policy]
        if begun is None:
            continue
        if always:
            in_force = contract.until is None or begun.start.at < to_us(contract.until)
            attributes = history.attributes_at(max(begun.start.at, to_us(revision.effective_from)))
            covered = in_force and covers(revision.covers, history.timeline.source, attributes)
        else:
            covered = begun.covered and begun.revision is revision
        if covered and (not target.when or holds(target.when, begun.attributes)):
            later = () if len(contract.revisions) == 1 else _amendments(history, contract, revision, target)
            match = Match(contract, revision, target, begun.start, begun.flags, later)
            if target.calendar_by is not None or later:
                names = {each.calendar_by for each in (target, *(each.target for each in later))}
                match = match._replace(sites={name: history.values_of(name) for name in names if name is not None})
            found.append(match)
    return found


def _amendments(history: History, contract: Contract, revision: Revision, target: Target) -> tuple[Amendment, ...]:
    """The later revisions that clocks of a target go on by once they are in force."""
    found = []
    for later in contract.revisions:
        if later.transition is not Transition.RUNNING_FROM_DATE or later.effective_from <= revision.effective_from:
            continue
        attributes = history.attributes_at(to_us(later.effective_from))
        if covers(later.covers, history.timeline.source, attributes):
            same = (each for each in later.targets if each.name == target.name and each.metric is target.metric)
            found += [Amendment(to_us(later.effective_from), later, amended(target, each)) for each in same]
    return tuple(found)


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
        for policy in dict.fromkeys((target.starts, target.not_before) for target in revision.targets)
        if (begun := _begun(history, contract, *policy)) is not None
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
    for cover in found:
        if cover.source == source and (not cover.attributes or holds(cover.attributes, attributes)):
            return True
    return False


def _in_time(contract: Contract, history: History) -> bool:
    """Whether the ticket is not of the time before the contract, or the contract takes such tickets on."""
    if contract.backlog is _INCLUDED:
        return True
    return history.moments[0].event.at >= contract.revisions[0].effective_from


def _begun(history: History, contract: Contract, starts: Starts, not_before: str | None) -> _Begun | None:
    start = start_of(history, starts, contract.vendor.id)
    if start is None:
        return None
    flags: tuple[str, ...] = ()
    if not_before is not None:
        start, flags = appointed(history, start, not_before, contract.time_zone)
    attributes = history.attributes_at(start.at)
    revision = _governing(contract, from_us(start.at))
    covered = revision is not None and covers(revision.covers, history.timeline.source, attributes)
    return _Begun(start, flags, attributes, revision, covered)


def _governing(contract: Contract, instant: datetime) -> Revision | None:
    found = contract.revision_at(instant)
    if found is None and contract.backlog is _INCLUDED and instant < contract.revisions[0].effective_from:
        return contract.revisions[0]
    return found
