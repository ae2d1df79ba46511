"""The closed vocabularies of the domain: one word, one meaning, in code, configuration, metrics and pages."""

from enum import StrEnum


class Phase(StrEnum):
    """Where a ticket stands in its life."""

    NEW = "new"
    ACTIVE = "active"
    PENDING = "pending"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


OPEN_PHASES = frozenset({Phase.NEW, Phase.ACTIVE, Phase.PENDING})
"""Phases in which work is still owed."""


class Awaiting(StrEnum):
    """Whose turn it is."""

    VENDOR = "vendor"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    NOBODY = "nobody"


class Party(StrEnum):
    """Who acted."""

    VENDOR = "vendor"
    CUSTOMER = "customer"
    THIRD_PARTY = "third_party"
    SYSTEM = "system"
    UNKNOWN = "unknown"


class Visibility(StrEnum):
    """Who can read a message: `public` is visible to both sides."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Quality(StrEnum):
    """How much of a ticket's history its timeline holds."""

    FULL = "full"
    PARTIAL = "partial"
    SNAPSHOT = "snapshot"
    CUSTOMER_VIEW = "customer_view"


class LinkRole(StrEnum):
    """What the other ticket is to this one."""

    PARENT = "parent"
    CHILD = "child"
    PROBLEM = "problem"
    SAME_INCIDENT = "same_incident"


class GoneReason(StrEnum):
    """Why a source no longer shows a ticket; never read as resolved."""

    DELETED = "deleted"
    UNREACHABLE = "unreachable"
    ARCHIVED = "archived"


class Metric(StrEnum):
    """What a target times."""

    FIRST_RESPONSE = "first_response"
    ACKNOWLEDGEMENT = "acknowledgement"
    NEXT_RESPONSE = "next_response"
    UPDATE = "update"
    RESOLUTION = "resolution"
    RESTORATION = "restoration"


class Stage(StrEnum):
    """What a cycle is doing; `paused` is open but not counted for a reason other than the calendar."""

    RUNNING = "running"
    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Verdict(StrEnum):
    """What a cycle came to."""

    MET = "met"
    MISSED = "missed"
    PENDING = "pending"
    EXCLUDED = "excluded"
    UNVERIFIABLE = "unverifiable"


class PriorityChange(StrEnum):
    """Which promises count when a ticket's priority changes (design.md section 7, *Promises*)."""

    EARLIEST_PROMISE = "earliest_promise"
    FROM_START = "from_start"
    FROM_CHANGE = "from_change"
    HIGHEST_EVER = "highest_ever"
    AT_CREATION = "at_creation"
    RETROACTIVE = "retroactive"


class Starts(StrEnum):
    """When a clock starts."""

    VENDOR_NOTIFIED = "vendor_notified"
    CREATED = "created"
    REPORTED = "reported"
    ACKNOWLEDGED = "acknowledged"


class Stops(StrEnum):
    """Where a resolution clock stops."""

    RESOLVED = "resolved"
    CLOSED = "closed"
    WORKAROUND = "workaround"


class Reopen(StrEnum):
    """What a reopening by anyone but the vendor does to a stopped cycle."""

    WITHIN_GRACE = "within_grace"
    RESUME = "resume"
    NEW_CYCLE = "new_cycle"
    FIRST_IS_FINAL = "first_is_final"


class Accepted(StrEnum):
    """Whether a kind of evidence counts."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class PauseEvidence(StrEnum):
    """Whether the vendor's own word is enough for a pause."""

    AS_RECORDED = "as_recorded"
    REQUIRED = "required"


class Counts(StrEnum):
    """Whose time a clock counts."""

    OWN_TIME = "own_time"
    END_TO_END = "end_to_end"


class PeriodBy(StrEnum):
    """Which instant of a cycle puts it into a period."""

    DECIDED = "decided"
    DEADLINE = "deadline"
    STOPPED = "stopped"
    CREATED = "created"


class PeriodKind(StrEnum):
    """How long a contract's periods are."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Transition(StrEnum):
    """What an amended contract does to what is already running."""

    NEW_TICKETS = "new_tickets"
    RUNNING_FROM_DATE = "running_from_date"
    WHOLE_PERIOD = "whole_period"


class Backlog(StrEnum):
    """Whether tickets opened before the contract are measured."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class Children(StrEnum):
    """What becomes of the clocks of a ticket that is another's child."""

    EACH = "each"
    WITH_PARENT = "with_parent"
    EXCLUDED = "excluded"


US = "us"
"""The holder's name while the ticket is with the buyer, as `handed_over` writes it."""
