"""What sources' own clocks say: read out of timelines, compared with ours, and never part of a reading."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.contract import Target
from syncd.domain.events import AttributeChanged, Opened, PhaseChanged, TicketEvent
from syncd.domain.measure import measure
from syncd.domain.names import Awaiting, Metric, Party, Phase, Verdict
from syncd.domain.native import divergences as divergences_of
from syncd.domain.native import natives
from syncd.domain.timeline import Timeline, in_order
from tests.domain.clock_samples import ACME, a_target, agreed, at, moments_of, targets, ticket, tickets
from tests.domain.law_samples import Case, cases
from tests.domain.law_samples import moments_of as moments_near

LATER = at(400)


def said(slot: int, name: str, to: str | None, original: str | None = None) -> AttributeChanged:
    """One word of a source's own clock."""
    return AttributeChanged(
        id=f"{name}:{to}@{slot}", at=at(slot), by=Party.SYSTEM, name=f"native:{name}", to=to, original=original
    )


def life(*more: TicketEvent, resolved: int | None = 10) -> Timeline:
    """A P1 opened at 0 with four hours (16 slots) to fix it, resolved by the vendor."""
    events: list[TicketEvent] = [
        Opened(id="e0", at=at(0), by=Party.CUSTOMER, vendor=ACME, priority="P1", awaiting=Awaiting.VENDOR)
    ]
    if resolved is not None:
        end = PhaseChanged(id="e1", at=at(resolved), by=Party.VENDOR, to=Phase.RESOLVED, awaiting=Awaiting.NOBODY)
        events.append(end)
    return ticket([*events, *more])


def words(timeline: Timeline, slot: int = 400, withdrawn: frozenset[str] = frozenset()) -> dict[str, str]:
    return {each.name: each.value for each in natives(timeline, as_of=at(slot), withdrawn=withdrawn)}


def test_a_clock_says_what_it_said_last() -> None:
    timeline = life(said(0, "Fix P1", "running"), said(8, "Fix P1", "missed"), said(1, "Reply", "running"))
    assert words(timeline) == {"Fix P1": "missed", "Reply": "running"}
    assert words(timeline, 4) == {"Fix P1": "running", "Reply": "running"}, "what is later than as_of is not seen"
    (fix, _) = natives(timeline, as_of=LATER)
    assert (fix.since, fix.event) == (at(8), "Fix P1:missed@8")


def test_other_attributes_are_no_clocks() -> None:
    other = AttributeChanged(id="a", at=at(1), name="service", to="met")
    assert words(life(other)) == {}


def test_what_the_source_took_back_is_not_said_any_more() -> None:
    timeline = life(said(0, "Fix", "running"), said(8, "Fix", "missed"), said(9, "Gone", "met"))
    assert words(timeline, withdrawn=frozenset({"Fix:missed@8", "Gone:met@9"})) == {"Fix": "running"}
    assert words(life(said(0, "Fix", "running"), said(8, "Fix", None))) == {}


@pytest.mark.parametrize(
    ("original", "goal_us"),
    [
        pytest.param("goal 14400000 ms", 14_400_000_000, id="a goal alone"),
        pytest.param("goal 1 ms; target response; counted from x", 1000, id="a goal among other words"),
        pytest.param("target response", None, id="no goal"),
        pytest.param(None, None, id="no word"),
        pytest.param("goal -1 ms", None, id="nonsense"),
    ],
)
def test_a_goal_is_read_where_one_is_named(original: str | None, goal_us: int | None) -> None:
    (native,) = natives(life(said(0, "x", "running", original)), as_of=LATER)
    assert native.goal_us == goal_us


@pytest.mark.parametrize(
    ("name", "original", "metric"),
    [
        pytest.param("Time to resolution", None, Metric.RESOLUTION, id="a name with one hint"),
        pytest.param("Time to first response", None, Metric.FIRST_RESPONSE, id="a name with the other hint"),
        pytest.param("RESOLVE_P1", None, Metric.RESOLUTION, id="capitals and punctuation"),
        pytest.param("Response and resolution", None, None, id="two hints are none"),
        pytest.param("Time to close after resolution", None, None, id="a name about another promise"),
        pytest.param("Next response", None, None, id="a later response is not the first"),
        pytest.param("Prefix", None, None, id="a hint inside another word is none"),
        pytest.param("Gold", None, None, id="no hint"),
        pytest.param("Gold", "goal 1 ms; target resolution", Metric.RESOLUTION, id="a target that tells"),
        pytest.param("Response P1", "target resolution", Metric.RESOLUTION, id="the target before the name"),
        pytest.param("Response P1", "target other", None, id="a target that is neither"),
    ],
)
def test_what_a_clock_times_is_told_without_a_doubt_or_not_at_all(
    name: str, original: str | None, metric: Metric | None
) -> None:
    (native,) = natives(life(said(0, name, "running", original)), as_of=LATER)
    assert native.metric is metric


def told(timeline: Timeline, *targets: Target, slot: int = 400) -> list[tuple[str, str, Verdict]]:
    readings = measure(timeline, agreed(*(targets or (a_target(),))), as_of=at(slot)).readings
    return [
        (each.native.name, each.native.value, each.cycle.verdict)
        for each in divergences_of(natives(timeline, as_of=at(slot)), readings)
    ]


@pytest.mark.parametrize(
    ("resolved", "value", "slot", "expected"),
    [
        pytest.param(10, "missed", 400, Verdict.MET, id="late there and in time here"),
        pytest.param(20, "met", 400, Verdict.MISSED, id="in time there and late here"),
        pytest.param(None, "missed", 8, Verdict.PENDING, id="late there and not late so far here"),
        pytest.param(10, "met", 400, None, id="both in time"),
        pytest.param(20, "missed", 400, None, id="both late"),
        pytest.param(None, "met", 8, None, id="over there and still open here"),
        pytest.param(20, "running", 400, None, id="no verdict there"),
        pytest.param(20, "cancelled", 400, None, id="called off there"),
    ],
)
def test_verdicts_that_contradict_each_other_differ(
    resolved: int | None, value: str, slot: int, expected: Verdict | None
) -> None:
    found = told(life(said(5, "Resolution", value), resolved=resolved), slot=slot)
    assert found == ([] if expected is None else [("Resolution", value, expected)])


def test_nothing_differs_where_it_is_not_certain_who_speaks() -> None:
    missed, other = said(5, "Resolution P1", "missed"), said(5, "Resolution P2", "met")
    assert told(life(missed, other)) == [], "two clocks there"
    assert told(life(missed, said(6, "Resolution P2", "cancelled"))) != [], "what was called off does not speak"
    assert told(life(missed), a_target(), a_target(name="fix too")) == [], "two clocks here"
    assert told(life(missed), a_target(metric=Metric.FIRST_RESPONSE)) == [], "of another kind here"
    assert told(life(said(5, "Gold", "missed"))) == [], "of no known kind there"


def test_what_was_excluded_contradicts_nothing() -> None:
    called_off = PhaseChanged(id="e1", at=at(10), by=Party.CUSTOMER, to=Phase.CANCELLED, awaiting=Awaiting.NOBODY)
    timeline = life(called_off, said(5, "Resolution", "missed"), resolved=None)
    (reading,) = measure(timeline, agreed(a_target()), as_of=LATER).readings
    assert reading.cycles[-1].verdict is Verdict.EXCLUDED
    assert told(timeline) == []


def beside(timeline: Timeline, data: st.DataObject) -> Timeline:
    """The ticket with what a source's own clocks may say of it, at the ticket's own instants and between them."""
    first = timeline.events[0].at
    names = st.sampled_from(["Resolution", "First response"])
    values = st.sampled_from(["running", "missed", "met", "cancelled"])
    instants = st.one_of(
        st.sampled_from([event.at for event in timeline.events]),
        st.integers(0, 6000).map(lambda minutes: first + timedelta(minutes=minutes)),
    )
    drawn = data.draw(st.lists(st.tuples(instants, names, values), min_size=1, max_size=6))
    native = [
        AttributeChanged(
            id=f"native{place}", at=instant, by=Party.SYSTEM, seq=1_000_000_000 + place, name=f"native:{name}", to=to
        )
        for place, (instant, name, to) in enumerate(drawn)
    ]
    return Timeline(
        source=timeline.source, ticket=timeline.ticket, id=timeline.id, quality=timeline.quality, gaps=timeline.gaps,
        events=in_order((*timeline.events, *native)),
    )  # fmt: skip


@given(tickets(), targets(), st.data())
def test_no_reading_changes_with_what_the_source_says(timeline: Timeline, target: Target, data: st.DataObject) -> None:
    as_of = data.draw(moments_of(timeline))
    rules = agreed(target)
    assert measure(beside(timeline, data), rules, as_of=as_of) == measure(timeline, rules, as_of=as_of)


@given(cases(), st.data())
def test_no_reading_of_any_contract_changes_with_what_the_source_says(case: Case, data: st.DataObject) -> None:
    timeline, rules = case[0], case[1]
    as_of = data.draw(moments_near(timeline))
    assert measure(beside(timeline, data), rules, as_of=as_of) == measure(timeline, rules, as_of=as_of)
