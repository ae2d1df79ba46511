"""Everything that commands print goes through here: sentences and lines for people, JSON for programs.

What sources and files say is shown, never obeyed: an escape sequence in a ticket's name reaches no terminal.
"""

import json
import sys
from collections.abc import Iterable, Mapping

from syncd.cli.lines import fitting
from syncd.cli.streams import ascii_only
from syncd.domain.visible import visible, visible_json


def say(sentence: str) -> None:
    """Print a sentence on a line of standard error."""
    sys.stderr.write(f"{visible(sentence)}\n")


def tell(lines: Iterable[str], *, whole: bool = False) -> None:
    """Print lines on standard output: on a terminal broken between words, unless a program needs them `whole`."""
    shown = map(visible, lines)
    sys.stdout.writelines(f"{line}\n" for line in (shown if whole else fitting(shown)))


def json_line(value: Mapping[str, object]) -> None:
    """Print one JSON object on a line of its own, whatever the reader takes for the end of a line."""
    text = json.dumps(value, separators=(", ", ": "), ensure_ascii=ascii_only())
    sys.stdout.write(visible_json(text) + "\n")


def json_document(value: object) -> None:
    """Print one JSON value on as many lines as it takes."""
    sys.stdout.write(visible_json(json.dumps(value, indent=2, ensure_ascii=ascii_only())) + "\n")
