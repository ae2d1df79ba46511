"""A mail server on loopback: RFC 5321 as far as a client can tell, with STARTTLS, TLS, a login and a script."""

import base64
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Self

import pytest

needs_openssl = pytest.mark.skipif(
    not shutil.which("openssl"), reason="openssl is not installed (Debian: openssl); run make test as root"
)

HANG_UP = ""
"""Written as a reply: closes the connection instead."""


@dataclass(frozen=True)
class Taken:
    """One mail as it was taken."""

    sender: str
    to: tuple[str, ...]
    content: bytes
    encrypted: bool
    user: str | None

    @property
    def mail(self) -> EmailMessage:
        """The mail as a reader sees it."""
        parsed = message_from_bytes(self.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class MailServer:
    """A running server; `replies` by verb, or by recipient, or `BODY` for the end of a mail, may be changed."""

    port: int = 0
    replies: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """Commands, without what logs in."""
    held: threading.Event | None = None
    """Until it is set, nothing is answered."""


@contextmanager
def serving(
    context: ssl.SSLContext | None = None, *, at_once: bool = False, login: tuple[str, str] | None = None,
    replies: Mapping[str, str] | None = None, held: threading.Event | None = None,
) -> Iterator[MailServer]:  # fmt: skip
    """Yield a server that offers STARTTLS where it has a context, or speaks TLS at once."""
    state = MailServer(replies=dict(replies or {}), held=held)

    class Session(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            # A client that hangs up, or refuses our certificate, ends its session only.
            with suppress(OSError), Conversation(self.request, state, context, at_once, login) as conversation:
                conversation.run()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Session) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield state
        if held is not None:
            held.set()
        server.shutdown()
        thread.join(10)


class Conversation:
    """One session."""

    def __init__(
        self, connection: socket.socket, state: MailServer, context: ssl.SSLContext | None, at_once: bool,
        login: tuple[str, str] | None,
    ) -> None:  # fmt: skip
        self._state = state
        self._context = context
        self._login = login
        self._user: str | None = None
        self._encrypted = False
        self._connection = connection
        self._connection.settimeout(30)
        if at_once:
            self._encrypt()
        self._lines = self._connection.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()
        self._connection.close()

    def run(self) -> None:
        """Answer until the client leaves."""
        if self._state.held is not None:
            self._state.held.wait(30)
            return
        self._say(self._state.replies.get("GREETING", "220 mail.example ready"))
        sender, to = "", list[str]()
        while line := self._lines.readline().decode().rstrip("\r\n"):
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            self._state.heard.append(verb if verb == "AUTH" else line)
            if verb == "AUTH":
                self._say(self._auth(rest))
            elif verb == "STARTTLS":
                self._starttls()
            elif verb == "EHLO":
                self._say(self._state.replies.get("EHLO", self._extensions()))
            elif verb == "MAIL":
                sender, to = rest.partition("<")[2].partition(">")[0], []
                self._say(self._state.replies.get("MAIL", "250 ok"))
            elif verb == "RCPT":
                address = rest.partition("<")[2].partition(">")[0]
                reply = self._state.replies.get(address, "250 ok")
                to += [address] if reply.startswith("250") else []
                self._say(reply)
            elif verb == "DATA":
                self._data(sender, to)
            else:
                self._say(self._state.replies.get(verb, "221 bye" if verb == "QUIT" else "250 ok"))

    def _data(self, sender: str, to: list[str]) -> None:
        reply = self._state.replies.get("DATA", "354 go on")
        self._say(reply)
        if not reply.startswith("354"):
            return
        content = bytearray()
        while (line := self._lines.readline()) != b".\r\n":
            assert line.endswith(b"\r\n")
            content += line[1:] if line.startswith(b".") else line
        reply = self._state.replies.get("BODY", "250 taken")
        if reply.startswith("250"):
            self._state.taken.append(Taken(sender, tuple(to), bytes(content), self._encrypted, self._user))
        self._say(reply)

    def _auth(self, rest: str) -> str:
        user, password = base64.b64decode(rest.split()[1]).decode().split("\0")[1:]
        if "AUTH" in self._state.replies or (user, password) != self._login:
            return self._state.replies.get("AUTH", f"535 5.7.8 {user} is not welcome")
        self._user = user
        return "235 welcome"

    def _starttls(self) -> None:
        self._say(self._state.replies.get("STARTTLS", "220 go on"))
        if "STARTTLS" not in self._state.replies:
            self._lines.close()
            self._encrypt()
            self._lines = self._connection.makefile("rb")

    def _extensions(self) -> str:
        offered = ["mail.example"]
        offered += ["STARTTLS"] if self._context is not None and not self._encrypted else []
        offered += ["AUTH PLAIN"] if self._login is not None and self._encrypted else []
        return "\r\n".join([*(f"250-{each}" for each in offered), "250 HELP"])

    def _encrypt(self) -> None:
        assert self._context is not None
        self._connection = self._context.wrap_socket(self._connection, server_side=True)
        self._encrypted = True

    def _say(self, reply: str) -> None:
        if reply == HANG_UP:
            self._connection.shutdown(socket.SHUT_RDWR)
            self._connection.close()
            raise ConnectionAbortedError
        self._connection.sendall(f"{reply}\r\n".encode())


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """Return a server's context with a new certificate for localhost, and the file by which clients trust it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-keyout", str(key), "-out", str(cert), "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, str(cert)
