"""The outbox as the core needs it: notices to deliver, at least once, and keys that outlive them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from syncd.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice to hand to one notifier, claimed by this process."""

    id: int
    key: str
    channel: str
    notice: Notice
    attempts: int
    queued_at: datetime


@dataclass(frozen=True, slots=True)
class QueueState:
    """What waits for one notifier."""

    channel: str
    pending: int
    oldest_at: datetime | None
    dead: int


class Outbox(Protocol):
    """Notices to deliver; their keys outlive them."""

    def add(self, notice: Notice, channels: Sequence[str], *, at: datetime) -> bool:
        """Queue a notice once; False when its key is known."""
        ...

    def mute(self, notices: Sequence[Notice], *, at: datetime) -> int:
        """Keep the keys of notices that nobody is to be told of, then or later; return how many were new."""
        ...

    def claim(self, now: datetime, limit: int, lease_seconds: float) -> Sequence[Delivery]:
        """Take deliveries that are due, oldest first, for as long as the lease; other claimants skip them."""
        ...

    def delivered(self, delivery: int, at: datetime) -> None:
        """The receiver took it."""
        ...

    def retry(self, delivery: int, *, at: datetime, error: str) -> None:
        """It did not arrive; try again at an instant."""
        ...

    def bury(self, delivery: int, *, at: datetime, error: str) -> None:
        """It never will; keep it as a dead letter."""
        ...

    def state(self) -> Sequence[QueueState]:
        """Return every notifier's queue that ever held something."""
        ...

    def next_due(self) -> datetime | None:
        """Return when the next delivery is to be tried."""
        ...
