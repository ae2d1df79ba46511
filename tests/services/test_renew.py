"""Changed rules: every stored ticket is measured again, a few at a time, muted for the past and for nothing else."""

from dataclasses import replace

import pytest

from syncd.domain.changes import Withheld
from syncd.domain.duration import Counted
from syncd.ports.readings import Renewal
from syncd.services.renew import RenewalReport, renew_some
from tests.services.desk import HOUR, HOUR_US, LATER, MORNING, Desk, a_target, agreed, in_memory, record

STRICTER = agreed(a_target(goals={"default": Counted(HOUR_US)}))
NOON = MORNING + 3 * HOUR


@pytest.fixture
def desk() -> Desk:
    """Three tickets, measured in time under four hours; then the contract says one hour."""
    found = in_memory()
    found.take(*(record(f"t{n}") for n in range(3)), now=LATER)
    return found


def changed(desk: Desk, basis: str = "stricter") -> Desk:
    rules = replace(desk.rules, agreements=STRICTER, basis=basis)
    return replace(desk, intake=replace(desk.intake, rules=rules))


def once(desk: Desk) -> RenewalReport | None:
    return renew_some(desk.store, desk.fence, desk.rules, now=NOON)


def verdicts(desk: Desk) -> list[str]:
    return [readings[0].cycles[0].verdict.value for readings in desk.readings().values()]


def test_every_ticket_is_measured_by_the_new_rules_and_then_nothing_is_left(desk: Desk) -> None:
    stricter = changed(desk)
    first = once(stricter)
    assert first is not None
    assert (first.measured, first.pending, first.ended) == (3, 0, False)
    assert verdicts(desk) == ["missed"] * 3
    last = once(stricter)
    assert last is not None
    assert last.ended
    assert once(stricter) is None
    assert desk.see(lambda view: view.readings.basis()) == "stricter"


def test_what_the_new_rules_find_in_the_past_is_told_to_nobody(desk: Desk) -> None:
    found = once(changed(desk))
    assert found is not None
    assert found.assessment.told == []
    assert found.assessment.withheld[Withheld.RULES_CHANGED] == 3
    assert desk.pending() == 0


def test_what_happens_while_they_are_applied_is_told(desk: Desk) -> None:
    late = changed(desk)
    with late.store.begin(late.fence) as work:
        work.readings.renew(Renewal("stricter", MORNING + HOUR / 2))
        work.commit()
    found = once(late)
    assert found is not None
    assert {change.notice.at for change in found.assessment.told} == {MORNING + HOUR}


def test_a_page_read_meanwhile_is_muted_for_what_the_new_rules_change_too(desk: Desk) -> None:
    stricter = changed(desk)
    stricter.write(lambda work: work.readings.renew(Renewal("stricter", NOON)))
    report = stricter.take(record("t1", title="again"), now=NOON + HOUR, cursor="c2", expected="c1")
    (assessment,) = report.assessments
    assert assessment.told == []
    assert assessment.withheld[Withheld.RULES_CHANGED] == 1


def test_it_goes_on_where_it_was_killed(desk: Desk) -> None:
    numbers = desk.see(lambda view: view.tickets.numbers(-1, 10))
    stricter = changed(desk)
    stricter.write(lambda work: work.readings.renew(Renewal("stricter", NOON, numbers[1])))
    found = once(stricter)
    assert found is not None
    assert found.measured == 1


def test_rules_that_change_meanwhile_begin_from_the_first_ticket(desk: Desk) -> None:
    numbers = desk.see(lambda view: view.tickets.numbers(-1, 10))
    third = changed(desk, basis="third")
    third.write(lambda work: work.readings.renew(Renewal("stricter", NOON, numbers[-1])))
    found = once(third)
    assert found is not None
    assert found.measured == 3


def test_what_was_true_at_the_very_instant_the_rules_changed_is_muted_too(desk: Desk) -> None:
    stricter = changed(desk)
    stricter.write(lambda work: work.readings.renew(Renewal("stricter", MORNING + HOUR)))
    found = once(stricter)
    assert found is not None
    assert (found.assessment.told, found.assessment.withheld[Withheld.RULES_CHANGED]) == ([], 3)


def test_the_instant_at_which_the_rules_changed_is_kept_from_few_to_few(desk: Desk) -> None:
    stricter = changed(desk)
    began = MORNING + HOUR / 2
    stricter.write(lambda work: work.readings.renew(Renewal("stricter", began)))
    once(stricter)
    renewal = desk.see(lambda view: view.readings.renewal())
    assert renewal is not None
    assert renewal.since == began


def test_a_ticket_measured_by_the_new_rules_already_is_muted_no_more(desk: Desk) -> None:
    numbers = desk.see(lambda view: view.tickets.numbers(-1, 10))
    stricter = changed(desk)
    stricter.write(lambda work: work.readings.renew(Renewal("stricter", NOON, numbers[1])))
    report = stricter.take(
        record("t1", title="again"), record("t2", title="again"), now=NOON + HOUR, cursor="c2", expected="c1"
    )
    (assessment,) = report.assessments
    assert [change.notice.key.ticket_id for change in assessment.told] == ["t1"]
    assert assessment.withheld[Withheld.RULES_CHANGED] == 1
