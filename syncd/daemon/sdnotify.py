"""Tells systemd how the service stands (sd_notify(3)): one datagram to the socket it named, nothing elsewhere."""

import os
import socket


def notify(state: str) -> bool:
    """Send a state such as `READY=1`; returns whether somebody was told.

    `NOTIFY_SOCKET` beginning with `@` names an abstract socket. Nobody listening there is no reason to fail.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return False
    target = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as outlet:
        try:
            outlet.sendto(state.encode(), target)
        except OSError:
            return False
    return True
