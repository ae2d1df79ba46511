"""A running period that cannot be won any more is told once, and its end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from syncd.domain.contract import Exclusion
from syncd.domain.notice import Notice, Step
from syncd.services.periods import watch_periods
from syncd.services.release import Gates
from syncd.testing.instants import at
from tests.services.desk import HOUR, LONG_AGO, MINUTE, Desk, a_target, agreed, opened, record, resolved

FEBRUARY, MARCH, APRIL = at("2026-02-10 09:00"), at("2026-03-10 09:00"), at("2026-04-01 00:00")


def with_tickets(desk: Desk, month: datetime, *, met: int, missed: int, open_: int = 0) -> None:
    """Let so many tickets of a month be met and missed, and so many be open."""
    name = f"{month:%m}"
    start = month - 9 * HOUR
    records = [
        *(record(f"{name}-met{n}", opened(start), resolved(start + HOUR)) for n in range(met)),
        *(record(f"{name}-missed{n}", opened(start), resolved(start + 5 * HOUR)) for n in range(missed)),
        *(record(f"{name}-open{n}", opened(month)) for n in range(open_)),
    ]
    cursor = desk.cursor()
    desk.take(*records, now=month + HOUR, cursor=f"{cursor}+", expected=cursor, from_history=True)


def look(desk: Desk, now: datetime = MARCH + 2 * HOUR, *, read: bool = True) -> list[str]:
    if read:
        desk.write(lambda work: work.sources.succeeded(desk.intake.source, now, None))
    desk.write(lambda work: work.readings.refresh_rollups(100))
    return watch_periods(desk.store, desk.fence, desk.rules, Gates({"snow": MINUTE}, 20, LONG_AGO), now=now)


def told(desk: Desk) -> Sequence[Notice]:
    found = desk.write(lambda work: work.outbox.claim("oncall", APRIL + 90 * HOUR, 50, 1.0))
    for one in found:
        desk.write(lambda work, one=one: work.outbox.delivered(one.id, MARCH))  # type: ignore[misc]  # mypy cannot type a lambda's default
    return [one.notice for one in found]


@pytest.mark.parametrize(
    ("before", "met", "missed", "open_", "lost"),
    [
        pytest.param(20, 5, 2, 0, False, id="two of twenty may be missed"),
        pytest.param(20, 5, 3, 0, True, id="three may not"),
        pytest.param(20, 0, 1, 0, False, id="one on the first day loses no month"),
        pytest.param(0, 5, 3, 0, False, id="nobody knows how many there will be"),
        pytest.param(2, 5, 3, 30, False, id="what is open may still be met"),
        pytest.param(2, 30, 3, 0, False, id="there were more this time"),
    ],
)
def test_a_period_is_lost_when_no_more_than_last_time_can_save_it(
    desk: Desk, before: int, met: int, missed: int, open_: int, lost: bool
) -> None:
    with_tickets(desk, FEBRUARY, met=before, missed=0)
    with_tickets(desk, MARCH, met=met, missed=missed, open_=open_)
    assert look(desk) == (["0//acme-msp/fix///unwinnable/0/2026-03"] if lost else [])
    assert [(each.key.step, each.count, each.vendor_name) for each in told(desk)] == (
        [(Step.UNWINNABLE, missed, "ACME")] if lost else []
    )
    assert look(desk) == [], "once"


def test_one_miss_loses_an_objective_of_everything(desk: Desk) -> None:
    desk = desk.under(agreed(a_target(objective={"default": Fraction(1)})))
    with_tickets(desk, MARCH, met=5, missed=1)
    assert len(look(desk)) == 1


def test_nothing_is_told_while_a_source_of_the_contract_cannot_be_believed(desk: Desk) -> None:
    with_tickets(desk, FEBRUARY, met=20, missed=0)
    with_tickets(desk, MARCH, met=0, missed=3)
    assert look(desk, read=False) == []


def test_nothing_is_told_before_anybody_wants_to_be(desk: Desk) -> None:
    desk = desk.under(agreed(notify_from=MARCH + timedelta(days=5)))
    with_tickets(desk, FEBRUARY, met=20, missed=0)
    with_tickets(desk, MARCH, met=0, missed=3)
    assert look(desk) == []


def test_it_ends_with_the_period(desk: Desk) -> None:
    with_tickets(desk, FEBRUARY, met=20, missed=0)
    with_tickets(desk, MARCH, met=0, missed=3)
    look(desk)
    (lost,) = told(desk)
    assert look(desk, APRIL) == []
    (end,) = told(desk)
    assert (end.key.step, end.of) == (Step.RECOVERED, (lost.key.text(),))
    assert desk.see(lambda view: [each.ended_at for each in view.outbox.standing("oncall")]) == [APRIL]


def test_it_ends_when_an_exclusion_makes_it_winnable_but_not_while_nobody_can_see(desk: Desk) -> None:
    with_tickets(desk, FEBRUARY, met=20, missed=0)
    with_tickets(desk, MARCH, met=0, missed=3)
    look(desk)
    told(desk)
    out = Exclusion(
        id="x", contract="acme-msp", clause="1", author="a", approver="b", evidence="e", ticket=("snow", "03-MISSED0")
    )
    desk = desk.under(replace(desk.rules.agreements, exclusions=(out,)))
    solved = record("03-missed0", opened(MARCH - 9 * HOUR), resolved(MARCH - 4 * HOUR), title="again")
    cursor = desk.cursor()
    desk.take(solved, now=MARCH + 2 * HOUR, cursor="again", expected=cursor)
    look(desk, MARCH + 3 * HOUR, read=False)
    assert told(desk) == []
    look(desk, MARCH + 3 * HOUR)
    assert [each.key.step for each in told(desk)] == [Step.RECOVERED]
