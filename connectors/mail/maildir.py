"""The reading half for message files: a Maildir, an mbox file, a folder of messages; read whole when they changed."""

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from connectors.mail.files import FileRead, is_maildir, read_files
from connectors.mail.judging import Judge
from connectors.mail.recording import group, merged_record, tracked, unique
from connectors.mail.settings import MaildirBackend, MailOptions
from syncd.domain.instant_text import instant_text, parse_instant
from syncd.domain.names import GoneReason
from syncd.errors import SourceMisunderstood, SourceUnavailable
from syncd.ports.connector import CheckLine, Cursor, Page, RawRecord, Rechecked, Site
from syncd.ports.toolkit import Toolkit

PAGE = 200
"""Messages on one page."""

_Beginnings = dict[str, tuple[str, str]]
"""By ticket, its first message's part and instant."""


class MaildirReader:
    """Reads message files; see `syncd.ports.connector.Connector`.

    The cursor holds a hash of names, sizes and times of all files, and with what each ticket began: where that has gone
    to another ticket since, the one that is left says so. Within a pass it stays what it was.
    """

    def __init__(self, site: Site, options: MailOptions, toolkit: Toolkit) -> None:
        if not isinstance(options.backend, MaildirBackend):
            raise TypeError("message files are read by the back end of kind maildir")  # only ever built for it
        self._source = toolkit.source
        self._path = site.folder / options.backend.path
        self._options = options
        self._judge = Judge(site, options)

    def check(self) -> Sequence[CheckLine]:
        """Read every message; one line for the place, one for what was found."""
        try:
            read = self._read()
        except SourceUnavailable as missing:
            return [CheckLine(self._path.name, ok=False, detail=str(missing))]
        kind = "a Maildir" if self._path.is_dir() and is_maildir(self._path) else "message files"
        odd = sum(bool(each.found.letter.problems) for each in read)
        return [
            CheckLine(self._path.name, ok=True, detail=kind),
            CheckLine("messages", ok=bool(read), detail=f"{len(read)} messages, {odd} of them with findings"),
        ]

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield every message if any file changed, else one empty page."""
        hashed, before = _cursor(self._source, since)
        now = self._fingerprint()
        if since is not None and hashed == now:
            yield Page((), since)
            return
        records = self._records()
        beginnings = _beginnings(records)
        records += self._left_behind(before, beginnings, records)
        start = 0
        while len(records) - start > PAGE:
            yield Page(tuple(records[start : start + PAGE]), since or _text("", {}))
            start += PAGE
        yield Page(tuple(records[start:]), _text(now, {**before, **beginnings}))

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Return these tickets' messages as the files have them now; one of which there is none is unreachable."""
        wanted = set(ids)
        found = [record for record in self._records() if record.ticket in wanted] if wanted else []
        missing = wanted - {record.ticket for record in found}
        return Rechecked(tuple(found), dict.fromkeys(sorted(missing), GoneReason.UNREACHABLE))

    def close(self) -> None:
        """Let go of nothing: files are closed as soon as they are read."""

    def _left_behind(self, before: _Beginnings, now: _Beginnings, records: Sequence[RawRecord]) -> Iterator[RawRecord]:
        where = {record.part: record.ticket for record in reversed(records)}
        for ticket, (part, at) in sorted(before.items()):
            if ticket not in now and part in where:
                yield merged_record(ticket, where[part], parse_instant(at, "at"))

    def _records(self) -> list[RawRecord]:
        found = unique(each.found for each in self._read())
        grouped = group(found, self._judge, by_subject=self._options.join_by_subject)
        return tracked(grouped, personal=self._options.mailbox == "personal")

    def _read(self) -> list[FileRead]:
        if not self._path.exists():
            raise SourceUnavailable(self._source, "gone", f"{self._path.name}: there is no such file or folder")
        try:
            return read_files([self._path], self._judge.rules, self._options.caps())
        except OSError as error:
            raise SourceUnavailable(self._source, "gone", f"{self._path.name}: {error.strerror}") from error

    def _fingerprint(self) -> str:
        hashed = sha256()
        for file in _files(self._path):
            try:
                stat = file.stat()
            except FileNotFoundError:  # taken away while we looked: the next pass sees another folder
                continue
            hashed.update(f"{file}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
        return hashed.hexdigest()


def _files(path: Path) -> list[Path]:
    return sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]


def _beginnings(records: Sequence[RawRecord]) -> _Beginnings:
    found: dict[str, tuple[str, str]] = {}
    for record in records:
        at = parse_instant(record.payload.get("at"), "at")
        known = found.get(record.ticket)
        if known is None or (at, record.part) < (parse_instant(known[1], "at"), known[0]):
            found[record.ticket] = record.part, instant_text(at)
    return found


def _text(hashed: str, beginnings: _Beginnings) -> Cursor:
    return json.dumps({"files": hashed, "tickets": beginnings}, separators=(",", ":"), sort_keys=True)


def _cursor(source: str, since: Cursor | None) -> tuple[str, _Beginnings]:
    if since is None:
        return "", {}
    try:
        value = json.loads(since)
        return value["files"], {ticket: (part, at) for ticket, (part, at) in value["tickets"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceMisunderstood(source, "protocol", "the cursor is none of this connector's") from error
