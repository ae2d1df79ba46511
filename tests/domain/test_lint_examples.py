"""Worked examples are sentences that a vendor's service manager can check with a wall calendar."""

from datetime import UTC, datetime
from typing import Any

import pytest

from syncd.domain.contract import Agreements, Arrival, Contract
from syncd.domain.duration import DayEnd, WorkingDays
from syncd.domain.lint_examples import WorkedExample, worked_examples
from syncd.domain.lint_occasions import Occasion, occasions
from syncd.domain.names import Metric
from tests.domain.calendar_samples import workdays
from tests.domain.lint_samples import (
    ALWAYS,
    HOUR,
    MINUTE,
    NOW,
    OFFICE,
    answer,
    contract,
    day,
    fix,
    hours,
    of,
    office,
    revision,
    with_holidays,
)

SPLIT = office("split", weekly=workdays("08:00-12:00", "13:00-17:00"))


def examples(made: Contract, as_of: datetime = NOW) -> tuple[WorkedExample, ...]:
    return worked_examples(Agreements((made,), {}), as_of=as_of)


def sentences(made: Contract, occasion: Occasion) -> list[str]:
    return [each.sentence for each in examples(made) if each.occasion is occasion]


def test_the_occasions_of_a_calendar_with_closing_times() -> None:
    found = occasions(with_holidays("2026-04-03", "2026-04-06"), NOW, None)
    assert [(f"{datetime.fromtimestamp(at // 10**6, UTC):%m-%d %H:%M}", why) for at, why in found.items()] == [
        ("03-04 08:00", Occasion.IN_HOURS),
        ("03-04 15:50", Occasion.BEFORE_CLOSING),
        ("03-04 17:00", Occasion.AFTER_CLOSING),
        ("03-06 15:50", Occasion.BEFORE_WEEKEND),
        ("03-31 14:50", Occasion.MONTH_END),
        ("04-02 14:50", Occasion.BEFORE_HOLIDAY),
    ]


def test_the_occasions_of_a_calendar_that_never_closes() -> None:
    found = occasions(ALWAYS, NOW, None)
    assert [(f"{datetime.fromtimestamp(at // 10**6, UTC):%m-%d %H:%M}", why) for at, why in found.items()] == [
        ("03-04 10:00", Occasion.IN_HOURS),
        ("03-06 16:50", Occasion.BEFORE_WEEKEND),
        ("03-31 23:50", Occasion.MONTH_END),
    ]


def test_no_occasion_lies_beyond_the_end() -> None:
    assert list(occasions(OFFICE, NOW, datetime(2026, 3, 4, 12, tzinfo=UTC)).values()) == [Occasion.IN_HOURS]


def test_a_lunch_break_is_no_closing_time() -> None:
    found = occasions(SPLIT, NOW, None)
    assert Occasion.BEFORE_CLOSING in found.values()
    assert datetime(2026, 3, 4, 15, 50, tzinfo=UTC) in {datetime.fromtimestamp(at // 10**6, UTC) for at in found}


def test_hours_that_end_at_midnight_close_on_their_own_day() -> None:
    found = occasions(office("late", weekly=workdays("16:00-24:00")), NOW, None)
    closing = {why: datetime.fromtimestamp(at // 10**6, UTC) for at, why in found.items()}
    assert closing[Occasion.BEFORE_CLOSING] == datetime(2026, 3, 3, 22, 50, tzinfo=UTC)
    assert closing[Occasion.BEFORE_WEEKEND] == datetime(2026, 3, 6, 22, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "occasion", "sentence"),
    [
        pytest.param(
            of(answer(goals={"P2": hours(2)})),
            Occasion.BEFORE_WEEKEND,
            "P2 opened Friday 2026-03-06 16:50 is due Monday 09:50 (Europe/Berlin)",
            id="Friday evening goes on on Monday",
        ),
        pytest.param(
            of(answer(goals={"P2": hours(8)})),
            Occasion.IN_HOURS,
            "P2 opened Wednesday 2026-03-04 09:00 is due Wednesday 17:00, late after Thursday 08:00 (Europe/Berlin)",
            id="due at closing time, late from the next opening",
        ),
        pytest.param(
            of(answer(goals={"P2": hours(8)}, strict_due=True)),
            Occasion.IN_HOURS,
            "P2 opened Wednesday 2026-03-04 09:00 is due Wednesday 17:00 (Europe/Berlin)",
            id="strictly due is late at once",
        ),
        pytest.param(
            of(answer(goals={"P2": hours(2)}, tolerance_us=MINUTE)),
            Occasion.IN_HOURS,
            "P2 opened Wednesday 2026-03-04 09:00 is due Wednesday 11:00, late after Wednesday 11:01 (Europe/Berlin)",
            id="a tolerance moves the miss, not the deadline",
        ),
        pytest.param(
            of(answer(goals={"P2": WorkingDays(5, DayEnd.END_OF_DAY)}, strict_due=True)),
            Occasion.BEFORE_WEEKEND,
            "P2 opened Friday 2026-03-06 16:50 is due Friday 2026-03-13 17:00 (Europe/Berlin)",
            id="the same weekday a week later has its date",
        ),
        pytest.param(
            of(answer(goals={"P2": hours(2)}, calendars={"default": with_holidays("2026-04-03", "2026-04-06")})),
            Occasion.BEFORE_HOLIDAY,
            "P2 opened Thursday 2026-04-02 16:50 is due Tuesday 09:50 (Europe/Berlin)",
            id="over Easter",
        ),
        pytest.param(
            of(fix(goals={"P1": hours(1)}, calendars={"default": ALWAYS})),
            Occasion.MONTH_END,
            "P1 opened Tuesday 2026-03-31 23:50 is due Wednesday 00:50 (UTC)",
            id="over the end of a month",
        ),
        pytest.param(
            of(fix(goals={"default": hours(1)})),
            Occasion.AFTER_CLOSING,
            "Any other priority opened Wednesday 2026-03-04 18:00 is due Thursday 09:00 (Europe/Berlin)",
            id="after hours, of a priority not named",
        ),
        pytest.param(
            of(fix(metric=Metric.UPDATE, goals={"P1": hours(1)})),
            Occasion.IN_HOURS,
            "P1 last told of Wednesday 2026-03-04 09:00 is due Wednesday 10:00 (Europe/Berlin)",
            id="an update",
        ),
        pytest.param(
            of(fix(metric=Metric.NEXT_RESPONSE, goals={"P1": hours(1)})),
            Occasion.IN_HOURS,
            "P1 asked about Wednesday 2026-03-04 09:00 is due Wednesday 10:00 (Europe/Berlin)",
            id="a further answer",
        ),
        pytest.param(
            of(fix(goals={}, arrivals=(Arrival({"P1": hours(1)}, OFFICE), Arrival({"P1": hours(3)})))),
            Occasion.AFTER_CLOSING,
            "P1 opened Wednesday 2026-03-04 18:00 is due Thursday 11:00 (Europe/Berlin)",
            id="the goal of those that come at night",
        ),
        pytest.param(
            of(fix(goals={}, arrivals=(Arrival({"P1": hours(1)}, OFFICE),))),
            Occasion.AFTER_CLOSING,
            "P1 opened Wednesday 2026-03-04 18:00 has no goal (Europe/Berlin)",
            id="no row holds at night",
        ),
    ],
)
def test_an_example_is_a_sentence(made: Contract, occasion: Occasion, sentence: str) -> None:
    assert sentences(made, occasion) == [sentence]


def test_each_calendar_that_an_attribute_chooses_has_its_examples() -> None:
    by_site = {"pune": office("pune", "Asia/Kolkata"), "default": OFFICE}
    made = of(fix(goals={"P1": hours(1)}, calendars=by_site, calendar_by="site"))
    assert sentences(made, Occasion.IN_HOURS) == [
        "P1 with site pune opened Wednesday 2026-03-04 09:00 is due Wednesday 10:00 (Asia/Kolkata)",
        "P1 with any other site opened Wednesday 2026-03-04 09:00 is due Wednesday 10:00 (Europe/Berlin)",
    ]


def test_an_example_holds_the_instants_as_well() -> None:
    first = examples(of(answer(goals={"P2": hours(8)})))[0]
    assert first.opened_at == datetime(2026, 3, 4, 8, tzinfo=UTC)
    assert first.due_at == datetime(2026, 3, 4, 16, tzinfo=UTC)
    assert first.late_from == datetime(2026, 3, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("made", "as_of", "revisions"),
    [
        pytest.param(
            contract(revision(), revision(begins="2026-02-01"), revision(begins="2026-05-01")),
            NOW,
            {"2026-02-01", "2026-05-01"},
            id="what is in force and what is to come",
        ),
        pytest.param(
            contract(revision(), revision(begins="2026-02-01")),
            day("2026-02-01"),
            {"2026-02-01"},
            id="at the instant of a new revision the old one is over",
        ),
        pytest.param(
            contract(revision(), revision(begins="2026-02-01"), until=day("2026-03-01")),
            NOW,
            {"2026-02-01"},
            id="a contract that is over as it last was",
        ),
    ],
)
def test_examples_are_of_what_counts(made: Contract, as_of: datetime, revisions: set[str]) -> None:
    found = examples(made, as_of)
    assert {each.revision for each in found} == revisions
    assert {(each.target, each.priority) for each in found} == {
        ("answer", "P1"), ("answer", "P2"), ("fix", "P1"), ("fix", "P2"),
    }  # fmt: skip


@pytest.mark.parametrize("goal", [hours(1), hours(30), WorkingDays(3)], ids=str)
def test_every_example_agrees_with_the_calendar(goal: Any) -> None:
    found = examples(of(fix(goals={"P1": goal}, calendars={"default": SPLIT})))
    assert len(found) >= 5
    for each in found:
        assert each.due_at is not None
        assert each.late_from is not None
        start = int(each.opened_at.timestamp()) * 10**6
        counted = SPLIT.counted_us(start, int(each.due_at.timestamp()) * 10**6)
        assert counted == SPLIT.goal_us(goal, start)
        assert each.late_from >= each.due_at
        assert counted >= HOUR
