"""Small worlds of linked tickets: three tools, a few names, every fate that a clock can have."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.calendar import always
from syncd.domain.contract import Agreements, Contract, Cover, Revision, Target, Vendor
from syncd.domain.duration import Counted
from syncd.domain.names import Awaiting, LinkRole, Metric, Party, Phase, Quality
from syncd.domain.timeline import Gap, Timeline

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUNDAY = MONDAY + timedelta(days=6)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SOURCES = ("jira", "mail", "snow")
NAMES = ("A-1", "A-2", "B-1", "CS5")

FATES = ("met", "missed", "open", "cancelled", "unverifiable", "another vendor's")


def linked(to: str, hour: float = 0.0, key: str = "") -> e.Linked:
    return e.Linked(id=key or f"to {to} {hour}", at=MONDAY + hour * HOUR, to=to, role=LinkRole.SAME_INCIDENT)


def unlinked(to: str, hour: float = 0.0) -> e.Unlinked:
    return e.Unlinked(id=f"not {to} {hour}", at=MONDAY + hour * HOUR, to=to, role=LinkRole.SAME_INCIDENT)


def a_ticket(
    source: str, ticket: str, *events: e.TicketEvent, fate: str = "met", key: str | None = None, url: str | None = None
) -> Timeline:
    """A ticket opened on Monday at eight with four hours to be solved in."""
    vendor = "globex" if fate == "another vendor's" else "acme"
    ends = {
        "open": (),
        "cancelled": (
            e.PhaseChanged(
                id="z", at=MONDAY + HOUR, by=Party.CUSTOMER, to=Phase.CANCELLED, awaiting=Awaiting.NOBODY
            ),
        ),
    }  # fmt: skip
    solved = e.PhaseChanged(
        id="z", at=MONDAY + (5 if fate == "missed" else 2) * HOUR, by=Party.VENDOR, to=Phase.RESOLVED,
        awaiting=Awaiting.NOBODY,
    )  # fmt: skip
    opened = e.Opened(id="a", at=MONDAY, by=Party.CUSTOMER, vendor=vendor, priority="P2")
    happened = sorted((opened, *events, *ends.get(fate, (solved,))), key=lambda event: event.at)
    timeline = Timeline(
        source=source, ticket=ticket, id=key or f"{source}-{ticket}", events=tuple(happened), url=url
    )  # fmt: skip
    if fate == "unverifiable":
        return replace(
            timeline, quality=Quality.PARTIAL, gaps=(Gap(MONDAY, MONDAY + HOUR, frozenset({"phase"})),)
        )  # fmt: skip
    return timeline


def agreed(*order: str) -> Agreements:
    """One contract with ACME about every ticket, four hours for each."""
    target = Target(
        name="fix", metric=Metric.RESOLUTION, goals={"default": Counted(4 * 3_600_000_000)},
        calendars={"default": always()}, objective={"default": Fraction(9, 10)},
    )  # fmt: skip
    revision = Revision(
        name="2020-01-01", effective_from=LONG_AGO, observe_from=LONG_AGO, notify_from=LONG_AGO,
        covers=tuple(map(Cover, SOURCES)), targets=(target,),
    )  # fmt: skip
    vendor = Vendor("acme", "ACME")
    contract = Contract(
        id="acme-msp", vendor=vendor, time_zone="UTC", revisions=(revision,), system_of_record=order
    )  # fmt: skip
    return Agreements((contract,), {})


_texts = st.sampled_from([*NAMES, *(f"{source}:{name}" for source in SOURCES for name in NAMES)])
_ties = st.one_of(
    st.builds(linked, _texts, st.sampled_from([0.1, 0.3, 200.0])), st.builds(unlinked, _texts, st.just(0.2))
)


@st.composite
def worlds(draw: st.DrawFn) -> Sequence[Timeline]:
    """Up to eight tickets, several of one name among them."""
    made: dict[tuple[str, str], Timeline] = {}
    for n in range(draw(st.integers(1, 8))):
        source, name = draw(st.sampled_from(SOURCES)), draw(st.sampled_from(NAMES))
        ties = {event.id: event for event in draw(st.lists(_ties, max_size=3))}
        key = draw(st.sampled_from([name, f"id-{n}"]))
        ticket = a_ticket(source, name, *ties.values(), fate=draw(st.sampled_from(FATES)), key=key)
        made[source, key] = ticket
    return list(made.values())


orders = st.lists(st.sampled_from(SOURCES), unique=True).map(tuple)
