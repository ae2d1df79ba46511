"""What the store knows of links between tickets: by which names they say each other, and what is still to be looked at.

All of it is derived: a ticket's names are written whenever it is measured.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from syncd.ports.repositories import TicketNo


@dataclass(frozen=True, slots=True)
class Mark:
    """A note that what is joined to a ticket must be measured again; notes are never changed, only dropped."""

    id: int
    ticket: TicketNo


class Links(Protocol):
    """Links between tickets of all sources."""

    def say(self, names: Mapping[TicketNo, Collection[str]]) -> None:
        """Keep the names (`syncd.domain.linking.names_in`) that tickets say, beside those that they once said.

        Those that a ticket was called by before it was renamed are kept with them.
        """
        ...

    def beside(self, tickets: Sequence[TicketNo]) -> Mapping[TicketNo, Sequence[TicketNo]]:
        """Return, for each of the tickets that links could join to others, those others; the rest are absent.

        More than links do join: whoever asks reads their timelines and decides.
        """
        ...

    def mark(self, tickets: Collection[TicketNo]) -> None:
        """Note that what is joined to these tickets must be measured again, once this transaction is committed."""
        ...

    def marks(self, limit: int) -> Sequence[Mark]:
        """Return the oldest notes."""
        ...

    def settle(self, marks: Sequence[Mark]) -> None:
        """Drop these notes."""
        ...
