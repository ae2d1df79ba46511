"""The routing of alerts: accepted by Alertmanager, complete, and each alert where it belongs."""

import shutil
import subprocess
from dataclasses import replace
from typing import Any

import pytest
import yaml

from syncd.alerting.telling import telling
from syncd.domain.notice import Step
from tests.alerting.notices import KEY, NOTICE, envelope
from tests.architecture.sources import ROOT

CONFIG = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
RULES = ROOT / "deploy" / "prometheus" / "rules" / "syncd.yaml"

needs_amtool = pytest.mark.skipif(
    not shutil.which("amtool"),
    reason="amtool is not installed (Debian: prometheus-alertmanager); run make test as root",
)


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["amtool", *arguments], capture_output=True, text=True, check=False)


def inhibitions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(CONFIG.read_text())["inhibit_rules"]
    return found


@needs_amtool
def test_amtool_accepts_the_routing() -> None:
    done = amtool("check-config", str(CONFIG))
    assert done.returncode == 0, done.stdout + done.stderr


@needs_amtool
@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        pytest.param(["alertname=SyncdWatchdog", "severity=none"], "dead-mans-switch", id="the watchdog"),
        pytest.param(
            ["alertname=SyncdClockBreached", "severity=critical"], "oncall", id="a breach that wakes somebody"
        ),
        pytest.param(["alertname=SyncdClockBreached", "severity=warning"], "service-desk", id="any other breach"),
        pytest.param(["alertname=SyncdClockAtRisk", "severity=info"], "vendor-management", id="a clock at risk"),
        pytest.param(["alertname=SyncdDown", "severity=critical"], "oncall", id="the meter itself"),
        pytest.param(["alertname=SomethingElse"], "service-desk", id="whatever nobody thought of"),
    ],
)
def test_an_alert_goes_where_it_belongs(labels: list[str], receiver: str) -> None:
    done = amtool("config", "routes", "test", f"--config.file={CONFIG}", f"--verify.receivers={receiver}", *labels)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_breach_silences_only_the_warning_about_the_same_clock() -> None:
    (found,) = [each for each in inhibitions() if "SyncdClockBreached" in str(each["source_matchers"])]
    assert found == {
        "source_matchers": ['alertname="SyncdClockBreached"'],
        "target_matchers": ['alertname="SyncdClockAtRisk"'],
        "equal": ["source", "ticket", "target"],
    }


def test_what_is_silenced_are_alerts_that_there_are() -> None:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    known = {rule["alert"] for group in groups for rule in group["rules"] if "alert" in rule}
    pushed = {telling(envelope(replace(NOTICE, key=replace(KEY, step=step)))).labels["alertname"] for step in Step}
    assert not known & pushed, "a rule and a notice of one name would be taken for one alert"
    known |= pushed
    named = {
        name
        for each in inhibitions()
        for matcher in (*each["source_matchers"], *each["target_matchers"])
        for name in matcher.split('"')[1].split("|")
    }
    assert named - known == set()


def test_no_secret_stands_in_the_file() -> None:
    receivers = yaml.safe_load(CONFIG.read_text())["receivers"]
    options = {
        option
        for receiver in receivers
        for kind in receiver.values()
        for each in kind
        if isinstance(each, dict)
        for option in each
    }
    assert not options & {"routing_key", "service_key", "api_url", "auth_password", "password"}
