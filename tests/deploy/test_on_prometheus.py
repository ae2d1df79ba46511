"""Everything that is shipped for Prometheus, run on a real one over a page that has data for all of it."""

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.alerting.alertmanager_process import await_
from tests.architecture.sources import ROOT
from tests.deploy.prometheus_server import Prometheus, needs_prometheus
from tests.deploy.test_rules import RULES
from tests.deploy.world import served

pytestmark = needs_prometheus

BOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))
VARIABLES = {"$__rate_interval": "1m", "$__range": "5m", "$job": ".+", "$vendor": "acme"}

EMPTY_BY_DESIGN = {
    "SyncdDown": "a replica answers, or nothing could be asked here",
    "SyncdSnapshotMissing": "a replica publishes, or nothing could be asked here",
    "SyncdSourceSuspiciouslyEmpty": "compares with a week ago, which a server of a minute does not have",
}
"""Alerts without a result here, and why; each is seen to fire by promtool on made-up series."""


def panels() -> Iterator[tuple[str, str, str, str]]:
    """Yield the dashboard, title, expression and legend of every query of every panel."""
    for board in BOARDS:
        for panel in json.loads(board.read_text())["panels"]:
            for target in panel["targets"]:
                yield board.stem, panel["title"], target["expr"], target["legendFormat"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def name_of(rule: dict[str, Any]) -> str:
    return str(rule.get("alert") or rule["record"])


def filled(expression: str) -> str:
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    assert "$" not in expression
    return expression


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A server that has scraped an active and a standby replica several times, while things happened to them."""
    folder = tmp_path_factory.mktemp("prometheus")
    stop = threading.Event()
    with served("a", active=True) as (active, first), served("b", active=False) as (standby, second):

        def go_on() -> None:
            turn = 0
            while not stop.wait(0.2):
                turn += 1
                for daemon in (active, standby):
                    daemon.turn(turn)

        happening = threading.Thread(target=go_on)
        happening.start()
        try:
            with Prometheus(folder, [first, second]) as server:
                recorded = "count(vendor_contract_target:syncd_sla_error_budget:ratio)"
                seen = f"min(count_over_time(up[1m])) >= 6 and on () {recorded}"
                await_(lambda: server.query(seen) or None, "scrapes", 60.0)
                yield server
        finally:
            stop.set()
            happening.join()


def test_every_page_is_scraped_cleanly(prometheus: Prometheus) -> None:
    targets = prometheus.get("targets")["activeTargets"]
    assert {(target["labels"]["job"], target["health"], target["lastError"]) for target in targets} == {
        ("syncd", "up", ""),
        ("syncd-tickets", "up", ""),
    }
    assert len(targets) == 3
    assert prometheus.query("scrape_samples_scraped == 0") == []


def test_figures_of_the_fleet_have_no_instance_and_those_of_a_process_have(prometheus: Prometheus) -> None:
    assert {series.get("instance") for series in prometheus.query("syncd_sla_open_tickets")} == {None}
    assert len({series["instance"] for series in prometheus.query("syncd_leader")}) == 2


def test_every_rule_is_evaluated_without_error(prometheus: Prometheus) -> None:
    groups = prometheus.get("rules")["groups"]
    health = {(rule["name"], rule["health"], rule.get("lastError", "")) for group in groups for rule in group["rules"]}
    assert health == {(name_of(rule), "ok", "") for rule in rules()}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: "-".join([name_of(rule), *rule.get("labels", {}).values()]))
def test_every_rule_has_a_result_where_there_is_reason_for_it(prometheus: Prometheus, rule: dict[str, Any]) -> None:
    found = prometheus.query(rule["expr"])
    assert bool(found) == (name_of(rule) not in EMPTY_BY_DESIGN)


@pytest.mark.parametrize(("board", "title", "expression", "legend"), list(panels()), ids=lambda value: value[:40])
def test_every_panel_has_data_and_the_labels_that_its_legend_names(
    prometheus: Prometheus, board: str, title: str, expression: str, legend: str
) -> None:
    found = prometheus.query(filled(expression))
    assert found, f"{board}: {title}: {filled(expression)}"
    named = set(re.findall(r"{{(\w+)}}", legend))
    for series in found:
        assert named <= set(series), f"{board}: {title}"


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.stem)
def test_every_variable_has_values(prometheus: Prometheus, board: Any) -> None:
    asked = [
        variable["query"]["query"]
        for variable in json.loads(board.read_text())["templating"]["list"]
        if variable["type"] == "query"
    ]
    assert asked
    for query in asked:
        match = re.fullmatch(r"label_values\((.+), (\w+)\)", query)
        assert match is not None
        assert prometheus.get(f"label/{match[2]}/values", **{"match[]": filled(match[1])})
