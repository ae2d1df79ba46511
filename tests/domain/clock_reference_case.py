"""The question put to the reference of the clock: a ticket's states under one target, and what the contract adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from syncd.domain.calendar import ServiceCalendar
from syncd.domain.contract import Contract, Exclusion, Goal, Target
from syncd.domain.names import OPEN_PHASES, US, Counts, Metric
from syncd.domain.timeline import Timeline
from tests.domain.clock_reference_grid import instant_of, serves, slot
from tests.domain.clock_reference_state import State, meets, standing


class Amendment(NamedTuple):
    """A revision's date, its name, and its target of the same name."""

    at: int
    name: str
    target: Target


@dataclass(frozen=True)
class Terms:
    """What one cycle promises: goals and calendars by priority."""

    goals: Mapping[str, Goal]
    calendars: Mapping[str, ServiceCalendar]

    def goal(self, priority: str | None) -> Goal | None:
        if priority is None:
            return None
        return self.goals.get(priority) or self.goals.get("default")

    def calendar(self, priority: str | None) -> ServiceCalendar:
        return self.calendars.get(priority or "default") or self.calendars["default"]


@dataclass(frozen=True)
class Case:
    """A ticket's states under one target as of `now`, with what is planned or excluded around it."""

    target: Target
    vendor: str
    now: int
    states: Sequence[State]
    contract: Contract | None = None
    spans: Sequence[Exclusion] = ()
    amendments: Sequence[Amendment] = field(default_factory=tuple)

    def as_of(self, then: int) -> "Case":
        """The same question, asked earlier; what is known by now of pauses that the vendor set is known then."""
        return replace(
            self,
            now=then,
            states=[state for state in self.states if state.at <= then],
            amendments=[dated for dated in self.amendments if dated.at <= then],
        )

    def terms(self, target: Target, began: int) -> Terms:
        """Terms of a cycle that began at an instant."""
        attributes = standing(self.states, began).attributes
        goals = target.goals
        if target.arrivals:
            # By arrival: the first row whose calendar is in service at the cycle's start, or that names none.
            rows = [row for row in target.arrivals if row.started_in is None or serves(row.started_in, began)]
            goals = rows[0].goals if rows else {}
        calendars = target.calendars
        if target.calendar_by:
            # As the attribute stands after all events at the cycle's start; it then serves every priority.
            value = attributes.get(target.calendar_by, "default")
            calendars = {"default": calendars.get(value) or calendars["default"]}
        return Terms(goals, calendars)

    def planned(self, at: int, attributes: Mapping[str, str]) -> str | None:
        """Why an instant is nobody's: excluded goes before maintenance; both are `[from, until)`."""
        if any(_spans(span, at) and meets(attributes, span.when) for span in self.spans):
            return "excluded"
        for window in self.contract.maintenance if self.contract else ():
            late = window.announced_at is not None and (
                (window.start - window.announced_at).total_seconds() * 1_000_000 < window.notice_us
            )  # announced later than `notice` before it begins: no pause
            if not late and slot(window.start) <= at < slot(window.end) and meets(attributes, window.when):
                return "maintenance"
        return None

    def cause(self, state: State) -> str | None:
        """Why the state is not counted for a reason that has nothing to do with plans or priority."""
        target = self.target
        if state.phase not in OPEN_PHASES:
            return "resolved"
        if target.counts is Counts.OWN_TIME and state.holder != self.vendor:
            return "customer" if state.holder in (None, US) else "other_vendor"
        if target.metric is Metric.UPDATE:  # counted while awaiting the vendor; the cause is the party awaited
            return None if state.awaiting.value == "vendor" else state.awaiting.value
        return state.awaiting.value if state.awaiting in target.pause_while else None


def _spans(span: Exclusion, at: int) -> bool:
    return span.start is not None and span.end is not None and slot(span.start) <= at < slot(span.end)


def about(exclusion: Exclusion, timeline: Timeline, contract: Contract, target: str) -> bool:
    """Whether an exclusion is of this contract, target and ticket; its conditions aside."""
    return (
        exclusion.contract == contract.id
        and (not exclusion.targets or target in exclusion.targets)
        and exclusion.ticket in (None, (timeline.source, timeline.ticket))
    )


def appointment(state: State, case: Case) -> datetime | None:
    """The agreed appointment as it stands; None where it is unset or cannot be read. No zone: the contract's."""
    text = state.attributes.get(case.target.not_before or "")
    try:
        read = None if text is None else datetime.fromisoformat(text)
    except ValueError:
        return None
    if read is not None and read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(case.contract.time_zone if case.contract else "UTC"))
    return read


def comes_at(case: Case, begin: int) -> int:
    """The first instant from `begin` on at which the appointment, as it then stands, is unset or has come."""
    at = begin
    while at <= case.now:
        agreed = appointment(standing(case.states, at), case)
        if agreed is None or agreed <= instant_of(at):
            return at
        at += 1
    return at
