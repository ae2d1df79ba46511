"""The outbox in memory."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syncd.domain.notice import OF_CLOCKS, STANDING, Notice, Step
from syncd.ports.notifier import Envelope
from syncd.ports.outbox import NO_TICKET, Delivery, Letter, LetterState, Outstanding, QueueState
from syncd.ports.repositories import TicketNo
from syncd.ports.standing import Standing
from syncd.testing.memory_state import Queued, State


class MemoryOutbox:
    """`syncd.ports.outbox.Outbox` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(
        self,
        notice: Notice,
        channels: Sequence[str],
        *,
        at: datetime,
        ticket: TicketNo = NO_TICKET,
        over: bool = False,
    ) -> bool:
        """Queue a notice once; False when its key is known. What is `over` stands, and has ended already."""
        if not self.know(notice, at=at):
            return False
        self.queue(notice, channels, at=at, ticket=ticket, over=over)
        return True

    def know(self, notice: Notice, *, at: datetime) -> bool:
        """Keep the key of a notice; return whether it was new."""
        key = notice.key.text()
        new = key not in self._state.keys
        if new:
            self._state.keys[key] = at
        return new

    def queue(
        self,
        notice: Notice,
        channels: Sequence[str],
        *,
        at: datetime,
        ticket: TicketNo,
        over: bool = False,
        confirmed: bool = True,
    ) -> None:
        """Queue a notice whose key is known already."""
        for channel in dict.fromkeys(channels):
            number = max(self._state.queue, default=0) + 1
            self._state.queue[number] = Queued(
                number, notice.key.text(), channel, notice, at, at, ticket=ticket, confirmed=confirmed,
                stands=over or notice.key.step in STANDING, ended_at=at if over else None,
            )  # fmt: skip

    def mute(self, notices: Sequence[Notice], *, at: datetime) -> int:
        """Keep the keys of notices that nobody is to be told of, then or later; return how many were new."""
        return sum(self.know(notice, at=at) for notice in notices)

    def _rows(self, wanted: Callable[[Queued], bool]) -> list[Queued]:
        return [one for one in self._state.queue.values() if wanted(one)]

    def _waiting(self, channel: str) -> list[Queued]:
        return self._rows(lambda one: one.state == "queued" and one.channel == channel)

    def claim(self, channel: str, now: datetime, limit: int, lease_seconds: float) -> Sequence[Delivery]:
        """Take a channel's due deliveries for as long as the lease, most urgent first; other claimants skip them.

        `attempts` are those made before this one, also those of claimants that died over them.
        """
        due = [one for one in self._waiting(channel) if one.next_at <= now]
        due.sort(key=lambda one: (one.notice.level, one.queued_at, one.id))
        for one in due[:limit]:
            until = now + timedelta(seconds=lease_seconds)
            self._state.queue[one.id] = replace(one, next_at=until, attempts=one.attempts + 1)
        return [
            Delivery(one.id, one.key, one.channel, one.notice, one.attempts, one.queued_at, one.confirmed)
            for one in due[:limit]
        ]

    def unclaim(self, deliveries: Sequence[int], at: datetime) -> None:
        """Give back what was claimed and not tried; it is due at an instant."""
        for one in self._rows(lambda one: one.id in deliveries and one.state == "queued"):
            self._state.queue[one.id] = replace(one, next_at=at, attempts=one.attempts - 1)

    def delivered(self, delivery: int, at: datetime) -> None:
        """The receiver took it, even if it was dropped meanwhile."""
        for one in self._rows(lambda one: one.id == delivery and one.state in {"queued", "withdrawn"}):
            self._state.queue[one.id] = replace(one, state="delivered", settled_at=at, error=None)

    def retry(self, delivery: int, *, at: datetime, error: str) -> None:
        """It did not arrive; try again at an instant."""
        for one in self._rows(lambda one: one.id == delivery and one.state == "queued"):
            self._state.queue[one.id] = replace(one, next_at=at, error=error)

    def bury(self, delivery: int, *, at: datetime, error: str) -> None:
        """It never will; keep it as a dead letter."""
        for one in self._rows(lambda one: one.id == delivery and one.state == "queued"):
            self._state.queue[one.id] = replace(one, state="dead", settled_at=at, error=error)

    def state(self) -> Sequence[QueueState]:
        """Return every notifier's queue that ever held something, by name."""
        queues: dict[str, list[Queued]] = {}
        for one in self._state.queue.values():
            queues.setdefault(one.channel, []).append(one)
        return [
            QueueState(
                channel,
                sum(one.state == "queued" for one in held),
                min((one.queued_at for one in held if one.state == "queued"), default=None),
                sum(one.state == "dead" for one in held),
            )
            for channel, held in sorted(queues.items())
        ]

    def next_due(self, channel: str) -> datetime | None:
        """Return when a channel's next delivery is to be tried."""
        return min((one.next_at for one in self._waiting(channel)), default=None)

    def outstanding(self, tickets: Collection[TicketNo]) -> Mapping[TicketNo, Sequence[Outstanding]]:
        """Return what was let go of tickets and has not ended; what was never tried or is dead is known to nobody."""
        found: dict[TicketNo, dict[str, Outstanding]] = {}
        for one in self._rows(lambda one: one.outstanding and one.state in {"queued", "delivered", "dead"}):
            if one.ticket in tickets:
                keys = found.setdefault(one.ticket, {})
                known = keys.setdefault(one.key, Outstanding(one.key, one.notice, ()))
                if one.state == "delivered" or (one.state == "queued" and one.attempts):
                    keys[one.key] = replace(known, channels=(*known.channels, one.channel))
        return {ticket: list(keys.values()) for ticket, keys in found.items()}

    def tickets_outstanding(self, after: TicketNo, limit: int) -> Sequence[TicketNo]:
        """Return the first tickets beyond a number of which something is outstanding, in order."""
        return sorted({one.ticket for one in self._rows(lambda one: one.outstanding and one.ticket > after)})[:limit]

    def end(self, keys: Collection[str], at: datetime) -> None:
        """What these notices say is so no more since an instant; what no receiver can know of never leaves."""
        for one in self._rows(lambda one: one.key in keys and one.ended_at is None):
            untold = one.state == "queued" and not one.attempts
            gone = replace(one, state="withdrawn", settled_at=at) if untold else one
            self._state.queue[one.id] = replace(gone, ended_at=at)

    def _standing(self, channel: str) -> list[Queued]:
        return self._rows(lambda one: one.stands and one.state == "delivered" and one.channel == channel)

    def standing(self, channel: str) -> Sequence[Standing]:
        """Return everything that a channel was told of, that stood then, and that is neither settled nor refused."""
        return [
            Standing(
                Envelope(one.key, one.notice, one.attempts, one.queued_at, one.confirmed), one.settled_at, one.ended_at
            )
            for one in self._standing(channel)
            if one.settled_at is not None
        ]

    def settled(self, channel: str, keys: Collection[str]) -> None:
        """The receivers behind a channel know the end of these: they stand no more."""
        for one in self._standing(channel):
            if one.key in keys:
                self._state.queue[one.id] = replace(one, state="settled")

    def refused(self, channel: str, why: Mapping[str, str], *, at: datetime) -> None:
        """The receivers behind a channel refuse these for good, each for its reason: dead letters."""
        for one in self._standing(channel):
            if one.key in why:
                self._state.queue[one.id] = replace(one, state="dead", settled_at=at, error=why[one.key])

    def told_since(self, vendor: str, since: datetime) -> int:
        """Return how many notices of clocks of a vendor were let go after an instant."""
        told = self._rows(lambda one: one.notice.vendor == vendor and one.notice.key.step in OF_CLOCKS)
        return len({one.key for one in told if one.queued_at > since})

    def last_digest(self, vendor: str) -> datetime | None:
        """Return when a vendor's last digest was queued."""
        digests = self._rows(lambda one: one.notice.vendor == vendor and one.notice.key.step is Step.DIGEST)
        return max((one.queued_at for one in digests), default=None)

    def letters(self, state: LetterState | None = None, *, limit: int, offset: int = 0) -> Sequence[Letter]:
        """Return what did not arrive so far, of one state or both, oldest first."""
        names: dict[str, LetterState] = {"queued": "pending", "dead": "dead"}
        found = self._rows(lambda one: one.state in names and (state is None or names[one.state] == state))
        found.sort(key=lambda one: (one.queued_at, one.id))
        return [
            Letter(
                one.id, one.key, one.channel, names[one.state], one.notice, one.attempts, one.queued_at, one.next_at,
                one.error, one.ended_at not in {None, one.queued_at},
            )
            for one in found[offset : offset + limit]
        ]  # fmt: skip

    def _undelivered(self, delivery: int) -> Queued | None:
        one = self._state.queue.get(delivery)
        return one if one is not None and one.state in {"queued", "dead"} else None

    def revive(self, delivery: int, at: datetime) -> bool:
        """Try a dead delivery at an instant, as if for the first time; False where there is none."""
        one = self._undelivered(delivery)
        if one is None or one.state != "dead" or one.ended_at not in {None, one.queued_at}:
            return False
        ended_at = None if one.ended_at is None else at
        again = replace(one, state="queued", queued_at=at, next_at=at, attempts=0, settled_at=None, ended_at=ended_at)
        self._state.queue[delivery] = again
        return True

    def drop(self, delivery: int, at: datetime) -> bool:
        """Never try a dead or waiting delivery again; False where there is none. Its key stays known."""
        one = self._undelivered(delivery)
        if one is not None:
            self._state.queue[delivery] = replace(one, state="withdrawn", settled_at=at)
        return one is not None

    def trim(self, before: datetime, limit: int) -> int:
        """Forget at most `limit` deliveries that were over before an instant; return how many. Dead letters stay."""
        over = {"delivered", "settled", "withdrawn"}
        old = self._rows(
            lambda one: (
                one.state in over
                and one.settled_at is not None
                and one.settled_at < before
                and (one.state == "withdrawn" or not one.outstanding)
            )
        )[:limit]
        for one in old:
            del self._state.queue[one.id]
        return len(old)
