"""Measure stored tickets inside one transaction: readings, and the notices that follow from them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from syncd.domain.changes import Change, Withheld, changes, wake_at
from syncd.domain.contract import Contract
from syncd.domain.measure import Measurement
from syncd.domain.native import divergences, natives
from syncd.domain.reading import Reading
from syncd.ports.readings import Contradiction, Measured
from syncd.ports.repositories import StoredTimeline, TicketNo
from syncd.ports.store import Work
from syncd.services.cause import cause_of
from syncd.services.holding import Looked, News, end, hold
from syncd.services.incidents import Together, together
from syncd.services.rules import Rules

UNMEASURABLE = "measure: "
"""How the reason begins for which a ticket that can be mapped is set aside."""


@dataclass(slots=True)
class Assessment:
    """What measuring a batch of tickets came to."""

    measured: int = 0
    told: list[Change] = field(default_factory=list)
    withheld: Counter[Withheld] = field(default_factory=Counter)
    failed: dict[TicketNo, str] = field(default_factory=dict)
    joined: frozenset[TicketNo] = frozenset()
    """Those that links may join to others, which are to be measured again (`Links.mark`)."""


def assess(
    work: Work,
    numbers: Sequence[TicketNo],
    rules: Rules,
    *,
    as_of: datetime,
    from_history: bool = False,
    just_read: bool = False,
) -> Assessment:
    """Measure tickets whose rows this transaction has locked; write their readings, hold what is to be told of them.

    What was told before and is true no more ends. `just_read` says that the source has shown the tickets as they are
    now, so that no breach needs to be confirmed. A ticket that cannot be measured is quarantined, its readings dropped,
    what was told of it stands, and the others go on.
    """
    found = Assessment()
    stored = work.tickets.timelines(numbers)
    before = work.readings.of(numbers)
    contracts = rules.contracts()
    beside = together(work, stored, rules.agreements, as_of=as_of)
    found.joined = frozenset(beside.incidents)
    renewal = work.readings.renewal()
    batch: list[Measured] = []
    news: list[News] = []
    looked_at: list[Looked] = []
    for number in numbers:
        ticket = stored[number]
        try:
            measured, changed = _assess_one(
                ticket,
                beside,
                before.get(number, ()),
                contracts,
                from_history=from_history,
                rules_since=renewal.since if renewal is not None and number > renewal.done else None,
            )
        except Exception as poison:  # noqa: BLE001 - whatever one ticket does must not stop the others (poison rule)
            reason = f"{UNMEASURABLE}{cause_of(poison)}"
            found.failed[number] = reason
            work.quarantine.put(ticket.source, ticket.timeline.id, reason, as_of)
            batch.append(Measured(number, ()))
            continue
        batch.append(measured)
        news.extend(News(number, change) for change in changed)
        looked_at.append(Looked(ticket, measured.readings))
    end(work, looked_at, as_of=as_of)
    told, withheld = hold(work, news, rules, contracts, as_of=as_of, just_read=just_read)
    found.told += told
    found.withheld.update(withheld)
    work.readings.put(batch)
    found.measured = len(batch) - len(found.failed)
    return found


def _assess_one(
    ticket: StoredTimeline,
    beside: Together,
    before: Sequence[Reading],
    contracts: Mapping[str, Contract],
    *,
    from_history: bool,
    rules_since: datetime | None,
) -> tuple[Measured, list[Change]]:
    result = beside.measured(ticket)
    changed = changes(
        before,
        result.readings,
        ticket.believed,
        contracts,
        source_id=ticket.source,
        as_of=beside.as_of,
        from_history=from_history,
        rules_since=rules_since,
    )
    return _measured(ticket, result, as_of=beside.as_of), changed


def _measured(ticket: StoredTimeline, result: Measurement, *, as_of: datetime) -> Measured:
    told = natives(ticket.timeline, as_of=as_of, withdrawn=ticket.withdrawn)
    contradictions = [
        Contradiction(each.reading.contract, each.reading.target, each.native.value)
        for each in (divergences(told, result.readings) if told else ())
    ]
    return Measured(ticket.number, result.readings, result.uncovered, wake_at(result.readings), contradictions)


def measure_stored(work: Work, tickets: Sequence[StoredTimeline], rules: Rules, *, as_of: datetime) -> int:
    """Measure tickets just read and replace their readings, telling nobody; return how many were quarantined.

    Only for a process that is the one writer and measures everything again.
    """
    batch: list[Measured] = []
    failed = 0
    beside = together(work, {ticket.number: ticket for ticket in tickets}, rules.agreements, as_of=as_of)
    for ticket in tickets:
        try:
            result = beside.measured(ticket)
        except Exception as poison:  # noqa: BLE001 - as above
            work.quarantine.put(ticket.source, ticket.timeline.id, f"{UNMEASURABLE}{cause_of(poison)}", as_of)
            batch.append(Measured(ticket.number, ()))
            failed += 1
            continue
        batch.append(_measured(ticket, result, as_of=as_of))
    work.readings.put(batch)
    work.links.mark(beside.incidents)
    return failed
