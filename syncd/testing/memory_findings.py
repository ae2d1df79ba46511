"""Quarantined tickets and findings about data in memory."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syncd.domain.problem import Problem
from syncd.ports.repositories import Quarantined, SourceId
from syncd.testing.memory_state import HeldProblem, State


class MemoryQuarantine:
    """`syncd.ports.repositories.Quarantine` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def put(self, source: SourceId, ticket_id: str, reason: str, at: datetime) -> None:
        """Keep a ticket apart; one that is there already keeps its instant and takes the new reason."""
        _, since = self._state.quarantine.get((source, ticket_id), (reason, at))
        self._state.quarantine[source, ticket_id] = (reason, since)

    def lift(self, source: SourceId, ticket_ids: Sequence[str]) -> int:
        """Take tickets back; return how many were there."""
        there = [key for key in dict.fromkeys((source, id_) for id_ in ticket_ids) if key in self._state.quarantine]
        for key in there:
            del self._state.quarantine[key]
        return len(there)

    def all(self) -> Sequence[Quarantined]:
        """Return every quarantined ticket, oldest first."""
        found = [
            Quarantined(self._state.sources[source].name, ticket_id, reason, since)
            for (source, ticket_id), (reason, since) in self._state.quarantine.items()
        ]
        return sorted(found, key=lambda one: (one.since, one.source, one.ticket_id))


class MemoryProblems:
    """`syncd.ports.repositories.Problems` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def replace(self, source: SourceId, tickets: Mapping[str, Sequence[Problem]], at: datetime) -> None:  # noqa: ARG002  # nobody asks for it here
        """Set the findings of these tickets (by id; empty id for the source itself); the key names the ticket."""
        for ticket_id, found in tickets.items():
            named = tuple(replace(one, ticket=ticket_id) for one in found)
            self._state.problems[source, ticket_id] = HeldProblem(named)

    def restate(self, source: SourceId, ticket_id: str, code: str, problems: Sequence[Problem], at: datetime) -> None:
        """Set a ticket's findings of one code, leaving those of others; the key names the ticket."""
        kept = [one for one in self.of(source, ticket_id) if one.code != code]
        self.replace(source, {ticket_id: [*kept, *problems]}, at)

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many there are by (source, code)."""
        return Counter(
            (self._state.sources[source].name, one.code)
            for (source, _), held in self._state.problems.items()
            for one in held.problems
        )

    def of(self, source: SourceId, ticket_id: str) -> Sequence[Problem]:
        """Return one ticket's findings, in the order given."""
        held = self._state.problems.get((source, ticket_id))
        return [] if held is None else list(held.problems)
