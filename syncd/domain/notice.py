"""One thing to tell somebody once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Step(StrEnum):
    """What a notice says of a clock."""

    AT_RISK = "at_risk"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKey:
    """What makes a notice the same notice (design.md section 10): survives replay, restarts and renumbered cycles.

    `started_by` is the id of the event that began the cycle; `ordinal` counts an update clock's misses, else 0.
    """

    source_id: int
    ticket_id: str
    contract: str
    target: str
    started_by: str
    priority: str
    step: Step
    ordinal: int = 0

    def text(self) -> str:
        """Return the key as one line, unique because no part may hold a bare slash."""
        parts = (
            str(self.source_id), self.ticket_id, self.contract, self.target, self.started_by, self.priority,
            self.step.value, str(self.ordinal),
        )  # fmt: skip
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice and the facts it is made of; never ticket text beyond what people call the ticket."""

    key: NoticeKey
    at: datetime
    """The instant that the notice is about: when the share was used up, or the breach."""
    source: str
    ticket: str
    url: str | None
    vendor: str
    vendor_name: str
    priority: str
    goal_us: int
    elapsed_us: int
    due_at: datetime | None
    late: bool = False
    """Found out more than a few minutes after the fact."""
