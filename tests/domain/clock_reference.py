"""What clocks mean, by brute force: walk a ticket's life minute by minute and ask at every step what the design says.

It shares nothing with the engine but the value types that state the question, and nothing with the calendar but its
rules, so that agreement means something. Clarity goes before speed.
"""

from fractions import Fraction

from syncd.domain import events as e
from syncd.domain.names import OPEN_PHASES, Metric, Party, Phase, Reopen, Starts
from tests.domain.clock_reference_case import Case, comes_at
from tests.domain.clock_reference_ends import (
    ANSWERS,
    RESPONSES,
    begins_with_child,
    confirmed_by,
    end,
    grace_ends,
)
from tests.domain.clock_reference_grid import BASE, SLOT, slot
from tests.domain.clock_reference_promises import Tick
from tests.domain.clock_reference_state import State, answering, first_responded, from_customer, responds
from tests.domain.clock_reference_verdict import Judged, Life, judged

__all__ = ["BASE", "SLOT", "expected", "slot", "start_of"]

TAKING_OVER = (*RESPONSES, Metric.RESOLUTION, Metric.RESTORATION)


def expected(case: Case) -> list[Judged]:
    """Every cycle of a target on a ticket, judged; an update's goals are counted over all of them together."""
    begun = Fraction(0)
    found = []
    for seen, life in _lives(case):
        found.append(judged(seen, life, begun))
        begun = found[-1].book.begun
    return found


def _lives(case: Case) -> list[tuple[Case, Life]]:
    """Every cycle as it stands now, or as it stood when the contract ended.

    Open and unmissed then, it is cancelled; missed, it goes on until it stops. Nothing begins or resumes afterwards.
    """
    until = None if case.contract is None or case.contract.until is None else slot(case.contract.until)
    if until is None or case.now <= until:
        return [(case, life) for life in Walk(case).lives]
    then = case.as_of(until)
    if not then.states:
        return []  # opened after the end
    found = []
    for life, later in zip(Walk(then).lives, Walk(case, closed=until).lives, strict=False):
        if life.over is None and judged(then, life).missed:
            found.append((case, later))
            continue
        if life.over is None:
            life.finish(until, None, "cancelled", "contract_ended")
        found.append((then, life))
    return found


def start_of(case: Case) -> tuple[int, int, int] | None:
    """The event that starts the clock, the last one that is before its start, and the slot of the start."""
    states, target = case.states, case.target
    told = [i for i, state in enumerate(states) if state.tells == case.vendor]
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
            if i >= told[0] and isinstance(s.event, e.Acknowledged) and s.actor == case.vendor
        ]
        if not accepted:
            return None
        index, at = accepted[0], states[accepted[0]].at
    splits = [i for i, state in enumerate(states) if isinstance(state.event, e.Split)]
    if splits and splits[0] > index:
        index, at = splits[0], states[splits[0]].at
    if target.not_before:
        later = comes_at(case, at)
        if later > at:
            seen = [i for i, state in enumerate(states) if state.at <= later]
            return index, max([index, *seen]), later
    return index, index, at


class Walk:
    """All cycles of a clock, as they come and go with the ticket's events."""

    def __init__(self, case: Case, *, closed: int | None = None) -> None:
        self.case, self.target, self.vendor = case, case.target, case.vendor
        self.closed = closed
        """From here on nothing begins or resumes."""
        self.lives: list[Life] = []
        self.child = False
        start = start_of(case)
        opened = case.states[0]
        raised = self.target.metric in RESPONSES and opened.event.by is Party.VENDOR and opened.actor == self.vendor
        if start is None or raised or start[2] > case.now:
            return
        self.by, self.begin, self.begin_at = start
        self.waits = False
        self._through(opened)

    def _through(self, opened: State) -> None:
        before: State | None = None
        for index, state in enumerate(self.case.states):
            if before is not None:
                self._on(before, state.at)
            before = state
            life = self.lives[-1] if self.lives else None
            if life and not life.over and isinstance(state.event, e.Gone):
                self._freeze(life, state)
            if self._linked(index, life):
                continue
            if index == self.begin:
                self._starts(index, opened)
            elif index > self.begin and self.waits and state.reopens:
                self.waits = False
                self._begins(index, state.at)
            elif life and not life.over:
                end(life, self.case, index)
                if not life.over:
                    self._mark(life, state, state.at)
                elif self._silence_begins(index):
                    self._begins(index, state.at)
            elif life and state.reopens:
                self._reopens(life, index)
            elif self._silence_begins(index) or self._question(index):
                self._begins(index, state.at)
        if before is not None:
            self._on(before, self.case.now)
            if self.lives and not self.lives[-1].over:
                self._mark(self.lives[-1], before, self.case.now, fresh=False)

    def _on(self, state: State, until: int) -> None:
        """Let time pass after an event; a resolve that nobody rejected in its time was the stop."""
        life = self.lives[-1] if self.lives else None
        if life is None or life.over:
            return
        self._walk(life, state, max(state.at, life.started_at), until)
        if life.resolve is not None and until > confirmed_by(life, self.case):
            life.confirm()

    def _tick(self, state: State, at: int, until: int | None) -> Tick:
        return Tick(at, until, state.priority, self.case.planned(at, state.attributes), self.case.cause(state))

    def _walk(self, life: Life, state: State, since: int, until: int) -> None:
        life.tape.extend(self._tick(state, at, at + 1) for at in range(since, until))

    def _mark(self, life: Life, state: State, at: int, *, fresh: bool = True) -> None:
        """What holds right after an event; a merge adds what it brought to an open cycle of these metrics."""
        tick = self._tick(state, at, None)
        if state.takes is not None and fresh and self.target.metric in TAKING_OVER:
            since = min(state.takes[1], life.started_at if life.since is None else life.since)
            life.since = since
            tick = tick._replace(takes=(state.takes[0], since))
        life.tape.append(tick)

    def _freeze(self, life: Life, state: State) -> None:
        """What is gone stays as it was: a window that opens at that very instant has no time to pause it."""
        for place, tick in enumerate(life.tape):
            if tick.at == state.at and not self.case.planned(state.at - 1, state.attributes):
                life.tape[place] = tick._replace(planned=None)

    def _starts(self, index: int, opened: State) -> None:
        state = self.case.states[index]
        if begins_with_child(self.case, self.begin_at):
            self._begins(index, self.begin_at)  # none, or the one cycle of an excluded child, cancelled at its start
            return
        if self.target.metric is Metric.NEXT_RESPONSE:
            return
        born = isinstance(opened.event, e.Opened) and opened.phase in (Phase.RESOLVED, Phase.CLOSED)
        timed = self.target.metric in (Metric.RESOLUTION, Metric.RESTORATION)
        if born and timed and self.begin_at == opened.at and state.phase not in OPEN_PHASES:
            life = self._begins(index, self.begin_at)
            if life and not life.over:
                life.finish(self.begin_at, opened.event.id, "stopped", "born_resolved", resolved=True)
        elif state.phase in OPEN_PHASES:
            self._begins(index, self.begin_at)
        else:
            self.waits = True  # takes effect at the next reopening

    def _begins(self, index: int, at: int) -> Life | None:
        """Start a cycle, unless the ticket is a child by then and that means none."""
        state = self.case.states[index]
        if self.child or self._is_closed(state):
            return None
        link = None if self.lives else begins_with_child(self.case, self.begin_at)
        if link and self.target.children == "with_parent":
            self.child = True
            return None
        by = self.case.states[self.by].event.id if index == self.begin else state.event.id
        life = Life(len(self.lives) + 1, at, by)
        self.lives.append(life)
        if link:
            life.tape = [self._tick(state, at, None)]
            life.finish(at, link.event.id, "cancelled", "child")
            self.child = True
            return life
        self._walk(life, state, at, state.at)
        life.tape.append(self._tick(state, max(at, state.at), None))
        between = self.case.states[: index + 1 if at > state.at else index]
        early = [s for s in between if responds(s, self.target, self.vendor)]
        if self.target.metric in RESPONSES and early:
            # Between opening and start they stop the cycle at its start, elapsed 0.
            life.tape = [self._tick(state, at, None)]
            life.finish(at, early[0].event.id, "stopped")
        return life

    def _linked(self, index: int, life: Life | None) -> bool:
        """Linked later: what is open is cancelled there, a miss stays one; nothing resumes or starts later."""
        state, how = self.case.states[index], self.target.children
        if how == "each" or not state.makes_child or self.child:
            return False
        if index <= self.begin or state.at <= self.begin_at:
            return False
        self.child = True
        if life and not life.over:
            life.finish(state.at, state.event.id, "cancelled", how.value if how == "with_parent" else "child")
            return True
        return False

    def _silence_begins(self, index: int) -> bool:
        """Updates begin at each answering message while open."""
        state = self.case.states[index]
        return (
            self.target.metric is Metric.UPDATE
            and index > self.begin
            and not self.waits
            and not (self.lives and not self.lives[-1].over)
            and state.phase in OPEN_PHASES
            and answering(state, self.target, self.vendor)
        )

    def _question(self, index: int) -> bool:
        """After the start, a customer's message while open, once a first response was given and no cycle runs."""
        state = self.case.states[index]
        return (
            self.target.metric is Metric.NEXT_RESPONSE
            and index > self.begin
            and not (self.lives and self.lives[-1].over is None)
            and state.phase in OPEN_PHASES
            and from_customer(state)
            and first_responded(self.case.states[:index], self.target, self.vendor)
        )

    def _is_closed(self, state: State) -> bool:
        return self.closed is not None and state.at > self.closed

    def _reopens(self, life: Life, index: int) -> None:
        state, target = self.case.states[index], self.target
        if life.over == "gone" or self.child or self._is_closed(state):
            return
        in_time = state.actor == self.vendor or state.at <= grace_ends(life, self.case)
        if life.over == "cancelled":
            resumes = life.flags[0] == "withdrawn" and in_time
        elif target.metric in (*ANSWERS, Metric.UPDATE):
            resumes = life.resolved and in_time
        elif target.reopen is Reopen.FIRST_IS_FINAL:
            resumes = False
        else:
            by_others = {Reopen.RESUME: True, Reopen.NEW_CYCLE: False}.get(target.reopen, in_time)
            resumes = state.actor == self.vendor or by_others
        if resumes:
            life.false_resolves += life.over == "stopped"
            life.over, life.flags, life.ended_at, life.ended_by, life.resolved = None, (), None, None, False
            self._mark(life, state, state.at)
        elif target.metric is Metric.UPDATE or (
            target.metric not in ANSWERS and target.reopen is not Reopen.FIRST_IS_FINAL
        ):
            self._begins(index, state.at)
