"""Notices by mail, over SMTP with STARTTLS (RFC 3207) or TLS (RFC 8314)."""

import contextlib
import smtplib
import socket
import ssl
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

from syncd.alerting.smtp_failure import failure, refusal
from syncd.alerting.smtp_message import mail
from syncd.alerting.smtp_options import SmtpOptions, checked
from syncd.alerting.telling import telling
from syncd.errors import ConfigError
from syncd.ports.notifier import Envelope
from syncd.ports.now import Now
from syncd.ports.secret import Secret, SecretRef

_PORTS = {"starttls": 587, "tls": 465, "none": 25}

_REMEMBERED = 1_000
"""Notices of which some recipients were refused: who has got them is remembered so that a repeat spares them."""


class SmtpNotifier:
    """`syncd.ports.notifier.Notifier` by mail; one connection for each notice; safe to share between threads.

    A mailbox has no keys: a process killed between hand-over and note sends a mail twice, under one `Message-ID`.
    Messages of errors hold codes only, never addresses or what the server said.
    """

    def __init__(
        self, name: str, options: SmtpOptions, now: Now, secrets: Callable[[SecretRef], Secret]
    ) -> None:  # fmt: skip
        self._name = name
        self._options = options
        self._addresses = checked(name, options)
        self._now = now
        self._password = None if options.password is None else _password(name, options, secrets(options.password))
        self._context = _context(name, options)
        self._lock = threading.Lock()
        self._served: OrderedDict[str, set[str]] = OrderedDict()

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    def deliver(self, envelope: Envelope) -> None:
        """Send one mail to everybody who has not got it yet; returns when the server took it for all of them.

        Raises `DeliveryError`: for good where a recipient, the sender or the mail is refused with 5xx, else to be tried
        again. Those who were not refused have got it then. Tries once.
        """
        told = telling(envelope)
        sender, to = self._addresses.sender, self._addresses.to
        message = mail(told, sender=sender, recipients=to, at=self._now.utc())
        with self._lock:
            served = self._served.get(told.key, set())
        left = [address.addr_spec for address in to if address.addr_spec not in served]
        try:
            refused = self._send(sender.addr_spec, left, message.as_bytes())
        except (smtplib.SMTPException, OSError) as error:
            # Not chained: what the server said may hold addresses.
            raise failure(self._name, error) from None
        with self._lock:
            self._note(told.key, served | (set(left) - refused.keys()), done=not refused)
        if refused:
            raise refusal(self._name, refused, len(to))

    def close(self) -> None:
        """Return; connections do not outlive a delivery."""

    def _note(self, key: str, served: set[str], *, done: bool) -> None:
        self._served.pop(key, None)
        if not done:
            self._served[key] = served
            while len(self._served) > _REMEMBERED:
                self._served.popitem(last=False)

    def _send(self, sender: str, to: Sequence[str], content: bytes) -> dict[str, tuple[int, bytes]]:
        """Return who was refused while others were not; the server has taken the mail for the others."""
        smtp = self._connected()
        try:
            if self._options.security == "starttls":
                smtp.starttls(context=self._context)
            if self._options.username is not None and self._password is not None:
                smtp.login(self._options.username, self._password.reveal())
            refused = smtp.sendmail(sender, to, content)
            # The mail is the server's now: nothing that goes wrong in parting makes it undelivered.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
        finally:
            smtp.close()
        return refused

    def _connected(self) -> smtplib.SMTP:
        options, here = self._options, socket.gethostname()
        port = options.port or _PORTS[options.security]
        if options.security == "tls":
            return smtplib.SMTP_SSL(
                options.host, port, local_hostname=here, timeout=options.timeout_seconds, context=self._context
            )
        return smtplib.SMTP(options.host, port, local_hostname=here, timeout=options.timeout_seconds)


def _password(name: str, options: SmtpOptions, password: Secret) -> Secret:
    """Return a password that smtplib can send; it encodes as ASCII."""
    if not (password.reveal().isascii() and (options.username or "").isascii()):
        raise ConfigError(f"notifier {name}: username and password must be ASCII to log in to a mail server")
    return password


def _context(name: str, options: SmtpOptions) -> ssl.SSLContext | None:
    if options.security == "none":
        return None
    try:
        return ssl.create_default_context(cafile=options.ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigError(f"notifier {name}: ca_file cannot be used: {error.strerror or 'not PEM'}") from None
