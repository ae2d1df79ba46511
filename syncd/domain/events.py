"""Dated, identified facts about one ticket; never edited (design.md section 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from syncd.domain.names import Awaiting, GoneReason, LinkRole, Party, Phase, Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What every event carries.

    `id` is the source's own id of that change, unique within its ticket. `at` is aware UTC. `seq` orders events of one
    instant. `vendor` says which vendor acted (for `opened` and `notified`: which vendor was told). `at_earliest` is
    set when only the interval `[at_earliest, at]` is known. `original` is the source's own word.
    """

    id: str
    at: datetime
    by: Party = Party.UNKNOWN
    seq: int | None = None
    vendor: str | None = None
    at_earliest: datetime | None = None
    original: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Fact):
    """The ticket's state when it began, rebuilt from its history."""

    phase: Phase = Phase.NEW
    awaiting: Awaiting = Awaiting.VENDOR
    priority: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified(Fact):
    """The vendor named in `vendor` was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(Fact):
    """Who holds the ticket from here: a vendor's id, or `names.US`."""

    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChanged(Fact):
    """The ticket's phase, and whose turn it is, from here."""

    to: Phase
    awaiting: Awaiting


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChanged(Fact):
    """The ticket's priority from here; None where it was taken away."""

    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Fact):
    """A comment or mail; its text is not part of it."""

    visibility: Visibility = Visibility.PUBLIC
    automated: bool = False
    relayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Fact):
    """A person at the vendor accepted the ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workaround(Fact):
    """Service is restored, the ticket not yet solved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeChanged(Fact):
    """A field that conditions may read; None where it was emptied."""

    name: str
    to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Fact):
    """The ticket went up into another."""

    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Fact):
    """The ticket was cut out of another; its clocks start here."""

    source_ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorbed(Fact):
    """Another ticket was merged into this one."""

    source_ticket: str
    started_at: datetime
    priority: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked(Fact):
    """This ticket is tied to another."""

    to: str
    role: LinkRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked(Fact):
    """This ticket is no longer tied to another: takes back every `Linked` of that name and role before it."""

    to: str
    role: LinkRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated(Fact):
    """The customer's satisfaction, out of `scale`."""

    score: float
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Fact):
    """The source no longer shows the ticket; never read as resolved."""

    reason: GoneReason


TicketEvent = (
    Opened
    | Notified
    | HandedOver
    | PhaseChanged
    | PriorityChanged
    | Message
    | Acknowledged
    | Workaround
    | AttributeChanged
    | Merged
    | Split
    | Absorbed
    | Linked
    | Rated
    | Gone
    | Unlinked
)

KINDS: Mapping[str, type[TicketEvent]] = {
    "opened": Opened,
    "notified": Notified,
    "handed_over": HandedOver,
    "phase": PhaseChanged,
    "priority": PriorityChanged,
    "message": Message,
    "acknowledged": Acknowledged,
    "workaround": Workaround,
    "attribute": AttributeChanged,
    "merged": Merged,
    "split": Split,
    "absorbed": Absorbed,
    "linked": Linked,
    "rated": Rated,
    "gone": Gone,
    "unlinked": Unlinked,
}
"""The timeline format's `kind` of each event type. Append only: stores number the kinds by their place here."""

KIND_OF: Mapping[type[TicketEvent], str] = {cls: kind for kind, cls in KINDS.items()}
