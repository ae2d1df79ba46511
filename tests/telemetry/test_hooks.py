"""The transport's reports become metrics."""

from math import isnan

import pytest
from prometheus_client import CollectorRegistry

from syncd.telemetry.hooks import CountingHooks
from syncd.telemetry.metrics import Metrics
from syncd.transport.hooks import (
    BudgetTold,
    Hooks,
    RequestFinished,
    RetryPlanned,
    SkewMeasured,
    Throttled,
    WatchesBudgets,
)


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


def told(*budgets: BudgetTold) -> CollectorRegistry:
    metrics = Metrics(CollectorRegistry())
    hooks: WatchesBudgets = CountingHooks(metrics, {})
    for budget in budgets:
        hooks.budget_told(budget)
    return metrics.registry


@pytest.mark.parametrize(
    ("budget", "share", "near"),
    [
        pytest.param(BudgetTold("jira", 200, 50), 0.25, 0, id="figures"),
        pytest.param(BudgetTold("jira", 200, 39), 0.195, 1, id="figures alone say when little is left"),
        pytest.param(BudgetTold("jira", 200, 40), 0.2, 0, id="a fifth is not less than a fifth"),
        pytest.param(BudgetTold("jira", None, 0), 0.0, 1, id="nothing is nothing, of whatever limit"),
        pytest.param(BudgetTold("jira", 0, 0), 0.0, 1, id="a limit of nothing"),
    ],
)
def test_what_is_left_of_a_budget_is_a_share_of_it(budget: BudgetTold, share: float, near: float) -> None:
    registry, labels = told(budget), {"source": "jira", "budget": "enforced"}
    assert registry.get_sample_value("syncd_rate_limit_remaining_ratio", labels) == share
    assert registry.get_sample_value("syncd_rate_limit_near", labels) == near


def test_a_share_that_is_no_longer_told_is_not_the_one_before() -> None:
    registry = told(BudgetTold("jira", 65_000, 12), BudgetTold("jira", 65_000, None))
    labels = {"source": "jira", "budget": "enforced"}
    assert isnan(registry.get_sample_value("syncd_rate_limit_remaining_ratio", labels) or 0)
    assert registry.get_sample_value("syncd_rate_limit_near", labels) == 0


def test_a_source_may_only_say_that_little_is_left() -> None:
    registry = told(BudgetTold("jira", None, None, near=True))
    assert registry.get_sample_value("syncd_rate_limit_near", {"source": "jira", "budget": "enforced"}) == 1


def test_what_is_only_announced_is_kept_apart() -> None:
    registry = told(BudgetTold("jira", 10, 9), BudgetTold("jira", 10, 1, enforced=False))
    shares = [
        registry.get_sample_value("syncd_rate_limit_remaining_ratio", {"source": "jira", "budget": budget})
        for budget in ("enforced", "announced")
    ]
    assert shares == [0.9, 0.1]
