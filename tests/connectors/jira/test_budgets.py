"""What a site tells of its budget of calls is on the metrics page."""

from collections.abc import Mapping
from math import isnan

import pytest

from syncd.telemetry.hooks import CountingHooks
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.snapshot import SnapshotHolder
from tests.connectors.jira.site import CLOUD, DC, NOON, JiraSite, live, storm
from tests.telemetry.pages import series_of, text_of


def left(script: Mapping[str, object], calls: int) -> Mapping[tuple[str, str], float]:
    """What the page tells of budgets after so many calls to a site, by name and budget."""
    metrics = Metrics()
    site = JiraSite({"changes": storm(5), **script}, hooks=CountingHooks(metrics, {"jira": "jira"}))
    reader = site.reader()
    while site.simulator.inner.requests < calls:
        live(reader, None)
    page = text_of(SnapshotHolder(metrics), NOON)
    return {
        (name, dict(labels)["budget"]): value
        for (name, labels), value in series_of(page)
        if dict(labels).get("source") == "jira" and "budget" in dict(labels)
    }


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({**CLOUD, "limits": {"points_per_hour": 10_000}}, id="cloud's points"),
        pytest.param({**DC, "limits": {"bucket": 10_000, "fill": 1}}, id="data center's bucket"),
    ],
)
def test_what_is_left_of_a_budget_reaches_the_metrics_page(script: Mapping[str, object]) -> None:
    told = left(script, 10)
    assert 0.99 < told["syncd_rate_limit_remaining_ratio", "enforced"] < 1
    assert told["syncd_rate_limit_near", "enforced"] == 0
    assert len(told) == 2


def test_a_budget_that_is_nearly_used_up_is_seen_on_the_metrics_page() -> None:
    told = left({**CLOUD, "limits": {"points_per_hour": 100}}, 85)
    assert 0 < told["syncd_rate_limit_remaining_ratio", "enforced"] < 0.2
    assert told["syncd_rate_limit_near", "enforced"] == 1


def test_a_limit_that_is_only_announced_is_seen_and_holds_nobody_back() -> None:
    limits = {"points_per_hour": 30, "announced": True}
    early = left({**CLOUD, "limits": limits}, 10)
    assert isnan(early["syncd_rate_limit_remaining_ratio", "announced"])
    assert early["syncd_rate_limit_near", "announced"] == 0
    late = left({**CLOUD, "limits": limits}, 45)
    assert (late["syncd_rate_limit_remaining_ratio", "announced"], late["syncd_rate_limit_near", "announced"]) == (0, 1)
