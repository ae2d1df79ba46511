"""Hold what is to be told of tickets, and end what is true of them no more, in the transaction that measured them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from syncd.domain.changes import Change, Withheld
from syncd.domain.contract import Contract
from syncd.domain.events import Gone
from syncd.domain.notice import OF_CLOCKS, Notice, Step
from syncd.domain.reading import Reading
from syncd.domain.recovery import ended_at, recovered
from syncd.ports.repositories import StoredTimeline, TicketNo
from syncd.ports.store import Work
from syncd.services.rules import Rules

RECHECK_LEAD = timedelta(minutes=2)
"""How long before its deadline a ticket is read once more."""

UNCONFIRMED_AFTER = timedelta(seconds=60)
"""How long a breach waits for that; then it leaves, marked as unconfirmed."""

_DIGESTED = frozenset({Withheld.TOO_OLD})
"""Withheld from pages, not from digests."""


class News(NamedTuple):
    """Something that became true of a ticket."""

    ticket: TicketNo
    change: Change


class Looked(NamedTuple):
    """A ticket and what its clocks say now."""

    ticket: StoredTimeline
    readings: Sequence[Reading]


def hold(
    work: Work,
    news: Sequence[News],
    rules: Rules,
    contracts: Mapping[str, Contract],
    *,
    as_of: datetime,
    just_read: bool,
) -> tuple[list[Change], Counter[Withheld]]:
    """Hold what is to be told, and keep the keys of what is not, so that it never is; return both."""
    told: list[Change] = []
    withheld = Counter(change.withheld for _, change in news if change.withheld is not None)
    muted = [each.change.notice for each in news if each.change.withheld not in {None, *_DIGESTED}]
    read = work.rechecks.read_at({each.ticket for each in news}) if news and rules.rechecked and not just_read else {}
    for ticket, change in news:
        if change.withheld not in {None, *_DIGESTED}:
            continue
        notice = replace(change.notice, explain_url=explain_url(rules, change.notice))
        channels = rules.channels_for(notice, contracts[notice.key.contract].revision(change.revision))
        if not channels:
            muted.append(notice)
            continue
        rechecked = notice.source in rules.rechecked and _says_late(notice)
        read_at = as_of if just_read else read.get(ticket)
        new = work.held.hold(
            notice,
            channels,
            ticket=ticket,
            at=as_of,
            leave_at=as_of + UNCONFIRMED_AFTER if rechecked else None,
            confirmed=read_at is not None and read_at >= notice.at - RECHECK_LEAD,
            why=change.withheld,
        )
        if new and change.withheld is None:
            told.append(change)
    work.outbox.mute(muted, at=as_of)
    return told, withheld


def end(work: Work, looked_at: Sequence[Looked], *, as_of: datetime) -> None:
    """End what was told of these tickets and is true no more; who was told of it is told so, once for each cycle."""
    by_number = {each.ticket.number: each for each in looked_at}
    if not by_number:
        return
    untold: list[str] = []
    for number, waits in work.held.of_tickets(by_number.keys()).items():
        untold += [one.key for one in waits if _end(one.notice, by_number[number], as_of) is not None]
    work.held.forget(untold, known=False)
    for number, told in work.outbox.outstanding(by_number.keys()).items():
        over: dict[tuple[str, ...], list[tuple[datetime, Notice, tuple[str, ...]]]] = {}
        for one in told:
            at = _end(one.notice, by_number[number], as_of)
            if at is not None:
                work.outbox.end([one.key], at)
                key = one.notice.key
                cycle = (key.contract, key.target, key.started_by, key.priority)
                over.setdefault(cycle, []).append((at, one.notice, one.channels))
        for ends in over.values():
            channels = list(dict.fromkeys(channel for _, _, known in ends for channel in known))
            if channels:
                notice = recovered([notice for _, notice, _ in ends], min(at for at, _, _ in ends))
                work.outbox.add(notice, channels, at=as_of, ticket=number)


def explain_url(rules: Rules, notice: Notice) -> str | None:
    """Return where our own pages explain a ticket; None where nobody said where they are reached."""
    if rules.external_url is None:
        return None
    return f"{rules.external_url}/tickets/{quote(notice.source, safe='')}/{quote(notice.ticket, safe='')}"


def _end(notice: Notice, looked: Looked, as_of: datetime) -> datetime | None:
    if notice.key.step not in OF_CLOCKS:
        return None
    gone = _is_gone(looked.ticket.believed.events, as_of)
    return ended_at(notice.key, looked.readings, as_of=as_of, gone=gone)


def _says_late(notice: Notice) -> bool:
    """Tell whether a notice says that a promise was broken; a share of the goal, and a risk, do not."""
    step, row = notice.key.step, notice.key.detail
    return step is Step.BREACHED or (step is Step.ESCALATED and not row.endswith("%"))


def _is_gone(events: Iterable[object], as_of: datetime) -> bool:
    return any(isinstance(event, Gone) and event.at <= as_of for event in events)
