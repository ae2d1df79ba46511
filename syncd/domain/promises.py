"""The promises by which one cycle is judged, and which of them binds (design.md section 7, *Promises*)."""

from collections.abc import Sequence

from syncd.domain.contract import Target
from syncd.domain.names import Metric, PriorityChange
from syncd.domain.outcome import Account, Outcome
from syncd.domain.priority import urgency
from syncd.domain.segments import Segment

# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_UPDATE = Metric.UPDATE


class Promises:
    """Every promise of a cycle, as its segments come in one by one.

    `_accounts` are of the promises that may still change, by priority; `_dropped` of those that cannot any more, and
    `_broken` is the one of these that was broken first.
    """

    __slots__ = ("_accounts", "_broken", "_decides", "_dropped", "_name", "_segments", "_target")

    def __init__(self, target: Target) -> None:
        self._target = target
        self._segments: list[Segment] = []
        self._accounts: dict[str, Account] = {}
        self._dropped: list[Account] = []
        self._broken: Outcome | None = None
        self._decides = False
        self._name: str | None = None

    def take(self, segment: Segment) -> None:
        """Go on through the next segment."""
        segments = self._segments
        segments.append(segment)
        if not self._decides:
            if segment.priority == segments[0].priority or self._target.metric is _UPDATE:
                # Whatever the policy: it has nothing to decide.
                if len(segments) == 1 and segment.priority is not None:
                    self._open(segment.priority)
                for account in self._accounts.values():
                    account.take(segment, segment.cause is None, True)
                return
            self._decides = True
            self._accounts = {}
            for place in range(len(segments) - 1):
                self._follow(place)
        self._follow(len(segments) - 1)

    def outcomes(self) -> list[Outcome]:
        """Return what came of every promise that existed so far; empty without a covered priority."""
        accounts = [*self._dropped, *self._accounts.values()]
        return [outcome for account in accounts if (outcome := account.outcome()) is not None]

    def binding_with(self, segments: Sequence[Segment], end: int) -> Outcome | None:
        """Return the promise that binds if these segments, up to `end`, come next; nothing is kept of them."""
        ahead = Promises(self._target)
        ahead._segments, ahead._decides, ahead._name = self._segments, self._decides, self._name
        ahead._accounts = {name: account.fork() for name, account in self._accounts.items()}
        before = len(self._segments)
        for segment in segments:
            ahead.take(segment)
        del self._segments[before:]
        found = ahead.outcomes()
        return binding_of(found if self._broken is None else [self._broken, *found], end)

    def _follow(self, place: int) -> None:
        """Let the policy say which promises count, and are in force, in a segment."""
        segment, accounts = self._segments[place], self._accounts
        runs = segment.cause is None
        # Not by its cause: a break may hide that the priority has no goal.
        name = None if segment.terms.goal(segment.priority) is None else segment.priority
        policy = self._target.priority_change
        if policy is PriorityChange.AT_CREATION:
            if place == 0 and name is not None:
                self._open(name)
            for account in accounts.values():
                account.take(segment, runs, True)
        elif policy is PriorityChange.FROM_CHANGE:
            if name != self._name:
                self._drop_all()
                if name is not None:
                    self._open(name)
            self._name = name
            for account in accounts.values():
                account.take(segment, runs, True)
        elif policy is PriorityChange.FROM_START:
            if name is not None and name not in accounts:
                account = self._open(name)
                for earlier in self._segments[:place]:
                    account.take(earlier, earlier.cause is None, False)
            for account in accounts.values():
                account.take(segment, runs, account.priority == name)
        elif policy is PriorityChange.HIGHEST_EVER:
            if name is not None and (self._name is None or urgency(name) < urgency(self._name)):
                self._name = name
                self._open(name)
            for account in accounts.values():
                account.take(segment, runs, True)
        else:
            self._follow_urgency(place, name)

    def _follow_urgency(self, place: int, name: str | None) -> None:
        """In force while the ticket's priority is that of the promise or a more urgent one."""
        if name is not None and name not in self._accounts:
            account = self._open(name)
            for earlier in self._segments[:place]:
                covered = _as_urgent(earlier.priority, name)
                account.take(earlier, covered and earlier.cause is None, False)
        segment = self._segments[place]
        for account in self._accounts.values():
            covered = _as_urgent(segment.priority, account.priority)
            account.take(segment, covered and segment.cause is None, covered)

    def _open(self, name: str) -> Account:
        self._accounts[name] = account = Account(name, self._target)
        return account

    def _drop_all(self) -> None:
        for account in self._accounts.values():
            account.drop()
            self._dropped.append(account)
            outcome = account.outcome()
            if outcome is not None and outcome.broken is not None:
                self._broken = outcome if self._broken is None else binding_of([self._broken, outcome], outcome.broken)
        self._accounts.clear()


def _as_urgent(priority: str | None, as_name: str) -> bool:
    return priority is not None and (priority == as_name or urgency(priority) <= urgency(as_name))


def outcomes_of(segments: Sequence[Segment], target: Target) -> list[Outcome]:
    """Return what came of every promise that existed in a cycle; empty without a covered priority."""
    if len(segments) == 1:
        # The commonest cycle by far: whatever the policy, it has nothing to decide.
        (only,) = segments
        if only.priority is None:
            return []
        account = Account(only.priority, target)
        account.take(only, only.cause is None, True)
        outcome = account.outcome()
        return [] if outcome is None else [outcome]
    promises = Promises(target)
    for segment in segments:
        promises.take(segment)
    return promises.outcomes()


def binding_of(outcomes: Sequence[Outcome], end: int) -> Outcome | None:
    """Return the promise that speaks for a cycle: the one broken first, else the one due first, counted on from `end`.

    Ties go to the more urgent. None while no promise is in force.
    """
    if len(outcomes) == 1:
        (only,) = outcomes
        return only if only.in_force or only.broken is not None else None
    broken = [outcome for outcome in outcomes if outcome.broken is not None]
    if broken:
        return min(broken, key=lambda outcome: (outcome.broken, urgency(outcome.priority)))
    held = [outcome for outcome in outcomes if outcome.in_force]
    return min(held, key=lambda outcome: (outcome.due_from(end), urgency(outcome.priority)), default=None)
