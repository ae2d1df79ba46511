"""Tests use the fakes that ship with syncd; only tests of a whole process may reach into one."""

import ast

import pytest

from tests.architecture.sources import ROOT, imported, modules, parsed, shown

MOCKS = ("unittest.mock", "mock", "pytest_mock")


def reaching_in(tree: ast.AST) -> list[tuple[int, str]]:
    """Return where a test imports a mock or replaces an attribute of running code."""
    found = [(line, name) for line, name in imported(tree) if any(f"{name}.".startswith(f"{mock}.") for mock in MOCKS)]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"setattr", "delattr"}
        ):
            found.append((node.lineno, node.func.attr))
        elif isinstance(node, ast.arg) and node.arg == "mocker":
            found.append((node.lineno, "mocker"))
    return found


def test_no_test_outside_the_daemons_replaces_running_code() -> None:
    exempt = ROOT / "tests" / "daemon"
    files = [path for path in modules("tests") if not path.is_relative_to(exempt)]
    assert {shown(path): found for path in files if (found := reaching_in(parsed(path)))} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import unittest.mock",
        "from unittest import mock",
        "from unittest.mock import patch",
        "def test_it(monkeypatch):\n    monkeypatch.setattr('a.b', 1)",
        "def test_it(mocker): ...",
    ],
)
def test_the_rule_sees_every_way_to_reach_in(source: str) -> None:
    assert reaching_in(ast.parse(source))


def test_setting_an_environment_variable_is_not_reaching_in() -> None:
    assert reaching_in(ast.parse("import unittest\ndef test_it(monkeypatch):\n    monkeypatch.setenv('A', 'b')")) == []
