from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from syncd.alerting.telling import telling
from syncd.domain.notice import Step
from syncd.errors import DeliveryError
from syncd.ports.secret import SecretRef
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.alertmanager_samples import TOLD, URLS, at, cluster
from tests.alerting.notices import (
    BREACHED,
    NOTICE,
    OWN,
    LaterStep,
    Members,
    answers,
    envelope,
    hangs_up,
    of_step,
    of_ticket,
    takes,
    without_optional,
)


def both(**scripts: Any) -> Members:
    return Members(**{"one": takes, "two": takes, **scripts})


def test_every_member_gets_the_alert_at_the_second_version_of_the_api() -> None:
    members = both()
    with cluster(members) as notifier:
        notifier.deliver(envelope())
    assert [str(request.url) for request in members.requests] == [
        "http://one:9093/api/v2/alerts", "http://two:9093/prefix/api/v2/alerts",
    ]  # fmt: skip
    assert members.got["one"] == members.got["two"]
    assert len(members.alerts("one")) == 1


def test_it_began_at_the_breach_and_is_believed_until_the_horizon() -> None:
    members = both()
    with cluster(members, horizon_seconds=600) as notifier:
        notifier.deliver(envelope())
    (alert,) = members.alerts("one")
    assert at(alert, "startsAt") == BREACHED
    assert at(alert, "endsAt") == TOLD + timedelta(seconds=600)
    assert alert["labels"] == dict(telling(envelope()).labels)
    assert alert["generatorURL"] == "https://snow.example/INC0012345"
    assert alert["annotations"]["summary"] == telling(envelope()).headline
    assert "Time used: 4h of 4h" in alert["annotations"]["description"].splitlines()
    assert alert["annotations"]["resent_until"] == "2026-03-09 12:00:03 UTC"


def test_a_test_ends_by_itself_long_before_the_horizon_of_what_is_resent() -> None:
    members = both()
    with cluster(members, horizon_seconds=14_400) as notifier:
        notifier.deliver(envelope(OWN[Step.TEST]))
    (alert,) = members.alerts("one")
    assert alert["labels"]["alertname"] == "SyncdTest"
    assert at(alert, "endsAt") == TOLD + timedelta(minutes=5)


def test_what_is_late_or_unconfirmed_is_said_in_annotations_only() -> None:
    members = both()
    with cluster(members) as notifier:
        notifier.deliver(envelope())
        notifier.deliver(without_optional())
    sure, doubtful = members.alerts("one")
    assert sure["labels"] == doubtful["labels"]
    assert doubtful["annotations"]["summary"].endswith("(late notice, unconfirmed)")
    assert "generatorURL" not in doubtful


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "INC1", "https://", "https://a b/", "https://[", "http://ü/", "https://a/" + "x" * 2000],
)
def test_an_address_that_would_have_the_alert_refused_is_left_out(url: str) -> None:
    members = both()
    with cluster(members) as notifier:
        notifier.deliver(envelope(replace(NOTICE, url=url)))
    assert "generatorURL" not in members.alerts("one")[0]


def test_a_clock_that_runs_behind_never_makes_an_alert_end_before_it_began() -> None:
    members = both()
    with cluster(members, VirtualNow(BREACHED - timedelta(days=1))) as notifier:
        notifier.deliver(envelope())
    (alert,) = members.alerts("one")
    assert at(alert, "endsAt") >= at(alert, "startsAt")


def test_labels_and_annotations_of_the_configuration_are_added() -> None:
    members = both()
    with cluster(members, labels={"site": "berlin"}, annotations={"runbook_url": "https://wiki/x"}) as notifier:
        notifier.deliver(envelope())
    (alert,) = members.alerts("two")
    assert alert["labels"] == {**telling(envelope()).labels, "site": "berlin"}
    assert alert["annotations"]["runbook_url"] == "https://wiki/x"


def test_one_member_that_takes_it_is_enough_because_the_next_round_tells_the_others() -> None:
    members = both(one=hangs_up)
    with cluster(members) as notifier:
        notifier.deliver(envelope())
    assert len(members.alerts("two")) == 1


def test_a_member_that_does_not_answer_is_left_alone_for_a_while() -> None:
    members, now = both(one=hangs_up), VirtualNow(TOLD)
    with cluster(members, now) as notifier:
        notifier.deliver(of_ticket("a"))
        notifier.deliver(of_ticket("b"))
        assert (len(members.got["one"]), len(members.got["two"])) == (1, 2)
        now.advance(16)
        notifier.deliver(of_ticket("c"))
    assert (len(members.got["one"]), len(members.got["two"])) == (2, 3)


def test_while_all_are_left_alone_the_error_says_how_long_and_nobody_is_asked() -> None:
    members = both(one=hangs_up, two=hangs_up)
    with cluster(members) as notifier:
        with pytest.raises(DeliveryError):
            notifier.deliver(envelope())
        with pytest.raises(DeliveryError) as caught:
            notifier.deliver(envelope())
    assert len(members.requests) == 2
    assert (caught.value.reason, caught.value.permanent) == ("network", False)
    assert caught.value.retry_after == pytest.approx(15)


@pytest.mark.parametrize(
    ("one", "two", "reason", "permanent", "wait"),
    [
        pytest.param(answers(400), answers(400), "rejected", True, None, id="both refuse it for good"),
        pytest.param(answers(400), hangs_up, "network", False, None, id="one refuses it, the other is away"),
        pytest.param(answers(503, retry_after="40"), answers(429, retry_after="20"), "server", False, 20, id="waits"),
        pytest.param(answers(503), answers(429, retry_after="20"), "server", False, None, id="one knows no wait"),
        pytest.param(answers(401), answers(401), "auth", False, None, id="both refuse the credential"),
        pytest.param(answers(404), answers(404), "rejected", True, None, id="it is something else"),
    ],
)
def test_what_no_member_took_is_told_with_the_most_hope_there_is(
    one: Any, two: Any, reason: str, permanent: bool, wait: float | None
) -> None:
    with cluster(both(one=one, two=two)) as notifier, pytest.raises(DeliveryError) as caught:
        notifier.deliver(envelope())
    assert (caught.value.reason, caught.value.permanent, caught.value.retry_after) == (reason, permanent, wait)


def test_a_member_that_asks_for_a_wait_gets_it() -> None:
    members, now = both(one=answers(429, retry_after="60")), VirtualNow(TOLD)
    with cluster(members, now) as notifier:
        notifier.deliver(of_ticket("a"))
        now.advance(59)
        notifier.deliver(of_ticket("b"))
        assert len(members.got["one"]) == 1
        now.advance(2)
        notifier.deliver(of_ticket("c"))
    assert len(members.got["one"]) == 2


@pytest.mark.parametrize("step", [Step.RECOVERED, LaterStep.ACKNOWLEDGED])
def test_an_end_is_left_to_the_rounds_and_is_no_alert_of_its_own(step: LaterStep) -> None:
    members = both()
    with cluster(members) as notifier:
        notifier.deliver(of_step(step))
    assert members.requests == []


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ({}, None),
        ({"bearer": SecretRef(env="TOKEN")}, "Bearer canary-TOKEN"),
        (
            {"username": "us", "password": SecretRef(env="PASS")},
            "Basic " + b64encode(b"us:canary-PASS").decode(),
        ),
    ],
)
def test_credentials_go_to_every_member(options: dict[str, Any], header: str | None) -> None:
    members = both()
    with cluster(members, **options) as notifier:
        notifier.deliver(envelope())
    assert [request.headers.get("authorization") for request in members.requests] == [header, header]


def test_errors_name_no_address_and_no_credential() -> None:
    def fails(_: list[dict[str, Any]]) -> httpx.Response:
        message = "timed out"
        raise httpx.ReadTimeout(message)

    with (
        cluster(both(one=fails, two=fails), bearer=SecretRef(env="TOKEN")) as notifier,
        pytest.raises(DeliveryError) as caught,
    ):
        notifier.deliver(envelope())
    assert caught.value.reason == "timeout"
    assert not any(word in str(caught.value) for word in ("canary", "one", *URLS))
