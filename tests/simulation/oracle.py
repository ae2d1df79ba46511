"""What the simulated world's own truth says of every ticket, mapped here and not by the connector.

The platform's facts are read as people tell them: a state and a group at the creation, then one write after another.
Nothing of the connector is used, nor of what it reads: no audit, no journal, no paging.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count, groupby
from typing import Any

from connectors.servicenow.simulator import TrueTicket
from connectors.servicenow.simulator.cast import ACME, GLOBEX, SIDES, US, group_id
from connectors.servicenow.simulator.stamps import instant_of
from syncd.domain import events as e
from syncd.domain.names import Awaiting, Party, Phase, Visibility
from syncd.domain.timeline import Timeline

GROUPS = {group_id(name): (name, side.id) for side in SIDES for name in side.groups}
PHASES = {
    "1": (Phase.NEW, Awaiting.VENDOR),
    "2": (Phase.ACTIVE, Awaiting.VENDOR),
    "6": (Phase.RESOLVED, Awaiting.NOBODY),
    "7": (Phase.CLOSED, Awaiting.NOBODY),
    "8": (Phase.CANCELLED, Awaiting.NOBODY),
}
HOLDS = {"1": Awaiting.CUSTOMER, "4": Awaiting.THIRD_PARTY}
ROBOTS = {side.auto_reply for side in SIDES if side.auto_reply}


def party_of(account: str) -> tuple[Party, str | None]:
    """Return whose an account is, and which vendor's."""
    for side in (ACME, GLOBEX):
        if account in {side.account, side.auto_reply, *(name for name, _ in side.people)}:
            return Party.VENDOR, side.id
    return (Party.CUSTOMER if account in {name for name, _ in US.people} else Party.SYSTEM), None


def phase_of(fields: Mapping[str, str]) -> tuple[Phase, Awaiting]:
    """Return what a state and a hold reason mean."""
    if fields.get("state") == "3":
        return Phase.PENDING, HOLDS[fields["hold_reason"]]
    return PHASES[fields["state"]]


def timeline_of(ticket: TrueTicket) -> Timeline:
    """Return the true timeline of one ticket."""
    return Timeline(source="snow", ticket=ticket.initial["number"], id=ticket.sys_id, events=tuple(_events(ticket)))


def _events(ticket: TrueTicket) -> Iterator[e.TicketEvent]:
    fields = dict(ticket.initial)
    group, side = GROUPS[fields["assignment_group"]]
    phase, awaiting = phase_of(fields)
    numbers = count(1)

    def fact(at: datetime, by: str) -> dict[str, Any]:
        number = next(numbers)
        party, vendor = party_of(by)
        return {"id": f"{number:04d}", "seq": number, "at": at.astimezone(UTC), "by": party, "vendor": vendor}

    yield e.Opened(
        **{**fact(instant_of(fields["opened_at"]), ticket.created_by), "vendor": None if side == US.id else side},
        phase=phase, awaiting=awaiting, priority=f"P{fields['priority']}", attributes={"assignment_group": group},
    )  # fmt: skip
    for (at, by), changes in groupby(ticket.changes, key=lambda change: (change.at, change.by)):
        before = phase_of(fields)
        written = list(changes)
        fields.update({change.field: change.new for change in written})
        for change in written:
            if change.field == "comments":
                yield e.Message(**fact(at, by), visibility=Visibility.PUBLIC, automated=by in ROBOTS)
            elif change.field == "priority":
                yield e.PriorityChanged(**fact(at, by), to=f"P{change.new}")
            elif change.field == "assignment_group":
                name, side = GROUPS[change.new]
                yield e.AttributeChanged(**fact(at, by), name="assignment_group", to=name)
                yield e.HandedOver(**fact(at, by), to=side)
        if phase_of(fields) != before:
            phase, awaiting = phase_of(fields)
            yield e.PhaseChanged(**fact(at, by), to=phase, awaiting=awaiting)
