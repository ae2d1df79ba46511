"""What import-linter cannot say: the standard library only in the domain, and a home for every library there is."""

import ast
import sys
import tomllib

import pytest

from tests.architecture.sources import ROOT, imported, modules, parsed, products, shown


def strangers(tree: ast.AST, *known: str) -> set[str]:
    """Return the top-level packages that a tree imports and that are neither known nor in the standard library."""
    return {name.partition(".")[0] for _, name in imported(tree)} - sys.stdlib_module_names - set(known)


def test_the_domain_uses_the_standard_library_only() -> None:
    assert {shown(path): found for path in modules("syncd/domain") if (found := strangers(parsed(path), "syncd"))} == {}


def test_every_library_has_a_home() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    housed = {name for contract in contracts for name in contract.get("forbidden_modules", [])}
    used = {name for path in products() for name in strangers(parsed(path), "syncd", "connectors")}
    assert used - housed == set(), "a library without a contract in pyproject.toml can spread everywhere"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import yaml", {"yaml"}),
        ("def late():\n    from sqlalchemy.orm import Session", {"sqlalchemy"}),
        ("import zoneinfo, decimal\nfrom syncd.errors import SyncdError\nfrom . import events", set()),
    ],
)
def test_the_rule_sees_late_and_nested_imports(source: str, found: set[str]) -> None:
    assert strangers(ast.parse(source), "syncd") == found
