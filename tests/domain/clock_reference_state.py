"""What held after each event of a ticket, as one target sees it; the folds of the reference of the clock."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from syncd.domain import events as e
from syncd.domain.contract import Conditions, PriorityMatrix, Target
from syncd.domain.names import (
    OPEN_PHASES,
    US,
    Accepted,
    Awaiting,
    LinkRole,
    Metric,
    Party,
    PauseEvidence,
    Phase,
    Visibility,
)
from syncd.domain.timeline import Timeline
from tests.domain.clock_reference_grid import NEAR, slot

SHUT = (Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class State:
    """An event and what holds right after it. `awaiting` is whom the ticket counts as awaiting."""

    at: int
    event: Any
    was: Phase
    phase: Phase
    awaiting: Awaiting
    holder: str | None
    priority: str | None
    actor: str | None
    tells: str | None
    attributes: Mapping[str, str]
    takes: tuple[str | None, int] | None = None
    """The more urgent priority and the start of a ticket absorbed here by anyone but the customer."""

    @property
    def shuts(self) -> bool:
        """A change from an open phase to one that is not."""
        return self.was in OPEN_PHASES and self.phase in SHUT

    @property
    def reopens(self) -> bool:
        return self.was in SHUT and self.phase in OPEN_PHASES

    @property
    def makes_child(self) -> bool:
        return isinstance(self.event, e.Linked) and self.event.role is LinkRole.PARENT


@dataclass
class Evidence:
    """How pauses that the vendor set stand: the events of those refused, and when those began that are provisional."""

    refused: list[str] = field(default_factory=list)
    provisional: list[int] = field(default_factory=list)


@cache
def rank(priority: str) -> int:
    return int(re.sub(r"\D", "", priority))


def more_urgent(one: str | None, other: str | None) -> str | None:
    """P1 is more urgent than P2, and any priority than none."""
    named = [name for name in (one, other) if name is not None]
    return min(named, key=rank) if named else None


def meets(attributes: Mapping[str, str], conditions: Conditions) -> bool:
    """All must hold; none always hold."""
    return all(attributes.get(name) in allowed for name, allowed in conditions.items())


def read_from(matrix: PriorityMatrix, attributes: Mapping[str, str]) -> str | None:
    """A level is the number the value begins with, from 1, or its place among those listed; rows by the first."""
    levels = []
    for name, listed in zip(matrix.by, matrix.levels, strict=True):
        value = attributes.get(name, "")
        if listed:
            levels.append(listed.index(value) if value in listed else -1)
        else:
            number = re.match("[0-9]+", value)
            levels.append(int(number[0]) - 1 if number else -1)
    row, column = levels
    if not 0 <= row < len(matrix.rows) or not 0 <= column < len(matrix.rows[row]):
        return None
    return matrix.rows[row][column]


def states_of(timeline: Timeline, target: Target, vendor: str, now: int) -> tuple[list[State], Evidence]:
    """Events later than `now` are not seen. The others are folded in order."""
    found: list[State] = []
    phase, awaiting = Phase.NEW, Awaiting.VENDOR
    priority = holder = told = None
    attributes: dict[str, str] = {}
    for event in timeline.events:
        at = slot(event.at)
        if at > now:
            break
        was, tells, takes = phase, None, None
        acting = event.vendor or (told if holder in (None, US) else holder)
        if isinstance(event, e.Opened):
            was = phase = event.phase
            awaiting, priority, attributes = event.awaiting, event.priority, dict(event.attributes)
            if target.priority_from:
                priority = read_from(target.priority_from, attributes)
            if event.vendor:
                holder = tells = event.vendor
        elif isinstance(event, e.Notified):
            tells = event.vendor
            holder = event.vendor if holder in (None, US) else holder
        elif isinstance(event, e.HandedOver):
            holder = event.to
            tells = None if event.to == US else event.to
        elif isinstance(event, e.PhaseChanged):
            phase, awaiting = event.to, event.awaiting
        elif isinstance(event, e.PriorityChanged) and not target.priority_from:
            priority = event.to
        elif isinstance(event, e.AttributeChanged):
            before = attributes.get(event.name)
            attributes = {name: value for name, value in attributes.items() if name != event.name}
            if event.to is not None:
                attributes[event.name] = event.to
            # Of a matrix, changes of the attributes are the changes of priority.
            if target.priority_from and event.name in target.priority_from.by and before != event.to:
                priority = read_from(target.priority_from, attributes)
        elif isinstance(event, e.Absorbed) and event.by is not Party.CUSTOMER:
            # The more urgent priority is the ticket's from the merge on; of a matrix, only attributes say what it is.
            priority = priority if target.priority_from else more_urgent(priority, event.priority)
            takes = (priority, slot(event.started_at))
        told = tells or told
        found.append(
            State(
                at=at, event=event, was=was, phase=phase, awaiting=awaiting, holder=holder, priority=priority,
                actor=acting if event.by is Party.VENDOR else None, tells=tells, attributes=attributes, takes=takes,
            )
        )  # fmt: skip
    if target.pause_evidence is PauseEvidence.REQUIRED:
        return _with_evidence(found, target, vendor, now)
    return found, Evidence()


def _with_evidence(states: Sequence[State], target: Target, vendor: str, now: int) -> tuple[list[State], Evidence]:
    """Whom the ticket counts as awaiting where the vendor's own word does not make a pause."""
    evidence = Evidence()
    answers = [state.at for state in states if answering(state, target, vendor)]
    kept: list[State] = []
    # The stretch in which the customer is recorded as awaited: none, one that stands as somebody else set it, one of
    # the vendor's that counts, one that was refused, one that the customer's message has ended.
    stretch: str | None = None
    for state in states:
        if isinstance(state.event, e.Opened | e.PhaseChanged):
            if state.awaiting is not Awaiting.CUSTOMER or state.phase not in OPEN_PHASES:
                stretch = None
            elif state.actor != vendor:
                stretch = "stands"  # pauses set by anybody else stand; one by the customer ends the vendor's too
            elif stretch in ("stands", "counts"):
                pass  # the customer was awaited already
            elif any(abs(at - state.at) <= NEAR for at in answers):
                stretch = "counts"
            elif now <= state.at + NEAR:  # not past those 15 minutes
                stretch = "counts"
                evidence.provisional.append(state.at)
            else:
                stretch = "refused"
                evidence.refused.append(state.event.id)
        elif stretch == "counts" and from_customer(state):
            stretch = "ended"
        vendors = stretch in ("refused", "ended")
        kept.append(replace(state, awaiting=Awaiting.VENDOR) if vendors else state)
    return kept, evidence


def from_customer(state: State) -> bool:
    """A public, not automated message by the customer."""
    event = state.event
    return (
        isinstance(event, e.Message)
        and event.by is Party.CUSTOMER
        and event.visibility is Visibility.PUBLIC
        and not event.automated
    )


def answering(state: State, target: Target, vendor: str) -> bool:
    """By the vendor, public, not automated, and if relayed then only where that is accepted."""
    event = state.event
    if not isinstance(event, e.Message) or state.actor != vendor:
        return False
    if event.automated or event.visibility is not Visibility.PUBLIC:
        return False
    return target.relayed is Accepted.ACCEPTED or not event.relayed


def responds(state: State, target: Target, vendor: str) -> bool:
    """An answering message, or an acknowledgement by the vendor if accepted (or if it is the metric itself)."""
    if isinstance(state.event, e.Acknowledged):
        accepted = target.metric is Metric.ACKNOWLEDGEMENT or target.acknowledgement is Accepted.ACCEPTED
        return accepted and state.actor == vendor
    return answering(state, target, vendor)


def first_responded(states: Sequence[State], target: Target, vendor: str) -> bool:
    """An answering message, an accepted acknowledgement or a vendor's resolve, at or after the opening."""
    return any(responds(state, target, vendor) or (state.shuts and state.actor == vendor) for state in states)


def worked_on(states: Sequence[State], target: Target, vendor: str) -> bool:
    """An answering message, an acknowledgement (accepted or not) or a workaround."""
    return any(
        answering(state, target, vendor)
        or isinstance(state.event, e.Workaround)
        or (isinstance(state.event, e.Acknowledged) and state.actor == vendor)
        for state in states
    )


def standing(states: Sequence[State], at: int) -> State:
    """The state after all events stamped at or before an instant; the opening's before that."""
    return [state for state in states if state.at <= at or state is states[0]][-1]
