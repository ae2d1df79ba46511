"""One target applied to one ticket: its cycles, each judged by its promises. Pure, and total but for calendars."""

from dataclasses import replace
from typing import NamedTuple

from syncd.domain.breaks import next_edge
from syncd.domain.cycle import View, cycle_of
from syncd.domain.endings import End, Ending
from syncd.domain.evidence import Evidenced, evidenced
from syncd.domain.grace import Grace
from syncd.domain.history import History, fold
from syncd.domain.instant import to_us
from syncd.domain.judgement import judge
from syncd.domain.matching import Match
from syncd.domain.matrix import prioritised
from syncd.domain.names import PauseEvidence
from syncd.domain.reading import Cycle
from syncd.domain.run import Run
from syncd.domain.runs import runs_of
from syncd.domain.silence import NOTHING

# Looked up once: by name, from its enumeration, each look at a member takes a tenth of a microsecond.
_REQUIRED = PauseEvidence.REQUIRED

AWAITED = "not_before"
"""The flag of a clock that waits for its appointment."""


class Clock(NamedTuple):
    """What one clock says: its cycles, what kept it from having any, and when it will say something else by itself."""

    cycles: tuple[Cycle, ...]
    flags: tuple[str, ...] = ()
    changes_at: int | None = None


def clock_of(history: History, match: Match, *, spent: bool) -> Clock:
    """Return what a clock says as of `history.now`; `spent` asks for whose time each ended cycle was.

    Elapsed time never shrinks as that grows, and `breached_at` never moves once set. Raises CalendarExhausted when a
    calendar cannot say when a goal will be due.
    """
    now = history.now
    if match.start.at > now:
        return Clock((), (AWAITED, *match.flags), match.start.at)
    until = match.contract.until
    view, runs = settled_runs(history, match)
    cycles: list[Cycle] = []
    used = NOTHING
    for seen, run in runs:
        cycle, used = cycle_of(seen, run, used, spent=spent)
        cycles.append(cycle)
    changes_at = _changes_at(view, match, None if until is None else to_us(until))
    return Clock(tuple(cycles), match.flags + view.found.flags, changes_at)


def settled_runs(history: History, match: Match) -> tuple[View, list[tuple[View, Run]]]:
    """Return a ticket as a clock sees it, and the clock's runs, each with the ticket as it is to be judged.

    Of an ended contract those open and unmissed at its end are cancelled there, and no new ones begin.
    """
    view, until = view_of(history, match), match.contract.until
    if until is None or history.now <= to_us(until):
        return view, [(view, run) for run in view.found.runs]
    found: list[tuple[View, Run]] = []
    at_end = fold(history.timeline, as_of=until)
    if match.contract.vendor.id not in at_end.told:
        # A later revision may look at a ticket that came after the contract; and the vendor may have heard of it then.
        return view, found
    # What is known by now of pauses that were provisional at the end counts: a breach before it is one.
    then = view_of(at_end, match, known=view.evidence)
    for run, gone_on in zip(then.found.runs, view.found.runs, strict=False):
        if run.ending is not None:
            found.append((then, run))
            continue
        binding = judge(then.history, run, then.match).binding
        if binding is not None and binding.broken is not None:
            found.append(_without_return(history, match, (view, gone_on), len(run.spans)))
        else:
            run.finish(at_end.now, len(at_end.moments), None, Ending(End.CANCELLED, ("contract_ended",)))
            found.append((then, run))
    return view, found


def _without_return(history: History, match: Match, seen: tuple[View, Run], spans: int) -> tuple[View, Run]:
    """Return a missed run that outlived its contract as it stood before it resumed, if it stopped and did."""
    view, run = seen
    if len(run.spans) == spans:
        return seen
    until_then = replace(history.timeline, events=history.timeline.events[: run.spans[spans].first])
    before = view_of(fold(until_then, as_of=history.as_of), match, known=view.evidence)
    return before, before.found.runs[run.number - 1]


def view_of(history: History, match: Match, *, known: Evidenced | None = None) -> View:
    """Return a ticket as a clock sees it: with its own priorities and the pauses that it accepts, cut into runs.

    `known` is what became of its pauses, where more is known of them than the history tells.
    """
    target, vendor = match.target, match.contract.vendor.id
    if target.priority_from is not None:
        history = prioritised(history, target.priority_from)
    evidence = None
    if target.pause_evidence is _REQUIRED:
        evidence = evidenced(history, target, vendor) if known is None else known.as_of(history)
        history = evidence.history
    if match.amendments:
        match = match._replace(amendments=tuple(each for each in match.amendments if each.at <= history.now))
    found = runs_of(history, target, vendor, match.start, Grace(history, match))
    return View(history, match, found, evidence)


def _changes_at(view: View, match: Match, until: int | None) -> int | None:
    """The next instant at which a clock says something else though nothing happens."""
    now, found = view.history.now, []
    if match.amendments:
        found = [each.at for each in match.amendments if each.at > now]
    if view.found.confirms_at is not None:
        found.append(view.found.confirms_at + 1)
    if view.evidence is not None and view.evidence.provisional_until is not None:
        found.append(view.evidence.provisional_until + 1)
    if match.breaks and (edge := next_edge(match.breaks, now)) is not None:
        found.append(edge)
    if until is not None and until >= now:
        found.append(until + 1)
    return min(found) if found else None
