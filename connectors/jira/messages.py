"""Comments as messages.

A message's id holds its visibility: a comment that was internal and is made public is a new event at the instant it
was written, and the internal one is withdrawn; one that is hidden later leaves its public event withdrawn, which
still counts and is flagged.
"""

from collections.abc import Iterator

from connectors.jira.cells import Row, inner, text
from connectors.jira.comments import is_public
from connectors.jira.parties import UNKNOWN, Actor, WhoIsWho
from connectors.jira.people import NOBODY, Person, person
from connectors.jira.places import MESSAGE, seq
from connectors.jira.settings import JiraOptions
from connectors.jira.stamps import instant
from connectors.jira.state import Reader
from connectors.jira.ticket import Ticket
from syncd.domain.events import Message, Rated, TicketEvent
from syncd.domain.names import Party, Visibility


def messages(ticket: Ticket, reader: Reader, who: WhoIsWho, options: JiraOptions) -> Iterator[TicketEvent]:
    """Yield the comments; each belongs to the history of its instant by its author, if there is one."""
    numbers: dict[object, int] = {}
    for update in ticket.updates:
        numbers[update.at] = update.number
        numbers[update.at, ticket.people.of(update.author).accounts] = update.number
    early = unread = unknown = 0
    for row in ticket.comments:
        at, ident = instant(row.get("created")), text(row, "id")
        if at is None or not ident:
            unread += 1
            continue
        if (ticket.created_at - at).total_seconds() > 1:
            early += 1
            continue
        at = max(at, ticket.created_at)
        author = _author(row, ticket, who)
        public = is_public(row, options.public_comments, ticket.project_type)
        unknown += public is None
        visibility = Visibility.PUBLIC if public else Visibility.INTERNAL
        by = who.actor(author, ticket.reporter) if author is not NOBODY else UNKNOWN
        number = numbers.get((at, author.accounts), numbers.get(at, 0))
        yield Message(
            id=f"comment:{ident}:{visibility.value}", at=at, by=by.party, seq=seq(number, MESSAGE), vendor=by.vendor,
            visibility=visibility, automated=by.automated, relayed=who.relays(author),
        )  # fmt: skip
    if early:
        reader.note("predates_ticket", f"{early} comments are older than the ticket and left out")
    if unread:
        reader.note("unreadable_history", f"{unread} comments without an id or an instant")
    if unknown:
        reader.note("visibility_unknown", f"{unknown} comments do not tell who sees them; taken as internal")


def _author(row: Row, ticket: Ticket, who: WhoIsWho) -> Person:
    """Return who wrote a comment; of a mail written down by its handler the sender."""
    written_by = inner(row, "author")
    if not person(written_by).accounts:
        return NOBODY
    author = ticket.people.of(written_by)
    if not who.carries_mail(author):
        return author
    sender = person({"emailAddress": row.get("sender")})
    return ticket.people.of({"emailAddress": row.get("sender")}).joined(sender) if sender.accounts else NOBODY


def rating(ticket: Ticket, opener: Actor) -> Iterator[TicketEvent]:
    """Yield the customer's satisfaction."""
    told = inner(ticket.payload, "feedback")
    score = told.get("rating")
    if isinstance(score, int | float):
        dated = instant(told.get("date"))
        at = max(dated or ticket.updated_at, ticket.created_at)
        by = Party.CUSTOMER if opener.party is not Party.VENDOR else Party.UNKNOWN
        earliest = None if dated else ticket.created_at
        yield Rated(
            id=f"{ticket.id}:rated:{score}", at=at, by=by, seq=0, at_earliest=earliest, score=float(score), scale=5.0
        )
