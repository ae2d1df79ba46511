"""The repository as a stranger finds it: nothing of a machine, no address to install from, everything on the map."""

import re
import tomllib
from importlib.metadata import EntryPoint, entry_points

import pytest

from tests.architecture.sources import ROOT, files, shown

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# In two halves, so that this file is no finding of its own.
HOSTS = ("pypi" + ".org", "python" + "hosted", "npm" + "js.org", "docker" + ".io", "quay" + ".io", "jsdelivr" + ".net")
MACHINE = re.compile(r"(?<![\w./-])/(?:" + "work|ro" + r"ot)(?:/|\b(?![\w.-]))")

MOST_DECISION_LINES = 60


def of_a_machine(text: str) -> list[str]:
    """Return the paths of somebody's machine and the registries that a text names."""
    return MACHINE.findall(text) + [host for host in HOSTS if host in text]


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = {}
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture or an archive: nothing to read
            continue
        if names := of_a_machine(text):
            found[shown(path)] = names
    assert found == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see " + "/wo" + "rk/main", True),
        ("HOME=" + "/ro" + "ot", True),
        ("index-url = https://" + HOSTS[0] + "/simple", True),
        ("https://example.com" + "/wo" + "rk/items", False),
        ("the root of the tree, the work of a vendor", False),
        ("a node/rooted/tree", False),
    ],
)
def test_the_rule_tells_paths_of_a_machine_from_words(text: str, *, found: bool) -> None:
    assert bool(of_a_machine(text)) == found


def plain(requirement: str) -> str:
    """Return the normalised name in a requirement."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement, maxsplit=1)[0]).lower()


def test_constraints_pin_every_requirement_and_name_no_address() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in text
    assert " @ " not in text
    pinned = {plain(line) for line in text.splitlines() if "==" in line}
    wanted = {plain(item) for item in [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]}
    assert wanted - pinned == set()


def test_a_decision_record_has_a_number_of_its_own_and_fits_on_a_page() -> None:
    records = sorted((ROOT / "syncd" / "decisions").iterdir())
    assert records
    assert [r.name for r in records if not re.fullmatch(r"\d{4}(-[a-z0-9]+)+\.md", r.name)] == []
    numbers = [record.name[:4] for record in records]
    assert len(set(numbers)) == len(numbers)
    lengths = {record.name: len(record.read_text(encoding="utf-8").splitlines()) for record in records}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_DECISION_LINES} == {}


def rooms() -> list[str]:
    """Return what the map in README.md must show: the packages, and the modules that stand beside them."""
    children = [path for top in ("syncd", "connectors") for path in (ROOT / top).iterdir()]
    packages = [path for path in children if (path / "__init__.py").is_file()]
    single = [path for path in children if path.suffix == ".py" and path.name != "__init__.py"]
    return sorted(shown(path) for path in packages + single)


def test_the_map_in_the_readme_has_a_line_for_every_room() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sections = re.findall(r"^#+ .*\bmap\b.*\n((?:(?!#).*\n?)*)", readme, re.IGNORECASE | re.MULTILINE)
    assert len(sections) == 1, "one heading of README.md holds the map"
    drawn = sections[0].splitlines()
    assert [room for room in rooms() if not any(re.search(rf"{re.escape(room)}\b", line) for line in drawn)] == []


@pytest.mark.parametrize("name", sorted(PROJECT["entry-points"]["syncd.connectors"]))
def test_a_connector_on_the_list_can_be_loaded(name: str) -> None:
    declared = PROJECT["entry-points"]["syncd.connectors"][name]
    assert EntryPoint(name, declared, "syncd.connectors").load()
    assert entry_points(group="syncd.connectors")[name].value == declared, "installed from another state: make setup"


@pytest.mark.parametrize("name", sorted(PROJECT["scripts"]))
def test_a_command_on_the_list_can_be_loaded(name: str) -> None:
    assert callable(EntryPoint(name, PROJECT["scripts"][name], "console_scripts").load())
