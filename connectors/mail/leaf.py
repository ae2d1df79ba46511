"""What grouping needs of a message: small, and enough to group all mail of a mailbox again at any time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.mail.authorship import Author, MachineKind
from connectors.mail.references import Reference
from connectors.mail.tokens import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A message without its words.

    `vendors` are those it is from or to. `tokens` are ticket numbers by the scope in which they are valid: a vendor's
    id, or, where no vendor is configured, two domains that write to each other. `about` are the messages that it
    reports on. `accepted` is False of a bounce that says that a message never arrived. `subject` and `people` are empty
    unless subjects may join conversations.
    """

    fingerprint: str
    message_id: str
    ancestors: tuple[str, ...]
    at: datetime
    ours: bool = False
    sender_vendor: str | None = None
    vendors: tuple[str, ...] = ()
    tokens: Mapping[str, tuple[Token, ...]]
    references: tuple[Reference, ...] = ()
    """Keys of our own tools."""
    author: Author = Author.HUMAN
    kind: MachineKind | None = None
    about: tuple[str, ...] = ()
    failed: bool = False
    """Whether it says that what it is about did not arrive."""
    raises: bool = True
    """Whether it can begin a ticket: people and monitoring can, vacation replies cannot."""
    follows: bool = False
    """Whether it says without naming a message that something came before it: an answer, an acknowledgement."""
    subject: str = ""
    people: frozenset[str] = frozenset()

    @property
    def order(self) -> tuple[datetime, str]:
        """What messages are ordered by."""
        return self.at, self.fingerprint

    @property
    def id(self) -> str:
        """The node that it is: its own id, else what it is known by."""
        return self.message_id or f"fingerprint:{self.fingerprint}"
