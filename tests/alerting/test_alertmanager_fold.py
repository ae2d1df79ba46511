from datetime import timedelta
from typing import Any

from syncd.alerting.alertmanager_round import Duties, planned
from syncd.domain.notice import Step
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.alertmanager_samples import TOLD, at, cluster, standing, tickets
from tests.alerting.notices import BREACHED, Members, hangs_up, of_step, of_ticket, takes

DUTIES = Duties(hold=timedelta(seconds=90), longest=timedelta(days=7), most_per_vendor=2)
NOW = TOLD + timedelta(hours=1)


def chosen(*alerts: Any, now: Any = NOW) -> tuple[list[str], list[str]]:
    plan = planned(alerts, DUTIES, now=now)
    folded = [each.envelope.notice.ticket for rest in plan.folded.values() for each in rest]
    return [each.envelope.notice.ticket for each, _ in plan.firing], folded


def test_beyond_the_limit_of_a_vendor_the_least_urgent_and_newest_are_folded() -> None:
    old = standing(of_ticket("old"), told_at=TOLD)
    new = standing(of_ticket("new"), told_at=TOLD + timedelta(minutes=1))
    slow = standing(of_ticket("slow", priority="P3"), told_at=TOLD - timedelta(hours=1))
    assert chosen(slow, new, old) == (["old", "new"], ["slow"])
    newest = standing(of_ticket("newest"), told_at=TOLD + timedelta(minutes=2))
    assert chosen(newest, slow, new, old) == (["old", "new"], ["newest", "slow"])


def test_the_tenth_priority_is_less_urgent_than_the_second() -> None:
    many = [standing(of_ticket(name, priority=name)) for name in ("P10", "P2", "P1")]
    assert chosen(*many) == (["P1", "P2"], ["P10"])


def test_each_vendor_has_a_limit_of_its_own() -> None:
    firing, folded = chosen(*(standing(of_ticket(f"{vendor}{n}", vendor=vendor)) for vendor in "ab" for n in range(3)))
    assert sorted(name[0] for name in firing) == ["a", "a", "b", "b"]
    assert sorted(name[0] for name in folded) == ["a", "b"]


def test_a_breach_goes_before_a_risk_of_the_same_priority() -> None:
    risk, breach = standing(of_step(Step.AT_RISK)), standing(of_ticket("breach"))
    assert chosen(risk, standing(of_ticket("other")), breach)[1] == ["INC0012345"]


def test_after_seven_days_an_alert_is_folded_and_not_a_moment_before() -> None:
    alert = standing(of_ticket("a"))
    assert chosen(alert, now=TOLD + timedelta(days=7) - timedelta(microseconds=1)) == (["a"], [])
    assert chosen(alert, now=TOLD + timedelta(days=7)) == ([], ["a"])


def test_ends_are_told_one_by_one_however_many_and_however_old() -> None:
    over = [standing(of_ticket(f"t{n}"), ended_at=TOLD) for n in range(9)]
    plan = planned(over, DUTIES, now=TOLD + timedelta(days=30))
    assert (len(plan.ending), plan.firing, plan.folded) == (9, [], {"acme": []})


def test_the_aggregate_counts_the_rest_and_has_labels_that_never_change() -> None:
    members = Members(one=takes)
    crowd = [standing(of_ticket(f"t{n}", priority="P2" if n < 3 else "P4")) for n in range(7)]
    with cluster(members, VirtualNow(NOW), urls=("http://one",), most_per_vendor=2) as notifier:
        done = notifier.sustain(crowd)
        notifier.sustain(crowd[:4])
    assert (done.singly, done.folded) == (2, 5)
    first, second = (alert for alert in members.alerts("one") if "ticket" not in alert["labels"])
    labels = {"alertname": "SyncdClocksFolded", "vendor": "acme", "severity": "warning"}
    assert first["labels"] == second["labels"] == labels
    assert first["annotations"]["summary"].startswith("acme: 5 more")
    assert first["annotations"]["description"] == "P2 breached: 1\nP4 breached: 4"
    assert second["annotations"]["description"] == "P2 breached: 1\nP4 breached: 1"
    assert (at(first, "startsAt"), at(first, "endsAt")) == (BREACHED, NOW + timedelta(hours=4))


def test_an_aggregate_that_is_not_needed_any_more_ends_at_every_member_that_had_it() -> None:
    members, now = Members(one=takes, two=takes), VirtualNow(NOW)
    crowd = [standing(of_ticket(f"t{n}")) for n in range(3)]
    with cluster(members, now, most_per_vendor=2) as notifier:
        notifier.sustain(crowd)
        members.scripts["two"] = hangs_up
        notifier.sustain(crowd[:2])
        members.scripts["two"] = takes
        members.forget()
        now.advance(60)
        notifier.sustain([])
        notifier.sustain([])
    assert [tickets(batch) for batch in members.got["one"]] == []
    assert [tickets(batch) for batch in members.got["two"]] == [["rest of acme"]]
    (alert,) = members.alerts("two")
    assert at(alert, "endsAt") == now.utc()


def test_a_process_that_does_not_know_what_its_forerunner_folded_ends_the_aggregate_once() -> None:
    members = Members(one=takes)
    with cluster(members, VirtualNow(NOW), urls=("http://one",)) as notifier:
        notifier.sustain([standing(of_ticket("a"))])
        notifier.sustain([standing(of_ticket("a"))])
    assert [tickets(batch) for batch in members.got["one"]] == [["a", "rest of acme"], ["a"]]
    assert at(members.alerts("one")[1], "endsAt") == NOW
