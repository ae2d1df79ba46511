"""Laws of the ledger: each second of a cycle belongs to exactly one party, whatever happened and was agreed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from syncd.domain import events as e
from syncd.domain.contract import Agreements
from syncd.domain.history import fold
from syncd.domain.instant import to_us
from syncd.domain.ledger import Owner, totals
from syncd.domain.matching import matches
from syncd.domain.measure import measure
from syncd.domain.names import Counts, Metric, Party, Quality
from syncd.domain.reading import Cycle, Reading
from syncd.domain.timeline import Gap, Timeline
from syncd.domain.working import Working, workings_behind
from tests.domain.law_samples import Case, cases, changed, moments_of

SETTLED = frozenset({e.Absorbed, e.Gone})
"""Events after which a cycle's own start and stop are not all there is to its ledger."""


def worked(timeline: Timeline, agreements: Agreements, as_of: datetime) -> Iterator[tuple[Reading, Cycle, Working]]:
    history = fold(timeline, as_of=as_of)
    found = {match.target.name: match for match in matches(history, agreements)}
    for reading in measure(timeline, agreements, as_of=as_of, spent=True).readings:
        of = found.get(reading.target)
        workings = workings_behind(history, reading, agreements.contracts[0], of, agreements.exclusions)
        for cycle in reading.cycles:
            if cycle.number in workings:
                yield reading, cycle, workings[cycle.number]


@given(cases(without=frozenset({e.Gone})), st.data())
def test_the_ledger_of_a_cycle_adds_up_to_its_time(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    as_of = data.draw(moments_of(timeline))
    for _, cycle, working in worked(timeline, agreements, as_of):
        start, end = to_us(cycle.started_at), to_us(cycle.stopped_at or as_of)
        entries = working.ledger
        assert all(entry.start < entry.end for entry in entries)
        assert all(one.end == other.start and one.owner is not other.owner for one, other in pairwise(entries))
        assert sum(totals(entries).values()) == end - start
        if entries:
            assert (entries[0].start, entries[-1].end) == (start, end)


@given(cases(), st.data())
def test_what_a_cycle_that_has_ended_spent_is_its_ledger_summed_up(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    as_of = data.draw(moments_of(timeline))
    for reading, cycle, working in worked(timeline, agreements, as_of):
        if cycle.stopped_at is None or reading.metric is Metric.UPDATE:
            assert cycle.spent is None
        elif timeline.quality is Quality.FULL and not any(event.by is Party.UNKNOWN for event in timeline.events):
            assert cycle.spent == tuple(totals(working.ledger).values())


@given(cases(without=SETTLED), st.data())
def test_no_more_is_the_vendors_than_lies_in_hours_outside_of_pauses(case: Case, data: st.DataObject) -> None:
    """A clock of the vendor's own time that pauses for nobody counts just the seconds that nobody else owns."""
    timeline = case[0]
    agreements = changed(
        case[1],
        lambda target: replace(target, counts=Counts.OWN_TIME, pause_while=frozenset(), confirm_within=None),
    )
    as_of = data.draw(moments_of(timeline))
    for reading, cycle, working in worked(timeline, agreements, as_of):
        if reading.metric is Metric.UPDATE or cycle.goal_us is None or cycle.revision is not None:
            continue
        counted = sum(stretch.counted_us for stretch in working.stretches)
        owned = totals(working.ledger)
        waiting = owned[Owner.CUSTOMER] + owned[Owner.THIRD_PARTY]
        assert counted <= owned[Owner.VENDOR] + waiting


@given(cases(), st.data())
def test_what_a_hole_may_hide_is_nobodys_for_sure(case: Case, data: st.DataObject) -> None:
    timeline, agreements = case
    since, until = sorted([data.draw(moments_of(timeline)), data.draw(moments_of(timeline))])
    hole = Gap(since, until, frozenset({"phase"}))
    holed = replace(timeline, quality=Quality.PARTIAL, gaps=(hole,))
    as_of = data.draw(moments_of(timeline))
    for _, _, working in worked(holed, agreements, as_of):
        for entry in working.ledger:
            if entry.owner not in (Owner.EXCLUDED, Owner.UNKNOWN):
                assert min(entry.end, to_us(until)) <= max(entry.start, to_us(since))
