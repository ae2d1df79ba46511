"""Message files: single ones, folders of them, Maildirs with their folders, mbox files. Only ever read."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

from connectors.mail.dates import instant
from connectors.mail.letter import Letter
from connectors.mail.limits import Limits
from connectors.mail.mbox import is_mbox, messages_of
from connectors.mail.parsing import parse
from connectors.mail.recording import Found
from connectors.mail.rules import Rules
from syncd.domain.instant_text import instant_text

_MAILDIR_NAME = re.compile(r"(\d{9,10})[.\D]")
_MAILDIR_FLAGS = {
    "S": "\\Seen",
    "R": "\\Answered",
    "F": "\\Flagged",
    "T": "\\Deleted",
    "D": "\\Draft",
    "P": "$Forwarded",
}


@dataclass(frozen=True, slots=True)
class FileRead:
    """One message and the file it was in; of several in an mbox file also its number."""

    file: str
    found: Found


def read_files(paths: Sequence[Path], rules: Rules, limits: Limits) -> list[FileRead]:
    """Return the messages in files and folders, in the order given, a folder's in the order of their names.

    Raises OSError for what cannot be read.
    """
    read = []
    for path in paths:
        for name, raw, facts in messages(path, limits):
            letter: Letter = parse(raw, rules, limits)
            read.append(FileRead(name, Found(letter, [facts] if facts else [])))
    return read


def messages(path: Path, limits: Limits) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Yield name, bytes and mailbox facts of every message under a path."""
    if not path.is_dir():
        yield from _of_file(path, limits)
        return
    if is_maildir(path):
        yield from _of_maildir(path, limits)
        return
    for entry in sorted(path.iterdir()):
        if not entry.name.startswith(".") and (entry.is_file() or entry.is_dir()):
            yield from messages(entry, limits)


def is_maildir(path: Path) -> bool:
    """Tell whether a folder is a Maildir."""
    return (path / "cur").is_dir() or (path / "new").is_dir()


def _of_maildir(path: Path, limits: Limits) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    boxes = [(path, "INBOX")]
    boxes += [(each, each.name[1:]) for each in sorted(path.glob(".*")) if each.is_dir() and is_maildir(each)]
    for box, folder in boxes:
        for inside in (box / "new", box / "cur"):
            for entry in sorted(inside.iterdir()) if inside.is_dir() else ():
                if entry.name.startswith(".") or not entry.is_file():
                    continue
                facts: dict[str, Any] = {"folder": folder}
                delivered = _MAILDIR_NAME.match(entry.name)
                if delivered is not None:
                    facts["received_at"] = instant_text(datetime.fromtimestamp(int(delivered[1]), UTC))
                flags = entry.name.rpartition(":2,")[2] if ":2," in entry.name else ""
                facts["flags"] = sorted(_MAILDIR_FLAGS[flag] for flag in flags if flag in _MAILDIR_FLAGS)
                yield str(entry), _read(entry, limits), facts
    for entry in sorted(path.iterdir()):
        # Folders beside those of Maildir++, and messages that lie in none. Other files are the mail server's own.
        nested = entry.is_dir() and not entry.name.startswith(".") and entry.name not in ("new", "cur", "tmp")
        if nested or (entry.is_file() and ":2," in entry.name):
            yield from messages(entry, limits)


def _read(path: Path, limits: Limits) -> bytes:
    with path.open("rb") as stream:
        return stream.read(limits.message_bytes + 1)


def _of_file(path: Path, limits: Limits) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    if not is_mbox(path):
        yield str(path), _read(path, limits), {}
        return
    found = messages_of(path, limits)
    opening = list(islice(found, 2))
    for number, (line, raw) in enumerate(chain(opening, found), start=1):
        # A single message is a message file, with the line that delivery put before it.
        yield str(path) if len(opening) == 1 else f"{path}#{number}", raw, _delivered(line)


def _delivered(line: bytes) -> dict[str, Any]:
    at = instant(line.decode("latin-1").partition(" ")[2].partition(" ")[2])
    return {} if at is None else {"received_at": instant_text(at)}
