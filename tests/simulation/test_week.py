"""A virtual week of a whole daemon, compared with what really happened in the simulated world."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from syncd.domain.events import Gone
from syncd.domain.measure import measure
from syncd.domain.names import Verdict
from syncd.domain.notice import Step
from syncd.domain.reading import Reading
from syncd.telemetry.metrics import Metrics
from tests.simulation.oracle import timeline_of
from tests.simulation.virtual_week import BEGIN, END, FAULTS, UNSEEN, Week, a_week

WEDNESDAY = BEGIN + timedelta(days=2, hours=6)
EVENTFUL = 150
"""Fewer tickets than this would prove little."""


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory: pytest.TempPathFactory) -> Week:
    """A week in which everything goes wrong at some time."""
    return a_week(tmp_path_factory.mktemp("disturbed"), faults=FAULTS).run()


@pytest.fixture(scope="module")
def smooth(tmp_path_factory: pytest.TempPathFactory) -> Week:
    """Two days and a half in which nothing goes wrong, polled every ten minutes."""
    return a_week(tmp_path_factory.mktemp("smooth"), every=timedelta(minutes=10)).run(WEDNESDAY)


def verdicts(readings: Sequence[Reading]) -> object:
    """What readings say, apart from the ids of events, which only the source knows."""
    return {
        (reading.contract, reading.revision, reading.target): [
            (
                cycle.number, cycle.priority, cycle.started_at, cycle.stopped_at, cycle.stage, cycle.verdict,
                cycle.goal_us, cycle.elapsed_us, cycle.due_at, cycle.breached_at, cycle.decided_at, cycle.period,
                cycle.false_resolves, [(pause.start, pause.until, pause.cause) for pause in cycle.pauses],
            )
            for cycle in reading.cycles
        ]
        for reading in readings
    }  # fmt: skip


def truths(week: Week, as_of: datetime) -> Mapping[str, Sequence[Reading]]:
    """The readings of every ticket that exists at an instant, as the world's own truth has them."""
    return {
        key: measure(timeline_of(ticket), week.settings.agreements, as_of=as_of).readings
        for key, ticket in week.simulator.truth().items()
        if ticket.created_at <= as_of and not ticket.deleted and not ticket.value("sys_class_name")
    }


def failures(metrics: Metrics) -> dict[str, int]:
    """How many passes failed, by reason."""
    return {
        sample.labels["reason"]: int(sample.value)
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.name == "syncd_sync_failures_total" and sample.value
    }


def test_a_week_of_faults_ends_with_what_really_happened(disturbed: Week) -> None:
    as_of = END - UNSEEN
    found, true = disturbed.judged(as_of), truths(disturbed, as_of)
    assert len(true) > EVENTFUL
    wrong = [key for key, readings in true.items() if verdicts(found.get(key, ())) != verdicts(readings)]
    assert wrong == []


def test_every_kind_of_fault_had_its_name_that_week(disturbed: Week) -> None:
    reasons = {"sleeping", "truncated", "rate_limited", "auth", "forbidden", "query_not_honoured"}
    assert set(failures(disturbed.metrics)) >= reasons


def test_a_week_of_faults_ends_as_if_all_had_been_read_at_once(disturbed: Week, tmp_path: Path) -> None:
    as_of = END - UNSEEN
    found = disturbed.judged(as_of)
    later = disturbed.now.utc()
    fresh = a_week(tmp_path, begin=later).run(later + timedelta(minutes=1)).judged(as_of)
    assert len(fresh) > EVENTFUL
    assert {key: [reading.cycles for reading in each] for key, each in fresh.items()} == {
        key: [reading.cycles for reading in found[key]] for key in fresh
    }


def test_nothing_went_into_quarantine_and_nothing_was_written_to_the_source(disturbed: Week) -> None:
    with disturbed.store.view() as view:
        assert view.quarantine.all() == []
    assert disturbed.simulator.violations == []


def test_a_deleted_ticket_is_noticed_within_two_days(smooth: Week) -> None:
    deleted = {
        key for key, ticket in smooth.simulator.truth().items() if ticket.deleted and ticket.created_at > BEGIN
    }  # fmt: skip
    with smooth.store.view() as view:
        gone = {stored.timeline.id for stored in view.tickets.stream() if isinstance(stored.timeline.events[-1], Gone)}
        known = {stored.timeline.id for stored in view.tickets.stream()}
    assert gone
    assert gone <= deleted
    assert known & deleted


@pytest.mark.parametrize(
    ("step", "least"), [(Step.AT_RISK, 10), (Step.BREACHED, 10), (Step.RECOVERED, 10), (Step.SOURCE_BLIND, 2)]
)
def test_no_notice_leaves_before_its_time_and_none_twice(disturbed: Week, step: Step, least: int) -> None:
    told = [envelope for envelope in disturbed.oncall.taken if envelope.notice.key.step is step]
    assert len(told) > least
    assert [envelope.key for envelope in told if envelope.queued_at < envelope.notice.at] == []
    assert len({envelope.key for envelope in told}) == len(told)


def test_every_breach_that_lasts_is_told(smooth: Week) -> None:
    polled = timedelta(minutes=12)
    told = {envelope.key.partition("/")[2] for envelope in smooth.oncall.taken}
    lasting = {
        f"{key}/{reading.contract}/{reading.target}"
        for key, readings in truths(smooth, WEDNESDAY).items()
        for reading in readings
        for cycle in reading.cycles
        if cycle.verdict is Verdict.MISSED
        and cycle.breached_at is not None
        and BEGIN + polled < cycle.breached_at < WEDNESDAY - polled
        and cycle.started_at > BEGIN
        and (cycle.stopped_at is None or cycle.stopped_at > cycle.breached_at + polled)
    }
    assert len(lasting) > 5
    assert {each for each in lasting if not any(key.startswith(each) for key in told)} == set()


def test_the_same_seed_gives_the_same_notices_at_the_same_instants(tmp_path: Path) -> None:
    weeks = [a_week(tmp_path / name, faults=FAULTS).run(BEGIN + timedelta(days=1)) for name in ("first", "again")]
    notices = [[(each.key, each.attempt, each.queued_at, each.notice) for each in week.oncall.taken] for week in weeks]
    assert notices[0] == notices[1]
    assert len(notices[0]) > 5
    assert weeks[0].simulator.requests == weeks[1].simulator.requests


def test_a_write_committed_after_a_pass_went_by_its_stamp_is_found_by_the_next_ones(tmp_path: Path) -> None:
    hectic = {"start": BEGIN.isoformat(), "tickets_per_day": 1500, "late_share": 1.0}
    hour = a_week(tmp_path, every=timedelta(seconds=10), world=hectic).run(BEGIN + timedelta(hours=1))
    as_of = BEGIN + timedelta(hours=1) - UNSEEN
    found, true = hour.judged(as_of), truths(hour, as_of)
    assert len(true) > 30
    assert [key for key, readings in true.items() if verdicts(found.get(key, ())) != verdicts(readings)] == []


def test_polling_more_seldom_makes_notices_later_and_changes_no_verdict(smooth: Week, tmp_path: Path) -> None:
    seldom = a_week(tmp_path, every=timedelta(hours=4)).run(WEDNESDAY)
    as_of = WEDNESDAY - UNSEEN
    often_found, seldom_found = smooth.judged(as_of), seldom.judged(as_of)
    for key, readings in truths(seldom, as_of).items():
        assert verdicts(seldom_found.get(key, ())) == verdicts(often_found.get(key, ())) == verdicts(readings)
    often_told = {each.key: each.queued_at for each in smooth.oncall.taken}
    seldom_told = {each.key: each.queued_at for each in seldom.oncall.taken}
    both = often_told.keys() & seldom_told.keys()
    assert any(seldom_told[key] > often_told[key] for key in both)
    assert all(seldom_told[key] >= often_told[key] - timedelta(minutes=10) for key in both)
