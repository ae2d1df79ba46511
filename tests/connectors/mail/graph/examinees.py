"""Examinees of the mail plugin through Graph: a shared mailbox, and a person's."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.mail import plugin
from connectors.mail.simulator.stories import WRITTEN
from syncd.ports.connector import Connector
from syncd.testing.conformance import Examinee
from tests.connectors.mail.graph.desk import URL, Desk

_FEW: Mapping[str, object] = {"conversations_per_day": 4.0, "days": 2.0}


def a_mailbox(options: Mapping[str, Any], script: Mapping[str, object]) -> Callable[[Path], Examinee[Any]]:
    """A few made-up days of a mailbox, read in small pages."""

    def build(folder: Path) -> Examinee[Any]:
        del folder
        desk = Desk({**_FEW, **script}, options, {"batch": 10})
        down = Desk({**_FEW, "faults": [{"kind": "503"}]})

        def reader(of: Desk) -> Callable[[], Connector]:
            return lambda: plugin.build(of.site, of.settings(), of.toolkit())

        values = {**desk.simulator.options(URL), **options}
        token = f"/v1.0/users/{values['backend']['mailbox'].replace('@', '%40')}/example.com/oauth2/v2.0/token"
        return Examinee(
            plugin=plugin, options=values, site=desk.site, connect=reader(desk), wait=desk.now.advance, text=WRITTEN,
            requests=lambda: desk.simulator.asked, asks_by_post=frozenset({token}), broken=reader(down),
        )  # fmt: skip

    return build


EXAMINEES: Mapping[str, Callable[[Path], Examinee[Any]]] = {
    "mail through Graph": a_mailbox({"folders": ["inbox", "inbox/Done"]}, {}),
    "mail through Graph of a person": a_mailbox({"mailbox": "personal"}, {"silent_moves": False}),
}
"""By what is particular about each."""
