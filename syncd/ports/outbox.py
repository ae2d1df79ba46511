"""The outbox as the core needs it: notices to deliver, at least once, and keys that outlive them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from syncd.domain.notice import Notice
from syncd.ports.repositories import TicketNo
from syncd.ports.standing import Standing

NO_TICKET: TicketNo = 0
"""The ticket of a notice that is about none."""

LetterState = Literal["pending", "dead"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice to hand to one notifier, claimed by this process."""

    id: int
    key: str
    channel: str
    notice: Notice
    attempts: int
    queued_at: datetime
    confirmed: bool = True
    """The ticket was re-read before the notice was let go, or need not be."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """What waits for one notifier."""

    channel: str
    pending: int
    oldest_at: datetime | None
    dead: int


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery that did not arrive so far, as people are shown it; `error` is what went wrong last."""

    id: int
    key: str
    channel: str
    state: LetterState
    notice: Notice
    attempts: int
    queued_at: datetime
    next_at: datetime
    error: str | None
    over: bool = False
    """What it says is so no more: nobody is told of it again."""


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A notice that says what is so, decided and not ended yet; `channels` are those that know of it, or may."""

    key: str
    notice: Notice
    channels: tuple[str, ...]


class Letters(Protocol):
    """What did not arrive so far, and what people decide about it.

    Nothing here needs the right to write: whoever has claimed a delivery is not overtaken, because only what nobody
    tries any more is revived, and what is dropped is merely not tried again.
    """

    def letters(self, state: LetterState | None = None, *, limit: int, offset: int = 0) -> Sequence[Letter]:
        """Return what did not arrive so far, of one state or both, oldest first."""
        ...

    def revive(self, delivery: int, at: datetime) -> bool:
        """Try a dead delivery at an instant, as if for the first time; False where there is none.

        What it says must still be so: a delivery that has ended is not revived, nor is one that waits.
        """
        ...

    def drop(self, delivery: int, at: datetime) -> bool:
        """Never try a dead or waiting delivery again; False where there is none. Its key stays known.

        What is being handed over at that moment may still arrive, and is then noted as delivered.
        """
        ...


class Outbox(Letters, Protocol):
    """Notices to deliver; their keys outlive them."""

    def add(
        self,
        notice: Notice,
        channels: Sequence[str],
        *,
        at: datetime,
        ticket: TicketNo = NO_TICKET,
        over: bool = False,
    ) -> bool:
        """Queue a notice once; False when its key is known. `over` says that what it tells has ended already."""
        ...

    def mute(self, notices: Sequence[Notice], *, at: datetime) -> int:
        """Keep the keys of notices that nobody is to be told of, then or later; return how many were new."""
        ...

    def claim(self, channel: str, now: datetime, limit: int, lease_seconds: float) -> Sequence[Delivery]:
        """Take a channel's due deliveries for as long as the lease; other claimants skip them.

        Most urgent first, then oldest first. `attempts` are those made before this one, also those of claimants that
        died over them.
        """
        ...

    def unclaim(self, deliveries: Sequence[int], at: datetime) -> None:
        """Give back what was claimed and not tried; it is due at an instant."""
        ...

    def delivered(self, delivery: int, at: datetime) -> None:
        """The receiver took it, even if it was dropped meanwhile."""
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

    def next_due(self, channel: str) -> datetime | None:
        """Return when a channel's next delivery is to be tried."""
        ...

    def outstanding(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, Sequence[Outstanding]]:
        """Return what was let go of tickets and has not ended; `NO_TICKET` stands for what is about none.

        Of dead letters as well, of which nobody knows: they must not be revived once they are over.
        """
        ...

    def tickets_outstanding(self, after: TicketNo, limit: int) -> Sequence[TicketNo]:
        """Return the first tickets beyond a number of which something is outstanding, in order."""
        ...

    def end(self, keys: Collection[str], at: datetime) -> None:
        """What these notices say is so no more since an instant; what no receiver can know of never leaves."""
        ...

    def standing(self, channel: str) -> Sequence[Standing]:
        """Return everything that a channel was told of, that stood then, and that is neither settled nor refused."""
        ...

    def settled(self, channel: str, keys: Collection[str]) -> None:
        """The receivers behind a channel know the end of these: they stand no more."""
        ...

    def refused(self, channel: str, why: Mapping[str, str], *, at: datetime) -> None:
        """The receivers behind a channel refuse these for good, each for its reason: dead letters."""
        ...

    def told_since(self, vendor: str, since: datetime) -> int:
        """Return how many notices of clocks of a vendor were let go after an instant."""
        ...

    def last_digest(self, vendor: str) -> datetime | None:
        """Return when a vendor's last digest was queued."""
        ...

    def trim(self, before: datetime, limit: int) -> int:
        """Forget at most `limit` deliveries that were over before an instant; return how many. Dead letters stay."""
        ...
