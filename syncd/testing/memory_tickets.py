"""Tickets and their events in memory."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from syncd.domain.events import TicketEvent
from syncd.domain.names import Stage
from syncd.domain.timeline import Timeline, in_order
from syncd.errors import StoreError
from syncd.ports.repositories import SourceId, StoredTimeline, TicketNo
from syncd.testing.memory_state import HeldEvent, HeldTicket, State

_NEVER = datetime.min.replace(tzinfo=UTC)
_OPEN = frozenset({Stage.RUNNING, Stage.PAUSED})


class MemoryTickets:
    """`syncd.ports.repositories.Tickets` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def lock(self, source: SourceId, heads: Sequence[Timeline]) -> Mapping[str, TicketNo]:
        """Make, in order of their ids, and update the tickets; the transaction is the lock."""
        numbers: dict[str, TicketNo] = {}
        for head in {head.id: head for head in sorted(heads, key=lambda head: head.id)}.values():
            number = self._state.numbers.get((source, head.id))
            if number is None:
                number = len(self._state.tickets) + 1
                self._state.numbers[source, head.id] = number
            elif (was := self._state.tickets[number].head.ticket) != head.ticket:
                # What was linked to the name that it had can still be found.
                self._state.links[number] = self._state.links.get(number, frozenset()) | {was}
            self._state.tickets[number] = HeldTicket(source, replace(head, events=()))
            numbers[head.id] = number
        return numbers

    def lock_numbers(self, numbers: Sequence[TicketNo]) -> None:
        """Nothing to do: the transaction is the lock."""

    def _generation(self, number: TicketNo) -> int:
        ticket = self._state.tickets.get(number)
        if ticket is None:
            raise StoreError(f"there is no ticket {number}")
        return self._state.sources[ticket.source].generation

    def append(
        self,
        events: Mapping[TicketNo, Sequence[TicketEvent]],
        *,
        recorded_at: datetime,
        generation: int | None = None,
    ) -> int:
        """Add events whose ids their ticket does not hold yet; return how many were new.

        An event without `seq` is given its position among its ticket's events here, and has it when read back.
        """
        new = 0
        for number, added in events.items():
            active = self._generation(number)
            held = dict(self._state.events.get(number, {}))
            for position, event in enumerate(added):
                key = (active if generation is None else generation, event.id)
                if key not in held:
                    placed = event if event.seq is not None else replace(event, seq=position)
                    held[key] = HeldEvent(placed, recorded_at)
                    new += 1
            self._state.events[number] = held
        return new

    def learned(self, numbers: Sequence[TicketNo], recorded_at: datetime) -> Sequence[datetime]:
        """Return when the tickets' active events happened that were recorded at exactly that instant, in order."""
        return sorted(
            held.event.at
            for number in set(numbers)
            for (generation, _), held in self._state.events.get(number, {}).items()
            if generation == self._generation(number) and held.recorded_at == recorded_at
        )

    def withdraw(self, events: Mapping[TicketNo, Sequence[str]], at: datetime) -> int:  # noqa: ARG002  # as above
        """Mark events, by id, as no longer shown by the source; return how many were not marked before."""
        marked = 0
        for number, ids in events.items():
            generation = self._generation(number)
            held = dict(self._state.events.get(number, {}))
            for key in dict.fromkeys((generation, id_) for id_ in ids):
                if key in held and not held[key].withdrawn:
                    held[key] = replace(held[key], withdrawn=True)
                    marked += 1
            self._state.events[number] = held
        return marked

    def _active(self, number: TicketNo) -> list[HeldEvent]:
        generation = self._generation(number)
        return [held for key, held in self._state.events.get(number, {}).items() if key[0] == generation]

    def _stored(self, number: TicketNo) -> StoredTimeline:
        ticket = self._state.tickets[number]
        held = self._active(number)
        name = self._state.sources[ticket.source].name
        timeline = replace(ticket.head, source=name, events=in_order(one.event for one in held))
        withdrawn = frozenset(one.event.id for one in held if one.withdrawn)
        return StoredTimeline(number, ticket.source, timeline, withdrawn)

    def timelines(self, numbers: Sequence[TicketNo]) -> Mapping[TicketNo, StoredTimeline]:
        """Return tickets with the events of their source's active generation, in order; unknown ones are absent."""
        return {number: self._stored(number) for number in sorted(set(numbers)) if number in self._state.tickets}

    def stream(self, source: SourceId | None = None) -> Iterator[StoredTimeline]:
        """Yield every ticket with its active events, in order of number."""
        for number, ticket in self._state.tickets.items():
            if source is None or ticket.source == source:
                yield self._stored(number)

    def numbers(self, after: TicketNo, limit: int) -> Sequence[TicketNo]:
        """Return the first tickets whose number is greater than `after`, in order."""
        return sorted(number for number in self._state.tickets if number > after)[:limit]

    def find(self, text: str) -> Sequence[TicketNo]:
        """Return the tickets that people call `text` (exactly), or whose id it is; `source:ticket` narrows."""
        name, _, rest = text.partition(":")
        found: list[TicketNo] = []
        for number, ticket in self._state.tickets.items():
            called = {ticket.head.ticket, ticket.head.id}
            in_named = self._state.sources[ticket.source].name == name
            if text in called or (in_named and rest in called):
                found.append(number)
        return found

    def open_ids(self, source: SourceId) -> Sequence[str]:
        """Return the ids of the source's tickets with an open clock, least recently changed first."""
        found = [
            (max((held.event.at for held in self._active(number)), default=_NEVER), number)
            for number, readings in self._state.readings.items()
            if self._state.tickets[number].source == source
            and any(cycle.stage in _OPEN for reading in readings for cycle in reading.cycles)
        ]
        return [self._state.tickets[number].head.id for _, number in sorted(found)]

    def count(self, after: TicketNo = -1) -> int:
        """Return how many tickets there are, or how many whose number is greater than `after`."""
        return sum(number > after for number in self._state.tickets)
