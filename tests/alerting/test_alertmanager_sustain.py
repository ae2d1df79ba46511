from datetime import timedelta
from typing import Any

import httpx
import pytest

from syncd.alerting.telling import telling
from syncd.domain.notice import Step
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.alertmanager_samples import TOLD, at, cluster, standing, tickets
from tests.alerting.notices import (
    BREACHED,
    Members,
    answers,
    envelope,
    hangs_up,
    of_step,
    of_ticket,
    takes,
)

OVER = TOLD + timedelta(minutes=10)


def both(**scripts: Any) -> Members:
    return Members(**{"one": takes, "two": takes, **scripts})


def later(minutes: float) -> VirtualNow:
    return VirtualNow(TOLD + timedelta(minutes=minutes))


def test_a_round_tells_every_member_what_is_still_true_and_moves_the_horizon() -> None:
    members, now = both(), later(1)
    with cluster(members, now, horizon_seconds=600) as notifier:
        first = notifier.sustain([standing(envelope())])
        now.advance(60)
        notifier.sustain([standing(envelope())])
    sent = [alert for alert in members.alerts("two") if alert["labels"]["alertname"] == "SyncdClockBreached"]
    assert [at(alert, "endsAt") - TOLD for alert in sent] == [timedelta(seconds=660), timedelta(seconds=720)]
    assert [alert["labels"] for alert in sent] == [dict(telling(envelope()).labels)] * 2
    assert {at(alert, "startsAt") for alert in sent} == {BREACHED}
    assert members.got["one"] == members.got["two"]
    assert (first.settled, first.refused, first.failed, first.singly, first.folded) == (frozenset(), {}, (), 1, 0)


def test_the_notifier_says_how_often() -> None:
    with cluster(both(), resend_seconds=30) as notifier:
        assert notifier.resend_seconds == 30


def test_an_end_is_told_once_and_settled_when_no_member_can_have_forgotten_it_untold() -> None:
    members, now = both(), VirtualNow(OVER + timedelta(seconds=1))
    over = [standing(envelope(), ended_at=OVER)]
    with cluster(members, now) as notifier:
        assert notifier.sustain(over).settled == frozenset()
        now.advance(598)
        assert notifier.sustain(over).settled == frozenset()
        now.advance(1)
        assert notifier.sustain(over).settled == {envelope().key}
    for host in ("one", "two"):
        ends = [at(alert, "endsAt") for alert in members.alerts(host) if "ticket" in alert["labels"]]
        assert ends == [OVER]


def test_a_member_that_restarted_is_told_the_end_again_and_the_other_is_not() -> None:
    members, now = both(), VirtualNow(OVER + timedelta(seconds=1))
    over = [standing(envelope(), ended_at=OVER)]
    with cluster(members, now) as notifier:
        notifier.sustain(over)
        members.forget()
        members.born["two"] = "2026-03-02T12:10:30Z"
        now.advance(60)
        notifier.sustain(over)
        notifier.sustain(over)
    assert [tickets(batch) for batch in members.got["one"]] == []
    assert [tickets(batch) for batch in members.got["two"]] == [["INC0012345"]]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_member_that_does_not_say_when_it_started_is_told_the_end_in_every_round(status: int) -> None:
    members, now = both(), VirtualNow(OVER + timedelta(minutes=9))
    members.status = answers(status)
    over = [standing(envelope(), ended_at=OVER)]
    with cluster(members, now) as notifier:
        notifier.sustain(over)
        now.advance(60)
        assert notifier.sustain(over).settled == {envelope().key}
    assert len([name for name in tickets(members.alerts("one")) if name == "INC0012345"]) == 2


def test_a_member_that_was_away_is_told_the_end_when_it_is_back() -> None:
    members, now = both(two=hangs_up), VirtualNow(OVER + timedelta(minutes=11))
    over = [standing(envelope(), ended_at=OVER)]
    with cluster(members, now) as notifier:
        first = notifier.sustain(over)
        assert (first.settled, [error.reason for error in first.failed]) == (frozenset(), ["network"])
        assert str(first.failed[0]).startswith("member 2: ")
        members.scripts["two"] = takes
        now.advance(60)
        assert notifier.sustain(over).settled == {envelope().key}
    assert at(members.alerts("two")[-2], "endsAt") == OVER


def test_the_end_is_settled_once_no_member_can_believe_the_alert_any_more() -> None:
    members, now = both(two=hangs_up), VirtualNow(OVER + timedelta(seconds=599))
    over = [standing(envelope(), ended_at=OVER)]
    with cluster(members, now, horizon_seconds=600) as notifier:
        assert notifier.sustain(over).settled == frozenset()
        now.advance(2)
        assert notifier.sustain(over).settled == {envelope().key}


def test_after_a_restart_the_end_is_told_once_more_to_everybody() -> None:
    over = [standing(envelope(), ended_at=OVER)]
    for _ in range(2):
        members = both()
        with cluster(members, VirtualNow(OVER + timedelta(minutes=11))) as notifier:
            assert notifier.sustain(over).settled == {envelope().key}
        assert "INC0012345" in tickets(members.alerts("one"))


def test_what_ended_at_once_fires_until_somebody_can_have_been_told() -> None:
    members, now = both(), VirtualNow(TOLD + timedelta(seconds=89))
    brief = [standing(envelope(), ended_at=TOLD - timedelta(seconds=1))]
    with cluster(members, now, horizon_seconds=600) as notifier:
        assert notifier.sustain(brief).settled == frozenset()
        assert at(members.alerts("one")[0], "endsAt") == now.utc() + timedelta(seconds=600)
        now.advance(1)
        members.forget()
        notifier.sustain(brief)
    assert at(members.alerts("one")[0], "endsAt") == TOLD - timedelta(seconds=1)


def test_an_end_before_the_beginning_is_an_alert_of_no_length() -> None:
    members = both()
    with cluster(members, later(60)) as notifier:
        notifier.sustain([standing(envelope(), ended_at=BREACHED - timedelta(hours=1))])
    assert at(members.alerts("one")[0], "endsAt") == BREACHED


def test_notices_that_are_no_alerts_are_settled_without_a_word() -> None:
    members = both()
    recovered = of_step(Step.RECOVERED)
    with cluster(members) as notifier:
        assert notifier.sustain([standing(recovered)]).settled == {recovered.key}
    assert members.requests == []


def test_nothing_standing_is_nothing_sent() -> None:
    members = both()
    with cluster(members) as notifier:
        assert notifier.sustain([]).settled == frozenset()
    assert members.requests == []


@pytest.mark.parametrize("status", [400, 413, 422])
@pytest.mark.parametrize("bad", [0, 7, 15])
def test_one_bad_alert_is_found_and_the_others_arrive(status: int, bad: int) -> None:
    name = f"t{bad:02}"

    def picky(alerts: list[dict[str, Any]]) -> httpx.Response:
        return httpx.Response(status if name in tickets(alerts) else 200)

    members = both(two=picky)
    crowd = [standing(of_ticket(f"t{n:02}")) for n in range(16)]
    with cluster(members, later(1)) as notifier:
        done = notifier.sustain(crowd)
        asked = len(members.got["two"])
        assert list(done.refused) == [crowd[bad].envelope.key]
        assert done.failed == ()
        taken = {ticket for batch in members.got["two"] if name not in tickets(batch) for ticket in tickets(batch)}
        assert taken >= {f"t{n:02}" for n in range(16)} - {name}
        assert asked <= 2 * 5 + 1
        served = [ticket for batch in members.got["two"] if name not in tickets(batch) for ticket in tickets(batch)]
        assert [ticket for ticket in served if ticket.startswith("t")] == sorted(set(served) - {"rest of acme"})
        members.forget()
        assert notifier.sustain(crowd).refused == done.refused
    assert len(members.got["two"]) == 1


def test_what_is_refused_and_not_handed_in_again_is_forgotten() -> None:
    def picky(alerts: list[dict[str, Any]]) -> httpx.Response:
        return httpx.Response(400 if "bad" in tickets(alerts) else 200)

    members = both(one=picky)
    good, bad = standing(of_ticket("good")), standing(of_ticket("bad"))
    with cluster(members, later(1)) as notifier:
        assert set(notifier.sustain([good, bad]).refused) == {bad.envelope.key}
        assert notifier.sustain([good]).refused == {}


def test_a_member_that_refuses_everything_is_failing_and_none_of_the_alerts_is() -> None:
    members = both(two=answers(400))
    with cluster(members, later(1)) as notifier:
        done = notifier.sustain([standing(of_ticket(f"t{n}")) for n in range(400)])
    assert done.refused == {}
    assert [(error.reason, error.permanent) for error in done.failed] == [("rejected", True)]
    assert len(members.got["two"]) < 60


def test_many_alerts_go_in_batches_the_most_urgent_first() -> None:
    members = both()
    crowd = [standing(of_ticket(f"t{n}", priority="P3" if n % 2 else "P1")) for n in range(1_200)]
    with cluster(members, later(1)) as notifier:
        notifier.sustain(crowd)
    assert [len(batch) for batch in members.got["one"]] == [500, 500, 201]
    priorities = [alert["labels"].get("priority") for alert in members.alerts("one")]
    assert priorities == ["P1"] * 600 + ["P3"] * 600 + [None]


def test_a_member_that_fails_between_batches_is_not_asked_on_in_this_round() -> None:
    members = both()
    members.scripts["one"] = lambda _: httpx.Response(503 if len(members.got["one"]) > 1 else 200)
    with cluster(members, later(1)) as notifier:
        done = notifier.sustain([standing(of_ticket(f"t{n}")) for n in range(1_500)])
    assert (len(members.got["one"]), len(members.got["two"])) == (2, 4)
    assert [error.reason for error in done.failed] == ["server"]
