"""The dashboards: what the code makes, and kept to the rules that Grafana's own linter has."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from deploy.grafana.source.boards import FOLDER, rendered
from syncd.telemetry.fleet_names import FLEET, TICKETS
from syncd.telemetry.names import PROCESS
from tests.architecture.sources import ROOT

BOARDS = sorted(FOLDER.glob("*.json"))
GRAFANA = ROOT / "deploy" / "grafana"
TITLES = {
    "syncd-vendors": "Vendors at a glance",
    "syncd-open-clocks": "Open clocks",
    "syncd-vendor": "One vendor",
    "syncd-meter": "syncd itself",
}
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
COUNTERS = {family.name for family in (*PROCESS, *FLEET) if family.name.endswith("_total")}


def boards() -> Iterator[Any]:
    for file in BOARDS:
        yield pytest.param(json.loads(file.read_text(encoding="utf-8")), id=file.stem)


def panels() -> Iterator[Any]:
    for file in BOARDS:
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            yield pytest.param(panel, id=f"{file.stem}-{panel['title']}")


def test_what_is_checked_in_is_what_the_code_makes() -> None:
    assert {file.name: file.read_text(encoding="utf-8") for file in BOARDS} == dict(rendered()), (
        "make them again: python -m deploy.grafana.source"
    )


def test_there_are_the_four_that_people_are_told_of() -> None:
    found = {board["uid"]: board["title"] for file in BOARDS for board in [json.loads(file.read_text())]}
    assert found == TITLES
    page = (GRAFANA / "README.md").read_text(encoding="utf-8")
    assert [title for title in TITLES.values() if f"**{title}**" not in page] == []


@pytest.mark.parametrize("board", list(boards()))
def test_a_dashboard_asks_for_its_data_source_and_its_job(board: dict[str, Any]) -> None:
    source, job, *_ = board["templating"]["list"]
    assert (source["name"], source["label"], source["type"], source["query"]) == (
        "datasource", "Data source", "datasource", "prometheus",
    )  # fmt: skip
    assert (job["name"], job["label"], job["multi"], job["includeAll"], job["allValue"]) == (
        "job",
        "Job",
        True,
        True,
        ".+",
    )
    for variable in board["templating"]["list"][1:]:
        assert variable["datasource"] == SOURCE
        assert variable["refresh"] == 2, "values are those of the time shown"


@pytest.mark.parametrize("board", list(boards()))
def test_a_dashboard_is_described_and_changed_only_in_its_code(board: dict[str, Any]) -> None:
    assert board["description"].endswith(".")
    assert board["editable"] is False
    assert board["tags"] == ["syncd"]
    assert board.get("id") is None
    ids = [panel["id"] for panel in board["panels"]]
    assert ids == list(range(1, len(ids) + 1))


@pytest.mark.parametrize("board", list(boards()))
def test_panels_fill_rows_without_overlap(board: dict[str, Any]) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("panel", list(panels()))
def test_a_panel_says_what_it_shows_and_in_which_unit(panel: dict[str, Any]) -> None:
    assert panel["title"]
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"] == SOURCE


@pytest.mark.parametrize("panel", list(panels()))
def test_every_query_names_its_series_and_is_of_the_chosen_job_and_source(panel: dict[str, Any]) -> None:
    assert panel["targets"]
    assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
    for target in panel["targets"]:
        assert target["datasource"] == SOURCE
        assert target["legendFormat"]
        expression = target["expr"]
        selected = re.findall(r"\b(?:syncd|process)_\w+", expression)
        of_job = re.findall(r'\b(?:syncd|process)_\w+{job=~"\$job"', expression)
        assert len(selected) == len(of_job) > 0
        assert 'job="' not in expression


@pytest.mark.parametrize("panel", list(panels()))
def test_a_counter_is_looked_at_as_a_rate_and_over_a_fitting_range(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        expression = target["expr"]
        for name in COUNTERS:
            for match in re.finditer(rf"\b{name}\b", expression):
                since_start = panel["title"] == "Notices withheld"
                assert since_start or re.search(r"(rate|increase)\($", expression[: match.start()])
        assert set(re.findall(r"\[([^\]]+)\]", expression)) <= {"$__rate_interval", "$__range"}


def test_every_metric_that_is_shown_is_one_that_there_is() -> None:
    known = {family.name for family in (*PROCESS, *FLEET, *TICKETS)}
    known |= {f"{family.name}_bucket" for family in (*PROCESS, *FLEET) if family.buckets}
    shown = {
        name
        for file in BOARDS
        for panel in json.loads(file.read_text())["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\bsyncd_\w+", target["expr"])
    }
    assert shown - known == set()


def test_provisioning_finds_the_dashboards_and_a_data_source() -> None:
    (provider,) = yaml.safe_load((GRAFANA / "provisioning" / "dashboards" / "syncd.yaml").read_text())["providers"]
    assert (provider["type"], provider["disableDeletion"], provider["allowUiUpdates"]) == ("file", True, False)
    (source,) = yaml.safe_load((GRAFANA / "provisioning" / "datasources" / "syncd.yaml").read_text())["datasources"]
    assert (source["type"], source["access"]) == ("prometheus", "proxy")
