"""No exception disappears without a reason that a reader can check."""

import ast

import pytest

from tests.architecture.sources import dotted, modules, shown


def swallowed(text: str) -> list[int]:
    """Return the lines of handlers that do nothing and say nothing, and of `suppress` for any exception at all."""
    lines = text.splitlines()
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ExceptHandler):
            idle = all(isinstance(item, ast.Pass | ast.Continue) or is_filler(item) for item in node.body)
            explained = any("#" in line for line in lines[node.lineno - 1 : node.end_lineno])
            if idle and not explained:
                found.append(node.lineno)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("suppress"):
            everything = {"Exception", "BaseException"} & {dotted(argument) for argument in node.args}
            found += [node.lineno] if everything else []
    return found


def is_filler(node: ast.stmt) -> bool:
    """Tell whether a statement is `...` or a string that nobody reads."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("room", ["syncd", "connectors", "tests"])
def test_every_idle_handler_gives_its_reason(room: str) -> None:
    found = {shown(path): swallowed(path.read_text(encoding="utf-8")) for path in modules(room)}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "handler",
    [
        "try:\n    x()\nexcept ValueError:\n    pass",
        "for y in z:\n    try:\n        x()\n    except ValueError:\n        continue",
        "try:\n    x()\nexcept* ValueError:\n    ...",
        "try:\n    x()\nexcept ValueError:\n    'never mind'",
        "import contextlib\nwith contextlib.suppress(Exception):\n    x()",
        "from contextlib import suppress\nwith suppress(OSError, BaseException):\n    x()",
    ],
)
def test_the_rule_sees_every_way_to_swallow(handler: str) -> None:
    assert swallowed(handler)


@pytest.mark.parametrize(
    "handler",
    [
        "try:\n    x()\nexcept ValueError:  # not a number: the next rule has a look\n    pass",
        "try:\n    x()\nexcept ValueError:\n    # it was closed already\n    pass",
        "try:\n    x()\nexcept ValueError:\n    y()",
        "from contextlib import suppress\nwith suppress(FileNotFoundError):\n    x()",
    ],
)
def test_a_reason_or_an_answer_is_enough(handler: str) -> None:
    assert swallowed(handler) == []
