"""Alerts that receivers must be reminded of while they are true, and told of the end: what Alertmanager asks for.

A receiver with a memory of its own forgets what nobody repeats. Who is told by such a receiver is told once through
the outbox (`Notifier.deliver`) and from then on kept up to date by what is true now (`Sustains.sustain`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from syncd.errors import DeliveryError
from syncd.ports.notifier import Envelope


@dataclass(frozen=True, slots=True)
class Standing:
    """One notice that was delivered to a notifier, and whether what it says is still true.

    `envelope` is the delivered one as the outbox kept it, never made anew from later readings: it identifies the alert.
    """

    envelope: Envelope
    told_at: datetime
    """When it was first delivered."""
    ended_at: datetime | None = None
    """Since when it is true no more; None while it is."""


@dataclass(frozen=True, slots=True)
class Sustained:
    """What one round of reminding came to."""

    settled: frozenset[str] = frozenset()
    """Keys that are over and that every member knows to be over: not to be handed in again."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Keys that a member refused while it took others, and why: dead letters, not to be handed in again."""
    failed: Sequence[DeliveryError] = ()
    """One for each member that did not take everything; the next round tries it again."""
    singly: int = 0
    """How many still true were sent one by one."""
    folded: int = 0
    """How many still true were only counted in their vendor's aggregate."""


@runtime_checkable
class Sustains(Protocol):
    """A notifier whose receiver forgets what is not repeated."""

    @property
    def resend_seconds(self) -> float:
        """How often to remind it."""
        ...

    def sustain(self, standing: Sequence[Standing]) -> Sustained:
        """Send all that is true, and the end of what is true no more; never raises `DeliveryError`.

        `standing` is everything that this notifier was ever told and that is not settled, refused or resolved there.
        """
        ...
