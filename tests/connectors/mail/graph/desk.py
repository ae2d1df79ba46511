"""A simulated mailbox in Graph, the back end in front of it, one virtual clock, and a shelf that keeps copies."""

import json
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from connectors.mail.graph import GraphMailbox
from connectors.mail.letter import Letter
from connectors.mail.mailbox import Copy, Look
from connectors.mail.settings import MailOptions
from connectors.mail.simulator import GraphSimulator, build_simulator
from connectors.mail.simulator.box import Change
from connectors.mail.simulator.stories import MAILBOX
from syncd.domain.problem import Problem
from syncd.ports.connector import Parties, RawRecord, Site
from syncd.ports.secret import Secret, SecretRef
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from syncd.transport.simulated import SimulatorTransport
from syncd.transport.toolkit import SourceToolkit
from tests.connectors.mail.letters import mail

URL = "http://127.0.0.1:8080"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
QUIET: Mapping[str, object] = {"conversations_per_day": 0.0}
FOLDERS: Mapping[str, Any] = {"folders": ["inbox", "inbox/Done"]}


K = TypeVar("K", bound=SourceToolkit)


class Recorded:
    """A simulator that remembers what it was asked."""

    def __init__(self, inner: GraphSimulator) -> None:
        self.inner = inner
        self.asked: list[HttpRequest] = []
        self.before: Callable[[HttpRequest], None] = lambda _: None
        self.after: Callable[[HttpRequest, HttpResponse], HttpResponse] = lambda _, answer: answer

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        """Remember, and answer."""
        self.asked.append(request)
        self.before(request)
        return self.after(request, self.inner.respond(request, now))

    def options(self, base_url: str) -> Mapping[str, object]:
        """The simulator's own."""
        return self.inner.options(base_url)

    def credentials(self) -> Mapping[str, str]:
        """The simulator's own."""
        return self.inner.credentials()


@dataclass
class Shelf:
    """What a reader remembers: where copies are, and what was read of them; see `Known`."""

    copies: dict[str, Copy] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    reads: list[str] = field(default_factory=list)
    """Message ids in the order in which they were read."""
    gone: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    silent: Callable[[Letter], bool] = lambda _: False

    def holds(self, key: str) -> bool:
        """Whether it was read and lies where it was."""
        return key in self.copies

    def keys(self, folder: str) -> Collection[str]:
        """Copies in a folder."""
        return {key for key, copy in self.copies.items() if copy.folder == folder}

    def unstored(self, folder: str) -> Collection[str]:
        """Copies without a record in a folder."""
        return {key for key in self.keys(folder) if self.silent(self.letters[key])}

    def take(self, look: Look) -> None:
        """Take a look in, as the reader does: copies first."""
        for copy in look.copies:
            if copy.letter is not None:
                assert copy.key not in self.copies, "a message that is known was read again"
                self.letters[copy.key] = copy.letter
                self.reads.append(copy.letter.message_id)
            assert copy.key in self.letters, "a copy of a message that was never read"
            self.copies[copy.key] = copy
        for key in look.gone:
            self.copies.pop(key, None)
            self.gone.append(key)
        self.problems = [*look.problems] or self.problems

    def where(self) -> list[tuple[str, str]]:
        """Message ids and folders of all copies."""
        return sorted((self.letters[key].message_id, copy.folder) for key, copy in self.copies.items())

    def forgotten(self) -> "Shelf":
        """What a start leaves: copies with a record."""
        kept = {key: copy for key, copy in self.copies.items() if not self.silent(self.letters[key])}
        return Shelf(kept, {key: self.letters[key] for key in kept}, silent=self.silent)


@dataclass
class Desk:
    """One mailbox and its readers; `script` and `options` are added to the usual ones."""

    script: Mapping[str, object] = field(default_factory=lambda: QUIET)
    options: Mapping[str, Any] = field(default_factory=dict)
    backend: Mapping[str, Any] = field(default_factory=dict)
    backfill_from: datetime | None = None
    parties: Parties = field(default_factory=Parties)
    limits: Limits = field(default_factory=Limits)
    inline: bool = True

    def __post_init__(self) -> None:
        self.now = VirtualNow(NOON)
        self.simulator = Recorded(build_simulator(1, self.script))
        self.box = self.simulator.inner.box
        self.shelf = Shelf()
        self.cursor: str | None = None
        self.site = Site("mail", self.parties, backfill_from=self.backfill_from)
        self.toolkits: list[SourceToolkit] = []

    def settings(self) -> MailOptions:
        """The options, validated."""
        values = {**self.simulator.options(URL), **self.options}
        values["backend"] = {**values["backend"], **self.backend}
        return MailOptions.model_validate(values)

    def toolkit(self) -> SourceToolkit:
        """What the core would lend."""
        return self.toolkit_of(SourceToolkit)

    def toolkit_of(self, kind: type[K]) -> K:
        """The same, of a kind of its own."""
        secrets = self.simulator.credentials()

        def secret(ref: SecretRef) -> Secret:
            return Secret(secrets[ref.env or ""])

        toolkit = kind(
            "mail", now=self.now, limits=self.limits, secrets=secret, inline=self.inline, jitter=random.Random(1),  # noqa: S311  back-off, nothing secret
            mount=SimulatorTransport(self.simulator, self.now), stored=lambda: iter(self.stored()),
        )  # fmt: skip
        self.toolkits.append(toolkit)
        return toolkit

    def stored(self) -> list[RawRecord]:
        """What the store would keep."""
        return []

    def mailbox(self) -> GraphMailbox:
        """The back end as after a start."""
        return GraphMailbox(self.site, self.settings(), self.toolkit())

    def read(self, mailbox: GraphMailbox | None = None, *, looks: int | None = None) -> list[Look]:
        """One pass, or only its first looks; the place is kept as the store would, after each of them."""
        source = mailbox or self.mailbox()
        place = None if self.cursor is None else json.loads(self.cursor)
        taken = []
        for look in source.looks(place, self.shelf):
            self.shelf.take(look)
            taken.append(look)
            self.cursor = json.dumps(source.place())
            if len(taken) == looks:
                break
        return taken

    def restart(self) -> None:
        """Forget what does not outlive a start."""
        self.shelf = self.shelf.forgotten()

    def deliver(self, name: str, folder: str = "inbox", *, minute: int = 0, **fields: Any) -> None:
        """Put a message into a folder, at a minute after noon of the virtual day's clock."""
        at = NOON + timedelta(minutes=minute)
        more = {key: fields.pop(key) for key in ("draft", "size", "categories") if key in fields}
        raw = mail(f"{name}@v", minute=240 + minute, **fields)
        self.box.plan(Change(at, "deliver", name, folder, raw, **more))

    def move(self, name: str, folder: str) -> None:
        """Move a message, now."""
        self.box.plan(Change(self.now.utc(), "move", name, folder))
        self.box.advance(self.now.utc())

    def mark(self, name: str, *categories: str, flag: str | None = None) -> None:
        """Set a message's categories or flag, now."""
        self.box.plan(Change(self.now.utc(), "mark", name, categories=categories, flag=flag))
        self.box.advance(self.now.utc())

    def delete(self, name: str) -> None:
        """Delete a message for good, now."""
        self.box.plan(Change(self.now.utc(), "delete", name))
        self.box.advance(self.now.utc())

    def asked(self, part: str = "") -> list[HttpRequest]:
        """The requests whose path holds something."""
        return [request for request in self.simulator.asked if part in request.path]

    def truth(self) -> list[tuple[str, str]]:
        """Message ids and the well-known names or paths of the folders they lie in."""
        names = {number: name for name, number in self.box.names.items()}
        return sorted(
            (f"{names[each.number]}@v", self.box.folders[each.folder].well_known or self.box.folders[each.folder].name)
            for each in self.box.messages.values()
        )

    def close(self) -> None:
        """Let go of the transports."""
        for toolkit in self.toolkits:
            toolkit.close()


def three(desk: Desk) -> None:
    """Three messages, one of them sent."""
    desk.deliver("b", minute=-20)
    desk.deliver("a", "sentitems", minute=-30)
    desk.deliver("c", minute=-10)


__all__ = ["FOLDERS", "MAILBOX", "NOON", "QUIET", "URL", "Desk", "Recorded", "Shelf", "three"]
