"""The reading half: files read whole, but only when their content is another one."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import msgspec

from connectors.timeline.mapping import TimelineMapper
from connectors.timeline.settings import TimelineOptions
from syncd.domain.names import GoneReason
from syncd.domain.problem import Problem
from syncd.domain.timeline_error import TimelineError
from syncd.errors import SourceError, SourceUnavailable
from syncd.ports.connector import CheckLine, Cursor, Page, RawRecord, Rechecked, Site
from syncd.ports.toolkit import Toolkit

PAGE = 200
"""Tickets on one page."""

UNREAD = "unread"
"""The cursor of a first pass that was cut short."""

_CHUNK = 1024 * 1024


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


class TimelineReader:
    """Reads timeline files; see `syncd.ports.connector.Connector`.

    The cursor is a hash of every file's name and content. Within a pass it stays what it was, so that a pass cut short
    is read again from its beginning.
    """

    def __init__(self, site: Site, options: TimelineOptions, toolkit: Toolkit) -> None:
        self._source = toolkit.source
        self._path = site.folder / options.path
        self._mapper = TimelineMapper(site, options)

    def check(self) -> Sequence[CheckLine]:
        """Read every file; one line each."""
        try:
            files = self._files()
        except SourceError as missing:
            return [CheckLine(self._path.name, ok=False, detail=str(missing))]
        lines = []
        for file in files:
            read = [self._ticket(line, file, number, set()) for number, line in self._lines(file, sha256())]
            bad = [each for each in read if isinstance(each, Problem)]
            detail = f"{len(read) - len(bad)} tickets" + (
                f", {len(bad)} bad lines, first: {bad[0].detail}" if bad else ""
            )
            lines.append(CheckLine(file.name, not bad, detail))
        return lines or [CheckLine(self._path.name, ok=False, detail="the folder holds no *.jsonl file")]

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield every ticket if any file is another than last time, else one empty page."""
        if since is not None and since == self._fingerprint():
            yield Page((), since)
            return
        hashed = sha256()
        seen: set[str] = set()
        records: list[RawRecord] = []
        problems: list[Problem] = []
        for found in self._tickets(seen, hashed):
            if isinstance(found, Problem):
                problems.append(found)
                continue
            records.append(found)
            if len(records) == PAGE:
                yield Page(tuple(records), since or UNREAD)
                records.clear()
        yield Page(tuple(records), hashed.hexdigest(), problems=tuple(problems))

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Return these tickets as the files have them now; one that no line holds any more is unreachable."""
        wanted = set(ids)
        found = [
            each for each in self._tickets(set(), sha256()) if isinstance(each, RawRecord) and each.ticket in wanted
        ]
        missing = wanted - {record.ticket for record in found}
        return Rechecked(tuple(found), dict.fromkeys(sorted(missing), GoneReason.UNREACHABLE))

    def close(self) -> None:
        """Let go of nothing: files are closed as soon as they are read."""

    def _files(self) -> list[Path]:
        if self._path.is_dir():
            return sorted(self._path.glob("*.jsonl"))
        if self._path.is_file():
            return [self._path]
        raise SourceUnavailable(self._source, "gone", f"{self._path.name}: there is no such file or folder")

    def _fingerprint(self) -> str:
        hashed = sha256()
        for file in self._files():
            for _ in self._lines(file, hashed):
                pass  # only the hash is wanted
        return hashed.hexdigest()

    def _tickets(self, seen: set[str], hashed: _Hash) -> Iterator[RawRecord | Problem]:
        for file in self._files():
            for number, line in self._lines(file, hashed):
                yield self._ticket(line, file, number, seen)

    def _lines(self, file: Path, hashed: _Hash) -> Iterator[tuple[int, bytes]]:
        """Yield the numbered lines that hold something, adding all of the file to the hash."""
        hashed.update(f"\n{file.name}\n".encode())
        try:
            with file.open("rb", buffering=_CHUNK) as stream:
                for number, line in enumerate(stream, start=1):
                    hashed.update(line)
                    if line.strip():
                        yield number, line
        except OSError as error:
            raise SourceUnavailable(self._source, "gone", f"{file.name}: {error.strerror}") from error

    def _ticket(self, line: bytes, file: Path, number: int, seen: set[str]) -> RawRecord | Problem:
        where = f"{file.name} line {number}"
        try:
            payload = msgspec.json.decode(line)
            if not isinstance(payload, dict):
                return Problem("bad_line", f"{where}: not a JSON object")
            record = self._mapper.record(payload)
        except msgspec.DecodeError as error:
            return Problem("bad_line", f"{where}: no JSON: {error}")
        except UnicodeDecodeError:
            return Problem("bad_line", f"{where}: not UTF-8")
        except TimelineError as error:
            return Problem("bad_line", f"{where}: {error}")
        if record.ticket in seen:
            return Problem("repeated_ticket", f"{where}: the ticket stands on an earlier line", record.ticket)
        seen.add(record.ticket)
        return record
