"""An IMAP server that misbehaves as told; without being told it is a plain one, with the few commands it is asked."""

import base64
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from tests.connectors.mail.imap.bench import answer, question

Mails = Mapping[int, tuple[datetime, bytes]]
Hook = Callable[["Connection", bytes, bytes], bool]
"""Given a tag and the command behind it: True when it answered, else the server does."""

_SET = re.compile(rb"UID FETCH (\S+) \((.*)\)", re.IGNORECASE)
_PARTIAL = re.compile(rb"BODY\.PEEK\[(HEADER|TEXT|)\]<0\.(\d+)>")


class Connection:
    """One client."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self._unread = b""

    def line(self) -> bytes:
        """Return the next line; raises OSError when there is none."""
        while b"\r\n" not in self._unread:
            data = self.wire.recv(65536)
            if not data:
                raise OSError
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\r\n")
        return line

    def say(self, *lines: bytes) -> None:
        """Send lines."""
        self.wire.sendall(b"".join(line + b"\r\n" for line in lines))


class Scripted:
    """Listens on loopback. `mails` by folder and UID; `hook` sees every command first."""

    def __init__(
        self, mails: Mapping[str, Mails] | None = None, *, hook: Hook | None = None, greeting: bytes = b"* OK ready",
        capability: bytes = b"IMAP4rev1 AUTH=PLAIN", marks: bytes = b"* OK [UIDVALIDITY 7] .",
        tls: ssl.SSLContext | None = None,
    ) -> None:  # fmt: skip
        self.mails = mails or {"INBOX": {1: answer(1), 2: answer(2)}, "Sent": {1: question(1), 2: question(2)}}
        self.hook = hook
        self.greeting = greeting
        self.capability = capability
        self.marks = marks
        self.tls = tls
        self.commands: list[bytes] = []
        self.logins: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join(10)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                wire, _ = self._listener.accept()
                self._open.append(wire)
                self._threads.append(threading.Thread(target=self._talk, args=(wire,), daemon=True))
                self._threads[-1].start()

    def _talk(self, wire: socket.socket) -> None:
        client = Connection(wire)
        with suppress(OSError), wire:
            client.say(self.greeting)
            selected = "INBOX"
            while True:
                tag, _, said = client.line().partition(b" ")
                self.commands.append(said)
                if self.hook is not None and self.hook(client, tag, said):
                    continue
                name = said.split(b" ")[0].upper()
                if name == b"EXAMINE":
                    selected = said.split(b'"')[1].decode()
                    if selected not in self.mails:
                        client.say(tag + b" NO [NONEXISTENT] no such folder")
                        continue
                self._answer(client, tag, name, said, selected)
                if name == b"LOGOUT":
                    return

    def _answer(self, client: Connection, tag: bytes, name: bytes, said: bytes, selected: str) -> None:
        mails = self.mails[selected]
        if name == b"CAPABILITY":
            client.say(b"* CAPABILITY " + self.capability)
        elif name == b"STARTTLS" and self.tls is not None:
            client.say(tag + b" OK go on")
            client.wire = self.tls.wrap_socket(client.wire, server_side=True)
            self._open.append(client.wire)
            return
        elif name == b"AUTHENTICATE":
            client.say(b"+ ")
            self.logins.append(base64.b64decode(client.line()))
        elif name == b"LOGIN":
            self.logins.append(said)
        elif name == b"LIST":
            client.say(*(b'* LIST () "/" "%b"' % folder.encode() for folder in self.mails))
        elif name == b"EXAMINE":
            client.say(b"* %d EXISTS" % len(mails), self.marks)
        elif said.upper().startswith(b"UID SEARCH"):
            client.say(b" ".join([b"* SEARCH", *(b"%d" % uid for uid in mails)]))
        elif found := _SET.match(said):
            self._fetch(client, mails, found[1], found[2])
        elif name == b"LOGOUT":
            client.say(b"* BYE")
        client.say(tag + b" OK done")

    def _fetch(self, client: Connection, mails: Mails, wanted: bytes, items: bytes) -> None:
        uids = asked(wanted, mails)
        for place, uid in enumerate(sorted(mails), start=1):
            if uid in uids:
                client.wire.sendall(row(place, uid, mails[uid], items) + b"\r\n")


def asked(wanted: bytes, mails: Mails) -> set[int]:
    """Return the UIDs of a set that exist; `*` is the last one."""
    last = max(mails, default=0)
    found: set[int] = set()
    for piece in wanted.split(b","):
        ends = [last if end == b"*" else int(end) for end in piece.split(b":")]
        found |= {uid for uid in mails if min(ends) <= uid <= max(ends)}
    return found


def row(place: int, uid: int, filed: tuple[datetime, bytes], items: bytes) -> bytes:
    """Return one FETCH answer without its line end."""
    at, raw = filed
    header, blank, text = raw.partition(b"\r\n\r\n")
    said = [b"UID %d" % uid, b'INTERNALDATE "%b"' % at.strftime("%d-%b-%Y %H:%M:%S +0000").encode()]
    said += [b"RFC822.SIZE %d" % len(raw), rb"FLAGS (\Seen)"]
    for section, size in _PARTIAL.findall(items):
        body = {b"HEADER": header + blank, b"TEXT": text, b"": raw}[section][: int(size)]
        said.append(b"BODY[%b]<0> {%d}\r\n%b" % (section, len(body), body))
    return b"* %d FETCH (%b)" % (place, b" ".join(said))
