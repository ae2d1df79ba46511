"""Stretches of a ticket's life in which something may have happened that its record does not tell."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from connectors.jira.checks import Step, born_over
from connectors.jira.history import Break
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant
from connectors.jira.state import Reader
from connectors.jira.ticket import Ticket, Whole
from syncd.domain.timeline import Gap

UNSEEN = frozenset({"phase", "priority", "handed_over", "attribute", "linked"})
"""What a changelog tells."""


def gaps_of(
    ticket: Ticket, steps: Sequence[Step], found: Sequence[Break], reader: Reader, options: JiraOptions
) -> tuple[Gap, ...]:
    """Return the stretches, and note why."""
    every = (
        *_missing_history(ticket, steps, reader),
        *_missing_comments(ticket, reader),
        *_broken(ticket, found, reader, options),
        *_unknown(ticket, steps),
    )
    return tuple(gap for gap in every if gap.start < gap.end)


def _missing_history(ticket: Ticket, steps: Sequence[Step], reader: Reader) -> Iterator[Gap]:
    if ticket.history_whole is not True:
        reader.note("history_incomplete", _which(ticket.history_whole, "histories"))
        oldest = min((update.at for update in ticket.updates), default=ticket.updated_at)
        yield Gap(ticket.created_at, oldest if ticket.history_whole == "newest" else ticket.updated_at, UNSEEN)
    elif _silent(ticket, steps):
        reader.note("history_missing", "the ticket is over, and no history says how it came to that")
        yield Gap(ticket.created_at, ticket.updated_at, UNSEEN)
    elif ticket.unread:
        yield Gap(ticket.created_at, ticket.updated_at, UNSEEN)


def _silent(ticket: Ticket, steps: Sequence[Step]) -> bool:
    """Tell whether a ticket is over from its very first state on, and does not say that it was created so."""
    return not ticket.portal and steps[0][1].over and not born_over(ticket) and ticket.created_at < ticket.updated_at


def _missing_comments(ticket: Ticket, reader: Reader) -> Iterator[Gap]:
    if ticket.comments_whole is not True:
        reader.note("comments_incomplete", _which(ticket.comments_whole, "comments"))
        dates = [at for row in ticket.comments if (at := instant(row.get("created"))) is not None]
        oldest = max(min(dates, default=ticket.updated_at), ticket.created_at)
        end = oldest if ticket.comments_whole == "newest" else ticket.updated_at
        yield Gap(ticket.created_at, end, frozenset({"message"}))


def _which(whole: Whole, what: str) -> str:
    return f"only the newest {what} were read" if whole == "newest" else f"not all {what} were read"


def _broken(ticket: Ticket, found: Sequence[Break], reader: Reader, options: JiraOptions) -> Iterator[Gap]:
    kinds = {field: _kinds(field, ticket, options) for field in {each.field for each in found}}
    for each in found:
        reader.note("unaudited_change", f"{each.field} changed without a history")
        yield Gap(each.start, each.end, kinds[each.field])


def _kinds(field: str, ticket: Ticket, options: JiraOptions) -> frozenset[str]:
    """Return the kinds of event that a field's changes make."""
    kinds = {"status": {"phase"}, "resolution": {"phase"}, "priority": {"priority"}}.get(field, set())
    if field in (*(ticket.fields.key(name) for name in options.fields.values()), "key", "project"):
        kinds = kinds | {"attribute"}
    return frozenset(kinds | {"handed_over"} if field in vendor_fields(ticket, options) else kinds)


def vendor_fields(ticket: Ticket, options: JiraOptions) -> frozenset[str]:
    """Return the fields that tell the vendor and whose changes tell ids."""
    places = {rule.look_at for rule in options.vendor_from}
    found = {ticket.fields.key(place.removeprefix("field:")) for place in places if place.startswith("field:")}
    if places & {"assignee", "group"}:
        found.add("assignee")
    if "project" in places:
        found |= {"project", "key"}
    return frozenset(found - {""})


def _unknown(ticket: Ticket, steps: Sequence[Step]) -> Iterator[Gap]:
    """Yield the stretches in which the status meant nothing that is known."""
    ends = [*steps, (None, steps[-1][1])]
    for place, ((update, state), (following, _)) in enumerate(pairwise(ends)):
        if not state.known:
            start = ticket.created_at if update is None else update.at
            end = ticket.updated_at if following is None or place == len(steps) - 1 else following.at
            yield Gap(start, end, frozenset({"phase"}))
