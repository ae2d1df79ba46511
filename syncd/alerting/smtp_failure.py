"""What a mail server's refusal means for the notice: for good (5xx) or for now (4xx), RFC 5321 section 4.2.1."""

import smtplib
import ssl
from collections.abc import Mapping

from syncd.errors import DeliveryError

_FOR_GOOD = 500


def failure(name: str, error: Exception) -> DeliveryError:
    """Return the error to raise for one of smtplib or of the network; never holds what the server said.

    A refused login, a missing STARTTLS and a certificate are not for good: a person may set them right meanwhile.
    """
    # smtplib says of a wait that ran out while reading that the server hung up.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return DeliveryError(name, "timeout", "no answer in time")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return refusal(name, error.recipients, len(error.recipients))
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryError(name, "rejected", "the server offers no STARTTLS, or no login")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        what = "the login was refused" if error.smtp_code >= _FOR_GOOD else "the login failed for now"
        return DeliveryError(name, "auth" if error.smtp_code >= _FOR_GOOD else "server", f"{what}: {error.smtp_code}")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return DeliveryError(name, "network", "the server hung up")
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        what = "sender" if isinstance(error, smtplib.SMTPSenderRefused) else "mail"
        return _coded(name, error.smtp_code, f"the {what} was refused")
    if isinstance(error, smtplib.SMTPResponseException):
        # The greeting, EHLO or STARTTLS: nothing about this mail.
        return DeliveryError(name, "server", f"the server answered {error.smtp_code}")
    if isinstance(error, smtplib.SMTPException):
        return DeliveryError(name, "rejected", f"no way to log in: {type(error).__name__}")
    if isinstance(error, ssl.SSLError):
        return DeliveryError(name, "network", f"no encryption: {error.reason or type(error).__name__}")
    return DeliveryError(name, "network", f"no answer: {type(error).__name__}")


def refusal(name: str, refused: Mapping[str, tuple[int, bytes]], of: int) -> DeliveryError:
    """Return the error for refused recipients; to be tried again as long as one of them was refused for now only."""
    codes = sorted({code for code, _ in refused.values()})
    what = f"{len(refused)} of {of} recipients refused: {', '.join(map(str, codes))}"
    return _coded(name, min(codes), what, code_told=True)


def _coded(name: str, code: int, what: str, *, code_told: bool = False) -> DeliveryError:
    text = what if code_told else f"{what}: {code}"
    if code < _FOR_GOOD:
        return DeliveryError(name, "server", text)
    return DeliveryError(name, "rejected", text, permanent=True)
