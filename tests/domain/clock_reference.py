"""What clocks mean, by brute force: walk a ticket's life slot by slot and ask at every step what the design says.

Instants are whole slots since `BASE`. It shares nothing with the engine but the value types that state the question,
and nothing with the calendar but its rules, so that agreement means something. Clarity goes before speed.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from syncd.domain import events as e
from syncd.domain.contract import Target
from syncd.domain.names import OPEN_PHASES, US, Accepted, Awaiting, Counts, Metric, Party, Phase, Reopen, Starts, Stops
from syncd.domain.names import Visibility as Seen
from syncd.domain.timeline import Timeline
from tests.domain.clock_reference_promises import Grid, Tick, Verdict, judged, reached_from

SLOT = timedelta(minutes=15)
BASE = datetime(2026, 3, 2, tzinfo=UTC)
SHUT = (Phase.RESOLVED, Phase.CLOSED, Phase.CANCELLED)


def slot(instant: datetime) -> int:
    whole, rest = divmod(instant - BASE, SLOT)
    assert not rest, instant
    return whole


class State(NamedTuple):
    """An event and what holds right after it."""

    at: int
    event: e.TicketEvent
    was: Phase
    phase: Phase
    awaiting: Awaiting
    holder: str | None
    priority: str | None
    actor: str | None
    tells: str | None


@dataclass
class Life:
    """One cycle on its way, as a tape of what held when."""

    number: int
    started_at: int
    started_by: str
    tape: list[Tick] = field(default_factory=list)
    over: str | None = None
    flags: tuple[str, ...] = ()
    ended_at: int | None = None
    ended_by: str | None = None
    resolved: bool = False
    false_resolves: int = 0

    def finish(self, at: int, by: str, over: str, *flags: str, resolved: bool = False) -> None:
        self.ended_at, self.ended_by, self.over, self.flags, self.resolved = at, by, over, flags, resolved


def expected(timeline: Timeline, target: Target, vendor: str, as_of: datetime, grid: Grid) -> list[Verdict]:
    """Every cycle of a target on a ticket, judged."""
    now = slot(as_of)
    lives = _lives(_states(timeline, now), target, vendor, now, grid)
    return [
        judged(
            target, life.tape, grid, end=now if life.ended_at is None else life.ended_at, over=life.over,
        ).described(
            life.number, life.started_at, life.started_by, life.ended_at if life.over != "gone" else None,
            life.ended_by if life.over != "gone" else None, life.false_resolves, life.flags,
        )
        for life in lives
    ]  # fmt: skip


def _states(timeline: Timeline, now: int) -> list[State]:
    found: list[State] = []
    phase, awaiting = Phase.NEW, Awaiting.VENDOR
    priority = holder = told = None
    for event in timeline.events:
        at = slot(event.at)
        if at > now:
            break
        was, tells = phase, None
        acting = event.vendor or (told if holder in (None, US) else holder)
        if isinstance(event, e.Opened):
            was = phase = event.phase
            awaiting, priority = event.awaiting, event.priority
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
        elif isinstance(event, e.PriorityChanged):
            priority = event.to
        told = tells or told
        actor = acting if event.by is Party.VENDOR else None
        found.append(State(at, event, was, phase, awaiting, holder, priority, actor, tells))
    return found


def _start(states: list[State], target: Target, vendor: str) -> tuple[int, int] | None:
    """The index of the event that starts the clock, and its slot."""
    told = [i for i, state in enumerate(states) if state.tells == vendor]
    if not told:
        return None
    index, at = told[0], states[told[0]].at
    if target.starts in (Starts.CREATED, Starts.REPORTED):
        index, at = 0, states[0].at
        opened = states[0].event
        if target.starts is Starts.REPORTED and isinstance(opened, e.Opened) and opened.reported_at:
            at = min(at, slot(opened.reported_at))
    if target.starts is Starts.ACKNOWLEDGED:
        accepted = [
            i
            for i, s in enumerate(states)
            if i >= told[0] and isinstance(s.event, e.Acknowledged) and s.actor == vendor
        ]
        if not accepted:
            return None
        index, at = accepted[0], states[accepted[0]].at
    splits = [i for i, state in enumerate(states) if isinstance(state.event, e.Split)]
    if splits and splits[0] > index:
        index, at = splits[0], states[splits[0]].at
    return index, at


def _lives(states: list[State], target: Target, vendor: str, now: int, grid: Grid) -> list[Life]:
    start = _start(states, target, vendor)
    if start is None:
        return []
    begin, begin_at = start
    response = target.metric in (Metric.FIRST_RESPONSE, Metric.ACKNOWLEDGEMENT)
    opened = states[0]
    if response and opened.event.by is Party.VENDOR and opened.actor == vendor:
        return []
    lives: list[Life] = []
    waits_for_reopening = False
    before: State | None = None
    for index, state in enumerate(states):
        life = lives[-1] if lives else None
        if life and not life.over and before:
            _walk(life, target, before, before.at, state.at, vendor)
        before = state
        reopens = state.was in SHUT and state.phase in OPEN_PHASES
        begins = False
        if index == begin:
            born = isinstance(opened.event, e.Opened) and opened.phase in (Phase.RESOLVED, Phase.CLOSED)
            if born and begin_at == opened.at and not response and state.phase not in OPEN_PHASES:
                life = Life(1, begin_at, state.event.id)
                _mark(life, target, state, vendor)
                life.finish(begin_at, opened.event.id, "stopped", "born_resolved", resolved=True)
                lives.append(life)
            elif state.phase in OPEN_PHASES:
                begins = True
            else:
                waits_for_reopening = True
        elif index > begin and waits_for_reopening and reopens:
            begins, waits_for_reopening = True, False
        elif life and not life.over:
            _end(life, states, index, target, vendor)
            if not life.over:
                _mark(life, target, state, vendor)
        elif life and reopens:
            _reopen(lives, state, target, vendor, grid, response=response)
        if begins:
            at = begin_at if index == begin else state.at
            life = Life(1, at, state.event.id)
            lives.append(life)
            _walk(life, target, state, at, state.at, vendor)
            _mark(life, target, state, vendor)
            early = [s for s in states[:index] if response and _responds(s, target, vendor)]
            if early:
                life.tape = [Tick(at, None, *_standing(target, state, vendor))]
                life.finish(at, early[0].event.id, "stopped")
    if lives and not lives[-1].over and before:
        _walk(lives[-1], target, before, before.at, now, vendor)
    return lives


def _standing(target: Target, state: State, vendor: str) -> tuple[str | None, str | None]:
    """The ticket's priority, and why it is not counted for a reason that has nothing to do with its priority."""
    if state.phase not in OPEN_PHASES:
        return state.priority, "resolved"
    if target.counts is Counts.OWN_TIME and state.holder != vendor:
        return state.priority, "customer" if state.holder in (None, US) else "other_vendor"
    return state.priority, state.awaiting.value if state.awaiting in target.pause_while else None


def _mark(life: Life, target: Target, state: State, vendor: str) -> None:
    life.tape.append(Tick(state.at, None, *_standing(target, state, vendor)))


def _walk(life: Life, target: Target, state: State, since: int, until: int, vendor: str) -> None:
    life.tape.extend(Tick(at, at + 1, *_standing(target, state, vendor)) for at in range(since, until))


def _answers(state: State, target: Target, vendor: str) -> bool:
    event = state.event
    if (
        not isinstance(event, e.Message)
        or state.actor != vendor
        or event.automated
        or event.visibility is not Seen.PUBLIC
    ):
        return False
    return target.relayed is Accepted.ACCEPTED or not event.relayed


def _responds(state: State, target: Target, vendor: str) -> bool:
    if isinstance(state.event, e.Acknowledged):
        accepted = target.metric is Metric.ACKNOWLEDGEMENT or target.acknowledgement is Accepted.ACCEPTED
        return accepted and state.actor == vendor
    return _answers(state, target, vendor)


def _end(life: Life, states: list[State], index: int, target: Target, vendor: str) -> None:
    state = states[index]
    at, event, name = state.at, state.event, state.event.id
    shuts = state.was in OPEN_PHASES and state.phase in SHUT
    by_vendor_cancelled = ("cancelled_by_vendor",) if state.phase is Phase.CANCELLED else ()
    if isinstance(event, e.Merged):
        life.finish(at, name, "cancelled", "merged")
    elif isinstance(event, e.Gone):
        life.finish(at, name, "gone", "gone")
    elif state.phase is Phase.CANCELLED is not state.was and event.by is Party.CUSTOMER:
        life.finish(at, name, "cancelled", "withdrawn")
    elif target.metric in (Metric.FIRST_RESPONSE, Metric.ACKNOWLEDGEMENT):
        if _responds(state, target, vendor):
            life.finish(at, name, "stopped")
        elif shuts and state.actor == vendor:
            life.finish(at, name, "stopped", "resolved_without_message", *by_vendor_cancelled, resolved=True)
        elif shuts:
            life.finish(at, name, "cancelled", "withdrawn")
    elif isinstance(event, e.Workaround):
        if target.metric is Metric.RESTORATION or target.stops is Stops.WORKAROUND:
            life.finish(at, name, "stopped")
    elif shuts and event.by is Party.CUSTOMER and not _worked_on(states[:index], target, vendor):
        life.finish(at, name, "cancelled", "withdrawn")
    elif shuts and target.counts is Counts.OWN_TIME and state.holder != vendor:
        life.finish(at, name, "cancelled", "handed_back")
    elif target.stops is Stops.CLOSED:
        if state.was is not state.phase and state.phase in (Phase.CLOSED, Phase.CANCELLED):
            life.finish(at, name, "stopped", *by_vendor_cancelled, resolved=True)
    elif shuts:
        life.finish(at, name, "stopped", *by_vendor_cancelled, resolved=True)


def _worked_on(states: list[State], target: Target, vendor: str) -> bool:
    return any(
        _answers(s, target, vendor)
        or isinstance(s.event, e.Workaround)
        or (isinstance(s.event, e.Acknowledged) and s.actor == vendor)
        for s in states
    )


def _reopen(lives: list[Life], state: State, target: Target, vendor: str, grid: Grid, *, response: bool) -> None:
    life = lives[-1]
    if life.over == "gone":
        return
    in_time = state.actor == vendor or state.at <= _grace_ends(life, target, grid)
    if life.over == "cancelled":
        resumes = life.flags[0] == "withdrawn" and in_time
    elif response:
        resumes = life.resolved and in_time
    elif target.reopen is Reopen.FIRST_IS_FINAL:
        resumes = False
    else:
        by_others = {Reopen.RESUME: True, Reopen.NEW_CYCLE: False}.get(target.reopen, in_time)
        resumes = state.actor == vendor or by_others
    if resumes:
        life.false_resolves += life.over == "stopped"
        life.over, life.flags, life.ended_at, life.ended_by, life.resolved = None, (), None, None, False
        _mark(life, target, state, vendor)
    elif not response and target.reopen is not Reopen.FIRST_IS_FINAL:
        lives.append(Life(life.number + 1, state.at, state.event.id))
        _mark(lives[-1], target, state, vendor)


def _grace_ends(life: Life, target: Target, grid: Grid) -> int:
    assert life.ended_at is not None
    calendar = target.reopen_calendar
    if calendar is None:
        binding = judged(target, life.tape, grid, end=life.ended_at, over=life.over).binding
        calendar = target.calendars["default"] if binding is None else binding.calendar
    grace = grid.goal(target.reopen_grace, calendar, life.ended_at)
    return reached_from(grid, calendar, life.ended_at, grace)
