"""Tables and help on terminals of any width: words stay whole wherever there is room for them."""

import pytest

from syncd.cli.columns import broken, widths
from tests.cli.command import syncd_command

WIDE = {"heading": ["target", "initial-response"], "words": ["why", "goals: 4h instead of 8h"], "number": ["n", "12"]}


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        pytest.param(99, [16, 23, 2], id="room for everything"),
        pytest.param(41, [16, 23, 2], id="just enough"),
        pytest.param(40, [16, 22, 2], id="the widest column is broken between words"),
        pytest.param(25, [16, 7, 2], id="no word is broken yet"),
        pytest.param(24, [15, 7, 2], id="then one must be"),
    ],
)
def test_the_widest_columns_give_way_first(room: int, expected: list[int]) -> None:
    columns = list(WIDE.values())
    found = widths(columns, room)
    assert found == expected
    assert broken(columns, found) is (room < 25)


def test_a_heading_is_broken_before_the_words_below_it() -> None:
    columns = [["ticket", "INC0012345"], ["unverifiable", "0"]]
    assert widths(columns, 13) == [10, 3]


def test_a_short_text_is_not_broken_between_its_words() -> None:
    assert widths([["met", "0 -> 1"], ["why", "pauses for nobody"]], 12) == [6, 6]


def test_a_wide_letter_takes_two_cells() -> None:
    assert widths([["漢字"], ["é"]], 99) == [4, 1]


def test_more_columns_than_room_are_one_cell_wide() -> None:
    assert widths([["abc"], ["def"], ["ghi"]], 2) == [1, 1, 1]


CALENDAR = """
calendars:
  - {name: office-hours-of-the-north, time_zone: Europe/Berlin, hours: {mon-fri: ["08:00-12:00"]}}
"""


def test_eighty_columns_hold_a_table_of_a_calendar_unbroken(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("calendars")
    (folder / "office.yaml").write_text(CALENDAR, encoding="utf-8")
    done = syncd_command(
        "calendar", "show", "office-hours-of-the-north", "--contracts", folder, "--from", "2026-03-06", "--days", "4",
        environ={"COLUMNS": "80"},
    )  # fmt: skip
    assert "│ Fri 2026-03-06 │ 08:00:00 +0100 │ Fri 12:00:00 +0100 │ 4h      │" in done.out.splitlines()
    assert "opens at" not in done.out


@pytest.mark.parametrize("columns", ["40", "20", "5"])
def test_a_narrow_terminal_breaks_words_and_loses_none(columns: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("calendars")
    (folder / "office.yaml").write_text(CALENDAR, encoding="utf-8")
    done = syncd_command(
        "calendar", "show", "office-hours-of-the-north", "--contracts", folder, "--from", "2026-03-06", "--days", "1",
        environ={"COLUMNS": columns},
    )  # fmt: skip
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= max(int(columns), 7)


def test_help_flows_in_eighty_columns() -> None:
    done = syncd_command("contract", "lint", "--help", environ={"COLUMNS": "80"})
    said = [line.strip() for line in done.out.splitlines()]
    assert "not meant, a note what is worth knowing. What loading refuses is an error as" in said
