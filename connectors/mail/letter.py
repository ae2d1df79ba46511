"""One message as facts: what its header says, the words that are new in it, its files by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A parsed message. Ids are without brackets; addresses are lower case; nothing in it was believed.

    `evidence` holds the header fields by which machines are known, values on one line. `text` is what the sender wrote,
    quotations and signature cut away.
    `about` are ids of the messages that a bounce or a report speaks of, `delivery` is what it says became of them.
    """

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    role: str = ""
    """What stands before the at-sign of the sender where that is an office, no name: mailer-daemon, noreply."""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    subject: str = ""
    date: datetime | None = None
    received: tuple[tuple[str, datetime], ...] = ()
    """Hosts that took the message, with when they say they did; topmost first."""
    authentication: tuple[str, ...] = ()
    """Values of Authentication-Results, topmost first."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/plain"
    part_types: frozenset[str] = frozenset()
    report_type: str = ""
    about: tuple[str, ...] = ()
    delivery: str = ""
    text: str = ""
    attachments: tuple[str, ...] = ()
    size: int = 0
    fingerprint: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def sender(self) -> str:
        """The address in From; empty unless there is exactly one."""
        return self.senders[0] if len(self.senders) == 1 else ""

    @property
    def ancestors(self) -> tuple[str, ...]:
        """Every id that the message says it follows, the oldest first."""
        return tuple(dict.fromkeys((*self.references, *self.in_reply_to)))
