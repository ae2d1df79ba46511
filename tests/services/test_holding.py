"""Who is told of what: everybody, or whom the contract's escalation, its routes and a notifier's vendors name."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from syncd.domain.contract import Agreements, Escalation
from syncd.services.assess import measure_stored
from syncd.services.sweep import sweep
from syncd.testing.fakes import FakeMapper
from tests.services.desk import HOUR, HOUR_US, MINUTE, MORNING, Desk, agreed, opened, record, resolved

DEADLINE = MORNING + 4 * HOUR
NOTIFIERS = ("chat", "oncall", "phone")
RISK = Escalation(text="75%", to=("desk",), share=Fraction(3, 4))
HALF = Escalation(text="50%", to=("chat",), share=Fraction(1, 2))
BREACH = Escalation(text="breach", to=("oncall",), after_us=0)
LATER = Escalation(text="after 3600s", to=("bosses",), after_us=HOUR_US)


def escalating(*rows: Escalation) -> Agreements:
    plain = agreed()
    contract = plain.contracts[0]
    revision = replace(contract.revisions[0], escalation=rows)
    return replace(plain, contracts=(replace(contract, revisions=(revision,)),))


def under(desk: Desk, *rows: Escalation, **more: Any) -> Desk:
    routes = {"desk": ("chat",), "bosses": ("phone", "chat")}
    rules = replace(desk.rules, agreements=escalating(*rows), channels=NOTIFIERS, routes=routes, **more)
    return replace(desk, intake=replace(desk.intake, rules=rules))


def told(desk: Desk, hours: int) -> dict[str, list[str]]:
    """What each notifier was told by an hour after the morning."""
    for hour in range(hours + 1):
        while desk.meet(MORNING + hour * HOUR + MINUTE).looked_at:
            continue
        desk.let_go(MORNING + hour * HOUR + MINUTE)
    found = {}
    for name in NOTIFIERS:
        taken = desk.write(lambda work, name=name: work.outbox.claim(name, MORNING + 99 * HOUR, 99, 1.0))  # type: ignore[misc]  # mypy cannot type a lambda's default
        found[name] = [one.notice.key.step.value + one.notice.key.detail for one in taken]
    return found


def test_a_ticket_that_will_be_gone_is_not_gone_yet(desk: Desk) -> None:
    gone = {"id": "gone", "at": (MORNING + 8 * HOUR).isoformat(), "kind": "gone", "by": "system", "reason": "deleted"}
    both = under(desk)
    both.take(record("t1", opened(), gone))
    assert told(both, 7)["oncall"] == ["at_risk", "breached"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            (), {name: ["at_risk", "breached"] for name in NOTIFIERS}, id="without a table everybody is told of all"
        ),
        pytest.param(
            (HALF, RISK, BREACH, LATER),
            {
                "chat": ["escalated50%", "at_risk", "escalatedafter 3600s"],
                "oncall": ["breached"],
                "phone": ["escalatedafter 3600s"],
            },
            id="with one whom its rows name",
        ),
        pytest.param(
            (HALF, BREACH), {"chat": ["escalated50%"], "oncall": ["breached"], "phone": []},
            id="a risk that no row names is told nobody",
        ),
    ],
)  # fmt: skip
def test_who_is_told(desk: Desk, rows: tuple[Escalation, ...], expected: dict[str, list[str]]) -> None:
    desk = under(desk, *rows)
    desk.take(record("t1"), now=MORNING)
    assert told(desk, 6) == expected


def test_a_share_of_the_goal_is_told_without_another_look_at_the_ticket(desk: Desk) -> None:
    desk = under(desk, HALF, BREACH, LATER, rechecked=frozenset({"snow"}))
    desk.take(record("t1"), now=MORNING)
    assert told(desk, 2)["chat"] == ["escalated50%"]
    late = DEADLINE + HOUR + MINUTE
    assert desk.meet(late).looked_at
    assert desk.let_go(late).released == 0, "a breach, and what follows from it, is looked at once more"


def test_a_notifier_for_others_tickets_is_not_told(desk: Desk) -> None:
    desk = under(desk, vendors={"oncall": ("globex",), "phone": ("acme",)})
    desk.take(record("t1"), now=MORNING)
    assert told(desk, 6) == {"chat": ["at_risk", "breached"], "oncall": [], "phone": ["at_risk", "breached"]}


def test_a_notice_links_to_its_explanation_where_somebody_said_where_that_is(desk: Desk) -> None:
    desk = replace(desk, intake=replace(desk.intake, rules=replace(desk.rules, external_url="https://syncd.example")))
    desk.take(record("t1", opened()), record("a/b"), now=DEADLINE + MINUTE)
    desk.let_go(DEADLINE + MINUTE)
    taken = desk.write(lambda work: work.outbox.claim("oncall", DEADLINE + HOUR, 9, 1.0))
    assert sorted(str(one.notice.explain_url) for one in taken) == [
        "https://syncd.example/tickets/snow/A%2FB", "https://syncd.example/tickets/snow/T1",
    ]  # fmt: skip


def test_what_a_replay_left_standing_is_ended_by_a_look_at_all_of_it(desk: Desk) -> None:
    desk.take(record("t1"), record("t2"), now=MORNING)
    desk.meet(DEADLINE + MINUTE)
    desk.let_go(DEADLINE + MINUTE)
    for one in desk.write(lambda work: work.outbox.claim("oncall", DEADLINE + MINUTE, 9, 1.0)):
        desk.write(lambda work, one=one: work.outbox.delivered(one.id, DEADLINE + MINUTE))  # type: ignore[misc]  # as above
    # As a replay does it: readings of other events, and nobody is told.
    solved = record("t1", opened(), resolved(DEADLINE - MINUTE))
    held = desk.stored("t1")
    events = FakeMapper().map(solved).timeline.events
    desk.write(lambda work: work.tickets.append({held.number: events}, recorded_at=DEADLINE + HOUR))
    later = DEADLINE + 2 * HOUR
    desk.write(lambda work: measure_stored(work, [desk.stored("t1")], desk.rules, as_of=later))
    last = 0
    while (following := sweep(desk.store, desk.fence, last, now=later)) is not None:
        last = following
    standing = desk.see(lambda view: view.outbox.standing("oncall"))
    assert {each.envelope.notice.ticket: each.ended_at for each in standing} == {"T1": DEADLINE - MINUTE, "T2": None}
