"""How hard a site is asked: as configured, else as the connector thinks polite."""

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from connectors.jira import plugin
from connectors.jira.simulator import build_simulator
from syncd.bootstrap.configuration import settings_of
from syncd.bootstrap.sources import limits_of, source_of
from syncd.ports.connector import Pace
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.settings import Limits, Settings, SourceSettings
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.hooks import SILENT
from syncd.transport.simulated import SimulatorTransport
from tests.connectors.jira.site import NOON, URL, Recorded, storm


class Watched(Recorded):
    """A site that notes when it was asked."""

    def __init__(self) -> None:
        super().__init__(build_simulator(1, {"changes": storm(30), "auth": "pat", "product": "dc"}))
        self.instants: list[datetime] = []

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Note, and answer."""
        self.instants.append(now)
        return super().respond(request, now)


def settings(folder: Path, site: Recorded, limits: Mapping[str, object]) -> Settings:
    (folder / "token").write_text(site.credentials()["JIRA_PAT"], encoding="utf-8")
    options = {**site.options(URL), "auth": {"kind": "pat", "token": {"file": "token"}}}
    source = {"name": "jira", "kind": "jira", "options": options, "limits": limits}
    written = {"store": {"url": f"sqlite:///{folder / 'unused.db'}"}, "sources": [source]}
    path = folder / "syncd.yaml"
    path.write_text(json.dumps(written), encoding="utf-8")
    return settings_of(path)


@pytest.mark.parametrize(
    ("limits", "apart"),
    [
        pytest.param({}, 0.2, id="politely: five a second"),
        pytest.param({"requests_per_second": 20}, 0.05, id="as configured"),
    ],
)
def test_a_site_is_asked_no_faster_than_its_limits_say(
    limits: Mapping[str, object], apart: float, tmp_path: Path
) -> None:
    site, now = Watched(), VirtualNow(NOON)
    configured = settings(tmp_path, site, limits)
    mounts = {"jira": SimulatorTransport(site, now)}
    source = source_of(configured, configured.sources[0], now=now, hooks=SILENT, mounts=mounts)
    assert sum(len(page.records) for page in source.connector.pages(None)) == 30
    source.close()
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(site.instants)]
    assert waits == pytest.approx([apart] * len(waits), rel=1e-3)


@pytest.mark.parametrize(
    ("configured", "pace", "expected"),
    [
        pytest.param(Limits(), plugin.pace, (5.0, 4), id="jira's own"),
        pytest.param(Limits(), Pace(), (None, 2), id="a connector's that says nothing"),
        pytest.param(Limits(2.5, None), Pace(5.0, 4), (2.5, 4), id="one is configured"),
        pytest.param(Limits(None, 1), Pace(5.0, 4), (5.0, 1), id="the other is configured"),
    ],
)
def test_configured_limits_go_before_those_of_the_connector(
    configured: Limits, pace: Pace, expected: tuple[float | None, int]
) -> None:
    limits = limits_of(SourceSettings("jira", "jira", object(), limits=configured), pace)
    assert (limits.requests_per_second, limits.concurrency) == expected
