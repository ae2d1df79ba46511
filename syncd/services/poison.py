"""Tickets that cannot be redacted, mapped or stored are set apart, so that they stop no other (poison rule)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from syncd.ports.repositories import NewRecord
from syncd.services.cause import cause_of
from syncd.services.intake import Intake, PageReport

POISON_LIMIT = 20
"""Quarantined tickets in a pass beyond which the source, not the tickets, is suspected; or 1 % if that is more."""


def poisoned(quarantined: int, tickets: int) -> bool:
    """Whether so many tickets of a pass were quarantined that the source itself is suspect."""
    return quarantined > max(POISON_LIMIT, tickets // 100)


def holds(text: str) -> bool:
    """Whether text can be kept: PostgreSQL refuses NUL, no database takes half a surrogate pair."""
    return held(text) == text


def held(text: str) -> str:
    """Return text as it can be kept: question marks for what cannot be written, U+FFFD for NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def set_apart(
    intake: Intake, poison: Mapping[str, str], records: Sequence[NewRecord], report: PageReport, now: datetime
) -> None:
    """Keep poisonous tickets apart, with the records that came of them."""
    report.quarantined.update(poison)
    with intake.store.begin(intake.fence) as work:
        work.records.put(intake.source, records, now)
        for ticket, reason in sorted(poison.items()):
            work.quarantine.put(intake.source, ticket, reason, now)
        work.commit()


def set_aside(intake: Intake, ticket: str, cause: Exception, report: PageReport, now: datetime) -> None:
    """Keep apart a ticket that the store cannot hold, without what it said."""
    reason = f"store: {cause_of(cause)}"
    report.quarantined[ticket] = reason
    with intake.store.begin(intake.fence) as work:
        work.quarantine.put(intake.source, ticket, reason, now)
        work.commit()
