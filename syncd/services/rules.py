"""What tickets are measured by, and who is told of what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from syncd.domain.contract import Agreements, Contract, Revision
from syncd.domain.escalation import recipients
from syncd.domain.notice import Notice


@dataclass(frozen=True, slots=True)
class Rules:
    """What tickets are measured by, and who is told of what.

    `basis` names everything a reading depends on besides its ticket's events: contracts, calendars, the engine and
    the time-zone data. Readings of another basis are measured again before anything else.
    """

    agreements: Agreements
    channels: tuple[str, ...] = ()
    basis: str = ""
    routes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Notifiers by the names that escalations use for them, besides their own."""
    vendors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Whose tickets a notifier is told of; one that is not here is told of everybody's."""
    rechecked: frozenset[str] = frozenset()
    """Sources whose tickets are read once more before a breach is told."""
    external_url: str | None = None
    """Where people reach our pages."""

    def channels_for(self, notice: Notice, revision: Revision) -> tuple[str, ...]:
        """Return the notifiers that a notice of a clock goes to; none where the escalation names nobody for it."""
        names = recipients(notice.key, revision)
        told = self.channels if names is None else [one for name in names for one in self.routes.get(name, (name,))]
        return tuple(
            dict.fromkeys(
                one
                for one in told
                if one in self.channels and notice.vendor in (self.vendors.get(one) or (notice.vendor,))
            )
        )

    def contracts(self) -> Mapping[str, Contract]:
        """Return the contracts by id."""
        return {contract.id: contract for contract in self.agreements.contracts}
