import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from syncd.alerting import NOTIFIERS
from syncd.alerting.pagerduty import PagerDutyNotifier, PagerDutyOptions, dedup_key
from syncd.domain.notice import Step
from syncd.errors import ConfigError, DeliveryError
from syncd.ports.notifier import Envelope
from syncd.ports.secret import Secret, SecretRef
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.notices import (
    BREACHED,
    KEY,
    NOTICE,
    OWN,
    LaterStep,
    Receiver,
    envelope,
    of_step,
    of_ticket,
    without_optional,
)

ROUTING = SecretRef(env="ROUTING")


def secrets(ref: SecretRef) -> Secret:
    assert ref == ROUTING
    return Secret("canary-routing-key")


@contextmanager
def pagerduty(receiver: httpx.BaseTransport, **options: Any) -> Iterator[PagerDutyNotifier]:
    given = PagerDutyOptions(routing_key=ROUTING, **options)
    notifier = PagerDutyNotifier("pager", given, VirtualNow(BREACHED), secrets, receiver)
    yield notifier
    notifier.close()


def sent(told: Envelope, **options: Any) -> list[dict[str, Any]]:
    receiver = Receiver(httpx.Response(202))
    with pagerduty(receiver, **options) as notifier:
        notifier.deliver(told)
    return [json.loads(request.content) for request in receiver.requests]


def test_a_breach_opens_an_incident() -> None:
    (event,) = sent(envelope())
    details = event["payload"].pop("custom_details")
    assert event == {
        "routing_key": "canary-routing-key",
        "event_action": "trigger",
        "dedup_key": f"syncd/{envelope().key}",
        "client": "syncd",
        "payload": {
            "summary": "ACME Managed Sërvices: P1 fix of INC0012345 is breached",
            "source": "snow", "severity": "critical", "timestamp": "2026-03-02T12:00:00+00:00",
            "component": "fix", "group": "acme", "class": "breached",
        },
        "links": [{"href": "https://snow.example/INC0012345", "text": "INC0012345"}],
    }  # fmt: skip
    assert details["Time used"] == "4h of 4h"


def test_it_goes_to_the_address_of_the_events_api() -> None:
    receiver = Receiver(httpx.Response(202))
    with pagerduty(receiver) as notifier:
        notifier.deliver(envelope())
    assert str(receiver.requests[0].url) == "https://events.pagerduty.com/v2/enqueue"


def test_without_an_address_there_is_no_link() -> None:
    (event,) = sent(without_optional())
    assert event["links"] == []
    assert event["payload"]["summary"].endswith("(late notice, unconfirmed)")


def test_a_repeat_is_the_same_incident() -> None:
    assert sent(envelope(attempt=1)) == sent(envelope(attempt=2))


def test_a_breach_is_another_incident_than_the_risk_before_it() -> None:
    (risk,), (breach,) = sent(of_step(Step.AT_RISK)), sent(of_step(Step.BREACHED))
    assert risk["dedup_key"] != breach["dedup_key"]


@pytest.mark.parametrize(
    ("step", "severity"),
    [
        (Step.SOURCE_BLIND, "critical"), (Step.DIGEST, "warning"), (Step.UNWINNABLE, "warning"), (Step.TEST, "warning"),
    ],
)  # fmt: skip
def test_what_is_about_no_ticket_opens_an_incident_as_urgent_as_it_is(step: Step, severity: str) -> None:
    (event,) = sent(envelope(OWN[step]))
    assert event["payload"].pop("custom_details")["State"] == step.value.replace("_", " ")
    assert event["payload"].pop("summary")
    assert event["payload"] == {
        "source": "syncd", "severity": severity, "timestamp": "2026-03-02T12:00:00+00:00", "class": step.value,
    }  # fmt: skip


@pytest.mark.parametrize(("step", "action"), [(Step.RECOVERED, "resolve"), (LaterStep.ACKNOWLEDGED, "acknowledge")])
def test_what_follows_names_the_incidents_of_the_cycle_and_nothing_else(step: LaterStep, action: str) -> None:
    events = sent(of_step(step))
    opened = {sent(of_step(earlier))[0]["dedup_key"] for earlier in (Step.AT_RISK, Step.BREACHED)}
    assert {event["dedup_key"] for event in events} == opened
    assert {event["event_action"] for event in events} == {action}
    assert {frozenset(event) for event in events} == {frozenset({"routing_key", "event_action", "dedup_key"})}


@pytest.mark.parametrize("length", [100, 230, 1_000])
def test_an_incidents_key_is_stable_distinct_and_never_too_long(length: int) -> None:
    one, other = (replace(KEY, ticket_id="x" * length + last).text() for last in "ab")
    assert len(dedup_key(one)) <= 255
    assert dedup_key(one) == dedup_key(one) != dedup_key(other)


def test_the_longest_key_that_fits_is_left_as_it_is() -> None:
    fits = "k" * (255 - len("syncd/"))
    assert dedup_key(fits) == f"syncd/{fits}"
    assert dedup_key(fits + "k").startswith("syncd/sha256/")


def test_no_text_is_longer_than_1024_characters() -> None:
    long = replace(NOTICE, ticket="T" * 5_000, vendor_name="V" * 5_000, source="S" * 5_000)
    (event,) = sent(envelope(long))
    payload = event["payload"]
    texts = [payload["summary"], payload["source"], *payload["custom_details"].values(), event["links"][0]["text"]]
    assert max(map(len, texts)) == 1_024
    assert payload["summary"].endswith("…")


@pytest.mark.parametrize(
    ("told", "options", "severity"),
    [
        pytest.param(of_ticket("t", priority="P1"), {}, "critical", id="P1"),
        pytest.param(of_ticket("t", priority="P2"), {}, "error", id="P2"),
        pytest.param(of_ticket("t", priority="P3"), {}, "warning", id="P3"),
        pytest.param(of_ticket("t", priority="P4"), {}, "info", id="P4"),
        pytest.param(of_step(Step.AT_RISK), {}, "warning", id="a P1 at risk is no more than a warning"),
        pytest.param(of_step(Step.AT_RISK), {"severities": {}}, "info", id="a risk is never raised"),
        pytest.param(of_ticket("t", priority="P4"), {"severities": {"P4": "error"}}, "error", id="as configured"),
    ],
)
def test_how_severe_it_is(told: Envelope, options: dict[str, Any], severity: str) -> None:
    assert sent(told, **options)[0]["payload"]["severity"] == severity


@pytest.mark.parametrize(
    ("answer", "reason", "permanent", "wait"),
    [
        pytest.param(httpx.Response(400), "rejected", True, None, id="an invalid event"),
        pytest.param(httpx.Response(429, headers={"retry-after": "30"}), "rate_limited", False, 30, id="too many"),
        pytest.param(httpx.Response(429), "rate_limited", False, None, id="too many, without a wait"),
        pytest.param(httpx.Response(403), "auth", False, None, id="a refused key"),
        pytest.param(httpx.Response(500), "server", False, None, id="down"),
        pytest.param(httpx.Response(200), "server", False, None, id="somebody else's page"),
        pytest.param(httpx.ConnectError("refused"), "network", False, None, id="no connection"),
        pytest.param(httpx.ReadTimeout("silent"), "timeout", False, None, id="no answer"),
    ],
)
def test_only_202_is_taken_for_queued(
    answer: httpx.Response | Exception, reason: str, permanent: bool, wait: float | None
) -> None:
    with pagerduty(Receiver(answer)) as notifier, pytest.raises(DeliveryError) as caught:
        notifier.deliver(envelope())
    assert (caught.value.reason, caught.value.permanent, caught.value.retry_after) == (reason, permanent, wait)
    assert "canary" not in str(caught.value)


def test_configuration_builds_it_from_a_reference_to_its_key() -> None:
    kind = NOTIFIERS["pagerduty"]
    options = TypeAdapter(kind.options).validate_python({"routing_key": {"env": "ROUTING"}})
    built = kind.build("pager", options, VirtualNow(BREACHED), secrets)
    assert built.name == "pager"
    built.close()


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="no key"),
        pytest.param({"routing_key": "inline"}, id="a key inline"),
        pytest.param({"routing_key": {"env": "A"}, "severities": {"P1": "fatal"}}, id="an unknown severity"),
    ],
)
def test_configuration_refuses(options: dict[str, object]) -> None:
    kind = NOTIFIERS["pagerduty"]
    with pytest.raises(ValidationError):
        TypeAdapter(kind.options).validate_python(options)


def test_an_odd_address_is_told_at_the_start() -> None:
    with pytest.raises(ConfigError, match="notifier pager"):
        PagerDutyNotifier("pager", PagerDutyOptions(routing_key=ROUTING, url="x"), VirtualNow(BREACHED), secrets)
