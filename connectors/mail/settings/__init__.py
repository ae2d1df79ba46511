"""The options of a mail source."""

from connectors.mail.settings.backends import Backend, GraphBackend, ImapBackend, MaildirBackend
from connectors.mail.settings.options import LimitOptions, MailOptions, VendorRule
from connectors.mail.settings.signals import SignalRule

__all__ = [
    "Backend",
    "GraphBackend",
    "ImapBackend",
    "LimitOptions",
    "MailOptions",
    "MaildirBackend",
    "SignalRule",
    "VendorRule",
]
