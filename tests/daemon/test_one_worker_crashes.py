"""A bug in one worker is counted and logged, and everybody else goes on."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.daemon.processes import await_, configured, running
from tests.daemon.worlds import an_instance

CONNECTOR = '''
"""A connector with a bug."""
from dataclasses import dataclass
from connectors.timeline import TimelineMapper
from syncd.ports.connector import Plugin

@dataclass(frozen=True)
class Options:
    path: str = "x"

class Reader:
    def __init__(self, site, options, toolkit): ...
    def check(self): return []
    def pages(self, since): raise ZeroDivisionError("in the connector")
    def recheck(self, ids): raise ZeroDivisionError
    def close(self): ...

plugin = Plugin(kind="buggy", options=Options, mapper=TimelineMapper, build=Reader)
'''


@pytest.fixture
def buggy(tmp_path: Path) -> Path:
    """A folder with an installed connector that has a bug."""
    folder = tmp_path / "site"
    installed = folder / "buggy_connector-1.0.dist-info"
    installed.mkdir(parents=True)
    (folder / "buggy_connector.py").write_text(CONNECTOR, encoding="utf-8")
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: buggy-connector\nVersion: 1.0\n", encoding="utf-8"
    )
    (installed / "entry_points.txt").write_text(
        "[syncd.connectors]\nbuggy = buggy_connector:plugin\n", encoding="utf-8"
    )
    return folder


def test_a_connector_that_crashes_is_counted_and_the_other_source_goes_on(tmp_path: Path, buggy: Path) -> None:
    with an_instance() as sound:
        sources: list[Mapping[str, object]] = [
            {"name": "bad", "kind": "buggy", "every": "1s", "options": {}},
            sound.source(),
        ]
        with running(configured(tmp_path, sources), {**sound.env, "PYTHONPATH": str(buggy)}) as daemon:
            await_(lambda: daemon.metric("syncd_worker_crashes_total", worker="source:bad") >= 1, "counted crash")
            await_(lambda: daemon.logged("backfill_finished"), "end of the other source's backfill")
            await_(lambda: daemon.metric("syncd_source_up", source="snow") == 1, "sound source")
            assert daemon.metric("syncd_worker_crashes_total", worker="source:snow") == 0
            (line, *_) = daemon.logged("worker_crashed")
            assert line["worker"] == "source:bad"
            assert "ZeroDivisionError" in line["exception"]
            assert daemon.metric("syncd_source_up", source="bad") == 0
            assert daemon.get("/-/healthy")
