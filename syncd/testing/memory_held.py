"""Notices that wait, and tickets to read once more, in memory."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syncd.domain.changes import Withheld
from syncd.domain.names import Stage, Verdict
from syncd.domain.notice import Notice
from syncd.ports.held import Held, WaitingOf
from syncd.ports.repositories import SourceId, TicketNo
from syncd.testing.memory_outbox import MemoryOutbox
from syncd.testing.memory_state import State, Waiting

_FOLDED = frozenset({Withheld.STORM, Withheld.TOO_OLD})
_KEPT = timedelta(hours=1)


def _urgency(held: Held) -> tuple[int, datetime, str]:
    return (held.notice.level, held.notice.at, held.key)


class MemoryHeldNotices:
    """`syncd.ports.held.HeldNotices` in memory."""

    def __init__(self, state: State, outbox: MemoryOutbox) -> None:
        self._state = state
        self._outbox = outbox

    def hold(
        self,
        notice: Notice,
        channels: Sequence[str],
        *,
        ticket: TicketNo,
        at: datetime,
        leave_at: datetime | None = None,
        confirmed: bool = False,
        why: Withheld | None = None,
    ) -> bool:
        """Keep a notice back once; False when its key is known."""
        if not self._outbox.know(notice, at=at):
            return False
        rechecks = leave_at is not None
        held = Held(
            notice.key.text(), notice, tuple(channels), notice.key.source_id, ticket, at, confirmed or not rechecks, why
        )  # fmt: skip
        self._state.held[held.key] = Waiting(held, leave_at or at, rechecks)
        return True

    def _some(self, wanted: Callable[[Held], bool]) -> list[Waiting]:
        found = [one for one in self._state.held.values() if wanted(one.held)]
        return sorted(found, key=lambda one: _urgency(one.held))

    def _unfolded(self, blind: Collection[SourceId]) -> list[Waiting]:
        return self._some(lambda held: held.why not in _FOLDED and held.source not in blind)

    def ready(self, now: datetime, *, blind: Collection[SourceId], limit: int) -> Sequence[Held]:
        """Return what may leave: not folded, not of a blind source, confirmed or out of time; most urgent first."""
        return [one.held for one in self._unfolded(blind) if one.held.confirmed or one.leave_at <= now][:limit]

    def next_leave(self, *, blind: Collection[SourceId]) -> datetime | None:
        """Return when the next unconfirmed one may leave."""
        return min((one.leave_at for one in self._unfolded(blind) if not one.held.confirmed), default=None)

    def of(self, keys: Collection[str]) -> Sequence[Held]:
        """Return those that are still there, most urgent first."""
        return [one.held for one in self._some(lambda held: held.key in keys)]

    def _change(self, rows: Sequence[Waiting], **values: object) -> None:
        for one in rows:
            self._state.held[one.held.key] = replace(one, held=replace(one.held, **values))  # type: ignore[arg-type]  # fields of Held

    def withhold(self, source: SourceId, why: Withheld) -> int:
        """Mark what a blind source's notices wait for; return how many were not marked before."""
        new = self._some(lambda held: held.source == source and held.why is None)
        self._change(new, why=why)
        return len(new)

    def listed(self, *, limit: int, offset: int = 0) -> Sequence[Held]:
        """Return everything that waits, most urgent first."""
        return [one.held for one in self._some(lambda _: True)][offset : offset + limit]

    def waiting(self) -> Sequence[WaitingOf]:
        """Return how many wait by source and why, folded ones left out."""
        counted = Counter((one.held.source, one.held.why) for one in self._unfolded(()))
        found = [WaitingOf(source, why, count) for (source, why), count in counted.items()]
        return sorted(found, key=lambda each: (each.source, each.why or ""))

    def of_source(self, source: SourceId, limit: int) -> Sequence[Held]:
        """Return what waits for a source, most urgent first."""
        return [one.held for one in self._some(lambda held: held.source == source and held.why not in _FOLDED)][:limit]

    def sighted(self, source: SourceId, leave_at: datetime) -> None:
        """The source can be seen again: what needs a confirmation needs it anew, at an instant at the latest."""
        for one in self._some(lambda held: held.source == source and held.why not in {None, *_FOLDED}):
            seen = replace(one.held, why=None, confirmed=not one.rechecks)
            leave = leave_at if one.rechecks else one.leave_at
            self._state.held[one.held.key] = replace(one, held=seen, leave_at=leave)

    def fold(self, keys: Collection[str], why: Withheld) -> None:
        """Let these wait for a digest."""
        self._change(self._some(lambda held: held.key in keys), why=why)

    def folded(self) -> Mapping[str, datetime]:
        """Return the vendors for whose digest something waits, and since when."""
        found: dict[str, datetime] = {}
        for one in self._some(lambda held: held.why in _FOLDED):
            vendor, since = one.held.notice.vendor, one.held.decided_at
            found[vendor] = min(found.get(vendor, since), since)
        return dict(sorted(found.items()))

    def folded_of(self, vendor: str) -> Sequence[Held]:
        """Return what waits for a vendor's digest, most urgent first."""
        return [one.held for one in self._some(lambda held: held.why in _FOLDED and held.notice.vendor == vendor)]

    def of_tickets(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, Sequence[Held]]:
        """Return what waits of tickets."""
        found: dict[TicketNo, list[Held]] = {}
        for one in self._some(lambda held: held.ticket in tickets):
            found.setdefault(one.held.ticket, []).append(one.held)
        return found

    def release(self, held: Held, *, at: datetime) -> None:
        """Hand one to the outbox as it is given: its notice, its channels, whether it is confirmed."""
        del self._state.held[held.key]
        self._outbox.queue(held.notice, held.channels, at=at, ticket=held.ticket, confirmed=held.confirmed)

    def forget(self, keys: Collection[str], *, known: bool) -> None:
        """Hold these no more. `known` keeps their keys, else they may be decided anew."""
        for key in keys:
            self._state.held.pop(key, None)
            if not known:
                self._state.keys.pop(key, None)

    def count(self) -> Mapping[str, int]:
        """Return how many wait, by why; the empty word stands for a confirmation or nothing."""
        return Counter(one.held.why.value if one.held.why else "" for one in self._state.held.values())


class MemoryRechecks:
    """`syncd.ports.held.Rechecks` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def _clocks(self, source: SourceId, until: datetime) -> list[tuple[str, datetime, TicketNo]]:
        """Return priority, lateness and ticket of the source's running clocks that will be late until an instant."""
        return [
            (cycle.priority, cycle.late_from, number)
            for number, wake in self._state.wakes.items()
            if wake <= until + timedelta(microseconds=1) and self._state.tickets[number].source == source
            for reading in self._state.readings.get(number, ())
            for cycle in reading.cycles
            if cycle.stage is Stage.RUNNING and cycle.verdict is Verdict.PENDING and cycle.priority is not None
            if cycle.late_from is not None and cycle.late_from <= until
        ]

    def due(self, source: SourceId, now: datetime, lead: timedelta, limit: int) -> Sequence[str]:
        """Return ids of tickets whose breach is decided and unconfirmed, or so near, most urgent first."""
        decided = [
            one.held
            for one in self._state.held.values()
            if one.held.source == source and not one.held.confirmed and one.held.why is None
        ]
        found = [one.ticket for one in sorted(decided, key=lambda held: (held.notice.level, held.notice.at))]
        near = self._clocks(source, now + lead)
        near.sort(key=lambda each: (len(each[0]), each[0], each[1]))
        for _, late, number in near:
            read = self._state.reread.get(number)
            if read is None or read < late - lead:
                found.append(number)
        return list(dict.fromkeys(self._state.tickets[number].head.id for number in found))[:limit]

    def next_at(self, source: SourceId, after: datetime, until: datetime) -> datetime | None:
        """Return the first instant in `(after, until]` at which an open clock of a source will be late."""
        return min((late for _, late, _ in self._clocks(source, until) if late > after), default=None)

    def done(self, source: SourceId, ticket_ids: Sequence[str], at: datetime) -> int:
        """Note that tickets were read by their id; return how many notices that confirms."""
        numbers = {self._state.numbers[source, id_] for id_ in ticket_ids if (source, id_) in self._state.numbers}
        for number in sorted(numbers):
            self._state.reread[number] = at
        for number in [number for number, read in self._state.reread.items() if read < at - _KEPT]:
            del self._state.reread[number]
        waits = [one for one in self._state.held.values() if one.held.ticket in numbers and not one.held.confirmed]
        for one in waits:
            self._state.held[one.held.key] = replace(one, held=replace(one.held, confirmed=True))
        return len(waits)

    def read_at(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, datetime]:
        """Return when tickets were last read by their id, of those that were of late."""
        return {number: self._state.reread[number] for number in tickets if number in self._state.reread}
