"""The reading half: which back end reads a source's mail."""

from collections.abc import Mapping

from connectors.mail.graph import GraphMailbox
from connectors.mail.imap.mailbox import ImapMailbox
from connectors.mail.live import Build, live
from connectors.mail.maildir import MaildirReader
from connectors.mail.settings import MailOptions
from syncd.ports.connector import Connector, Site
from syncd.ports.toolkit import Toolkit

BACKENDS: Mapping[str, Build] = {"graph": live(GraphMailbox), "imap": live(ImapMailbox), "maildir": MaildirReader}
"""How the connector of each kind of back end is built; `live` builds one over a `mailbox.Mailbox`."""


def build_reader(site: Site, options: MailOptions, toolkit: Toolkit) -> Connector:
    """Return the connector of the configured back end."""
    return BACKENDS[options.backend.kind](site, options, toolkit)
