"""The outbox in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from syncd.domain.notice import Notice
from syncd.ports.outbox import Delivery, QueueState
from syncd.testing.memory_state import Queued, State


class MemoryOutbox:
    """`syncd.ports.repositories.Outbox` in memory."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, notice: Notice, channels: Sequence[str], *, at: datetime) -> bool:
        """Queue a notice once; False when its key is known."""
        key = notice.key.text()
        if key in self._state.keys:
            return False
        self._state.keys[key] = at
        for channel in dict.fromkeys(channels):
            number = len(self._state.queue) + 1
            self._state.queue[number] = Queued(number, key, channel, notice, at, at)
        return True

    def mute(self, notices: Sequence[Notice], *, at: datetime) -> int:
        """Keep the keys of notices that nobody is to be told of, then or later; return how many were new."""
        new = {notice.key.text() for notice in notices} - set(self._state.keys)
        for key in sorted(new):
            self._state.keys[key] = at
        return len(new)

    def _waiting(self) -> list[Queued]:
        return [one for one in self._state.queue.values() if one.state == "queued"]

    def claim(self, now: datetime, limit: int, lease_seconds: float) -> Sequence[Delivery]:
        """Take deliveries that are due, oldest first, for as long as the lease; other claimants skip them.

        `attempts` are those made before this one, also those of claimants that died over them.
        """
        due = sorted((one for one in self._waiting() if one.next_at <= now), key=lambda one: (one.queued_at, one.id))
        for one in due[:limit]:
            until = now + timedelta(seconds=lease_seconds)
            self._state.queue[one.id] = replace(one, next_at=until, attempts=one.attempts + 1)
        return [Delivery(one.id, one.key, one.channel, one.notice, one.attempts, one.queued_at) for one in due[:limit]]

    def _settle(self, delivery: int, state: str, next_at: datetime | None = None) -> None:
        one = self._state.queue.get(delivery)
        if one is not None and one.state == "queued":
            self._state.queue[delivery] = replace(one, state=state, next_at=next_at or one.next_at)

    def delivered(self, delivery: int, at: datetime) -> None:  # noqa: ARG002  # nobody asks for it here
        """The receiver took it."""
        self._settle(delivery, "delivered")

    def retry(self, delivery: int, *, at: datetime, error: str) -> None:  # noqa: ARG002  # as above
        """It did not arrive; try again at an instant."""
        self._settle(delivery, "queued", at)

    def bury(self, delivery: int, *, at: datetime, error: str) -> None:  # noqa: ARG002  # as above
        """It never will; keep it as a dead letter."""
        self._settle(delivery, "dead")

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

    def next_due(self) -> datetime | None:
        """Return when the next delivery is to be tried."""
        return min((one.next_at for one in self._waiting()), default=None)
