"""What a scorecard makes of readings: goals of updates, bounds on elapsed times, exclusions, grace."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from syncd.domain.calendar import always
from syncd.domain.contract import Agreements, Exclusion, Revision, Target
from syncd.domain.duration import Counted
from syncd.domain.measure import measure
from syncd.domain.names import Metric, Reopen, Stage, Transition, Verdict
from syncd.domain.reading import Cycle, Reading, Unadjusted
from syncd.domain.scorecard import ScorecardRow
from syncd.domain.timeline_format import parse_timeline
from syncd.services.score import computed_scorecard, stored_scorecard
from syncd.settings import calendar_from_mapping
from syncd.testing.instants import at
from tests.services.desk import HOUR, HOUR_US, MORNING, Desk, a_target, agreed, message, opened, record, resolved

APRIL = at("2026-04-10 12:00")
LAST_OF_MARCH = at("2026-03-31 23:30")
FIRST_OF_APRIL = at("2026-04-01 00:30")


def a_cycle(verdict: Verdict = Verdict.MET, hours: float = 1, **more: Any) -> Cycle:
    """A P1 cycle of the morning, decided after so many hours."""
    end = MORNING + hours * HOUR
    decided = verdict in (Verdict.MET, Verdict.MISSED)
    facts: dict[str, Any] = {
        "number": 1, "priority": "P1", "started_at": MORNING, "stopped_at": end, "stage": Stage.COMPLETED,
        "verdict": verdict, "goal_us": 4 * HOUR_US, "elapsed_us": int(hours * HOUR_US), "first_due_at": None,
        "due_at": None, "due_if_resumed": None, "late_from": None,
        "breached_at": end if verdict is Verdict.MISSED else None, "at_risk_at": None,
        "decided_at": end if decided else None, "period": "2026-03" if decided else None, "pauses": (),
        "started_by": "opened", "stopped_by": "resolved", "false_resolves": 0, "flags": (),
    }  # fmt: skip
    return Cycle(**{**facts, **more})


def a_reading(target: Target, cycles: Sequence[Cycle], ticket: str = "T1", as_of: datetime = APRIL) -> Reading:
    return Reading(
        source="snow", ticket=ticket, ticket_id=ticket.lower(), vendor="acme", contract="acme-msp",
        revision="2020-01-01", target=target.name, metric=target.metric, as_of=as_of, cycles=tuple(cycles),
    )  # fmt: skip


def card(
    target: Target, *cycles: Cycle, period: str = "2026-03", as_of: datetime = APRIL
) -> dict[str | None, ScorecardRow]:
    """The rows by priority, each cycle on a ticket of its own."""
    readings = [a_reading(target, [cycle], f"T{n}", as_of) for n, cycle in enumerate(cycles)]
    return {row.priority: row for row in computed_scorecard(readings, agreed(target), period)}


UPDATE = a_target("update", Metric.UPDATE, goals={"default": Counted(HOUR_US)})


@pytest.mark.parametrize(
    ("cycles", "march", "april"),
    [
        pytest.param(
            [a_cycle(begun=1, begun_at=(MORNING,)), a_cycle(begun=0, begun_at=())], (1, 0), (0, 0),
            id="a message sent early begins no goal, so that chatter earns nothing",
        ),
        pytest.param(
            [a_cycle(Verdict.MISSED, begun=3, begun_at=(MORNING, MORNING + HOUR, MORNING + 2 * HOUR),
                     misses=2, miss_at=(MORNING + HOUR, MORNING + 2 * HOUR))],
            (1, 2), (0, 0), id="a silence of three goals begins three and misses two",
        ),
        pytest.param(
            [a_cycle(Verdict.MISSED, begun=2, begun_at=(LAST_OF_MARCH, FIRST_OF_APRIL),
                     misses=1, miss_at=(FIRST_OF_APRIL,))],
            (1, 0), (0, 1), id="each miss is dated by its own instant",
        ),
        pytest.param(
            [a_cycle(Verdict.MISSED, begun=1, begun_at=(LAST_OF_MARCH,), misses=1, miss_at=(FIRST_OF_APRIL,))],
            (1, 0), (0, 1), id="met is never below nought in a period",
        ),
        pytest.param(
            [a_cycle(begun=1, begun_at=(MORNING,)),
             a_cycle(Verdict.PENDING, decided_at=None, stopped_at=None, begun=1, begun_at=(MORNING + HOUR,))],
            (1, 0), (0, 0), id="a silence that still may be met counts for nothing",
        ),
        pytest.param(
            [a_cycle(Verdict.UNVERIFIABLE, begun=2, begun_at=(MORNING,) * 2, misses=1, miss_at=(MORNING,))],
            (0, 0), (0, 0), id="an unverifiable silence is outside the share",
        ),
        pytest.param(
            [a_cycle(Verdict.MISSED, begun=9, begun_at=(MORNING, LAST_OF_MARCH), misses=7, miss_at=(LAST_OF_MARCH,))],
            (2, 7), (0, 0), id="misses beyond those listed are of the last one's period",
        ),
    ],
)  # fmt: skip
def test_an_update_counts_goals(cycles: Sequence[Cycle], march: tuple[int, int], april: tuple[int, int]) -> None:
    reading = a_reading(UPDATE, cycles)
    for period, expected in (("2026-03", march), ("2026-04", april)):
        rows = computed_scorecard([reading], agreed(UPDATE), period)
        assert {(row.met, row.missed) for row in rows} == {expected}


def test_what_one_ticket_lacks_another_does_not_make_up_for() -> None:
    late = a_cycle(Verdict.MISSED, begun=0, misses=1, miss_at=(MORNING,))
    good = a_cycle(begun=1, begun_at=(MORNING,))
    row = card(UPDATE, late, good)[None]
    assert (row.met, row.missed) == (1, 1)
    assert (row.raw_met, row.raw_missed) == (1, 1)
    of_one_ticket = computed_scorecard([a_reading(UPDATE, [late, good])], agreed(UPDATE), "2026-03")[0]
    assert (of_one_ticket.met, of_one_ticket.missed) == (0, 1)


def test_updates_as_they_are_measured() -> None:
    ticket = parse_timeline({
        "format": 1, "source": "snow", "ticket": "T1", "id": "t1",
        "events": [
            opened(), message(MORNING + HOUR / 2, "early"), message(MORNING + 3 * HOUR, "late"),
            resolved(MORNING + 3.5 * HOUR),
        ],
    })  # fmt: skip
    readings = measure(ticket, agreed(UPDATE), as_of=APRIL).readings
    row = computed_scorecard(readings, agreed(UPDATE), "2026-03")[0]
    # 3.5 hours begin four goals; the silence of 2.5 hours misses two of them.
    assert (row.n, row.missed, row.attainment) == (4, 2, Fraction(1, 2))


BOUNDED = a_target(objective={"default": Fraction(1, 2)})


@pytest.mark.parametrize(
    ("terms", "hours", "attained"),
    [
        pytest.param({"maximum_us": {"P1": 8 * HOUR_US}}, [1, 1, 8], True, id="exactly the maximum is no miss"),
        pytest.param({"maximum_us": {"P1": 8 * HOUR_US}}, [1, 1, 8.001], False, id="one beyond the maximum is"),
        pytest.param({"maximum_us": {"P2": 1}}, [1, 1, 9], True, id="the maximum of another priority does not matter"),
        pytest.param({"maximum_us": {"P2": 9 * HOUR_US, "default": HOUR_US}}, [1, 2], False, id="default stands in"),
        pytest.param({"average_us": {"P1": 2 * HOUR_US}}, [1, 3], True, id="exactly the average is kept"),
        pytest.param({"average_us": {"P1": 2 * HOUR_US}}, [1, 1, 4.001], False, id="a mean beyond it is not"),
    ],
)
def test_bounds_decide_whatever_the_share(terms: dict[str, Any], hours: Sequence[float], attained: bool) -> None:
    target = replace(BOUNDED, **terms)
    rows = card(target, *(a_cycle(hours=each) for each in hours))
    assert rows[None].attained is attained
    assert rows[None].beyond is not attained
    assert rows["P1"].beyond is not attained


def test_the_longest_may_be_open_the_mean_is_of_completed_ones() -> None:
    still_open = a_cycle(Verdict.MISSED, 9, stage=Stage.RUNNING, stopped_at=None)
    row = card(replace(BOUNDED, average_us={"P1": 2 * HOUR_US}), a_cycle(hours=1), a_cycle(hours=2), still_open)["P1"]
    assert (row.longest_us, row.mean_us) == (9 * HOUR_US, Fraction(3, 2) * HOUR_US)
    assert row.attained is True


def test_unverifiable_and_excluded_cycles_bound_nothing() -> None:
    row = card(BOUNDED, a_cycle(Verdict.UNVERIFIABLE, 99), a_cycle(Verdict.EXCLUDED, 99), a_cycle(hours=1))["P1"]
    assert (row.longest_us, row.mean_us, row.n) == (HOUR_US, Fraction(HOUR_US), 1)


def test_a_map_of_objectives_is_judged_by_priority_and_so_are_bounds() -> None:
    target = a_target(objective={"P1": Fraction(1, 2)}, maximum_us={"P1": HOUR_US})
    rows = card(target, a_cycle(hours=2))
    assert (rows[None].attained, rows["P1"].attained) == (None, False)


EXCLUDED = a_cycle(
    Verdict.EXCLUDED, 5, flags=("excluded_when",), breached_at=MORNING + 4 * HOUR,
    raw=Unadjusted(Verdict.MISSED, "2026-03", 5 * HOUR_US),
)  # fmt: skip


def test_raw_and_adjusted_stand_side_by_side() -> None:
    softened = a_cycle(hours=3, raw=Unadjusted(Verdict.MISSED, "2026-03", 5 * HOUR_US))
    elsewhere = a_cycle(hours=3, raw=Unadjusted(Verdict.MISSED, "2026-04", 5 * HOUR_US))
    rows = card(a_target(), a_cycle(), softened, elsewhere, EXCLUDED)
    for row in rows.values():
        assert (row.met, row.missed, row.excluded) == (3, 0, 1)
        assert (row.raw_met, row.raw_missed, row.raw_attainment) == (1, 2, Fraction(1, 3))
    assert card(a_target(), elsewhere, period="2026-04")[None].raw_missed == 1


def test_what_the_contract_itself_excludes_is_listed_for_approval() -> None:
    signed = EXCLUDED._replace(flags=("exclusion",))
    rows = card(a_target(), signed, EXCLUDED)
    (listed,) = rows[None].to_approve
    assert (listed.ticket, listed.started_by, listed.verdict) == ("T1", "opened", Verdict.MISSED)
    assert rows["P1"].to_approve == ()
    assert card(a_target(), EXCLUDED, period="2026-04")[None].to_approve == ()


def test_without_exclusions_raw_is_the_same() -> None:
    row = card(a_target(), a_cycle(), a_cycle(Verdict.MISSED, 5))[None]
    assert row.unadjusted is None
    assert (row.raw_met, row.raw_missed) == (row.met, row.missed) == (1, 1)


SIGNED = Exclusion(id="EX-1", contract="acme-msp", clause="7", author="a", approver="b", evidence="e")


@pytest.mark.parametrize(
    ("exclusion", "met"),
    [
        pytest.param(
            replace(SIGNED, start=MORNING + HOUR / 2, end=MORNING + 3 * HOUR), 1, id="of a span, the rest still counts"
        ),
        pytest.param(replace(SIGNED, ticket=("snow", "T1")), 0, id="of a ticket, none of its goals count"),
    ],
)
def test_an_exclusion_of_updates_as_it_is_measured(exclusion: Exclusion, met: int) -> None:
    timeline = parse_timeline({
        "format": 1, "source": "snow", "ticket": "T1", "id": "t1",
        "events": [opened(), resolved(MORNING + 3 * HOUR)],
    })  # fmt: skip
    agreements = replace(agreed(UPDATE), exclusions=(exclusion,))
    row = computed_scorecard(measure(timeline, agreements, as_of=APRIL).readings, agreements, "2026-03")[0]
    assert (row.met, row.missed) == (met, 0)
    assert (row.raw_met, row.raw_missed) == (1, 2)


STOPPED = MORNING + HOUR
"""On a Monday."""


@pytest.mark.parametrize(
    ("terms", "cycle", "as_of", "expected"),
    [
        pytest.param({}, a_cycle(), STOPPED + timedelta(days=5), 1, id="within five days it may come back"),
        pytest.param({}, a_cycle(), STOPPED + timedelta(days=6), 0, id="after the grace it is final"),
        pytest.param(
            {"reopen_grace": Counted(HOUR_US)}, a_cycle(), STOPPED + HOUR, 1, id="the last instant is within the grace"
        ),
        pytest.param(
            {"reopen_grace": Counted(HOUR_US)}, a_cycle(), STOPPED + HOUR + timedelta(microseconds=1), 0,
            id="a microsecond later it is over",
        ),
        pytest.param(
            {"reopen_grace": Counted(4 * HOUR_US), "reopen_calendar": calendar_from_mapping(
                {"name": "week", "time_zone": "UTC", "hours": {"mon-fri": ["09:00-12:00"]}})},
            a_cycle(), STOPPED + 24 * HOUR, 1, id="the grace is counted on its own calendar",
        ),
        pytest.param(
            {"calendar_by": "site", "reopen_grace": Counted(HOUR_US), "calendars": {"default": always(), "pune":
             calendar_from_mapping({"name": "week", "time_zone": "UTC", "hours": {"tue": ["09:00-12:00"]}})}},
            a_cycle(), STOPPED + 5 * HOUR, 1, id="of calendars by attribute the one with the longest grace",
        ),
        pytest.param({"reopen": Reopen.NEW_CYCLE}, a_cycle(), STOPPED, 0, id="a reopening would begin a new cycle"),
        pytest.param({"reopen": Reopen.FIRST_IS_FINAL}, a_cycle(), STOPPED, 0, id="the first resolve is final"),
        pytest.param({}, a_cycle(Verdict.MISSED, 5), STOPPED, 0, id="a miss stays a miss"),
        pytest.param({"metric": Metric.FIRST_RESPONSE}, a_cycle(), STOPPED, 0, id="an answer stays an answer"),
        pytest.param(
            {"metric": Metric.FIRST_RESPONSE, "reopen": Reopen.FIRST_IS_FINAL},
            a_cycle(flags=("resolved_without_message",)), STOPPED, 1, id="a resolve without a word may come back",
        ),
    ],
)  # fmt: skip
def test_a_stop_within_its_grace_is_provisional(
    terms: dict[str, Any], cycle: Cycle, as_of: datetime, expected: int
) -> None:
    rows = card(a_target(**terms), cycle, as_of=as_of)
    assert {row.provisional for row in rows.values()} == {expected}


def test_after_the_contract_nothing_comes_back() -> None:
    agreements = agreed(a_target())
    ended = replace(agreements.contracts[0], until=STOPPED + HOUR)
    readings = [a_reading(a_target(), [a_cycle()], as_of=STOPPED + HOUR)]
    (row, _) = computed_scorecard(readings, replace(agreements, contracts=(ended,)), "2026-03")
    assert row.provisional == 0


@pytest.mark.parametrize(
    ("transition", "expected"),
    [
        pytest.param(Transition.RUNNING_FROM_DATE, 1, id="an amendment while it runs changes its calendars alone"),
        pytest.param(Transition.WHOLE_PERIOD, 0, id="an amendment of the period changes everything"),
    ],
)
def test_grace_under_an_amendment(transition: Transition, expected: int) -> None:
    slow = calendar_from_mapping({"name": "week", "time_zone": "UTC", "hours": {"tue": ["09:00-12:00"]}})
    target = a_target(reopen_grace=Counted(HOUR_US))
    amending = replace(target, calendars={"default": slow}, reopen=Reopen.FIRST_IS_FINAL)
    agreements = agreed(target)
    (contract,) = agreements.contracts
    later = Revision(
        name="later", effective_from=at("2026-03-02 09:30"), observe_from=MORNING, notify_from=MORNING,
        covers=contract.revisions[0].covers, targets=(amending,), transition=transition,
    )  # fmt: skip
    contract = replace(contract, revisions=(*contract.revisions, later))
    reading = a_reading(target, [a_cycle(revision="later")], as_of=STOPPED + 5 * HOUR)
    (row, _) = computed_scorecard([reading], Agreements((contract,), {}), "2026-03")
    assert row.provisional == expected


def test_a_reading_of_other_contracts_is_refused() -> None:
    with pytest.raises(ValueError, match="no target other"):
        computed_scorecard([a_reading(replace(UPDATE, name="other"), [])], agreed(UPDATE), "2026-03")


def test_tallies_cannot_tell_whether_a_maximum_was_kept(desk: Desk) -> None:
    desk = desk.under(agreed(replace(BOUNDED, maximum_us={"P1": 2 * HOUR_US})))
    desk.take(record("t1", opened(), resolved(MORNING + HOUR)), now=MORNING + 2 * HOUR)
    rows = desk.see(lambda view: stored_scorecard(view, desk.rules.agreements, "2026-03"))
    assert [(row.met, row.beyond, row.attained) for row in rows] == [(1, None, None), (1, None, None)]
