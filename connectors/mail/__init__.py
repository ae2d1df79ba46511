"""Reads mailboxes: conversations with vendors by mail become measured tickets."""

from connectors.mail.client import build_reader
from connectors.mail.mapping import MailMapper
from connectors.mail.settings import MailOptions
from connectors.mail.simulator import build_simulator
from syncd.ports.connector import Plugin

plugin = Plugin(
    kind="mail",
    options=MailOptions,
    mapper=MailMapper,
    build=build_reader,
    simulator=build_simulator,
    offline={"backend": {"kind": "maildir", "path": "mail"}},
    rereads=False,
)
