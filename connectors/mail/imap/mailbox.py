"""A mailbox over IMAP as the reader wants it: looks, by time over all folders; see `connectors.mail.mailbox`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from connectors.mail.imap.names import sent_folder
from connectors.mail.imap.reading import Reader
from connectors.mail.imap.session import Session
from connectors.mail.imap.survey import State, Survey, Surveyor
from connectors.mail.mailbox import Known, Look
from connectors.mail.rules import shipped
from connectors.mail.settings import ImapBackend, MailOptions
from syncd.domain.problem import Problem
from syncd.errors import SourceMisunderstood, SourceRefused
from syncd.ports.connector import CheckLine, Site
from syncd.ports.toolkit import Toolkit


class ImapMailbox:
    """`connectors.mail.mailbox.Mailbox` on an IMAP server. Nothing it sends can change anything there."""

    def __init__(self, site: Site, options: MailOptions, toolkit: Toolkit) -> None:
        if not isinstance(options.backend, ImapBackend):
            raise TypeError("an IMAP server is read by the back end of kind imap")  # only ever built for it
        self._options = options
        self._toolkit = toolkit
        self._batch = options.backend.batch
        self._session = Session(options.backend, site.folder, toolkit)
        flags = any(rule.flags for rule in options.signals)
        self._surveyor = Surveyor(self._session, flags=flags, since=site.backfill_from)
        self._reader = Reader(self._session, shipped(), options.caps())
        self._states: dict[str, State] = {}
        self._sent: str | None = None

    def check(self) -> Sequence[CheckLine]:
        """Connect, log in, and open every folder; raises the `SourceError` of a server that cannot be entered."""
        self._session.connect()
        offered = [each for each in ("CONDSTORE", "QRESYNC", "ESEARCH") if each in self._session.capabilities]
        detail = f"logged in; the server offers {', '.join(offered) or 'no extension that would be used'}"
        lines = [CheckLine("connection", ok=True, detail=detail)]
        sent = self._sent_folder()
        for folder in self._folders(sent):
            try:
                examined = self._session.examine(folder)
            except SourceRefused as refused:
                lines.append(CheckLine(f"folder {folder}", ok=False, detail=str(refused)))
                continue
            what = "sent mail, " if folder == sent else ""
            lines.append(CheckLine(f"folder {folder}", ok=True, detail=f"{what}{examined.exists} messages"))
        if sent is None:
            lines.append(CheckLine("sent mail", ok=False, detail=_NO_SENT))
        return lines

    def looks(self, place: Mapping[str, Any] | None, known: Known) -> Iterator[Look]:
        """Yield new messages by time, then what became of the others."""
        self._states = _states(place, self._toolkit.source)
        if self._sent is None:
            self._sent = self._sent_folder()
        now = self._toolkit.now.utc()
        # Sent mail comes last: what was answered before we looked was sent before we looked.
        surveys = {
            folder: self._surveyor.survey(folder, self._states.get(folder), known, now)
            for folder in self._folders(self._sent)
        }
        yield from self._read(surveys)
        copies = [copy for found in surveys.values() for copy in found.copies]
        gone = {key for found in surveys.values() for key in found.gone}
        problems = [problem for found in surveys.values() for problem in found.problems]
        if self._sent is None:
            problems.append(Problem("no_sent_folder", _NO_SENT))
        if copies or gone or problems:
            yield Look(copies=copies, gone=gone, problems=problems)
        self._states = {folder: found.settled(known) for folder, found in surveys.items()}

    def place(self) -> Mapping[str, Any]:
        """Return where each folder stands; the messages that were read since are known by the reader."""
        return {"folders": {folder: msgspec.to_builtins(state) for folder, state in self._states.items()}}

    def close(self) -> None:
        """Log out."""
        self._session.close()

    def _read(self, surveys: Mapping[str, Survey]) -> Iterator[Look]:
        fresh = sorted(
            (each for found in surveys.values() for each in found.fresh),
            key=lambda each: (each.at, each.folder, each.uid),
        )
        for start in range(0, len(fresh), self._batch):
            by_folder: defaultdict[str, list[int]] = defaultdict(list)
            for each in fresh[start : start + self._batch]:
                by_folder[each.folder].append(each.uid)
            copies = [
                copy
                for folder, uids in by_folder.items()
                for copy in self._reader.copies(surveys[folder], sorted(uids))
            ]
            yield Look(copies=copies)

    def _folders(self, sent: str | None) -> list[str]:
        """Every folder that is read, each once: configured ones, those whose name means something, sent mail."""
        moved = [folder for rule in self._options.signals for folder in rule.folders]
        named = dict.fromkeys((*self._options.folders, *moved))
        if sent is not None:
            named.pop(sent, None)
            named[sent] = None
        return list(named)

    def _sent_folder(self) -> str | None:
        if self._options.sent_folder is not None:
            return self._options.sent_folder
        return sent_folder(self._session.folders())


_NO_SENT = "no folder of sent mail was found: name it in sent_folder, or no conversation that we began has its start"


def _states(place: Mapping[str, Any] | None, source: str) -> dict[str, State]:
    try:
        return msgspec.convert((place or {}).get("folders", {}), dict[str, State])
    except msgspec.ValidationError as broken:
        raise SourceMisunderstood(source, "protocol", "the stored cursor cannot be read") from broken
