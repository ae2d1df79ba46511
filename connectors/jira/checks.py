"""What Jira says about itself in two places, held against each other; a disagreement is counted, never resolved."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.jira.history import Update
from connectors.jira.parties import prefix
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant
from connectors.jira.state import Reader, State
from connectors.jira.ticket import Ticket

_SAME = timedelta(seconds=5)
"""What one transition writes is dated within it."""

Step = tuple[Update | None, State]
"""A state, and the update that led to it; None for the opening."""


def cross_check(ticket: Ticket, steps: Sequence[Step], now: State, reader: Reader, options: JiraOptions) -> None:
    """Note where the history and the issue's own dates, or the two signals of a resolve as it is now, disagree."""
    if now.known and now.done != now.resolution:
        what = "done without a resolution" if now.done else "a resolution on an open status"
        reader.note("signals_disagree", what)
    if ticket.history_whole is True:
        _resolved(ticket, steps, reader)
        _category(ticket, steps, reader)
    projects = {key.casefold() for key in options.scope.projects}
    if projects and not ticket.portal and prefix(ticket.key).casefold() not in projects:
        reader.note("moved_out_of_scope", f"now in project {prefix(ticket.key) or 'unknown'}")


def _resolved(ticket: Ticket, steps: Sequence[Step], reader: Reader) -> None:
    if "resolutiondate" not in ticket.values:
        return
    told = instant(ticket.values.get("resolutiondate"))
    now = steps[-1][1].resolution
    if (told is not None) != now:
        reader.note("resolution_disagrees", "a resolution without a date" if now else "a date without a resolution")
        return
    candidates: list[datetime] = []
    for update, state in steps:
        if not state.resolution:
            candidates = []
        elif update is None:
            candidates = [ticket.created_at]
        elif update.of("resolution") is not None:
            candidates.append(update.at)
    if told is not None and not any(abs(told - at) <= _SAME for at in candidates):
        reader.note("resolution_disagrees", "the resolution's date is not that of its change")


def _category(ticket: Ticket, steps: Sequence[Step], reader: Reader) -> None:
    told = instant(ticket.values.get("statuscategorychangedate"))
    if told is None:
        return
    at, before = ticket.created_at, ""
    for update, _ in steps:
        change = None if update is None else update.of("status")
        if update is None or change is None:
            continue
        before = ticket.statuses.of(change.old).category
        after = ticket.statuses.of(change.new).category
        if not before or not after:
            return  # what cannot be known cannot disagree
        at = update.at if before != after else at
    if abs(told - at) > _SAME:
        reader.note("category_disagrees", "the status category's date is not that of its change")


def born_over(ticket: Ticket) -> bool:
    """Tell whether a ticket that is over without a history says that it was created so."""
    dates = [instant(ticket.values.get(key)) for key in ("statuscategorychangedate", "resolutiondate")]
    told = [at for at in dates if at is not None]
    return bool(told) and all(abs(at - ticket.created_at) <= _SAME for at in told)
