"""How cycles of each metric end: the column *cycle stops* of the table in design.md section 7, row by row."""

from syncd.domain import events as e
from syncd.domain.names import Counts, Metric, Party, Phase, Stops
from tests.domain.clock_reference_case import Case
from tests.domain.clock_reference_grid import goal_from, reached_from
from tests.domain.clock_reference_state import State, answering, responds, worked_on
from tests.domain.clock_reference_verdict import Life, judged

RESPONSES = (Metric.FIRST_RESPONSE, Metric.ACKNOWLEDGEMENT)
ANSWERS = (*RESPONSES, Metric.NEXT_RESPONSE)


def end(life: Life, case: Case, index: int) -> None:
    """End an open cycle at an event, if it does."""
    state, target = case.states[index], case.target
    at, event, name = state.at, state.event, state.event.id
    by_vendor = ("cancelled_by_vendor",) if state.phase is Phase.CANCELLED else ()
    if isinstance(event, e.Merged):
        life.finish(at, name, "cancelled", "merged")
    elif isinstance(event, e.Gone):
        life.finish(at, name, "gone", "gone")
    elif state.phase is Phase.CANCELLED is not state.was and event.by is Party.CUSTOMER:
        life.finish(at, name, "cancelled", "withdrawn")  # a cancellation by the customer cancels every open cycle
    elif target.metric in ANSWERS:
        if target.metric is Metric.NEXT_RESPONSE:
            answered = answering(state, target, case.vendor)
        else:
            answered = responds(state, target, case.vendor)
        if answered:
            life.finish(at, name, "stopped")
        elif state.shuts and state.actor == case.vendor:
            wordless = ("resolved_without_message",) if target.metric in RESPONSES else ()
            life.finish(at, name, "stopped", *wordless, *by_vendor, resolved=True)
        elif state.shuts:
            life.finish(at, name, "cancelled", "withdrawn")
    elif target.metric is Metric.UPDATE:
        if answering(state, target, case.vendor):
            life.finish(at, name, "stopped")
        elif state.shuts:
            life.finish(at, name, "stopped", *by_vendor, resolved=True)
    else:
        _end_of_resolution(life, case, index, by_vendor)


def _end_of_resolution(life: Life, case: Case, index: int, by_vendor: tuple[str, ...]) -> None:
    state, target = case.states[index], case.target
    at, event, name = state.at, state.event, state.event.id
    if isinstance(event, e.Workaround):
        if target.metric is Metric.RESTORATION or target.stops is Stops.WORKAROUND:
            life.finish(at, name, "stopped")
    elif state.shuts and event.by is Party.CUSTOMER and not worked_on(case.states[:index], target, case.vendor):
        life.finish(at, name, "cancelled", "withdrawn")
    elif state.shuts and target.counts is Counts.OWN_TIME and state.holder != case.vendor:
        life.finish(at, name, "cancelled", "handed_back")
    elif target.stops is not Stops.CLOSED:
        if state.shuts:
            life.finish(at, name, "stopped", *by_vendor, resolved=True)
    elif state.was is not state.phase and state.phase in (Phase.CLOSED, Phase.CANCELLED):
        if life.resolve is not None:
            life.confirm()  # confirmed by a closing: the stop is the resolve itself
        else:
            life.finish(at, name, "stopped", *by_vendor, resolved=True)  # closed without a resolve
    elif target.confirm_within is not None and state.shuts:
        life.resolve = (at, name, len(life.tape), life.since)
    elif state.reopens:
        life.resolve = None  # rejected


def confirmed_by(life: Life, case: Case) -> int:
    """The last instant at which a reopening still rejects the resolve that waits."""
    assert life.resolve is not None
    assert case.target.confirm_within is not None
    at, _, length, _ = life.resolve
    then = Life(life.number, life.started_at, life.started_by, life.tape[:length])
    calendar = case.target.reopen_calendar or judged(case, then).calendar
    return reached_from(calendar, at, goal_from(case.target.confirm_within, calendar, at))


def grace_ends(life: Life, case: Case) -> int:
    """Counted from the stop on `reopen_calendar`, else the calendar of the binding promise at the stop."""
    assert life.ended_at is not None
    calendar = case.target.reopen_calendar or judged(case, life).calendar
    return reached_from(calendar, life.ended_at, goal_from(case.target.reopen_grace, calendar, life.ended_at))


def begins_with_child(case: Case, started_at: int) -> State | None:
    """The first link to a parent, if it is stamped at or before the start of a clock that asks about it."""
    if case.target.children == "each":
        return None
    links = [state for state in case.states if state.makes_child]
    return links[0] if links and links[0].at <= started_at else None
