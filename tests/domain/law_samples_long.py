"""Tickets of a hundred thousand events, each of one habit; and the alarm for what takes too long."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import FrameType
from typing import Any

from syncd.domain import events as e
from syncd.domain.names import Awaiting, LinkRole, Party, Phase
from syncd.domain.timeline import Timeline, in_order
from tests.domain.clock_samples import ACME

PATIENCE_S = 10
MANY = 100_000
FEWER = MANY if os.environ.get("SYNCD_HYPOTHESIS") == "long" else 20_000
"""What an ordinary run gives the rarer habits, with as much less patience: enough to notice what is not linear."""
OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
STEP = timedelta(seconds=45)
NOW = OPENED + (MANY + 10) * STEP
VENDOR, CUSTOMER, SYSTEM, UNKNOWN = Party.VENDOR, Party.CUSTOMER, Party.SYSTEM, Party.UNKNOWN


class TookTooLong(Exception):
    """One ticket took longer than any ticket may."""


@contextmanager
def patience(seconds: float = PATIENCE_S) -> Iterator[None]:
    """Raise TookTooLong after so many seconds of the processor, whoever else uses it meanwhile."""

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"more than {seconds} s of the processor for one ticket")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def opened(**more: Any) -> e.Opened:
    return e.Opened(id="e0", at=OPENED, seq=0, **{"by": Party.CUSTOMER, "vendor": ACME, "priority": "P2", **more})


def _fact(place: int, by: Party = Party.VENDOR) -> dict[str, Any]:
    return {"id": f"e{place}", "at": OPENED + place * STEP, "seq": place, "by": by}


def _phase(place: int, to: Phase, awaiting: Awaiting, by: Party = Party.VENDOR) -> e.TicketEvent:
    return e.PhaseChanged(**_fact(place, by), to=to, awaiting=awaiting)


def _shut_and_opened(to: Phase, shut_by: Party, opened_by: Party) -> Callable[[int], e.TicketEvent]:
    def happens(place: int) -> e.TicketEvent:
        if place % 2:
            return _phase(place, to, Awaiting.NOBODY, shut_by)
        return _phase(place, Phase.ACTIVE, Awaiting.VENDOR, opened_by)

    return happens


def _pauses(place: int) -> e.TicketEvent:
    if place % 2:
        return _phase(place, Phase.PENDING, Awaiting.CUSTOMER)
    return _phase(place, Phase.ACTIVE, Awaiting.VENDOR)


def _pauses_with_messages(place: int) -> e.TicketEvent:
    return e.Message(**_fact(place, (Party.VENDOR, Party.CUSTOMER)[place // 3 % 2])) if place % 3 else _pauses(place)


def _attributes_and_pauses(place: int) -> e.TicketEvent:
    match place % 4:
        case 1:
            return _phase(place, Phase.PENDING, Awaiting.CUSTOMER)
        case 3:
            return _phase(place, Phase.ACTIVE, Awaiting.VENDOR)
        case _:
            return e.AttributeChanged(**_fact(place), name="a1", to=str(place % 400 + 1))


def _everything(place: int) -> e.TicketEvent:
    match place % 10:
        case 0:
            return e.HandedOver(**_fact(place), to=(ACME, "us", "zeta")[place // 10 % 3])
        case 1:
            return e.PriorityChanged(**_fact(place), to=f"P{place // 10 % 5 + 1}")
        case 2:
            return e.AttributeChanged(**_fact(place), name="service", to=("wan", None)[place // 10 % 2])
        case 3:
            return e.Acknowledged(**_fact(place))
        case 4:
            return e.Linked(**_fact(place), to="T-9", role=LinkRole.SAME_INCIDENT)
        case 5:
            return e.Absorbed(**_fact(place), source_ticket=f"T-{place}", started_at=OPENED, priority="P2")
        case 6:
            return e.Notified(**{**_fact(place), "vendor": ACME})
        case 7:
            shut = place // 10 % 2
            phase, awaiting = (Phase.RESOLVED, Awaiting.NOBODY) if shut else (Phase.ACTIVE, Awaiting.VENDOR)
            return _phase(place, phase, awaiting, VENDOR if shut else CUSTOMER)
        case _:
            return _pauses(place)


HABITS: dict[str, Callable[[int], e.TicketEvent]] = {
    "messages": lambda place: e.Message(**_fact(place, (VENDOR, CUSTOMER)[place % 2])),
    "messages of the customer": lambda place: e.Message(**_fact(place, CUSTOMER)),
    "messages of nobody knows whom": lambda place: e.Message(**_fact(place, UNKNOWN)),
    "internal notes": lambda place: e.Message(**_fact(place), automated=True),
    "two priorities": lambda place: e.PriorityChanged(**_fact(place), to=f"P{place % 2 + 1}"),
    "ten priorities": lambda place: e.PriorityChanged(**_fact(place), to=f"P{place * 7 % 10 + 1}"),
    "pauses": _pauses,
    "pauses with messages": _pauses_with_messages,
    "resolved and reopened by the vendor": _shut_and_opened(Phase.RESOLVED, VENDOR, VENDOR),
    "resolved, and reopened by the customer": _shut_and_opened(Phase.RESOLVED, VENDOR, CUSTOMER),
    "resolved and reopened by the customer": _shut_and_opened(Phase.RESOLVED, CUSTOMER, CUSTOMER),
    "closed, and reopened by the customer": _shut_and_opened(Phase.CLOSED, VENDOR, CUSTOMER),
    "cancelled and reopened by the customer": _shut_and_opened(Phase.CANCELLED, CUSTOMER, CUSTOMER),
    "cancelled and reopened by the system": _shut_and_opened(Phase.CANCELLED, SYSTEM, SYSTEM),
    "handed to and fro": lambda place: e.HandedOver(**_fact(place), to=(ACME, "us")[place % 2]),
    "attributes": lambda place: e.AttributeChanged(**_fact(place), name=f"a{place % 100}", to=str(place)),
    "attributes and pauses": _attributes_and_pauses,
    "tickets absorbed": lambda place: e.Absorbed(
        **_fact(place), source_ticket=f"T-{place}", started_at=OPENED - place * STEP, priority=f"P{place % 3 + 1}"
    ),
    "links": lambda place: e.Linked(**_fact(place), to=f"T-{place}", role=LinkRole.PARENT),
    "everything": _everything,
}


@lru_cache(maxsize=1)
def long_ticket(habit: str, length: int = MANY) -> Timeline:
    happened = [opened(), *map(HABITS[habit], range(1, length))]
    return Timeline(source="desk", ticket="T-1", id="1", events=in_order(happened))
