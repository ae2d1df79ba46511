"""The alert rules: right in themselves, tested both ways, explained, and about metrics that there are."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from syncd.telemetry.fleet_names import FLEET, TICKETS
from syncd.telemetry.names import PROCESS
from tests.architecture.sources import ROOT

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "rules" / "syncd.yaml"
SCRAPE = DEPLOY / "prometheus" / "prometheus.yml"
RULE_TESTS = sorted((DEPLOY / "prometheus" / "tests").glob("*.yaml"))
PAGE = "https://github.com/syncd-project/syncd/blob/main/deploy/runbooks.md#"
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
ALWAYS_FIRING = {"SyncdWatchdog"}

needs_promtool = pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool is not installed (Debian: prometheus); run make test as root"
)


def promtool(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"] if "alert" in rule]


def expectations() -> Iterator[tuple[str, bool]]:
    """Return each alert that the rules' own tests look at, and whether they expect it to fire there."""
    for file in RULE_TESTS:
        for test in yaml.safe_load(file.read_text())["tests"]:
            for case in test.get("alert_rule_test", []):
                yield case["alertname"], bool(case["exp_alerts"])


def sections(page: str) -> dict[str, list[str]]:
    """Return the sections of the runbook page, each with the words in bold that begin its paragraphs."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)[1:]
    return {
        title: re.findall(r"^\*\*(\w+)\.\*\* \S", body, re.MULTILINE)
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    }


@needs_promtool
def test_promtool_finds_nothing_in_the_rules() -> None:
    done = promtool("check", "rules", "--lint=all", RULES)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
@pytest.mark.parametrize("file", RULE_TESTS, ids=lambda file: file.stem)
def test_the_rules_pass_their_own_tests(file: Path) -> None:
    done = promtool("test", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_a_broken_rule_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests").mkdir()
    broken = RULES.read_text().replace(
        "syncd_source_enabled) == 1\n        for: 1m", "syncd_source_enabled) == 0\n        for: 1m"
    )
    assert broken != RULES.read_text()
    (tmp_path / "rules" / "syncd.yaml").write_text(broken)
    health = shutil.copy(DEPLOY / "prometheus" / "tests" / "health.yaml", tmp_path / "tests")
    assert promtool("test", "rules", health).returncode == 1


@needs_promtool
def test_prometheus_accepts_the_scrape_configuration_with_and_without_tickets(tmp_path: Path) -> None:
    config = SCRAPE.read_text()
    optional = re.sub(r"^  #(?=[ -] )", "  ", config, flags=re.MULTILINE)
    shutil.copytree(RULES.parent, tmp_path / "rules")
    for name, text, jobs in (("a", config, ["syncd"]), ("b", optional, ["syncd", "syncd-tickets"])):
        file = tmp_path / f"{name}.yml"
        file.write_text(text)
        done = promtool("check", "config", file)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [job["job_name"] for job in yaml.safe_load(text)["scrape_configs"]] == jobs


@pytest.mark.parametrize("name", sorted({alert["alert"] for alert in alerts()}))
def test_each_alert_is_seen_to_fire_and_to_stay_silent(name: str) -> None:
    seen = {fires for alert, fires in expectations() if alert == name}
    assert seen == ({True} if name in ALWAYS_FIRING else {True, False})


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: "-".join([alert["alert"], *alert["labels"].values()]))
def test_each_alert_says_how_bad_it_is_and_where_to_read_on(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in {"critical", "warning", "info", "none"}
    assert alert["annotations"]["summary"].endswith(".") or "$labels.reason" in alert["annotations"]["summary"]
    assert alert["annotations"]["runbook_url"] == PAGE + alert["alert"].lower()


def test_each_alert_has_a_section_of_the_runbook_and_each_section_an_alert() -> None:
    written = sections((DEPLOY / "runbooks.md").read_text())
    assert set(written) == {alert["alert"] for alert in alerts()}
    assert {title: words for title, words in written.items() if words != HEADINGS} == {}


def test_the_rules_ask_for_metrics_that_there_are() -> None:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    asked = {name for group in groups for rule in group["rules"] for name in re.findall(r"\bsyncd_\w+", rule["expr"])}
    recorded = {rule["record"].split(":")[1] for group in groups for rule in group["rules"] if "record" in rule}
    families = (*FLEET, *TICKETS, *PROCESS)
    parts = {family.name + part for family in families for part in ("_bucket", "_count", "_sum") if family.buckets}
    assert asked - recorded - parts - {family.name for family in families} == set()


def test_the_scrape_drops_the_instance_of_exactly_the_metrics_that_one_replica_exposes() -> None:
    (job,) = yaml.safe_load(SCRAPE.read_text())["scrape_configs"]
    ((relabel),) = job["metric_relabel_configs"]
    assert (relabel["target_label"], relabel["replacement"]) == ("instance", "")
    regex = relabel["regex"]
    assert [family.name for family in FLEET if not re.fullmatch(regex, family.name)] == []
    assert [family.name for family in PROCESS if re.fullmatch(regex, family.name)] == []
