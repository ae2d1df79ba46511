"""What was told of a clock is true until its cycle is over, whatever happens to it in between."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest

from syncd.domain import events as e
from syncd.domain.changes import changes
from syncd.domain.contract import Agreements, Escalation
from syncd.domain.duration import Counted
from syncd.domain.measure import measure
from syncd.domain.names import Awaiting, GoneReason, Metric, Party, Phase
from syncd.domain.notice import Notice, NoticeKey, Step
from syncd.domain.recovery import ended_at, recovered
from tests.domain.clock_samples import ACME, QUARTER_US, a_target, agreed, at
from tests.domain.clock_samples import ticket as timeline_of

OPENED = e.Opened(id="e0", at=at(0), by=Party.CUSTOMER, vendor=ACME, priority="P1")  # 4 h: 16 slots, at risk after 12
HALF = Escalation(text="50%", to=("desk",), share=Fraction(1, 2))
LATER = Escalation(text="after 3600s", to=("director",), after_us=4 * QUARTER_US)


def rules(**terms: object) -> Agreements:
    target = a_target(**{"pause_while": frozenset({Awaiting.CUSTOMER}), **terms})
    revision = agreed(target).contracts[0].revisions[0]
    return agreed(revisions=(replace(revision, escalation=(HALF, LATER)),))


def phase(key: str, slot: int, to: Phase, awaiting: Awaiting, by: Party = Party.VENDOR) -> e.TicketEvent:
    return e.PhaseChanged(id=key, at=at(slot), by=by, to=to, awaiting=awaiting)


RESOLVED = phase("r", 20, Phase.RESOLVED, Awaiting.NOBODY)
EARLY = phase("r", 14, Phase.RESOLVED, Awaiting.NOBODY)
WAITS = phase("w", 13, Phase.PENDING, Awaiting.CUSTOMER)
CANCELLED = phase("c", 20, Phase.CANCELLED, Awaiting.NOBODY, Party.CUSTOMER)
BACK = phase("b", 24, Phase.ACTIVE, Awaiting.VENDOR, Party.CUSTOMER)
GONE = e.Gone(id="x", at=at(20), by=Party.SYSTEM, reason=GoneReason.DELETED)
LOWERED = e.PriorityChanged(id="p", at=at(13), by=Party.CUSTOMER, to="P3")


def told(step: Step, detail: str = "", ordinal: int = 0, priority: str = "P1") -> NoticeKey:
    return NoticeKey(
        source_id=7, ticket_id="1", contract="acme-msp", target="fix", started_by="e0", priority=priority, step=step,
        detail=detail, ordinal=ordinal,
    )  # fmt: skip


RISK, BREACH = told(Step.AT_RISK), told(Step.BREACHED)


@pytest.mark.parametrize(
    ("key", "as_of", "events", "end"),
    [
        pytest.param(RISK, 13, [], None, id="a risk goes on"),
        pytest.param(RISK, 15, [WAITS], None, id="a pause does not end it"),
        pytest.param(RISK, 18, [], None, id="the breach does not end the risk"),
        pytest.param(RISK, 18, [EARLY], at(14), id="solved in time it ends when it was"),
        pytest.param(RISK, 14, [LOWERED], at(14), id="another promise ends it"),
        pytest.param(BREACH, 40, [], None, id="a breach goes on"),
        pytest.param(BREACH, 40, [RESOLVED], at(20), id="it ends at the stop"),
        pytest.param(BREACH, 40, [CANCELLED], at(20), id="or when it is cancelled"),
        pytest.param(BREACH, 40, [GONE], at(40), id="or when the ticket is gone"),
        pytest.param(BREACH, 40, [RESOLVED, BACK], None, id="reopened in time it goes on"),
        pytest.param(BREACH, 40, [EARLY], at(14), id="a stop that was found out late ends it where it was"),
        pytest.param(BREACH, 15, [], at(15), id="what is in time again is no breach"),
        pytest.param(told(Step.ESCALATED, "50%"), 9, [], None, id="a share goes on"),
        pytest.param(told(Step.ESCALATED, "50%"), 30, [], None, id="also beyond the breach"),
        pytest.param(told(Step.ESCALATED, "50%"), 7, [], at(7), id="one that is not used up has ended"),
        pytest.param(told(Step.ESCALATED, "after 3600s"), 40, [], None, id="what came after the breach goes on"),
        pytest.param(told(Step.ESCALATED, "after 3600s"), 40, [RESOLVED], at(20), id="and ends with it"),
        pytest.param(replace(BREACH, started_by="other"), 40, [], at(40), id="a cycle that is no more has ended"),
        pytest.param(replace(BREACH, target="other"), 40, [], at(40), id="so has one of a target that is no more"),
    ],
)
def test_when_it_ends(key: NoticeKey, as_of: int, events: list[e.TicketEvent], end: datetime | None) -> None:
    timeline = timeline_of([OPENED, *events])
    readings = measure(timeline, rules(), as_of=at(as_of)).readings
    gone = any(isinstance(event, e.Gone) for event in events)
    assert ended_at(key, readings, as_of=at(as_of), gone=gone) == end


def test_a_miss_of_a_silence_goes_on_as_long_as_the_silence_counts_it() -> None:
    readings = measure(
        timeline_of([OPENED]), rules(metric=Metric.UPDATE, goals={"P1": Counted(4 * QUARTER_US)}), as_of=at(9)
    ).readings  # fmt: skip
    assert [ended_at(told(Step.BREACHED, ordinal=n), readings, as_of=at(9), gone=False) for n in (1, 2, 3)] == [
        None, None, at(9),
    ]  # fmt: skip


def notices() -> list[Notice]:
    timeline, agreements = timeline_of([OPENED]), rules()
    contracts = {contract.id: contract for contract in agreements.contracts}
    readings = measure(timeline, agreements, as_of=at(30)).readings
    return [each.notice for each in changes((), readings, timeline, contracts, source_id=7, as_of=at(30))]


def test_one_notice_says_the_end_of_all_that_was_told_of_a_cycle() -> None:
    breach, escalated = notices()
    end = recovered([breach, escalated], at(31))
    assert end.key == told(Step.RECOVERED)
    assert (end.at, end.late, end.ticket) == (at(31), False, breach.ticket)
    assert set(end.of) == {breach.key.text(), escalated.key.text()}


def test_an_end_is_never_before_what_it_ends() -> None:
    breach, _ = notices()
    assert recovered([breach], at(14)).at == breach.at


def test_the_end_of_what_is_no_clock_keeps_what_makes_it_another() -> None:
    breach, _ = notices()
    blind = [replace(breach, key=replace(told(Step.SOURCE_BLIND), detail=since)) for since in ("8:00", "9:00")]
    assert recovered(blind[:1], at(31)).key != recovered(blind[1:], at(31)).key
