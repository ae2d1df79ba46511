"""Connectors are found by entry point, and must be what they say, once, and ours where they say ours."""

from importlib.metadata import Distribution, EntryPoint
from pathlib import Path

import pytest

import syncd
from syncd.errors import ConfigError
from syncd.plugins import GROUP, brings, discover, load, plugin, require_ours

HOME = Path(syncd.__file__).parent
OURS = HOME.parent / "connectors"


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, GROUP)


def test_the_connectors_that_ship_are_found_with_their_distribution() -> None:
    found = discover()
    assert {"servicenow", "timeline"} <= set(found)
    assert {found[kind].distribution for kind in ("servicenow", "timeline")} == {"syncd"}
    assert list(found) == sorted(found)


def test_one_is_found_by_its_kind() -> None:
    assert plugin("timeline").kind == "timeline"


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no connector 'jria'; installed are .*servicenow.*timeline"):
        plugin("jria")


@pytest.mark.parametrize(
    ("entries", "complaint"),
    [
        pytest.param(
            [entry("timeline", "connectors.timeline:plugin"), entry("timeline", "connectors.timeline:plugin")],
            "both .* bring one",
            id="two of a kind",
        ),
        pytest.param([entry("x", "connectors.nowhere:plugin")], "cannot be loaded", id="a module that is not there"),
        pytest.param([entry("x", "connectors.timeline:nothing")], "cannot be loaded", id="a name that is not there"),
        pytest.param([entry("x", "connectors.timeline:TimelineReader")], "is no Plugin", id="something else"),
        pytest.param([entry("x", "connectors.timeline:plugin")], "calls itself timeline", id="under another name"),
    ],
)
def test_what_cannot_be_used_is_a_configuration_error(entries: list[EntryPoint], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        load(entries)


@pytest.mark.parametrize(
    ("owners", "location", "complaint"),
    [
        pytest.param(["syncd", "connectors"], OURS, "also belongs to connectors", id="a second wheel ships it"),
        pytest.param(["connectors"], OURS, "environment of its own", id="another wheel alone ships it"),
        pytest.param([], None, "install syncd again", id="it was uninstalled with the other wheel"),
        pytest.param(["syncd"], Path("/srv/connectors"), "working directory", id="a folder hides it"),
    ],
)
def test_a_package_that_is_not_ours_is_refused_with_the_remedy(
    owners: list[str], location: Path | None, complaint: str
) -> None:
    with pytest.raises(ConfigError, match=complaint):
        require_ours(owners, location, HOME)


@pytest.mark.parametrize("owners", [["syncd"], [], ["Syncd", "syncd"]])
def test_our_own_package_is_accepted_installed_or_linked(owners: list[str]) -> None:
    require_ours(owners, OURS, HOME)


@pytest.mark.parametrize(
    ("file", "said", "theirs"),
    [
        pytest.param("RECORD", "other/__init__.py,,\nconnectors/jira/__init__.py,,\n", True, id="files below it"),
        pytest.param("RECORD", "connectors/__init__.py,,\n", True, id="files below it in the first line"),
        pytest.param("RECORD", "other/connectors/__init__.py,,\nconnectors.py,,\n", False, id="files elsewhere"),
        pytest.param("top_level.txt", "other\nconnectors\n", True, id="declared"),
        pytest.param("SOURCES.txt", "connectors/__init__.py\n", True, id="an old listing"),
    ],
)
def test_a_distribution_brings_a_package_that_it_declares_or_has_files_of(
    tmp_path: Path, file: str, said: str, theirs: bool
) -> None:
    (tmp_path / "x-1.dist-info").mkdir()
    (tmp_path / "x-1.dist-info" / file).write_text(said)
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "__init__.py").touch()
    assert brings(Distribution.at(tmp_path / "x-1.dist-info"), "connectors") is theirs
