"""Reads mailboxes: conversations with vendors by mail become measured tickets."""

from collections.abc import Mapping

from connectors.mail.mapping import MailMapper
from connectors.mail.settings import MailOptions
from syncd.ports.connector import Connector, Plugin, Simulator, Site
from syncd.ports.toolkit import Toolkit


def _build(site: Site, options: MailOptions, toolkit: Toolkit) -> Connector:
    from connectors.mail.client import build_reader  # noqa: PLC0415 - every command loads the plugin, few read with it

    return build_reader(site, options, toolkit)


def _simulator(seed: int, script: Mapping[str, object]) -> Simulator:
    from connectors.mail.simulator import build_simulator  # noqa: PLC0415 - as above

    return build_simulator(seed, script)


plugin = Plugin(
    kind="mail",
    options=MailOptions,
    mapper=MailMapper,
    build=_build,
    simulator=_simulator,
    offline={"backend": {"kind": "maildir", "path": "mail"}},
    rereads=False,
)
