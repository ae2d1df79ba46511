"""Whose each slot of a cycle was, by brute force: at every slot, ask the seven parties in their order."""

from collections import Counter

from syncd.domain.names import OPEN_PHASES, US, Awaiting
from syncd.domain.timeline import Timeline
from tests.domain.clock_reference_grid import serves, slot
from tests.domain.clock_reference_verdict import Judged, Verdict

WHO = {"phase", "handed_over", "notified", "opened"}
"""Kinds of events that say who held or awaited the ticket."""


def ledger_of(judged: Judged, cycle: Verdict, timeline: Timeline) -> dict[str, int]:
    """Slots by party, from the cycle's start to its stop or now; the parties that have none left out."""
    case = judged.case
    until = case.now if judged.life.ended_at is None else judged.life.ended_at
    return dict(Counter(_party(judged, at, timeline) for at in range(cycle.started_at, until)))


def _party(judged: Judged, at: int, timeline: Timeline) -> str:
    """The first that applies of: excluded, unknown, out_of_hours, other_vendor, customer, third_party, vendor."""
    case, life = judged.case, judged.life
    seen = [state for state in case.states if state.at <= at]
    # A clock that starts at the report stands as the ticket was opened.
    state = seen[-1] if seen else case.states[0]
    taken_over = at < life.started_at
    if not taken_over and case.planned(at, state.attributes):
        return "excluded"
    if any(slot(gap.start) <= at < slot(gap.end) and gap.missing & WHO for gap in timeline.gaps):
        return "unknown"
    if judged.binding is not None and not serves(judged.binding.calendar, at):
        return "out_of_hours"
    if taken_over:  # the time before a merge that a survivor took over is the vendor's
        return "vendor"
    if state.holder not in (case.vendor, US, None):
        return "other_vendor"
    if state.phase not in OPEN_PHASES or state.holder != case.vendor:
        return "customer"
    # `nobody` awaited while open is the vendor; so is a refused stretch, which counts as awaiting the vendor.
    return {Awaiting.CUSTOMER: "customer", Awaiting.THIRD_PARTY: "third_party"}.get(state.awaiting, "vendor")
