"""What happens is counted once, under the labels that dashboards expect, and starts at nought."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

import pytest
from prometheus_client import CollectorRegistry

from syncd.domain.changes import Withheld
from syncd.errors import DeliveryReason, SourceReason
from syncd.telemetry.metrics import LEVELS, Metrics
from syncd.telemetry.names import PROCESS, Kind

AT = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


def announced() -> Metrics:
    metrics = Metrics(CollectorRegistry(), version="1.2.3", revision="abc")
    metrics.expect(sources={"snow": "servicenow"}, channels=["oncall"], workers=["snow"])
    return metrics


def sample(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


@pytest.mark.parametrize(
    ("report", "name", "labels", "expected"),
    [
        pytest.param(
            lambda m: m.pass_began("snow", "servicenow"),
            "syncd_sync_attempts_total", {"source": "snow", "connector": "servicenow"}, 1, id="a pass begins",
        ),
        pytest.param(
            lambda m: m.pass_failed("snow", "servicenow", "timeout"),
            "syncd_sync_failures_total", {"source": "snow", "connector": "servicenow", "reason": "timeout"}, 1,
            id="a pass fails",
        ),
        pytest.param(
            lambda m: m.pass_ended("servicenow", 4.0),
            "syncd_sync_duration_seconds_bucket", {"connector": "servicenow", "le": "5.0"}, 1, id="a pass takes time",
        ),
        pytest.param(
            lambda m: m.request_ended("servicenow", "5xx", 0.2),
            "syncd_http_requests_total", {"connector": "servicenow", "code": "5xx"}, 1, id="a request ends",
        ),
        pytest.param(
            lambda m: m.request_retried("snow", "server"),
            "syncd_http_retries_total", {"source": "snow", "reason": "server"}, 1, id="a request is tried again",
        ),
        pytest.param(
            lambda m: m.request_ended("servicenow", "2xx", 0.2),
            "syncd_http_request_duration_seconds_sum", {"connector": "servicenow"}, 0.2, id="a request takes time",
        ),
        pytest.param(
            lambda m: m.rate_limited("snow", 30.0),
            "syncd_rate_limit_wait_seconds_total", {"source": "snow"}, 30, id="a source makes us wait",
        ),
        pytest.param(
            lambda m: m.throttled("snow", 0.5),
            "syncd_throttle_wait_seconds_total", {"source": "snow"}, 0.5, id="we pace ourselves",
        ),
        pytest.param(
            lambda m: m.clock_skew("snow", -2.5),
            "syncd_clock_skew_seconds", {"source": "snow"}, -2.5, id="a source's clock is behind",
        ),
        pytest.param(
            lambda m: m.tickets_processed("snow", created=1, updated=2, unchanged=3),
            "syncd_tickets_processed_total", {"source": "snow", "outcome": "updated"}, 2, id="tickets are stored",
        ),
        pytest.param(
            lambda m: m.tickets_rejected("snow", "unmappable", 4),
            "syncd_tickets_rejected_total", {"source": "snow", "reason": "unmappable"}, 4, id="tickets are left out",
        ),
        pytest.param(
            lambda m: m.delivery_began("oncall"),
            "syncd_notification_attempts_total", {"channel": "oncall"}, 1, id="a delivery begins",
        ),
        pytest.param(
            lambda m: m.delivery_failed("oncall", "rejected"),
            "syncd_notification_failures_total", {"channel": "oncall", "reason": "rejected"}, 1, id="a delivery fails",
        ),
        pytest.param(
            lambda m: m.delivery_given_up("oncall"),
            "syncd_notification_dead_letters_total", {"channel": "oncall"}, 1, id="a delivery is given up",
        ),
        pytest.param(
            lambda m: m.notices_withheld(Withheld.OVER, 2),
            "syncd_notices_withheld_total", {"reason": "over"}, 2, id="notices are withheld",
        ),
        pytest.param(
            lambda m: m.deadline_seen(0.3),
            "syncd_deadline_lateness_seconds_bucket", {"le": "0.5"}, 1, id="a deadline is looked at",
        ),
        pytest.param(
            lambda m: m.worker_ticked("snow", AT),
            "syncd_worker_last_tick_timestamp_seconds", {"worker": "snow"}, AT.timestamp(), id="a worker lives",
        ),
        pytest.param(
            lambda m: m.worker_crashed("snow"),
            "syncd_worker_crashes_total", {"worker": "snow"}, 1, id="a worker crashes",
        ),
        pytest.param(
            lambda m: m.store_failed("full"),
            "syncd_worker_store_failures_total", {"reason": "full"}, 1, id="the store fails",
        ),
        pytest.param(lambda m: m.fenced(), "syncd_fenced_writes_total", {}, 1, id="a write is refused"),
        pytest.param(lambda m: m.leading(True), "syncd_leader", {}, 1, id="this replica leads"),
        pytest.param(
            lambda m: m.configured(AT), "syncd_config_last_reload_successful", {}, 1, id="the configuration is in force"
        ),
        pytest.param(
            lambda m: m.configured(AT),
            "syncd_config_last_reload_success_timestamp_seconds", {}, AT.timestamp(), id="since when it is in force",
        ),
        pytest.param(lambda m: m.published(0.25), "syncd_publish_duration_seconds", {}, 0.25, id="a snapshot is made"),
        pytest.param(
            lambda m: m.logged("warning"), "syncd_log_messages_total", {"level": "warning"}, 1, id="a line is logged"
        ),
    ],
)  # fmt: skip
def test_what_happens_is_counted_from_nought(
    report: Callable[[Metrics], None], name: str, labels: dict[str, str], expected: float
) -> None:
    metrics = announced()
    before = sample(metrics, name, **labels)
    report(metrics)
    assert (before or 0, sample(metrics, name, **labels)) == (0, expected)
    gauge_of_what_may_never_be_seen = name == "syncd_clock_skew_seconds"
    retries_of_any_reason = name == "syncd_http_retries_total"
    assert before is not None or gauge_of_what_may_never_be_seen or retries_of_any_reason


def test_a_refused_configuration_keeps_the_instant_of_the_one_in_force() -> None:
    metrics = announced()
    metrics.configured(AT)
    metrics.configuration_refused()
    assert sample(metrics, "syncd_config_last_reload_successful") == 0
    assert sample(metrics, "syncd_config_last_reload_success_timestamp_seconds") == AT.timestamp()


def test_every_reason_a_pass_or_delivery_may_fail_for_stands_at_nought_from_the_start() -> None:
    metrics = announced()
    for reason in (*get_args(SourceReason), "store", "fenced", "crash"):
        labels = {"source": "snow", "connector": "servicenow", "reason": reason}
        assert sample(metrics, "syncd_sync_failures_total", **labels) == 0
    for reason in get_args(DeliveryReason):
        assert sample(metrics, "syncd_notification_failures_total", channel="oncall", reason=reason) == 0
    for level in LEVELS:
        assert sample(metrics, "syncd_log_messages_total", level=level) == 0


def test_announcing_again_resets_nothing() -> None:
    metrics = announced()
    metrics.pass_began("snow", "servicenow")
    metrics.expect(sources={"snow": "servicenow", "jira": "jira"})
    assert sample(metrics, "syncd_sync_attempts_total", source="snow", connector="servicenow") == 1
    assert sample(metrics, "syncd_sync_attempts_total", source="jira", connector="jira") == 0


def test_the_build_is_named() -> None:
    names = [
        sample.labels for family in announced().registry.collect() if family.name == "syncd_build_info"
        for sample in family.samples
    ]  # fmt: skip
    assert [(labels["version"], labels["revision"]) for labels in names] == [("1.2.3", "abc")]


def test_every_process_family_of_the_table_is_collected_with_its_type() -> None:
    collected = {family.name: family.type for family in announced().registry.collect()}
    table = {
        family.name.removesuffix("_total") if family.kind is Kind.COUNTER else family.name: family.kind.value
        for family in PROCESS
    }
    assert collected == table


def test_no_series_says_when_it_was_created() -> None:
    samples = [sample.name for family in announced().registry.collect() for sample in family.samples]
    assert [name for name in samples if name.endswith("_created")] == []
