"""One thing to tell somebody once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from syncd.domain.names import Metric


class Step(StrEnum):
    """What a notice says: of a clock, of a contract's period, of a source, of other notices, or nothing: a test."""

    AT_RISK = "at_risk"
    BREACHED = "breached"
    ESCALATED = "escalated"
    RECOVERED = "recovered"
    UNWINNABLE = "unwinnable"
    SOURCE_BLIND = "source_blind"
    DIGEST = "digest"
    TEST = "test"


STANDING = frozenset({Step.AT_RISK, Step.BREACHED, Step.ESCALATED, Step.UNWINNABLE, Step.SOURCE_BLIND})
"""Steps that say what is so from then on, until it is told to be over; the others say that something happened."""

OF_CLOCKS = frozenset({Step.AT_RISK, Step.BREACHED, Step.ESCALATED})
"""Steps of a clock that are told one by one until there are too many of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKey:
    """What makes a notice the same notice (design.md section 10): survives replay, restarts and renumbered cycles.

    `started_by` is the id of the event that began the cycle; `ordinal` counts an update clock's misses, else 0.
    `detail` is what else makes it another one: the row of an escalation, a period, since when a source is blind. A
    notice that is about no ticket has empty parts, one that is about no source the source 0.
    """

    source_id: int
    ticket_id: str
    contract: str
    target: str
    started_by: str
    priority: str
    step: Step
    ordinal: int = 0
    detail: str = ""

    def text(self) -> str:
        """Return the key as one line, unique because no part may hold a bare slash."""
        parts = [
            str(self.source_id), self.ticket_id, self.contract, self.target, self.started_by, self.priority,
            self.step.value, str(self.ordinal), *([self.detail] if self.detail else []),
        ]  # fmt: skip
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


def short(key: str) -> str:
    """Return 16 hexadecimal digits that stand for a key's text where a long one does not fit or would not be read."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice and the facts it is made of; never ticket text beyond what people call the ticket."""

    key: NoticeKey
    at: datetime
    """The instant that the notice is about: when the share was used up, or the breach, or the end."""
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
    """Found out, or let go, more than a few minutes after the fact."""
    metric: Metric | None = None
    """What the clock times; None of what is about no clock."""
    level: int = 0
    """How urgent the priority is among the contract's: 1 for the most urgent, 0 where there is none."""
    explain_url: str | None = None
    """Where our own pages explain it."""
    of: tuple[str, ...] = ()
    """Keys of the notices that this one says the end of."""
    count: int = 0
    """How many it stands for: folded notices, clocks that fell due, cycles missed."""
    lines: tuple[str, ...] = ()
    """What it stands for, a few lines of it."""
    since: datetime | None = None
    """Since when it has been so, where that is not `at`: the last complete reading of a blind source."""
