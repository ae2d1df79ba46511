"""The transport's reports become metrics."""

from prometheus_client import CollectorRegistry

from syncd.telemetry.hooks import CountingHooks
from syncd.telemetry.metrics import Metrics
from syncd.transport.hooks import Hooks, RequestFinished, RetryPlanned, SkewMeasured, Throttled


def reported() -> Metrics:
    metrics = Metrics(CollectorRegistry())
    hooks: Hooks = CountingHooks(metrics, {"snow": "servicenow"})
    hooks.request_finished(RequestFinished("snow", "2xx", 0.5))
    hooks.request_finished(RequestFinished("stranger", "error", 0.5))
    hooks.retry_planned(RetryPlanned("snow", "server", 4.0, 1))
    hooks.retry_planned(RetryPlanned("snow", "rate_limited", 30.0, 2))
    hooks.throttled(Throttled("snow", "source", 12.0))
    hooks.throttled(Throttled("snow", "pace", 0.25))
    hooks.skew_measured(SkewMeasured("snow", -41.0))
    return metrics


def sample(name: str, **labels: str) -> float | None:
    return reported().registry.get_sample_value(name, labels)


def test_a_call_counts_under_its_connector() -> None:
    assert sample("syncd_http_requests_total", connector="servicenow", code="2xx") == 1
    assert sample("syncd_http_request_duration_seconds_sum", connector="servicenow") == 0.5


def test_a_call_of_a_source_nobody_announced_is_counted_all_the_same() -> None:
    assert sample("syncd_http_requests_total", connector="unknown", code="error") == 1


def test_retries_count_by_reason() -> None:
    assert sample("syncd_http_retries_total", source="snow", reason="server") == 1
    assert sample("syncd_http_retries_total", source="snow", reason="rate_limited") == 1


def test_only_waits_that_the_source_asked_for_are_rate_limiting() -> None:
    assert sample("syncd_rate_limit_wait_seconds_total", source="snow") == 42.0
    assert sample("syncd_throttle_wait_seconds_total", source="snow") == 0.25


def test_skew_keeps_its_sign() -> None:
    assert sample("syncd_clock_skew_seconds", source="snow") == -41.0
