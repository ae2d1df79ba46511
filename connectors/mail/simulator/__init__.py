"""A faithful little Microsoft Graph with one mailbox: changes, lists, messages in MIME, traps included."""

from connectors.mail.simulator.build import build_simulator
from connectors.mail.simulator.server import GraphSimulator

__all__ = ["GraphSimulator", "build_simulator"]
