"""Whoever opens the pages to a network is told that nobody is asked who they are."""

from pathlib import Path

import pytest

from tests.cli.command import syncd_command as syncd

SOURCES = "sources: [{name: own, kind: timeline, every: 1h, options: {path: timelines}}]\n"


@pytest.mark.parametrize(
    ("listen", "warned"),
    [
        pytest.param("127.0.0.1:9465", False, id="this machine"),
        pytest.param("[::1]:9465", False, id="this machine, the newer way"),
        pytest.param("localhost:9465", False, id="this machine by its name"),
        pytest.param("0.0.0.0:9465", True, id="every network"),
        pytest.param("192.0.2.7:9465", True, id="one network"),
    ],
)
def test_pages_that_others_can_read_are_warned_of(tmp_path: Path, listen: str, warned: bool) -> None:
    config = tmp_path / "syncd.yaml"
    config.write_text(f'store: {{url: "sqlite:///{tmp_path / "syncd.db"}"}}\nhttp: {{listen: "{listen}"}}\n{SOURCES}')
    done = syncd("check", "-c", config)
    assert done.code == 0, done.err
    assert ("nobody is asked who they are" in done.err + done.out) is warned
