"""A reader of an IMAP server, and a store that keeps what its pages hold, as the core would."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.mail import plugin
from connectors.mail.mapping import MailMapper
from connectors.mail.recording import MERGED
from syncd.daemon.system_now import SystemNow
from syncd.domain.problem import Problem
from syncd.ports.connector import Connector, Page, RawRecord, Site
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef
from syncd.transport.limits import Limits
from syncd.transport.toolkit import SourceToolkit
from tests.connectors.mail.imap.dovecot import PASSWORD
from tests.connectors.mail.letters import THEM, US, mail, options

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1, seconds=1)
"""After which whole folders are compared again."""


def at(minute: int) -> datetime:
    """So many minutes after eight."""
    return MORNING + timedelta(minutes=minute)


def question(number: int, **more: Any) -> tuple[datetime, bytes]:
    """Our mail to the vendor, and when our server took it."""
    subject = f"Line {number} is down"
    return at(number * 10), mail(f"q{number}@c", sender=US, to=THEM, minute=number * 10, subject=subject, **more)


def answer(number: int, **more: Any) -> tuple[datetime, bytes]:
    """The vendor's answer to it, five minutes later."""
    subject = f"Re: Line {number} is down"
    minute = number * 10 + 5
    return at(minute), mail(f"a{number}@v", minute=minute, answers=f"q{number}@c", subject=subject, **more)


@dataclass
class Shifted:
    """The machine's clock, moved on by hand besides, so that an hour need not be waited for."""

    ahead: timedelta = timedelta()
    _slept: float = 0.0
    _real: Now = field(default_factory=SystemNow)

    def utc(self) -> datetime:
        return self._real.utc() + self.ahead

    def monotonic(self) -> float:
        return self._real.monotonic() + self._slept

    def sleep(self, seconds: float) -> None:
        """Let the time pass without waiting: what is tried again in these tests is tried at once."""
        self._slept += seconds


BENCHES: list["Bench"] = []
"""Those of the test that runs, closed when it ends."""


@dataclass
class Bench:
    """One user's mailbox as syncd reads it."""

    port: int
    user: str = "desk"
    folder: Path = Path()
    backend: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    site: Site = field(default_factory=lambda: Site("mail"))
    tries: int = 1
    secrets: Mapping[str, str] = field(default_factory=dict)
    now: Shifted = field(default_factory=Shifted)
    kept: dict[tuple[str, str], RawRecord] = field(default_factory=dict)
    cursor: str | None = None
    problems: list[Problem] = field(default_factory=list)
    _reader: Connector | None = None
    _toolkit: SourceToolkit | None = None

    def __post_init__(self) -> None:
        BENCHES.append(self)

    def settings(self) -> Mapping[str, Any]:
        """Return the source's options as a configuration file has them."""
        login = {"kind": "plain", "username": self.user, "password": {"env": "MAIL_PASSWORD"}}
        backend: dict[str, Any] = {
            "kind": "imap", "host": "127.0.0.1", "port": self.port, "security": "none", "auth": login,
            "command_timeout": 20, **self.backend,
        }  # fmt: skip
        return {"backend": backend, **self.options}

    def toolkit(self) -> SourceToolkit:
        """Return what a reader as after a start of the process works with."""
        self.restart()
        self._toolkit = SourceToolkit(
            "mail", now=self.now, limits=Limits(tries=self.tries), secrets=self._secret, inline=True,
            jitter=random.Random(7),  # noqa: S311 - a seed is what makes a test repeatable
            stored=lambda: iter(list(self.kept.values())),
        )  # fmt: skip
        return self._toolkit

    def connect(self) -> Connector:
        """Return a reader as after a start of the process."""
        toolkit = self.toolkit()
        site = replace(self.site, folder=self.folder)
        self._reader = plugin.build(site, options(**self.settings()), toolkit)
        return self._reader

    @property
    def reader(self) -> Connector:
        """The reader that stands."""
        return self._reader or self.connect()

    def restart(self) -> None:
        """End the reader, as a kill does."""
        if self._reader is not None:
            self._reader.close()
        if self._toolkit is not None:
            self._toolkit.close()
        self._reader = self._toolkit = None

    def look(self) -> list[RawRecord]:
        """Make one pass, page by page into the store; return what it brought."""
        brought: list[RawRecord] = []
        self.problems = []
        for page in self.reader.pages(self.cursor):
            self.keep(page)
            brought += page.records
        return brought

    def keep(self, page: Page) -> None:
        """Store a page, redacted."""
        mapper = self.mapper()
        for record in page.records:
            self.kept[record.ticket, record.part] = mapper.redact(record)
        self.cursor = page.cursor
        self.problems += page.problems

    def mapper(self) -> MailMapper:
        """Return the mapper of this source."""
        return MailMapper(self.site, options(**self.settings()))

    def events(self) -> list[Any]:
        """Return all events of the kept records in order, without when they were noticed."""
        mapper = self.mapper()
        found = [
            (record.ticket, event) for record in self.kept.values() for event in mapper.map(record).timeline.events
        ]
        return sorted(found, key=lambda each: (each[1].at, each[0], each[1].seq or 0, each[1].id))

    def left(self) -> set[str]:
        """Return the tickets that went up into others."""
        mapper = self.mapper()
        return {
            ticket
            for (ticket, part), record in self.kept.items()
            if part == MERGED and mapper.map(record).timeline.events
        }

    def standing(self) -> Mapping[str, str]:
        """Return by message the ticket it stands in."""
        left = self.left()
        return {part: ticket for ticket, part in self.kept if ticket not in left and part != MERGED}

    def _secret(self, ref: SecretRef) -> Secret:
        return Secret(self.secrets.get(ref.env or "", PASSWORD))


def end_readers() -> None:
    """End every reader that a test made."""
    while BENCHES:
        BENCHES.pop().restart()


def named(records: Sequence[RawRecord]) -> set[str]:
    """Return the message ids of records."""
    letters = [record.payload["letter"] for record in records if "letter" in record.payload]
    return {str(letter["message_id"]) for letter in letters if isinstance(letter, dict)}
