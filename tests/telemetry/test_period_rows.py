"""Running periods as samples: each objective with the cycles that it is about."""

from dataclasses import replace
from fractions import Fraction

from syncd.domain.names import Metric
from syncd.ports.readings import OpenCount, Tally
from syncd.telemetry.fleet import CURRENT, Fleet, Objective
from syncd.telemetry.period_rows import at_risk, misses, misses_allowed, unwinnable
from tests.telemetry.fleets import AT

FIX = ("acme", "msp", "fix")


def tally(priority: str | None, met: int, missed: int) -> Tally:
    return Tally(*FIX, Metric.RESOLUTION, priority, met, missed, 0, 0)


FLEET = Fleet(
    at=AT,
    objectives=[Objective(*FIX, None, Fraction(9, 10))],
    periods={
        CURRENT: [tally("P1", 8, 2), tally("P2", 8, 0), Tally("acme", "wan", "fix", Metric.UPDATE, "P1", 0, 9, 0, 0)],
        "month_to_date": [tally("P1", 0, 50)],
    },
    open_counts=[
        OpenCount(*FIX, "P1", "ok", 1, None, 1),
        OpenCount(*FIX, "P2", "at_risk", 3, None, 3),
        OpenCount(*FIX, "P1", "breached", 7, None, 0),
        OpenCount(*FIX, "P1", "paused", 5, None, 4),
    ],
)
BY_PRIORITY = replace(FLEET, objectives=[Objective(*FIX, priority, Fraction(9, 10)) for priority in ("P1", "P2", "P3")])


def test_one_objective_for_all_is_about_every_priority() -> None:
    every = (*FIX, "all")
    assert misses(FLEET) == {every: 2}
    assert misses_allowed(FLEET) == {every: (18 + 8) // 10 - 2}
    assert at_risk(FLEET) == {every: 3}
    assert unwinnable(FLEET) == {every: 0}


def test_an_objective_of_a_priority_is_about_its_own_cycles() -> None:
    p1, p2, p3 = ((*FIX, priority) for priority in ("P1", "P2", "P3"))
    assert misses(BY_PRIORITY) == {p1: 2, p2: 0, p3: 0}
    assert misses_allowed(BY_PRIORITY) == {p1: 15 // 10 - 2, p2: 11 // 10, p3: 0}
    assert at_risk(BY_PRIORITY) == {p1: 0, p2: 3, p3: 0}
    assert unwinnable(replace(BY_PRIORITY, last_period=[tally("P1", 1, 0)])) == {p1: 1, p2: 0, p3: 0}


def test_as_much_as_in_the_last_period_is_expected() -> None:
    busy = replace(FLEET, last_period=[tally("P1", 50, 10)])
    assert misses_allowed(busy) == {(*FIX, "all"): 60 // 10 - 2}
    quiet = replace(FLEET, last_period=[tally("P1", 1, 0)])
    assert misses_allowed(quiet) == misses_allowed(FLEET), "what is open is there whatever was"


def test_without_a_last_period_only_an_objective_of_everything_is_lost() -> None:
    p1 = (*FIX, "P1")
    lost = replace(FLEET, objectives=[Objective(*FIX, "P1", Fraction(99, 100))])
    assert unwinnable(lost) == {p1: 0}
    assert unwinnable(replace(lost, last_period=[tally("P1", 5, 0)])) == {p1: 1}
    assert unwinnable(replace(lost, last_period=[tally("P1", 500, 0)])) == {p1: 0}, "many more may be met"
    assert unwinnable(replace(lost, objectives=[Objective(*FIX, "P1", Fraction(1))])) == {p1: 1}


def test_a_small_period_is_judged_as_the_contract_says() -> None:
    small = replace(FLEET, objectives=[Objective(*FIX, None, Fraction(9, 10), min_volume=100, allowed_misses=7)])
    assert misses_allowed(small) == {(*FIX, "all"): 5}
