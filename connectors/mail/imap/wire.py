"""One connection: the standard library's imaplib under bounds of our own.

imaplib waits for each read anew, so a server that drips never trips it, and reads a literal of whatever size it is
told. Here every command has a deadline as a whole, and literals, lines and answers have a largest size.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

LITERAL_BYTES = 2 * 1024 * 1024
"""Of one literal; a header or a text that we ask for in part is never as large."""
LINE_BYTES = 1_000_000
ANSWER_BYTES = 256 * 1024 * 1024
"""Of everything that answers one command."""

_CHUNK = 65_536
_FETCHED = re.compile(rb"\* (\d+) FETCH (.*)\r\n")
_LITERAL = re.compile(rb"\{(\d+)\}$")
_ASKING = frozenset({"CAPABILITY", "ENABLE", "EXAMINE", "LIST", "LOGIN", "NOOP", "STARTTLS"})
_ASKING_BY_UID = frozenset({"FETCH", "SEARCH"})

Untagged = Mapping[str, Sequence[Any]]
"""Untagged answers by their type, as imaplib collects them: texts, and pairs of a text and its literal."""


class LyingServer(Exception):
    """What came cannot be an answer: too large, or not what IMAP says."""


class Wire(imaplib.IMAP4):
    """A connection whose commands end in time. `allow` begins the time of the next one."""

    def __init__(
        self, host: str, port: int, *, tls: ssl.SSLContext | None, seconds: float, clock: Callable[[], float]
    ) -> None:
        self._clock = clock
        self._tls = tls
        self._unread = bytearray()
        self._left = ANSWER_BYTES
        self._deadline = clock() + seconds
        super().__init__(host, port, timeout=seconds)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect, with TLS from the start if that is wanted."""
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), timeout)
        if self._tls is not None:
            try:
                self.sock = self._tls.wrap_socket(self.sock, server_hostname=host)
            except BaseException:
                self.sock.close()
                raise

    def shutdown(self) -> None:
        """Close the connection, whatever state it is in."""
        self.sock.close()

    def allow(self, seconds: float) -> None:
        """Begin the time, and the room, of a command."""
        self._deadline = self._clock() + seconds
        self._left = ANSWER_BYTES

    def read(self, size: int) -> bytes:
        """Return a literal of a size."""
        if size > LITERAL_BYTES:
            raise LyingServer(f"a literal of {size} bytes")
        while len(self._unread) < size:
            self._receive()
        return self._taken(size)

    def readline(self) -> bytes:
        """Return the next line with its end that is no answer to FETCH.

        Such answers come by the thousand; they are noted as imaplib notes them, without its patience for each line.
        """
        line = self._line()
        while (fetched := _FETCHED.fullmatch(line)) is not None:
            noted = self.untagged_responses.setdefault("FETCH", [])
            said = b"%b %b" % fetched.groups()
            while said.endswith(b"}") and (announced := _LITERAL.search(said)) is not None:
                noted.append((said, self.read(int(announced[1]))))
                said = self._line()
                if not said.endswith(b"\r\n"):
                    raise self.abort("unterminated line")
                said = said[:-2]
            noted.append(said)
            line = self._line()
        return line

    def _line(self) -> bytes:
        searched = 0
        while (end := self._unread.find(b"\n", searched)) < 0:
            searched = len(self._unread)
            if searched > LINE_BYTES:
                raise LyingServer("a line without end")
            self._receive()
        return self._taken(end + 1)

    def send(self, data: Any) -> None:
        """Send a command, or what belongs to it."""
        self.sock.settimeout(self._remaining())
        self.sock.sendall(data)

    def encrypt(self, tls: ssl.SSLContext) -> None:
        """Go on under TLS (STARTTLS); raises if that is refused, never goes on without."""
        status, _ = self.xatom("STARTTLS")
        if status != "OK":
            raise self.error("STARTTLS was refused")
        if self._unread:
            # Whoever put it there is not the server at the other end of the encryption (RFC 3501, section 11.1).
            raise LyingServer("an answer before the encryption that was to protect it")
        self.sock = tls.wrap_socket(self.sock, server_hostname=self.host)
        self.xatom("CAPABILITY")
        self.capabilities = _words(self.untagged_responses.pop("CAPABILITY", []))

    def enter(self, mechanism: str, respond: Callable[[bytes], bytes]) -> None:
        """Log in by a SASL mechanism; raises imaplib's error with the server's word if that is refused."""
        self.untagged_responses.clear()
        self.authenticate(mechanism, respond)
        self._entered()

    def enter_plainly(self, user: bytes, password: bytes) -> None:
        """Log in by the command LOGIN, for servers without AUTH=PLAIN."""
        status, _, said = self.ask("LOGIN", user, password)
        if status != "OK":
            raise self.error(said.decode("utf-8", "replace"))
        self.state = "AUTH"
        self._entered()

    def _entered(self) -> None:
        """Take what is offered now; servers tell more once they know who asks."""
        told = self.untagged_responses.pop("CAPABILITY", [])
        if not told:
            self.xatom("CAPABILITY")
            told = self.untagged_responses.pop("CAPABILITY", [])
        self.capabilities = _words(told)

    def ask(self, name: str, *words: bytes) -> tuple[str, Untagged, bytes]:
        """Send a command that changes nothing; return its status, the untagged answers, the words behind the status.

        Every command goes through here or through the logins above, so none of another name can be sent.
        """
        asking = name in _ASKING or (name == "UID" and words[0].decode() in _ASKING_BY_UID)
        if not asking or (name == "UID" and b"BODY[" in b"".join(words)):
            raise ValueError(f"{name} may change something: not sent")
        self.untagged_responses.clear()
        self.is_readonly = True
        try:
            status, data = self.xatom(name, *words)  # type: ignore[arg-type]  # imaplib takes bytes as they are
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as bad:  # imaplib raises for BAD what it returns for NO
            status, data = "BAD", [str(bad).encode()]
        if name == "EXAMINE":
            self.state = "SELECTED" if status == "OK" else "AUTH"
        said = data[-1] if data and isinstance(data[-1], bytes) else b""
        return status, dict(self.untagged_responses), said

    def leave(self) -> None:
        """Say goodbye, for a second at most, and close."""
        self.allow(1.0)
        with suppress(OSError, imaplib.IMAP4.error, LyingServer):
            self.xatom("LOGOUT")
        self.shutdown()

    def _remaining(self) -> float:
        left = self._deadline - self._clock()
        if left <= 0:
            raise TimeoutError("the command took too long")
        return left

    def _receive(self) -> None:
        self.sock.settimeout(self._remaining())
        data = self.sock.recv(_CHUNK)
        if not data:
            raise self.abort("the server closed the connection")
        self._left -= len(data)
        if self._left < 0:
            raise LyingServer("an answer without end")
        self._unread += data

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken


def _words(answers: Sequence[Any]) -> tuple[str, ...]:
    said = b" ".join(each for each in answers if isinstance(each, bytes))
    return tuple(said.decode("ascii", "replace").upper().split())
