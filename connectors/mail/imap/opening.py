"""A connection as it is opened: encrypted before anything is said on it, logged in, told what would make it cheap."""

import imaplib
import ssl
from collections.abc import Callable
from pathlib import Path

from connectors.mail.imap.login import Login
from connectors.mail.imap.refusals import refusal
from connectors.mail.imap.wire import Wire
from connectors.mail.settings import ImapBackend
from syncd.errors import ConfigError, SourceRefused


def trust(backend: ImapBackend, folder: Path) -> ssl.SSLContext | None:
    """Return which certificates are believed, the system's and those of the configured file; None without TLS."""
    if backend.security == "none":
        return None
    believed = ssl.create_default_context()
    if backend.ca_file is not None:
        try:
            believed.load_verify_locations(folder / backend.ca_file)
        except OSError as unread:  # ssl's own errors are OSErrors as well
            raise ConfigError(f"backend.ca_file: {backend.ca_file} holds no certificates that can be read") from unread
    return believed


def opened(
    source: str, backend: ImapBackend, tls: ssl.SSLContext | None, login: Login, clock: Callable[[], float]
) -> Wire:
    """Return a connection that is logged in; raises what `refusals.translated` knows."""
    starts = backend.security == "tls"
    wire = Wire(
        backend.host, backend.port or (993 if starts else 143), tls=tls if starts else None,
        seconds=backend.command_timeout, clock=clock,
    )  # fmt: skip
    try:
        if backend.security == "starttls" and tls is not None:
            _encrypt(source, wire, tls)
        if wire.state != "AUTH":
            _enter(source, wire, login)
    except BaseException:
        wire.shutdown()
        raise
    return wire


def _encrypt(source: str, wire: Wire, tls: ssl.SSLContext) -> None:
    """Go on under TLS. A server that offers none, or greets us as logged in already, gets no word in clear."""
    if "STARTTLS" not in wire.capabilities or wire.state == "AUTH":
        message = "connection: the server offers no STARTTLS, and nothing is said to it in clear"
        raise SourceRefused(source, "configuration", message)
    wire.encrypt(tls)


def _enter(source: str, wire: Wire, login: Login) -> None:
    try:
        login.enter(wire)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refused:
        # The server's own word may name the user; only its code is kept.
        raise refusal(source, "login", str(refused).encode(), "auth") from None


def resyncing(wire: Wire) -> bool:
    """Ask for what makes looking again cheap; tell whether the server will say what vanished (RFC 7162)."""
    offered = set(wire.capabilities)
    if "ENABLE" not in offered or not offered & {"QRESYNC", "CONDSTORE"}:
        return False
    status, untagged, _ = wire.ask("ENABLE", b"QRESYNC" if "QRESYNC" in offered else b"CONDSTORE")
    # Some servers confirm with an empty list; then what EXAMINE says of MODSEQ decides, and nothing vanishes aloud.
    told = b" ".join(each for each in untagged.get("ENABLED", ()) if isinstance(each, bytes))
    return status == "OK" and b"QRESYNC" in told.upper().split()
