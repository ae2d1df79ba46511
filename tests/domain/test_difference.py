"""What makes two contracts differ on a ticket is named truly, and no more than it takes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from syncd.domain.calendar import always
from syncd.domain.contract import Agreements, Cover, Exclusion, Target, Vendor
from syncd.domain.difference import Difference, differences
from syncd.domain.duration import Counted
from syncd.domain.names import (
    Accepted,
    Awaiting,
    Counts,
    Metric,
    PriorityChange,
    Reopen,
    Starts,
    Stops,
    Transition,
    Verdict,
)
from syncd.domain.timeline import Timeline
from syncd.domain.timeline_format import parse_timeline
from syncd.settings import calendar_from_mapping
from syncd.testing.instants import at
from tests.services.desk import HOUR, HOUR_US, MORNING, a_target, agreed, message, opened, resolved

AS_OF = MORNING + timedelta(days=30)
WEEKDAYS = calendar_from_mapping({"name": "weekdays", "time_zone": "UTC", "hours": {"mon-fri": ["09:00-12:00"]}})

RARE = calendar_from_mapping({"name": "rare", "time_zone": "UTC", "hours": {"sun": ["09:00-09:01"]}})


def a_ticket(*events: Mapping[str, object]) -> Timeline:
    return parse_timeline({"format": 1, "source": "snow", "ticket": "T1", "id": "t1", "events": list(events)})


def hours(count: float) -> dict[str, Counted]:
    return {"default": Counted(int(count * HOUR_US))}


def phase(hour: float, key: str, **more: object) -> dict[str, object]:
    return {"id": key, "at": (MORNING + hour * HOUR).isoformat(), "kind": "phase", "by": "vendor", **more}


def event(hour: float, key: str, kind: str, **more: object) -> dict[str, object]:
    return {"id": key, "at": (MORNING + hour * HOUR).isoformat(), "kind": kind, "by": "vendor", **more}


SOLVED_AFTER_SIX = a_ticket(opened(), resolved(MORNING + 6 * HOUR))
WAITED_FOR_US = a_ticket(
    opened(),
    phase(1, "ask", to="pending", awaiting="customer"),
    phase(4, "told", to="active", awaiting="vendor", by="customer"),
    resolved(MORNING + 6 * HOUR),
)
TOLD_LATER = a_ticket(
    {**opened(), "vendor": None}, event(3, "told", "notified", vendor="acme", by="customer"),
    resolved(MORNING + 6 * HOUR),
)  # fmt: skip
CLOSED_LATER = a_ticket(opened(), resolved(MORNING + 2 * HOUR), phase(6, "closed", to="closed"))
MADE_URGENT = a_ticket(
    opened(priority="P3"), event(5, "urgent", "priority", to="P1", by="customer"), resolved(MORNING + 6 * HOUR)
)
WITH_ANOTHER = a_ticket(
    opened(), event(1, "away", "handed_over", to="other"), event(4, "back", "handed_over", to="acme"),
    resolved(MORNING + 6 * HOUR),
)  # fmt: skip
REOPENED = a_ticket(
    opened(), resolved(MORNING + HOUR), phase(2, "again", to="active", awaiting="vendor", by="customer"),
    resolved(MORNING + 7 * HOUR, "solved"),
)  # fmt: skip
ACCEPTED_FIRST = a_ticket(opened(), event(1, "ack", "acknowledged"), message(MORNING + 6 * HOUR))
RELAYED_FIRST = a_ticket(opened(), {**message(MORNING + HOUR, "relay"), "relayed": True}, message(MORNING + 6 * HOUR))

FOUR = a_target(goals=hours(4))
END_TO_END = replace(FOUR, counts=Counts.END_TO_END)
RESPONSE = a_target("fix", Metric.FIRST_RESPONSE, goals=hours(4))
BOTH_PAUSES = frozenset({Awaiting.CUSTOMER, Awaiting.THIRD_PARTY})


def compare(ticket: Timeline, ours: Agreements, theirs: Agreements) -> Difference:
    compared = differences(ticket, ours, theirs, as_of=AS_OF)
    (found,) = compared.differences
    return found


@pytest.mark.parametrize(
    ("ticket", "ours", "terms", "expected"),
    [
        pytest.param(SOLVED_AFTER_SIX, FOUR, {"goals": hours(8)}, ("goals",), id="a longer goal"),
        pytest.param(
            SOLVED_AFTER_SIX, FOUR, {"calendars": {"default": WEEKDAYS}}, ("calendar",), id="fewer hours of service"
        ),
        pytest.param(
            WAITED_FOR_US, FOUR, {"pause_while": BOTH_PAUSES}, ("pause_while",), id="waiting for us does not count"
        ),
        pytest.param(TOLD_LATER, END_TO_END, {"starts": Starts.CREATED}, ("starts",), id="the start is another event"),
        pytest.param(CLOSED_LATER, FOUR, {"stops": Stops.CLOSED, "pause_while": BOTH_PAUSES, "counts": Counts.OWN_TIME},
                     (), id="stopping later without counting more changes no verdict"),
        pytest.param(
            MADE_URGENT,
            replace(FOUR, goals={"P1": Counted(4 * HOUR_US), "P3": Counted(5 * HOUR_US)}),
            {"priority_change": PriorityChange.FROM_CHANGE},
            ("priority_change",),
            id="after an upgrade only the new goal counts",
        ),
        pytest.param(SOLVED_AFTER_SIX, FOUR, {"tolerance_us": 2 * HOUR_US}, ("tolerance",), id="a tolerance"),
        pytest.param(
            WITH_ANOTHER, FOUR, {"counts": Counts.END_TO_END}, ("counts",), id="other vendors' time counts as well"
        ),
        pytest.param(
            ACCEPTED_FIRST, RESPONSE, {"acknowledgement": Accepted.ACCEPTED}, ("acknowledgement",),
            id="an acknowledgement is a response",
        ),
        pytest.param(
            RELAYED_FIRST, RESPONSE, {"relayed": Accepted.REFUSED}, ("relayed",), id="a relayed message is none"
        ),
        pytest.param(
            REOPENED, replace(FOUR, goals=hours(5.5)), {"reopen": Reopen.FIRST_IS_FINAL}, ("reopen",),
            id="the first resolve is final",
        ),
        pytest.param(
            SOLVED_AFTER_SIX, FOUR,
            {"goals": hours(8), "starts": Starts.CREATED, "strict_due": True, "relayed": Accepted.REFUSED},
            ("goals",), id="terms that differ and change nothing are not named",
        ),
        pytest.param(
            WAITED_FOR_US, replace(FOUR, goals=hours(1)), {"goals": hours(3), "pause_while": BOTH_PAUSES},
            ("goals", "pause_while"), id="two that only together change the verdict",
        ),
        pytest.param(
            a_ticket(opened(priority="P9"), resolved(MORNING + 6 * HOUR)),
            replace(FOUR, goals={"P1": Counted(4 * HOUR_US)}, calendars={"P1": always()}),
            {"goals": hours(4), "calendars": {"default": always()}}, ("goals",),
            id="a goal of a priority that ours has no calendar for",
        ),
        pytest.param(
            a_ticket(opened(), resolved(MORNING + 10 * HOUR)), replace(FOUR, calendars={"default": RARE}),
            {"goals": hours(9), "calendars": {"default": always()}}, ("calendar",),
            id="a mixture that a calendar cannot answer says nothing",
        ),
    ],
)  # fmt: skip
def test_the_term_that_changes_the_verdict_is_named(
    ticket: Timeline, ours: Target, terms: dict[str, Any], expected: tuple[str, ...]
) -> None:
    compared = differences(ticket, agreed(ours), agreed(replace(ours, **terms)), as_of=AS_OF)
    assert compared.cycles == 1
    assert [(each.why, each.each_alone) for each in compared.differences] == ([(expected, False)] if expected else [])


def test_of_several_that_would_each_do_all_are_named_and_said_to_do_alone() -> None:
    found = compare(WAITED_FOR_US, agreed(FOUR), agreed(replace(FOUR, goals=hours(8), pause_while=BOTH_PAUSES)))
    assert (found.why, found.each_alone) == (("goals", "pause_while"), True)
    assert (found.ours.verdict, found.theirs.verdict) == (Verdict.MISSED, Verdict.MET)


def test_a_further_cycle_has_no_partner_and_the_first_may_differ_as_well() -> None:
    ours, theirs = (replace(FOUR, goals=hours(5.5), reopen=policy) for policy in (Reopen.RESUME, Reopen.NEW_CYCLE))
    compared = differences(REOPENED, agreed(ours), agreed(replace(theirs, goals=hours(4))), as_of=AS_OF)
    assert compared.cycles == 2
    first, second = compared.differences
    assert (first.ours.verdict, first.theirs.verdict, first.why) == (Verdict.MISSED, Verdict.MET, ("reopen",))
    assert (second.ours.cycle, second.theirs.verdict) == (None, Verdict.MISSED)
    # Under the goal of ours the further cycle would be met.
    assert second.why == ("goals", "reopen")
    assert second.theirs.cycle is not None
    assert second.theirs.cycle.started_by == "again"


def test_where_the_clock_starts_with_another_event_the_cycles_still_belong_together() -> None:
    theirs = replace(END_TO_END, starts=Starts.CREATED)
    found = compare(TOLD_LATER, agreed(END_TO_END), agreed(theirs))
    assert found.ours.cycle is not None
    assert found.theirs.cycle is not None
    assert (found.ours.cycle.started_by, found.theirs.cycle.started_by) == ("told", "opened")


def test_a_goal_may_make_the_difference_though_the_clock_starts_elsewhere_too() -> None:
    theirs = replace(END_TO_END, goals=hours(1), starts=Starts.CREATED)
    found = compare(TOLD_LATER, agreed(END_TO_END), agreed(theirs))
    assert (found.why, found.each_alone) == (("goals", "starts"), True)


@pytest.mark.parametrize(
    ("covers", "name", "when", "expected"),
    [
        pytest.param("mail", "fix", {}, ("uncovered", "not_in_covers", True), id="the ticket is not covered"),
        pytest.param("snow", "other", {}, ("missing", None, False), id="there is no such target"),
        pytest.param(
            "snow", "fix", {"service": ("wan",)}, ("uncovered", "no_target_matches", False), id="conditions do not hold"
        ),
    ],
)
def test_a_clock_that_is_not_there_says_why(
    covers: str, name: str, when: dict[str, tuple[str, ...]], expected: tuple[str, str | None, bool]
) -> None:
    response = a_target("response", Metric.FIRST_RESPONSE, goals=hours(99))
    ours, theirs = agreed(FOUR, response), agreed(replace(FOUR, name=name, when=when), response)
    contract = theirs.contracts[0]
    revision = replace(contract.revisions[0], covers=(Cover(covers),))
    theirs = replace(theirs, contracts=(replace(contract, revisions=(revision,)),))
    found = {each.target: each for each in differences(SOLVED_AFTER_SIX, ours, theirs, as_of=AS_OF).differences}
    fix = found["fix"]
    assert (fix.why, fix.theirs.uncovered, fix.theirs.whole_ticket) == ((expected[0],), *expected[1:])
    assert fix.ours.verdict is Verdict.MISSED
    assert fix.theirs.verdict is None
    mirrored = {each.target: each for each in differences(SOLVED_AFTER_SIX, theirs, ours, as_of=AS_OF).differences}
    assert (mirrored["fix"].why, mirrored["fix"].ours.uncovered) == ((expected[0],), expected[1])


def test_a_ticket_that_is_covered_without_a_cycle_differs_from_an_uncovered_one() -> None:
    raised = a_ticket({**opened(), "by": "vendor"}, resolved(MORNING + HOUR))
    nobody = replace(agreed(RESPONSE), contracts=())
    compared = differences(raised, agreed(RESPONSE), nobody, as_of=AS_OF)
    assert compared.cycles == 0
    assert [(each.ours.cycle, each.theirs.uncovered) for each in compared.differences] == [
        (None, "no_contract_with_vendor")
    ]
    assert differences(raised, nobody, nobody, as_of=AS_OF) == (0, ())


def test_a_proposal_may_go_by_another_name() -> None:
    theirs = agreed(replace(FOUR, goals=hours(8)), contract="proposal")
    found = compare(SOLVED_AFTER_SIX, agreed(FOUR), theirs)
    assert (found.why, found.theirs.verdict) == (("goals",), Verdict.MET)


def test_vendors_keep_apart_when_their_targets_are_called_alike() -> None:
    def both(acme: float, other: float) -> Agreements:
        one, two = agreed(replace(FOUR, goals=hours(acme))), agreed(replace(FOUR, goals=hours(other)), contract="two")
        second = replace(two.contracts[0], vendor=Vendor("other", "Other"))
        return replace(one, contracts=(*one.contracts, second))

    swapped = both(2, 8)
    theirs = replace(swapped, contracts=tuple(reversed(both(8, 8).contracts)))
    found = compare(WITH_ANOTHER, swapped, theirs)
    assert found.ours.clock is not None
    assert found.ours.clock.contract.id == "acme-msp"


def test_another_vendors_target_is_no_partner_and_no_reason() -> None:
    """Both vendors measure the ticket; theirs has lost ours' contract with ACME, and its target with the name."""
    ours = agreed(FOUR)
    response = a_target("response", Metric.FIRST_RESPONSE, goals=hours(99))
    other = replace(agreed(FOUR, contract="two").contracts[0], vendor=Vendor("other", "Other"))
    theirs = Agreements((*agreed(response).contracts, other), {})
    found = differences(WITH_ANOTHER, ours, theirs, as_of=AS_OF).differences
    says = [(each.target, each.ours.verdict, each.theirs.verdict, each.why) for each in found]
    assert says == [
        ("fix", Verdict.MET, None, ("missing",)),
        ("response", None, Verdict.MET, ("missing",)),
        ("fix", None, Verdict.EXCLUDED, ("missing",)),
    ]
    # The other vendor was never told of this one, which is no reason why ACME's target is not there.
    (fix, _) = differences(SOLVED_AFTER_SIX, ours, theirs, as_of=AS_OF).differences
    assert (fix.target, fix.why) == ("fix", ("missing",))


def test_a_contract_of_the_same_name_comes_before_another_of_the_same_vendor() -> None:
    first, second = agreed(FOUR).contracts[0], agreed(replace(FOUR, goals=hours(8)), contract="second").contracts[0]
    compared = differences(
        SOLVED_AFTER_SIX, Agreements((first, second), {}), Agreements((second, first), {}), as_of=AS_OF
    )  # fmt: skip
    assert compared == (2, ())


def test_a_cycle_too_many_is_explained_by_what_made_it() -> None:
    ours, theirs = replace(FOUR, reopen=Reopen.NEW_CYCLE), replace(FOUR, goals=hours(99), reopen=Reopen.RESUME)
    (second,) = (each for each in differences(REOPENED, agreed(ours), agreed(theirs), as_of=AS_OF).differences)
    assert (second.ours.verdict, second.theirs.cycle, second.why) == (Verdict.MISSED, None, ("reopen",))


def test_an_update_that_missed_more_often_differs() -> None:
    update = a_target("update", Metric.UPDATE, goals=hours(1))
    found = compare(SOLVED_AFTER_SIX, agreed(update), agreed(replace(update, goals=hours(2), at_risk=Fraction(1, 2))))
    assert (found.ours.verdict, found.theirs.verdict, found.why) == (Verdict.MISSED, Verdict.MISSED, ("goals",))


def test_of_what_differs_besides_only_the_exclusion_is_named() -> None:
    signed = Exclusion(
        id="EX-1", contract="proposal", clause="7", author="a", approver="b", evidence="e", ticket=("snow", "T1")
    )
    theirs = replace(agreed(replace(FOUR, strict_due=True), contract="proposal"), exclusions=(signed,))
    found = compare(SOLVED_AFTER_SIX, agreed(FOUR), theirs)
    assert (found.theirs.verdict, found.why) == (Verdict.EXCLUDED, ("exclusions",))
    assert compare(SOLVED_AFTER_SIX, theirs, agreed(FOUR)).why == ("exclusions",)


def test_of_what_differs_besides_only_the_amendment_is_named() -> None:
    theirs = agreed(replace(FOUR, strict_due=True))
    (contract,) = theirs.contracts
    amending = replace(
        contract.revisions[0], name="2026-03-02", effective_from=MORNING + HOUR,
        targets=(replace(FOUR, goals=hours(8)),), transition=Transition.RUNNING_FROM_DATE,
    )  # fmt: skip
    theirs = Agreements((replace(contract, revisions=(*contract.revisions, amending)),), {})
    assert compare(SOLVED_AFTER_SIX, agreed(FOUR), theirs).why == ("revisions",)


def test_a_new_revision_makes_the_difference_where_the_rest_is_the_same() -> None:
    ours = agreed(FOUR)
    (contract,) = ours.contracts
    later = replace(
        contract.revisions[0], name="2026-01-01", effective_from=at("2026-01-01 00:00"),
        targets=(replace(FOUR, name="other"),),
    )  # fmt: skip
    theirs = replace(ours, contracts=(replace(contract, revisions=(contract.revisions[0], later)),))
    found = differences(SOLVED_AFTER_SIX, ours, theirs, as_of=AS_OF).differences
    assert [(each.target, each.why, each.theirs.uncovered) for each in found] == [
        ("fix", ("uncovered",), "no_revision_in_force"),
        ("other", ("missing",), None),
    ]


def test_the_end_of_a_contract_makes_a_difference() -> None:
    ours = agreed(FOUR)
    ended = replace(ours, contracts=(replace(ours.contracts[0], until=MORNING + 2 * HOUR),))
    found = compare(SOLVED_AFTER_SIX, ours, ended)
    assert (found.why, found.theirs.verdict) == (("until",), Verdict.EXCLUDED)


def test_nothing_differs_from_itself() -> None:
    for ticket in (SOLVED_AFTER_SIX, WAITED_FOR_US, REOPENED):
        assert differences(ticket, agreed(FOUR), agreed(FOUR), as_of=AS_OF) == (1, ())
