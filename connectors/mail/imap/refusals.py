"""The one place where imaplib's words, and the socket's, become ours. What servers say in words is left out of them."""

import imaplib
import ssl

from connectors.mail.imap.answers import code
from connectors.mail.imap.wire import LyingServer
from syncd.errors import (
    SourceError,
    SourceMisunderstood,
    SourceReason,
    SourceRefused,
    SourceThrottled,
    SourceUnavailable,
)

THROTTLED_SECONDS = 60.0
"""What a server that asks for patience is given where it does not say how much (IMAP has no word for it)."""

_BUSY = frozenset({"UNAVAILABLE", "INUSE", "SERVERBUG", "CONTACTADMIN"})
PATIENCE = frozenset({"LIMIT", "OVERQUOTA", "THROTTLED"})
_AUTH = frozenset({"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED"})
_UNCONNECTED = b"authenticated but not connected"
_NO_RIGHTS = (
    "logged in, but the mailbox cannot be opened: the application lacks FullAccess to it (Add-MailboxPermission, for "
    "the object id of the enterprise application), or the user name is not the mailbox's own address"
)
"""What Exchange Online means by a user who is authenticated but not connected."""


def refusal(source: str, what: str, said: bytes, otherwise: SourceReason = "configuration") -> SourceError:
    """Return a NO or BAD to a command as one of our errors; `otherwise` is why, where the server does not say."""
    told = code(said)
    shown = f"{what}: the server refused" + (f" [{told}]" if told else "")
    if _UNCONNECTED in said.lower():
        return SourceRefused(source, "forbidden", f"{what}: {_NO_RIGHTS}")
    if told in PATIENCE or b"throttled" in said.lower() or b"too many" in said.lower():
        return SourceThrottled(source, THROTTLED_SECONDS, shown)
    if told in _BUSY:
        return SourceUnavailable(source, "server", shown)
    if told in _AUTH:
        return SourceRefused(source, "auth", shown)
    if told in ("NOPERM", "NOACL"):
        return SourceRefused(source, "forbidden", shown)
    if told in ("NONEXISTENT", "TRYCREATE"):
        return SourceRefused(source, "configuration", f"{what}: there is no such folder")
    return SourceRefused(source, otherwise, shown)


def translated(source: str, what: str, error: Exception) -> SourceError | None:
    """Return an exception of the connection as one of ours; None for one that is, and for a bug."""
    if isinstance(error, SourceError):
        return None  # ours already
    if isinstance(error, LyingServer):
        return SourceMisunderstood(source, "protocol", f"{what}: {error}")
    if isinstance(error, TimeoutError):
        return SourceUnavailable(source, "timeout", f"{what}: no whole answer in time")
    if isinstance(error, ssl.SSLCertVerificationError):
        return SourceRefused(source, "configuration", f"{what}: the server's certificate: {error.verify_message}")
    if isinstance(error, imaplib.IMAP4.abort):
        return _aborted(source, what, str(error))
    if isinstance(error, imaplib.IMAP4.error):
        return SourceMisunderstood(source, "protocol", f"{what}: the server did not understand, or was not understood")
    if isinstance(error, OSError):
        return SourceUnavailable(source, "network", f"{what}: {type(error).__name__}")
    return None


def _aborted(source: str, what: str, said: str) -> SourceError:
    if "closed the connection" in said:
        return SourceUnavailable(source, "truncated", f"{what}: the server closed the connection")
    if "unexpected" in said or "unterminated" in said:
        return SourceMisunderstood(source, "protocol", f"{what}: an answer that is no IMAP")
    # A BYE: imaplib passes its words on.
    if "throttl" in said.lower() or "too many" in said.lower():
        return SourceThrottled(source, THROTTLED_SECONDS, f"{what}: the server ended the connection for a while")
    return SourceUnavailable(source, "server", f"{what}: the server ended the connection")
