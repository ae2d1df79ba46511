"""Modules are small, well named, and say what they are."""

import ast
from pathlib import PurePosixPath

import pytest

from tests.architecture.sources import parsed, products, shown

MOST_LINES = 400

BANNED = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers"}
"""Names of rooms that mean nothing, so that everything ends up in them."""


def banned_words(path: str) -> set[str]:
    """Return the words of a module's path that name nothing: `store/row_utils.py` hides one too."""
    words = {word for part in PurePosixPath(path).with_suffix("").parts for word in part.lower().split("_")}
    return words & BANNED


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in products()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_module_has_a_name_that_means_nothing() -> None:
    assert [shown(path) for path in products() if banned_words(shown(path))] == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("syncd/utils.py", {"utils"}),
        ("syncd/store/row_helpers.py", {"helpers"}),
        ("syncd/common/money.py", {"common"}),
        ("connectors/base.py", {"base"}),
        ("syncd/source_manager.py", {"manager"}),
        ("syncd/store/rows.py", set()),
        ("syncd/domain/baseline.py", set()),
    ],
)
def test_the_rule_knows_such_names_in_any_place(path: str, words: set[str]) -> None:
    assert banned_words(path) == words


def test_every_module_says_what_it_is() -> None:
    assert [shown(path) for path in products() if not ast.get_docstring(parsed(path))] == []
