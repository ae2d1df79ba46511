"""Where notices go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from syncd.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class Envelope:
    """One notice on its way to one notifier; `key` is stable over repeats, so receivers can tell them."""

    key: str
    notice: Notice
    attempt: int
    queued_at: datetime
    confirmed: bool = True
    """The ticket was re-read before this left; False says that it could not be."""


class Notifier(Protocol):
    """Delivers to one receiver, at least once."""

    @property
    def name(self) -> str:
        """The configured name."""
        ...

    def deliver(self, envelope: Envelope) -> None:
        """Hand over; returns when the receiver took it, raises `DeliveryError` when not. Never retries."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
