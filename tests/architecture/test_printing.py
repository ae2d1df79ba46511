"""What reaches a terminal goes through one door, where odd characters are made visible."""

import ast

import pytest

from tests.architecture.sources import dotted, modules, shown

DOORS = {"syncd/cli/printing.py", "syncd/cli/tables.py"}
"""The second prints rows through rich, after making them visible cell by cell."""


def printing(text: str) -> list[int]:
    """Return the lines that write to a standard stream or to a console."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            named = dotted(node.func)
            streams = {f"sys.{stream}.{write}" for stream in ("stdout", "stderr") for write in ("write", "writelines")}
            if named in streams | {"print", "typer.echo", "typer.secho", "Console"}:
                found.append(node.lineno)
    return found


def test_commands_print_through_one_door() -> None:
    found = {shown(path): printing(path.read_text(encoding="utf-8")) for path in modules("syncd/cli")}
    assert {path for path, lines in found.items() if lines} == DOORS


@pytest.mark.parametrize("source", ["print(x)", "sys.stdout.write(x)", "typer.echo(x)", "Console().print(x)"])
def test_the_rule_sees_every_way_to_print(source: str) -> None:
    assert set(printing(source)) == {1}
