"""What a contract makes of a clock, by brute force: which revision governs it, what was excluded, what amended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from syncd.domain.contract import Agreements, Contract, Cover, Exclusion, Revision, Target
from syncd.domain.names import Backlog, Children, Party, Transition
from syncd.domain.timeline import Timeline
from tests.domain.clock_reference import expected, start_of
from tests.domain.clock_reference_case import Amendment, Case, about, appointment
from tests.domain.clock_reference_grid import instant_of, slot
from tests.domain.clock_reference_state import Evidence, meets, standing, states_of
from tests.domain.clock_reference_verdict import Judged, Verdict


class Told(NamedTuple):
    """A clock's cycles, flags of the clock itself that the design names, and which pauses lacked evidence."""

    verdicts: list[Verdict]
    flags: set[str]
    evidence: Evidence
    judged: list[Judged]


def told(timeline: Timeline, agreements: Agreements, name: str, as_of: datetime) -> Told | None:
    """One target of one contract on one ticket; None where no revision in force at its start has it.

    Unknown actors are measured twice, all as vendor and all as customer.
    """
    if not any(event.by is Party.UNKNOWN and event.at <= as_of for event in timeline.events):
        return _told(timeline, agreements, name, as_of)
    one, other = (_told(acted(timeline, party), agreements, name, as_of) for party in (Party.VENDOR, Party.CUSTOMER))
    if one is None:
        return None
    mine, yours = one.verdicts, [] if other is None else other.verdicts
    if len(mine) != len(yours):
        longer = one if other is None or len(mine) > len(yours) else other
        doubted = [_actor_unknown(cycle, "unverifiable") for cycle in longer.verdicts]
        return one._replace(verdicts=doubted, judged=longer.judged)
    return one._replace(
        verdicts=[
            _actor_unknown(cycle, cycle.verdict if cycle.verdict == theirs.verdict else "unverifiable")
            for cycle, theirs in zip(mine, yours, strict=True)
        ]
    )


def acted(timeline: Timeline, party: Party) -> Timeline:
    """The ticket as if everybody unknown had been of one party."""
    events = [replace(event, by=party) if event.by is Party.UNKNOWN else event for event in timeline.events]
    return replace(timeline, events=tuple(events))


def _actor_unknown(cycle: Verdict, verdict: str) -> Verdict:
    return cycle._replace(verdict=verdict, flags=(*cycle.flags, "unknown_actor"))


def _told(timeline: Timeline, agreements: Agreements, name: str, as_of: datetime) -> Told | None:
    (contract,) = agreements.contracts
    opened = timeline.events[0].at
    if contract.backlog is Backlog.EXCLUDED and opened < contract.revisions[0].effective_from:
        return None
    exclusions = [of for of in agreements.exclusions if about(of, timeline, contract, name)]
    spans = [of for of in exclusions if of.start is not None]
    whole = any(of.start is None for of in exclusions)
    found = _amended(timeline, contract, name, as_of, spans)
    if found is None:
        return None
    plain = {cycle.started_by: cycle for cycle in (_amended(timeline, contract, name, as_of, ()) or found).verdicts}
    verdicts = []
    for cycle in found.verdicts:
        raw = plain.get(cycle.started_by, cycle)
        adjusted = cycle
        if whole:  # a ticket excluded whole has verdict `excluded`, also where it was missed
            adjusted = cycle._replace(verdict="excluded", flags=(*cycle.flags, "exclusion"))
        when = "excluded_when" in cycle.flags
        if whole or when or _weighed(raw, contract) != _weighed(adjusted, contract):
            adjusted = adjusted._replace(raw=raw.raw or (raw.verdict, raw.elapsed))
        verdicts.append(adjusted)
    return found._replace(verdicts=verdicts)


def _weighed(cycle: Verdict, contract: Contract) -> tuple[str, datetime | None, int]:
    """Verdict, period and elapsed: a met cycle is of the period of its stop, a missed one of that of its breach."""
    at = {"met": cycle.stopped_at, "missed": cycle.breached_at}.get(cycle.verdict)
    return cycle.verdict, None if at is None else period_of(contract, instant_of(at))[0], cycle.elapsed


def _target(revision: Revision, name: str, like: Target | None = None) -> Target | None:
    named = [of for of in revision.targets if of.name == name and (like is None or of.metric is like.metric)]
    return named[0] if named else None


def _in_force(contract: Contract, instant: datetime) -> Revision | None:
    """An included backlog is governed by the first revision from before its date on."""
    first = contract.revisions[0]
    if contract.backlog is Backlog.INCLUDED and instant < first.effective_from:
        return first
    return contract.revision_at(instant)


def _covers(covers: Sequence[Cover], timeline: Timeline, case: Case, at: int) -> bool:
    attributes = standing(case.states, at).attributes
    return any(of.source == timeline.source and meets(attributes, of.attributes) for of in covers)


def _amended(
    timeline: Timeline, contract: Contract, name: str, as_of: datetime, spans: Sequence[Exclusion]
) -> Told | None:
    """The clock under the revision in force at its start, as later revisions amend it."""
    for place, revision in enumerate(contract.revisions):
        target = _target(revision, name)
        if target is None:
            continue
        case, _ = _case(timeline, contract, target, as_of, spans)
        start = start_of(case)
        if start is None or _in_force(contract, instant_of(start[2])) is not revision:
            continue
        if timeline.events[0].at < revision.observe_from:
            return None
        if not _covers(revision.covers, timeline, case, start[2]):
            return None
        later = [
            of
            for of in contract.revisions[place + 1 :]
            if _target(of, name, target) and _covers(of.covers, timeline, case, slot(of.effective_from))
        ]
        dated = []
        for of in later:
            amending = _target(of, name, target)
            assert amending is not None
            # A date still to come is no part of a projection.
            if of.transition is Transition.RUNNING_FROM_DATE and of.effective_from <= as_of:
                dated.append(Amendment(slot(of.effective_from), of.name, amending))
        found = _read(timeline, contract, target, as_of, spans, dated)
        for of in later:
            if of.transition is Transition.WHOLE_PERIOD:
                amending = _target(of, name, target)
                assert amending is not None
                other = _read(timeline, contract, amending, as_of, spans, [])
                found = _whole_period(found, other, of, contract, as_of)
        return found
    return None


def _case(
    timeline: Timeline, contract: Contract, target: Target, as_of: datetime, spans: Sequence[Exclusion]
) -> tuple[Case, Evidence]:
    now = slot(as_of)
    states, evidence = states_of(timeline, target, contract.vendor.id, now)
    return Case(target, contract.vendor.id, now, states, contract, spans), evidence


def _read(
    timeline: Timeline, contract: Contract, target: Target, as_of: datetime,
    spans: Sequence[Exclusion], dated: Sequence[Amendment],
) -> Told:  # fmt: skip
    case, evidence = _case(timeline, contract, target, as_of, spans)
    case = replace(case, amendments=dated)
    judged = expected(case)
    flags: set[str] = set()
    start = start_of(case)
    if target.not_before and start is not None and start[2] > case.now:
        flags.add("not_before")  # until the appointment the clock has no cycle
    links = [state.at for state in case.states if state.makes_child]
    if start and target.children is Children.WITH_PARENT and links and not judged and links[0] <= start[2] <= case.now:
        flags.add("with_parent")
    verdicts = []
    for one in judged:
        cycle = one.described()
        decided = cycle.stage == "completed" and cycle.verdict in ("met", "missed")
        if decided and target.excluded_when and meets(case.states[-1].attributes, target.excluded_when):
            # While the attributes as of `as_of` meet all; what it would have been stays beside it.
            raw = (cycle.verdict, cycle.elapsed)
            cycle = cycle._replace(verdict="excluded", flags=(*cycle.flags, "excluded_when"), raw=raw)
        until = case.now if one.life.ended_at is None else one.life.ended_at
        if any(one.life.started_at <= began <= until for began in evidence.provisional):
            cycle = cycle._replace(flags=(*cycle.flags, "provisional_pause"))
        if target.not_before and start is not None and cycle.number == 1:
            at = standing(case.states, start[2])
            if target.not_before in at.attributes and appointment(at, case) is None:
                flags.add("not_before_unreadable")
        verdicts.append(cycle)
    return Told(verdicts, flags, evidence, judged)


def _whole_period(old: Told, new: Told, revision: Revision, contract: Contract, as_of: datetime) -> Told:
    """With [p, q) the period that holds the date, a cycle is read under the amending revision if neither reading is
    decided before p, and either is decided before q or `as_of` is; not so before p."""
    p, q = (slot(edge) for edge in period_of(contract, revision.effective_from))
    now = slot(as_of)
    others = {cycle.started_by: place for place, cycle in enumerate(new.verdicts)}
    verdicts, judged = [], []
    for place, cycle in enumerate(old.verdicts):
        other = others.get(cycle.started_by)
        verdicts.append(cycle)
        judged.append(old.judged[place])
        if other is None or now < p:
            continue
        at = [_decided(cycle), _decided(new.verdicts[other])]
        before_q = now < q or any(when is not None and when < q for when in at)
        if before_q and not any(when is not None and when < p for when in at):
            verdicts[-1] = new.verdicts[other]._replace(revision=revision.name)
            judged[-1] = new.judged[other]
    return old._replace(verdicts=verdicts, judged=judged)


def _decided(cycle: Verdict) -> int | None:
    """The instant of the miss, else of the stop."""
    return cycle.breached_at if cycle.breached_at is not None else cycle.stopped_at


def period_of(contract: Contract, instant: datetime) -> tuple[datetime, datetime]:
    """The contract month that holds an instant: from its anchor's local midnight to the next one's."""
    zone = ZoneInfo(contract.time_zone)
    day = instant.astimezone(zone).date()
    first = day
    while first.day != contract.anchor:
        first -= timedelta(days=1)
    after = first + timedelta(days=1)
    while after.day != contract.anchor:
        after += timedelta(days=1)
    begin, end = (datetime(of.year, of.month, of.day, tzinfo=zone).astimezone(UTC) for of in (first, after))
    return begin, end
