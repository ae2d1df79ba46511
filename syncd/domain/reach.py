"""Which tickets links could join, found by looking names up: a superset of what `linking` then joins for certain."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from syncd.domain.linking import MOST_TICKETS

Called = tuple[int, str]
"""A ticket's number and a name."""


class Directory(Protocol):
    """Where names are looked up. Tickets are numbers; names are texts as `linking.names_in` gives them."""

    def said_by(self, tickets: Collection[int]) -> Iterable[Called]:
        """Return the names that tickets say."""
        ...

    def saying(self, names: Collection[str]) -> Iterable[Called]:
        """Return the tickets that say names: of one that more than `MOST_TICKETS` say, at least one more than that."""
        ...

    def called(self, names: Collection[str]) -> Iterable[Called]:
        """Return the tickets whose key or id one of the names is."""
        ...

    def names_of(self, tickets: Collection[int]) -> Iterable[Called]:
        """Return the keys and ids of tickets."""
        ...


def reach(tickets: Sequence[int], directory: Directory) -> Mapping[int, Sequence[int]]:
    """Return, for each of the tickets that links could join to others, those others in order; the rest are absent.

    A name that more than `MOST_TICKETS` say leads nowhere. An incident that grows beyond so many is cut off there.
    """
    sayers: defaultdict[str, set[int]] = defaultdict(set)
    bearers: defaultdict[str, set[int]] = defaultdict(set)
    asked: set[str] = set()
    seen = set(tickets)
    frontier = set(tickets)
    while frontier:
        names = {name for _, name in directory.said_by(frontier)}
        for ticket, name in directory.names_of(frontier):
            names.add(name)
            bearers[name].add(ticket)
        names -= asked
        asked |= names
        found = set[int]()
        for ticket, name in directory.saying(names):
            sayers[name].add(ticket)
        spoken = {name for name in names if 0 < len(sayers[name]) <= MOST_TICKETS}
        for ticket, name in directory.called(spoken) if spoken else ():
            bearers[name].add(ticket)
        for name in spoken:
            found |= sayers[name] | bearers[name]
        frontier = found - seen
        seen |= frontier
        if len(seen) > len(tickets) * (MOST_TICKETS + 1):
            if len(tickets) > 1:
                half = len(tickets) // 2
                return {**reach(tickets[:half], directory), **reach(tickets[half:], directory)}
            break
    groups = _groups(seen, [sayers[name] | bearers[name] for name in asked if 0 < len(sayers[name]) <= MOST_TICKETS])
    return {ticket: others for ticket in tickets if (others := sorted(groups[ticket] - {ticket}))}


def _groups(tickets: Collection[int], joined: Iterable[set[int]]) -> Mapping[int, set[int]]:
    group = {ticket: {ticket} for ticket in tickets}
    for members in joined:
        whole = set[int]().union(*(group[each] for each in members))
        for each in whole:
            group[each] = whole
    return group
