"""Timelines that no honest source sends: each gives readings or a sentence that says what is wrong, and soon.

Ten seconds of the processor for one ticket are a failure, whatever is in it; an alarm stops what takes longer.
"""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from syncd.domain.calendar import CalendarExhausted, ServiceCalendar
from syncd.domain.calendar_rules import CalendarRule, Window
from syncd.domain.contract import Agreements, Maintenance, Target
from syncd.domain.duration import Counted, WorkingDays
from syncd.domain.measure import Measurement, measure
from syncd.domain.names import (
    Accepted,
    Awaiting,
    Counts,
    Metric,
    PauseEvidence,
    PriorityChange,
    Reopen,
    Stops,
    Transition,
)
from syncd.domain.timeline import in_order
from syncd.domain.timeline_error import TimelineError
from syncd.domain.timeline_format import parse_timeline
from tests.domain.clock_samples import ACME, OFFICE, ROUND_THE_CLOCK, a_target, agreed
from tests.domain.law_samples_long import FEWER, MANY, NOW, OPENED, PATIENCE_S, STEP, long_ticket, patience


def every_metric(**terms: Any) -> Agreements:
    """One target of each metric, on office hours for P1 and round the clock for the rest."""
    calendars = {"P1": OFFICE, "default": ROUND_THE_CLOCK}
    return agreed(*(a_target(name=metric.value, metric=metric, calendars=calendars, **terms) for metric in Metric))


def said(line: object, rules: Agreements, as_of: datetime = NOW) -> Measurement | str:
    """What is said of a line: its readings, or why there are none. Anything else that is raised is a crash."""
    with patience():
        try:
            return measure(parse_timeline(line), rules, as_of=as_of)  # type: ignore[arg-type]  # hostile on purpose
        except (TimelineError, CalendarExhausted) as refused:
            return str(refused)


def a_line(*events: object, **more: object) -> dict[str, object]:
    return {"format": 1, "source": "desk", "ticket": "T-1", "events": list(events), **more}


def an(kind: str, at: str = "2026-03-02T08:00:00Z", **fields: object) -> dict[str, object]:
    return {"id": f"{kind}-{at}", "at": at, "kind": kind, **fields}


OPENING = an("opened", by="customer", vendor=ACME, priority="P1")
NEVER = "0001-01-01T00:00:00Z"
FOREVER = "9999-12-31T23:59:59.999999Z"

LINES: dict[str, object] = {
    "a number": 7,
    "nothing": None,
    "a list": [],
    "no events": a_line(),
    "an event of no kind": a_line({"id": "a", "at": "2026-03-02T08:00:00Z"}),
    "an unknown kind": a_line(OPENING, an("exploded")),
    "an event without id": a_line(OPENING, {"at": "2026-03-02T08:00:00Z", "kind": "message"}),
    "an event without instant": a_line(OPENING, {"id": "a", "kind": "message"}),
    "an instant that is a number": a_line(OPENING, {"id": "a", "at": 1772438400, "kind": "message"}),
    "the 30th of February": a_line(OPENING, an("message", "2026-02-30T08:00:00Z")),
    "a sequence beyond integers of machines": a_line(OPENING, an("message", seq=10**400)),
    "a sequence that is not a number": a_line(OPENING, an("message", seq=float("nan"))),
    "a score that is not a number": a_line(OPENING, an("rated", score=float("nan"), scale=5)),
    "half a character": a_line(OPENING, an("message", original="\ud800")),
    "a priority of a megabyte": a_line({**OPENING, "priority": "P" * 1_000_000}),
    "a priority of a million digits": a_line({**OPENING, "priority": "9" * 1_000_000}),
    "digits that are no digits": a_line({**OPENING, "priority": "P²"}, an("priority", to="P³")),
    "never opened": a_line(an("message", by="vendor"), an("phase", to="resolved")),
    "opened last": a_line(an("message", "2026-03-01T08:00:00Z", by="vendor"), OPENING),
    "opened twice": a_line(OPENING, an("opened", "2026-03-03T08:00:00Z", vendor="zeta", phase="closed")),
    "reported before the calendar": a_line({**OPENING, "reported_at": NEVER}),
    "reported after the end": a_line({**OPENING, "reported_at": FOREVER}),
    "opened before the calendar": a_line(an("opened", NEVER, by="customer", vendor=ACME, priority="P1")),
    "opened at the end of time": a_line(an("opened", FOREVER, by="customer", vendor=ACME, priority="P1")),
    "events at the end of time": a_line(OPENING, an("phase", FOREVER, to="resolved", by="vendor")),
    "known since before the calendar": a_line(OPENING, an("message", by="vendor", at_earliest=NEVER)),
    "known only later than it happened": a_line(OPENING, an("message", by="vendor", at_earliest=FOREVER)),
    "everything at one instant": a_line(
        OPENING, an("phase", to="resolved", by="vendor"), an("priority", to="P2"), an("message", by="vendor"),
        an("handed_over", to="us"), an("workaround"), an("gone", reason="deleted"), an("merged", into="T-1"),
    ),
    "merged into itself": a_line(OPENING, an("merged", "2026-03-03T08:00:00Z", into="T-1")),
    "split from itself": a_line(OPENING, an("split", "2026-03-03T08:00:00Z", **{"from": "T-1"})),
    "its own parent": a_line(OPENING, an("linked", to="T-1", role="parent")),
    "a ticket absorbed from before the calendar": a_line(
        OPENING, an("absorbed", "2026-03-02T09:00:00Z", **{"from": "T-2"}, started_at=NEVER, priority="P1")
    ),
    "a ticket absorbed from the future": a_line(
        OPENING, an("absorbed", "2026-03-02T09:00:00Z", **{"from": "T-2"}, started_at=FOREVER, priority="P1")
    ),
    "a gap that ends before it starts": a_line(
        OPENING, quality="partial", gaps=[{"from": FOREVER, "until": NEVER, "missing": ["phase"]}]
    ),
    "an appointment that is none": a_line({**OPENING, "attributes": {"when": "soon"}}),
    "an appointment at the end of time": a_line({**OPENING, "attributes": {"when": FOREVER}}),
    "an appointment before time": a_line({**OPENING, "attributes": {"when": "0001-01-01T00:00:00+14:00"}}),
}  # fmt: skip
RULES: dict[str, Callable[[], Agreements]] = {
    "as usual": every_metric,
    "evidence wanted": lambda: every_metric(pause_evidence=PauseEvidence.REQUIRED, pause_while=frozenset(Awaiting)),
    "confirmed": lambda: every_metric(stops=Stops.CLOSED, confirm_within=WorkingDays(5), counts=Counts.END_TO_END),
    "by appointment": lambda: every_metric(not_before="when"),
    "of no goals": lambda: agreed(*(a_target(name=metric.value, metric=metric, goals={}) for metric in Metric)),
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_hostile_lines_give_a_reading_or_a_reason(line: object, rules: Callable[[], Agreements]) -> None:
    assert said(line, rules())


@pytest.mark.parametrize(
    "as_of",
    [
        datetime.min.replace(tzinfo=UTC), datetime(1799, 12, 31, tzinfo=UTC), datetime(2299, 12, 31, 23, tzinfo=UTC),
        datetime(2300, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
    ],
    ids=["the first instant", "before calendars", "their last hour", "after calendars", "the last instant"],
)  # fmt: skip
@pytest.mark.parametrize("priority", ["P1", "P2"], ids=["in office hours", "round the clock"])
@pytest.mark.parametrize("answered", [NEVER, FOREVER], ids=["answered ever since", "answered at the end of time"])
def test_no_instant_of_asking_breaks_it(as_of: datetime, priority: str, answered: str) -> None:
    for opened in (NEVER, "2026-03-02T08:00:00Z", FOREVER):
        opening = an("opened", opened, by="customer", vendor=ACME, priority=priority)
        assert said(a_line(opening, an("message", answered, by="vendor")), every_metric(), as_of)


def test_garbage_in_any_field_gives_a_reading_or_a_reason() -> None:
    """Every field of a full line in turn replaced by every kind of JSON value."""
    line = a_line(
        OPENING, an("phase", to="pending", awaiting="customer", by="vendor"), an("message", by="vendor"),
        an("absorbed", **{"from": "T-2"}, started_at="2026-03-01T08:00:00Z", priority="P1"),
        an("attribute", name="service", to="wan"), an("linked", to="T-9", role="parent"),
        quality="partial", gaps=[{"from": "2026-03-01T08:00:00Z", "until": NEVER, "missing": ["phase"]}],
    )  # fmt: skip
    rules = every_metric()
    for garbage in (None, True, -1, 10**30, 1.5, "", "x", FOREVER, [], ["x"], {}, {"x": "y"}):
        for path in _paths(line):
            assert said(_replaced(line, path, garbage), rules)


def _paths(value: object) -> Iterator[tuple[object, ...]]:
    inner: Sequence[tuple[object, object]] = ()
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    for key, item in inner:
        yield (key,)
        yield from ((key, *rest) for rest in _paths(item))


def _replaced(line: object, path: tuple[object, ...], value: object) -> object:
    copied = json.loads(json.dumps(line))
    found = copied
    for key in path[:-1]:
        found = found[key]
    found[path[-1]] = value
    return copied


def a_long_target(metric: Metric, **terms: Any) -> Target:
    paused = frozenset({Awaiting.CUSTOMER})
    return a_target(metric=metric, calendars={"default": OFFICE}, **{"pause_while": paused, **terms})


NAMED: list[tuple[str, Target]] = [
    *(("messages", a_long_target(metric)) for metric in (Metric.UPDATE, Metric.NEXT_RESPONSE)),
    *(("two priorities", a_long_target(Metric.RESOLUTION, priority_change=policy)) for policy in PriorityChange),
    ("pauses", a_long_target(Metric.RESOLUTION)),
    ("pauses with messages", a_long_target(Metric.RESOLUTION, pause_evidence=PauseEvidence.REQUIRED)),
    ("resolved, and reopened by the customer", a_long_target(Metric.RESOLUTION)),
    ("everything", a_long_target(Metric.RESOLUTION)),
]
FURTHER: list[tuple[str, Target]] = [
    ("messages", a_long_target(Metric.FIRST_RESPONSE)),
    ("messages", a_long_target(Metric.UPDATE, relayed=Accepted.REFUSED)),
    ("messages of the customer", a_long_target(Metric.NEXT_RESPONSE)),
    ("messages of nobody knows whom", a_long_target(Metric.NEXT_RESPONSE)),
    ("internal notes", a_long_target(Metric.FIRST_RESPONSE)),
    *(("ten priorities", a_long_target(Metric.RESOLUTION, priority_change=policy)) for policy in PriorityChange),
    ("pauses", a_long_target(Metric.UPDATE)),
    ("pauses", a_long_target(Metric.RESOLUTION, pause_evidence=PauseEvidence.REQUIRED)),
    ("resolved and reopened by the vendor", a_long_target(Metric.RESOLUTION)),
    *(
        ("resolved, and reopened by the customer", a_long_target(metric))
        for metric in (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.UPDATE)
    ),
    ("resolved, and reopened by the customer", a_long_target(Metric.RESOLUTION, reopen=Reopen.NEW_CYCLE)),
    *(
        ("resolved and reopened by the customer", a_long_target(metric))
        for metric in (Metric.RESOLUTION, Metric.UPDATE)
    ),
    *(
        ("closed, and reopened by the customer", a_long_target(Metric.RESOLUTION, stops=Stops.CLOSED, **more))
        for more in ({}, {"confirm_within": WorkingDays(5)})
    ),
    ("cancelled and reopened by the customer", a_long_target(Metric.RESOLUTION)),
    ("cancelled and reopened by the system", a_long_target(Metric.RESOLUTION, reopen=Reopen.NEW_CYCLE)),
    (
        "cancelled and reopened by the system",
        a_long_target(Metric.RESOLUTION, reopen=Reopen.NEW_CYCLE, calendar_by="a1"),
    ),
    ("handed to and fro", a_long_target(Metric.RESOLUTION)),
    ("attributes", a_long_target(Metric.RESOLUTION, not_before="a1", excluded_when={"a2": ("2",)})),
    ("tickets absorbed", a_long_target(Metric.RESOLUTION)),
    ("links", a_long_target(Metric.RESOLUTION)),
    *(("everything", a_long_target(metric)) for metric in Metric),
]


def _told(value: object) -> str | None:
    if isinstance(value, Target):
        policies = [value.priority_change, value.reopen, value.pause_evidence, value.stops]
        return " ".join([value.metric.value, *(policy.value for policy in policies)])
    return None


@pytest.mark.parametrize(("habit", "target"), NAMED, ids=_told)
def test_a_hundred_thousand_events_are_measured_in_time(habit: str, target: Target) -> None:
    timeline = long_ticket(habit)
    with patience():
        found = measure(timeline, agreed(target), as_of=NOW)
    assert len(found.readings) == 1


@pytest.mark.parametrize(("habit", "target"), FURTHER, ids=_told)
def test_many_events_of_any_habit_are_measured_in_time(habit: str, target: Target) -> None:
    timeline = long_ticket(habit, FEWER)
    with patience(PATIENCE_S * FEWER / MANY):
        found = measure(timeline, agreed(target), as_of=NOW)
    assert len(found.readings) == 1


def test_windows_of_maintenance_that_come_and_go_are_measured_in_time() -> None:
    """Each change of an attribute may begin or end a pause."""
    window = Maintenance(start=OPENED, end=NOW, when={"a1": tuple(str(place) for place in range(1, 200))})
    timeline = long_ticket("attributes and pauses", FEWER)
    with patience(PATIENCE_S * FEWER / MANY):
        found = measure(timeline, agreed(a_long_target(Metric.RESOLUTION), maintenance=(window,)), as_of=NOW)
    assert any(pause.cause == "maintenance" for pause in found.readings[0].cycles[0].pauses)


def test_reopenings_of_which_amended_calendars_disagree_are_measured_in_time() -> None:
    """On one of them half a minute passes on Sundays only: which promise binds is asked at every stop."""
    sundays = ServiceCalendar("sundays", "UTC", ((None, CalendarRule(weekly={6: (Window(9 * 3600, 10 * 3600),)})),))
    calendars = {"P1": ROUND_THE_CLOCK, "default": sundays}
    first = agreed(replace(a_long_target(Metric.RESOLUTION), calendars=calendars, reopen_grace=Counted(30_000_000)))
    (revision,) = first.contracts[0].revisions
    dates = [OPENED + FEWER // share * STEP for share in (4, 3, 2)]
    amendments = [
        replace(revision, name=f"{date}", effective_from=date, transition=Transition.RUNNING_FROM_DATE)
        for date in dates
    ]
    timeline = long_ticket("resolved, and reopened by the customer", FEWER)
    with patience(PATIENCE_S * FEWER / MANY):
        found = measure(timeline, agreed(revisions=(revision, *amendments)), as_of=NOW)
    assert found.readings[0].cycles[0].false_resolves > 5_000


def test_a_hundred_thousand_lines_in_any_order_are_one_ticket() -> None:
    ticket = long_ticket("everything")
    shuffled = [*ticket.events, *ticket.events[::7]]
    random.Random(7).shuffle(shuffled)  # noqa: S311 - a repeatable order, not a secret
    with patience():
        assert in_order(shuffled) == ticket.events


def test_a_line_of_a_hundred_thousand_events_is_read_in_time() -> None:
    events = [OPENING, *(an("message", by="vendor", id=f"e{place}", seq=place) for place in range(1, MANY))]
    with patience():
        assert len(parse_timeline(a_line(*events)).events) == MANY


def test_a_ticket_opened_after_the_contract_has_ended_is_uncovered_also_where_a_period_is_read_anew() -> None:
    (contract,) = agreed(a_target()).contracts
    (first,) = contract.revisions
    begins, ended = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    anew = replace(first, name="anew", effective_from=begins, transition=Transition.WHOLE_PERIOD)
    contract = replace(contract, revisions=(first, anew), until=ended)
    opening = an("opened", "2026-04-05T08:00:00Z", by="customer", vendor=ACME, priority="P1")
    found = said(a_line(opening), Agreements((contract,), {}), datetime(2026, 4, 5, 9, tzinfo=UTC))
    assert isinstance(found, Measurement)
    assert not found.readings
