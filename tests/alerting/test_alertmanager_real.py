"""Against Debian's Alertmanager: what is taken, told, told again, and told to be over."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from syncd.alerting.alertmanager import AlertmanagerNotifier
from syncd.alerting.alertmanager_alerts import Alert, Surroundings, single
from syncd.alerting.alertmanager_member import Member
from syncd.alerting.alertmanager_options import AlertmanagerOptions
from syncd.alerting.posting import Poster
from syncd.alerting.telling import telling
from syncd.ports.notifier import Envelope
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.alertmanager_process import Alertmanager, await_, instant, needs_alertmanager, notified
from tests.alerting.alertmanager_samples import secrets, standing
from tests.alerting.notices import NOTICE, envelope, of_ticket
from tests.daemon.receivers import Receiver, a_receiver

pytestmark = needs_alertmanager


class Wall:
    """`syncd.ports.now.Now` by the clock that Alertmanager goes by as well."""

    def utc(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return self.utc().timestamp()

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"a notifier waits {seconds} s by itself")


def breach(ticket: str, *, ago: timedelta = timedelta(minutes=5)) -> Envelope:
    told = of_ticket(ticket)
    return envelope(replace(told.notice, at=datetime.now(UTC) - ago, due_at=None))


@contextmanager
def member(folder: Path, receiver: Receiver, **more: Any) -> Iterator[Alertmanager]:
    with Alertmanager(folder, f"{receiver.url}/hook", **more) as one:
        yield one


@contextmanager
def notifier(*members: Alertmanager, **options: Any) -> Iterator[AlertmanagerNotifier]:
    urls = tuple(one.url for one in members)
    given = AlertmanagerOptions(urls=urls, **{"resend_seconds": 1, "hold_seconds": 0, **options})
    built = AlertmanagerNotifier("oncall", given, Wall(), secrets)
    yield built
    built.close()


def test_a_cluster_is_told_at_every_member_and_tells_once_and_once_that_it_is_over(tmp_path: Path) -> None:
    with ExitStack() as stack:
        receiver = stack.enter_context(a_receiver())
        # As in earnest, longer than a member waits for its peer to tell: else it tells of what it saw before it waited.
        pair = {"clustered": True, "interval": "3s"}
        one = stack.enter_context(member(tmp_path / "1", receiver, **pair))
        two = stack.enter_context(member(tmp_path / "2", receiver, peers=[one.peer], **pair))
        oncall = stack.enter_context(notifier(one, two))
        await_(lambda: one.sees_peers(2) and two.sees_peers(2), "cluster of two")
        told = breach("a")
        oncall.deliver(told)
        for each in (one, two):
            (alert,) = await_(each.alerts, "alert at both members")
            assert alert["labels"] == dict(telling(told).labels)
            assert abs(instant(alert["startsAt"]) - told.notice.at) < timedelta(milliseconds=1)
            assert alert["generatorURL"] == told.notice.url
        await_(lambda: receiver.bodies("/hook"), "notification")
        changed = replace(told, notice=replace(told.notice, late=True, elapsed_us=NOTICE.elapsed_us * 3))
        for _ in range(3):
            assert oncall.sustain([standing(changed, told_at=told.notice.at)]).failed == ()
        for each in (one, two):
            (alert,) = each.alerts()
            assert alert["annotations"]["summary"].endswith("(late notice)")
        over = standing(told, told_at=told.notice.at, ended_at=datetime.now(UTC))
        assert oncall.sustain([over]).failed == ()
        await_(lambda: notified(receiver.bodies("/hook"), "resolved"), "notification that it is over")
        assert [one.alerts(), two.alerts()] == [[], []]
        for _ in range(2):
            oncall.sustain([over])
        oncall.deliver(breach("b"))
        # Members that were going to say "a" a second time say it before, or with, what came after it.
        await_(lambda: "b" in notified(receiver.bodies("/hook"), "firing"), "notification of what came later")
        bodies = receiver.bodies("/hook")
        assert notified(bodies, "resolved") == ["a"]
        assert [body for body in bodies if "a" in notified([body], "firing")] == bodies[:1]


def test_without_a_resend_an_alert_is_believed_until_the_horizon_and_not_longer(tmp_path: Path) -> None:
    with a_receiver() as receiver, member(tmp_path, receiver) as one, ExitStack() as stack:
        brief = stack.enter_context(notifier(one, resend_seconds=0.5, horizon_seconds=2))
        lasting = stack.enter_context(notifier(one, horizon_seconds=600))
        brief.deliver(breach("brief"))
        lasting.deliver(breach("lasting"))
        assert one.tickets() == ["brief", "lasting"]
        await_(lambda: one.tickets() == ["lasting"], "end of the horizon")
        await_(lambda: "brief" in notified(receiver.bodies("/hook"), "resolved"), "notification of what was forgotten")
        assert notified(receiver.bodies("/hook"), "resolved") == ["brief"]


def test_a_restarted_alertmanager_is_told_again_tells_nobody_again_and_can_end_it(tmp_path: Path) -> None:
    with a_receiver() as receiver, member(tmp_path, receiver) as one, notifier(one) as oncall:
        told = breach("a")
        stands = standing(told, told_at=told.notice.at)
        oncall.deliver(told)
        await_(lambda: receiver.bodies("/hook"), "notification")
        one.stop()
        assert [error.reason for error in oncall.sustain([stands]).failed] == ["network"]
        one.start()
        assert one.alerts() == []
        again = AlertmanagerOptions(urls=(one.url,), resend_seconds=1, hold_seconds=0)
        restarted = AlertmanagerNotifier("oncall", again, Wall(), secrets)
        assert restarted.sustain([stands]).failed == ()
        assert one.tickets() == ["a"]
        restarted.deliver(breach("b"))
        await_(lambda: "b" in notified(receiver.bodies("/hook"), "firing"), "notification of what came later")
        restarted.sustain([replace(stands, ended_at=datetime.now(UTC))])
        await_(lambda: notified(receiver.bodies("/hook"), "resolved"), "notification that it is over")
        restarted.close()
        assert notified(receiver.bodies("/hook"), "resolved") == ["a"]
        assert receiver.bodies("/hook")[0]["status"] == "firing"


def test_an_alertmanager_that_forgot_an_end_before_it_told_anybody_is_told_again(tmp_path: Path) -> None:
    with a_receiver() as receiver, member(tmp_path, receiver, interval="5s") as one, notifier(one) as oncall:
        told = breach("a")
        oncall.deliver(told)
        await_(lambda: receiver.bodies("/hook"), "notification")
        over = standing(told, told_at=told.notice.at, ended_at=datetime.now(UTC))
        assert oncall.sustain([over]).failed == ()
        one.stop()
        one.start()
        assert notified(receiver.bodies("/hook"), "resolved") == []
        await_(lambda: oncall.sustain([over]).failed == (), "round without a failure")
        await_(lambda: notified(receiver.bodies("/hook"), "resolved") == ["a"], "notification that it is over")


def test_one_alert_that_alertmanager_refuses_does_not_keep_the_others_out(tmp_path: Path) -> None:
    with a_receiver() as receiver, member(tmp_path, receiver) as one:
        now = datetime.now(UTC)
        until = now + timedelta(hours=1)
        alerts = [
            single(telling(breach(f"t{n:03}")), Surroundings(), ends_at=until, resent_until=until) for n in range(64)
        ]
        alerts[17] = Alert("bad", {**alerts[17].body, "labels": {"alertname": "X", "no-name": "y"}})
        poster = Poster("oncall", VirtualNow(now), 10)
        sent = Member("oncall", httpx.URL(one.url), poster, VirtualNow(now)).send(alerts)
        poster.close()
        assert (set(sent.refused), sent.failed) == ({"bad"}, None)
        assert one.tickets() == [f"t{n:03}" for n in range(64) if n != 17]


def test_two_thousand_alerts_of_a_vendor_stand_one_by_one_and_the_rest_is_one(tmp_path: Path) -> None:
    with a_receiver() as receiver, member(tmp_path, receiver) as one, notifier(one) as oncall:
        crowd = [standing(breach(f"t{n:04}"), told_at=datetime.now(UTC)) for n in range(2_010)]
        done = oncall.sustain(crowd)
        assert (done.singly, done.folded, done.failed, done.refused) == (2_000, 10, (), {})
        assert len(one.tickets()) == 2_001
        assert one.tickets()[0] == ""


def test_what_begins_and_ends_at_once_is_told_and_ended(tmp_path: Path) -> None:
    with (
        a_receiver() as receiver,
        member(tmp_path, receiver, wait="1s") as one,
        notifier(one, hold_seconds=3) as oncall,
    ):
        told = breach("a")
        over = standing(told, told_at=datetime.now(UTC), ended_at=told.notice.at + timedelta(seconds=1))
        oncall.deliver(told)
        oncall.sustain([over])
        await_(lambda: notified(receiver.bodies("/hook"), "firing") == ["a"], "notification")
        await_(lambda: oncall.sustain([over]).failed == () and one.alerts() == [], "end")
        await_(lambda: notified(receiver.bodies("/hook"), "resolved") == ["a"], "notification that it is over")
