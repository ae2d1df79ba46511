"""Mail through Microsoft Graph: `GraphMailbox` is what the live reader reads."""

from connectors.mail.graph.mailbox import GraphMailbox

__all__ = ["GraphMailbox"]
