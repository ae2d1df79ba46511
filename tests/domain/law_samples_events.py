"""What happens to a ticket, drawn at random over every kind of event."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.names import US, Awaiting, GoneReason, LinkRole, Party, Phase, Visibility
from tests.domain.clock_samples import ACME

SITES = ("north", "south")
LEVELS = ("2 - Medium", "1", "3")
KNOWN = (*[Party.VENDOR] * 6, *[Party.CUSTOMER] * 4, Party.THIRD_PARTY, Party.SYSTEM)
KINDS = (
    *["phase"] * 12, *["message"] * 6, *["priority"] * 5, *["attribute"] * 4, *["handed_over"] * 2, "notified",
    "acknowledged", "workaround", "absorbed", "linked", "rated", "merged", "split", "gone",
)  # fmt: skip
PHASES = (*[Phase.ACTIVE] * 4, *[Phase.PENDING] * 3, *[Phase.RESOLVED] * 3, *Phase)
AWAITED = (*[Awaiting.VENDOR] * 3, *[Awaiting.CUSTOMER] * 2, *Awaiting)
STEPS = (
    timedelta(minutes=20), timedelta(0), timedelta(microseconds=1), timedelta(seconds=1), timedelta(minutes=5),
    timedelta(minutes=15), timedelta(hours=1), timedelta(hours=2, minutes=7), timedelta(hours=9), timedelta(days=1),
    timedelta(days=3),
)  # fmt: skip
PRIORITIES = ("P2", "P1", "P2", "P1", "P3", "P2", "P1", "P3", "P4", None)


@st.composite
def _attribute(draw: st.DrawFn, near: datetime) -> tuple[str, str | None]:
    name = draw(st.sampled_from(["impact", "urgency", "site", "code", "when"]))
    match name:
        case "impact" | "urgency":
            value = draw(st.sampled_from([*LEVELS, *LEVELS, "", "high"]))
        case "site":
            value = draw(st.sampled_from([*SITES, "elsewhere"]))
        case "code":
            value = draw(st.sampled_from(["duplicate", "fault", "none"]))
        case _:
            instant = near + draw(st.integers(-48, 96)) * timedelta(hours=1)
            value = draw(st.sampled_from([instant.isoformat(), f"{instant:%Y-%m-%dT%H:%M}", "soon"]))
    return name, draw(st.sampled_from([value, value, value, None]))


@st.composite
def _later(draw: st.DrawFn, fact: dict[str, Any]) -> e.TicketEvent:
    at: datetime = fact["at"]
    match draw(st.sampled_from(KINDS)):
        case "phase":
            return e.PhaseChanged(**fact, to=draw(st.sampled_from(PHASES)), awaiting=draw(st.sampled_from(AWAITED)))
        case "message":
            rarely = st.sampled_from([False, False, False, True])
            seen = draw(st.sampled_from([Visibility.PUBLIC, Visibility.PUBLIC, *Visibility]))
            return e.Message(**fact, visibility=seen, automated=draw(rarely), relayed=draw(rarely))
        case "priority":
            return e.PriorityChanged(**fact, to=draw(st.sampled_from(PRIORITIES)))
        case "attribute":
            name, value = draw(_attribute(at))
            return e.AttributeChanged(**fact, name=name, to=value)
        case "handed_over":
            return e.HandedOver(**fact, to=draw(st.sampled_from([ACME, ACME, "zeta", US])))
        case "notified":
            return e.Notified(**{**fact, "vendor": draw(st.sampled_from([ACME, ACME, "zeta"]))})
        case "acknowledged":
            return e.Acknowledged(**fact)
        case "workaround":
            return e.Workaround(**fact)
        case "absorbed":
            started = at + draw(st.sampled_from([-3, -1, 0, 0, 1])) * timedelta(hours=7)
            priority = draw(st.sampled_from(PRIORITIES))
            return e.Absorbed(**fact, source_ticket="T-7", started_at=started, priority=priority)
        case "linked":
            return e.Linked(**fact, to="T-9", role=draw(st.sampled_from(LinkRole)))
        case "rated":
            return e.Rated(**fact, score=4, scale=5)
        case "merged":
            return e.Merged(**fact, into="T-2")
        case "split":
            return e.Split(**fact, source_ticket="T-0")
        case _:
            return e.Gone(**fact, reason=draw(st.sampled_from(GoneReason)))


@st.composite
def tickets_near(draw: st.DrawFn, night: datetime, *, most: int = 12, unknown: bool = False) -> list[e.TicketEvent]:
    """Up to `most` events from two days before a night on, often several at one instant; one in four begins oddly."""
    who = st.sampled_from([*KNOWN, *[Party.UNKNOWN] * 2] if unknown else KNOWN)
    when = night + draw(st.integers(-48, 24)) * timedelta(hours=1) + draw(st.sampled_from(STEPS))
    odd = draw(st.integers(0, 4)) == 4
    attributes: dict[str, str | None] = {name: draw(st.sampled_from(LEVELS)) for name in ("impact", "urgency")}
    attributes.update(draw(st.lists(_attribute(when), max_size=3)))
    opened = e.Opened(
        id="e0",
        at=when,
        seq=0,
        by=draw(who) if odd else Party.CUSTOMER,
        vendor=draw(st.sampled_from([ACME, ACME, None, "zeta"])) if odd else ACME,
        phase=draw(st.sampled_from(Phase)) if odd else Phase.NEW,
        awaiting=draw(st.sampled_from(AWAITED)) if odd else Awaiting.VENDOR,
        priority=draw(st.sampled_from(PRIORITIES)),
        attributes={name: value for name, value in attributes.items() if value is not None},
        reported_at=draw(st.none() | st.integers(-10, 4).map(lambda hours: when + hours * timedelta(hours=1))),
    )
    events: list[e.TicketEvent] = [opened]
    for place in range(1, draw(st.sampled_from([*range(most // 2, most), *range(1, most)]))):
        when += draw(st.sampled_from(STEPS))
        acting = draw(st.sampled_from([None, None, None, ACME, "zeta"]))
        fact = {"id": f"e{place}", "at": when, "by": draw(who), "seq": place, "vendor": acting}
        events.append(draw(_later(fact)))
    return events
