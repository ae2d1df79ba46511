"""Lines for people are broken between words on a terminal, and nowhere else."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from syncd.cli.lines import fitted
from syncd.cli.printing import tell
from tests.cli.command import syncd_command

CONFIG = Path(__file__).parents[2] / "config"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("short enough to stay as it is", ["short enough to stay as it is"], id="it fits"),
        pytest.param("error  code  acme, target fix in", ["error  code  acme, target fix", "    in"], id="deeper"),
        pytest.param(
            "    mend:  write 4h or 5h or 6h", ["    mend:  write 4h or 5h or", "           6h"], id="a label"
        ),
        pytest.param("      | Ticket 7 of the source", ["      | Ticket 7 of the source"], id="a margin that fits"),
        pytest.param(
            "      | Ticket 7 of the sources", ["      | Ticket 7 of the", "      |     sources"], id="a margin goes on"
        ),
        pytest.param(
            "/a/path/of/more/than/thirty/letters: is", ["/a/path/of/more/than/thirty/letters:", "    is"], id="a word"
        ),
        pytest.param(f"{' ' * 24}deeper in", [f"{' ' * 24}deeper", "in"], id="no room for an indent"),
    ],
)
def test_a_line_in_thirty_columns(line: str, expected: list[str]) -> None:
    assert fitted(line, 30).splitlines() == expected


class Terminal(StringIO):
    """Standard output on a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("out", "broken"), [(Terminal(), True), (StringIO(), False)])
def test_only_a_terminal_has_lines_broken(out: StringIO, broken: bool) -> None:
    line = "word " * 500 + "word"
    with redirect_stdout(out):
        tell([line, "end"])
    *lines, end = out.getvalue().splitlines()
    assert ((len(lines) > 1), end) == (broken, "end")
    assert " ".join(map(str.strip, lines)) == line


def test_what_programs_need_is_whole_on_a_terminal_too() -> None:
    line = "word " * 500 + "word"
    with redirect_stdout(Terminal()) as out:
        tell([line], whole=True)
    assert out.getvalue() == f"{line}\n"


def test_lint_is_whole_in_a_pipe_and_would_fit_a_terminal() -> None:
    arguments = ("contract", "lint", "--as-of", "2026-03-03T12:00:00Z", CONFIG / "contracts", CONFIG / "calendars")
    piped = syncd_command(*arguments, environ={"COLUMNS": "80"}).out.splitlines()
    assert max(map(len, piped)) > 80
    assert all(len(line) <= 80 or " " not in line.strip() for long in piped for line in fitted(long, 80).splitlines())
    assert " ".join("\n".join(fitted(line, 80) for line in piped).split()) == " ".join("\n".join(piped).split())
