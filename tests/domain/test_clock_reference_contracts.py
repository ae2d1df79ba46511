"""What contracts add, alone and colliding: the engine says what brute force finds, and whose every second was."""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from syncd.domain.names import Metric, Stops
from tests.domain.clock_reference_compare import compare, compare_ledgers
from tests.domain.clock_reference_contract import Told, told
from tests.domain.clock_reference_ledger import ledger_of
from tests.domain.clock_samples_contracts import questions, with_holes

LONGER = int(os.environ.get("SYNCD_CLOCK_SAMPLES", "0"))
"""More tickets per test than in the ordinary run; 5000 of them search for about half an hour."""

metrics = pytest.mark.parametrize("metric", Metric)


@metrics
@settings(max_examples=LONGER or 60)
@given(data=st.data())
def test_the_engine_agrees_with_brute_force_on_all_that_contracts_say(metric: Metric, data: st.DataObject) -> None:
    compare(*data.draw(questions(metric)))


@metrics
@settings(max_examples=LONGER or 25)
@given(data=st.data())
def test_every_second_belongs_to_the_party_that_brute_force_finds(metric: Metric, data: st.DataObject) -> None:
    timeline, agreements, as_of = data.draw(questions(metric))
    compare_ledgers(data.draw(with_holes(timeline)), agreements, as_of)


FEATURES = {
    "absorbed", "calendar_by", "child", "confirmed", "excluded span", "excluded whole", "excluded_when", "maintenance",
    "no goal by arrival", "not_before waits", "not_before moved", "not_before_unreadable", "priority_from",
    "provisional_pause", "refused pause", "second cycle", "running_from_date", "two misses", "goals over cycles",
    "whole_period", "with_parent", "raw differs", "waits for confirmation", "contract_ended", "unknown_actor",
    *(f"ledger {party}" for party in ("vendor", "other_vendor", "customer", "third_party", "out_of_hours", "excluded",
                                      "unknown")),
}  # fmt: skip
ENOUGH = 1


def test_the_samples_exercise_every_feature() -> None:
    """Of 1,200 tickets, each feature decides something for some."""
    seen: Counter[str] = Counter()

    def look(data: st.DataObject) -> None:
        timeline, agreements, as_of = data.draw(questions(data.draw(st.sampled_from(Metric))))
        said = told(timeline, agreements, "fix", as_of)
        if said is not None:
            holed = data.draw(with_holes(timeline))
            parties = [ledger_of(one, cycle, holed) for one, cycle in zip(said.judged, said.verdicts, strict=True)]
            seen.update({f"ledger {party}" for ledger in parties for party in ledger})
            seen.update(_features(said))

    quiet = settings(
        max_examples=60, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    for number in range(20):  # many short searches vary more than a long one
        seed(number)(quiet(given(data=st.data())(look)))()
    assert {feature: seen[feature] for feature in FEATURES if seen[feature] < ENOUGH} == {}


def _features(said: Told) -> set[str]:
    found = set(said.flags) | ({"refused pause"} if said.evidence.refused else set())
    found = {{"not_before": "not_before waits"}.get(flag, flag) for flag in found}
    for one, cycle in zip(said.judged, said.verdicts, strict=True):
        target = one.case.target
        found |= {flag for flag in cycle.flags if flag in FEATURES}
        found |= {"excluded whole"} if "exclusion" in cycle.flags else set()
        causes = {cause for _, _, cause in cycle.pauses}
        found |= {name for name, cause in (("maintenance",) * 2, ("excluded span", "excluded")) if cause in causes}
        transition = one.case.contract.revisions[-1].transition.value if one.case.contract else ""
        checks = {
            "calendar_by": target.calendar_by is not None and one.case.states[0].attributes.get("site") == "pune",
            "confirmed": target.confirm_within is not None and target.stops is Stops.CLOSED and one.life.resolved,
            "waits for confirmation": one.life.resolve is not None,
            "no goal by arrival": bool(target.arrivals) and not one.terms.goals,
            "not_before moved": target.not_before is not None and one.case.states[0].at < cycle.started_at,
            "priority_from": target.priority_from is not None and cycle.goal is not None,
            "second cycle": cycle.number > 1,
            "two misses": len(cycle.miss_at) > 1,
            "goals over cycles": cycle.number > 1 and len(cycle.begun_at) > 0,
            "raw differs": cycle.raw is not None and cycle.raw[0] != cycle.verdict,
        }
        found |= {name for name, true in checks.items() if true}
        found |= {transition} if cycle.revision is not None else set()
    return found
