"""Links between tickets in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from syncd.domain.reach import Called, reach
from syncd.ports.links import Mark
from syncd.ports.repositories import TicketNo
from syncd.testing.memory_state import State


class MemoryLinks:
    """`syncd.ports.links.Links` in memory, and the directory that `reach` looks names up in."""

    def __init__(self, state: State) -> None:
        self._state = state

    def say(self, names: Mapping[TicketNo, Collection[str]]) -> None:
        """Keep the names that tickets say, beside those that they once said."""
        for number, said in names.items():
            known = self._state.links.get(number, frozenset())
            if not known.issuperset(said):
                self._state.links[number] = known.union(said)

    def beside(self, tickets: Sequence[TicketNo]) -> Mapping[TicketNo, Sequence[TicketNo]]:
        """Return, for each of the tickets that links could join to others, those others; the rest are absent."""
        return reach(tickets, self)

    def mark(self, tickets: Collection[TicketNo]) -> None:
        """Note that what is joined to these tickets must be measured again, once this transaction is committed."""
        for number in sorted(tickets):
            mark = self._state.marked.get("", 0) + 1
            self._state.marked[""] = mark
            self._state.marks[mark] = number

    def marks(self, limit: int) -> Sequence[Mark]:
        """Return the oldest notes."""
        return [Mark(mark, number) for mark, number in islice(self._state.marks.items(), limit)]

    def settle(self, marks: Sequence[Mark]) -> None:
        """Drop these notes."""
        for each in marks:
            self._state.marks.pop(each.id, None)

    def said_by(self, tickets: Collection[TicketNo]) -> Iterator[Called]:
        """Return the names that tickets say."""
        return ((number, name) for number in tickets for name in self._state.links.get(number, ()))

    def saying(self, names: Collection[str]) -> Iterator[Called]:
        """Return the tickets that say names."""
        return ((number, name) for number, said in self._state.links.items() for name in said if name in names)

    def called(self, names: Collection[str]) -> Iterator[Called]:
        """Return the tickets whose key or id one of the names is."""
        return (each for each in self.names_of(self._state.tickets) if each[1] in names)

    def names_of(self, tickets: Collection[TicketNo]) -> Iterator[Called]:
        """Return the keys and ids of tickets."""
        for number in tickets:
            if number in self._state.tickets:
                head = self._state.tickets[number].head
                yield number, head.ticket
                yield number, head.id
