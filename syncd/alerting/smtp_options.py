"""Options of a notifier of kind `smtp`, and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import ClassVar, Literal

from syncd.errors import ConfigError
from syncd.ports.secret import SecretRef

Security = Literal["starttls", "tls", "none"]

_SPECIAL = frozenset('()<>[]:;@\\,"')
"""What makes a local part need quotes (RFC 5322 section 3.2.3); such addresses are refused."""

_LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpOptions:
    """Options of a notifier of kind `smtp`."""

    __pydantic_config__: ClassVar[Mapping[str, str]] = {"extra": "forbid"}
    """Read where settings validates this type; here it is a plain dataclass."""

    host: str = field(metadata={"description": "The mail server that takes our mails.", "min_length": 1})
    port: int | None = field(
        default=None,
        metadata={"description": "Its port; 587 for starttls, 465 for tls, 25 for none.", "ge": 1, "le": 65_535},
    )
    security: Security = field(
        default="starttls",
        metadata={"description": "starttls (demanded, never skipped), tls from the first byte, or none."},
    )
    ca_file: str | None = field(
        default=None, metadata={"description": "Absolute path of certificates to trust in place of the system's."}
    )
    username: str | None = field(default=None, metadata={"description": "Name to log in with; no login without it."})
    password: SecretRef | None = field(default=None, metadata={"description": "Password to log in with."})
    sender: str = field(repr=False, metadata={"description": "Address that mails come from, and bounces go to."})
    to: tuple[str, ...] = field(
        repr=False, metadata={"description": "Addresses that mails go to.", "min_length": 1, "max_length": 50}
    )
    timeout_seconds: float = field(
        default=20.0, metadata={"description": "How long the server may take for each answer.", "gt": 0}
    )


@dataclass(frozen=True, slots=True)
class Addresses:
    """Whom mails come from and go to, checked."""

    sender: Address
    to: tuple[Address, ...]


def checked(name: str, options: SmtpOptions) -> Addresses:
    """Return the addresses; raises `ConfigError`, quoting none of them, for options that cannot be used."""
    findings = []
    if (options.username is None) != (options.password is None):
        findings.append("username and password belong together")
    if options.security == "none" and options.username is not None:
        findings.append("a password is not sent without encryption: set security to starttls or tls")
    if not options.timeout_seconds > 0:
        findings.append("timeout_seconds must be greater than 0")
    if not options.host or not options.host.isprintable() or " " in options.host:
        findings.append("host must name a mail server")
    if not options.to:
        findings.append("to must name somebody")
    given = {"sender": options.sender, **{f"to, number {n}": text for n, text in enumerate(options.to, start=1)}}
    parsed = {at: _address(text) for at, text in given.items()}
    findings += [f"{at}: must look like name@example.com" for at, address in parsed.items() if address is None]
    if findings:
        raise ConfigError(findings=[f"notifier {name}: {finding}" for finding in findings])
    sender, *to = [address for address in parsed.values() if address is not None]
    return Addresses(sender, tuple(to))


def _address(text: str) -> Address | None:
    """Return an address that is safe in a header and in a command: ASCII, no quotes, no spaces, no line ends."""
    local, at, domain = text.rpartition("@")
    sound = text.isascii() and text.isprintable() and " " not in text and not _SPECIAL & set(local + domain)
    if not (sound and local and at and domain and domain.strip(".") == domain and len(text) <= _LONGEST_ADDRESS):
        return None
    if local.startswith(".") or local.endswith(".") or ".." in text:
        return None
    return Address(username=local, domain=domain)
