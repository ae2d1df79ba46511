"""An examinee for every connector that ships: where its source is, and what is odd on purpose there."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.servicenow import plugin as servicenow
from connectors.servicenow.client import TOKEN_PATH
from connectors.timeline import plugin as timeline
from syncd.ports.connector import RawRecord, Site
from syncd.ports.secret import Secret
from syncd.testing.conformance import Examinee
from syncd.testing.virtual_now import VirtualNow
from syncd.transport.limits import Limits
from syncd.transport.toolkit import SourceToolkit
from tests.connectors.jira.examinees import EXAMINEES as JIRA
from tests.connectors.mail.graph.examinees import EXAMINEES as GRAPH
from tests.connectors.mail.imap.examinee import EXAMINEES as IMAP
from tests.connectors.mail.test_files import examinee as a_mailbox
from tests.connectors.servicenow.instance import NOON, Instance


def strange_state(record: RawRecord) -> RawRecord:
    """A ServiceNow ticket that ends in a state nobody configured."""
    fields = {**_mapping(record.payload["record"]), "state": "-100"}
    payload = {**record.payload, "record": fields, "audit": []}
    return RawRecord(record.ticket, record.updated_at, payload, record.part)


def _mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value


def a_servicenow(script: Mapping[str, object]) -> Callable[[Path], Examinee[Any]]:
    """A made-up week of an instance, read in small pages."""

    def build(folder: Path) -> Examinee[Any]:
        del folder
        instance = Instance({"tickets_per_day": 12, "days": 3, **script}, {"page_size": 10, "batch": 7})
        down = Instance({"faults": [{"kind": "503"}], "rows": {}, **script})
        return Examinee(
            plugin=servicenow, options={**instance.simulator.options("http://127.0.0.1:8080")}, site=instance.site,
            connect=instance.reader, wait=instance.now.advance, text="We are working on it.", unknown_id="f" * 32,
            requests=lambda: instance.simulator.asked, asks_by_post=frozenset({TOKEN_PATH}), broken=down.reader,
            strange=strange_state,
        )  # fmt: skip

    return build


def line(ticket: int, at: datetime, *, until: int) -> dict[str, object]:
    """One ticket of a timeline file, with as many events as happened by then."""

    def stamp(hours: int) -> str:
        return (at + timedelta(hours=hours)).isoformat()

    events: list[dict[str, object]] = [
        {"id": "a", "at": stamp(0), "kind": "opened", "by": "customer", "priority": "P2", "vendor": "acme"},
        {"id": "b", "at": stamp(1), "kind": "message", "by": "vendor"},
        {"id": "c", "at": stamp(30), "kind": "phase", "by": "vendor", "to": "resolved"},
    ]
    return {
        "format": 1,
        "source": "elsewhere",
        "ticket": f"T-{ticket}",
        "comment": "Dear all,",
        "events": events[:until],
    }


def a_timeline(folder: Path) -> Examinee[Any]:
    """Two files of tickets, which are written again with more events when time passes."""

    def write(until: int) -> None:
        for file in range(2):
            lines = [json.dumps(line(file * 1000 + n, NOON, until=until)) for n in range(250)]
            (folder / f"{file}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def reader(path: str) -> Any:
        site = Site("files", folder=folder)
        now = VirtualNow(NOON)
        toolkit = SourceToolkit("files", now=now, limits=Limits(), secrets=lambda _: Secret("none"), inline=True)
        toolkit.close()
        return timeline.build(site, timeline.options(path=path), toolkit)

    write(2)
    return Examinee(
        plugin=timeline, options={"path": "."}, site=Site("files", folder=folder), connect=lambda: reader("."),
        wait=lambda _: write(3), text="Dear all,", broken=lambda: reader("nowhere.jsonl"),
    )  # fmt: skip


EXAMINEES: Mapping[str, tuple[str, Callable[[Path], Examinee[Any]]]] = {
    **{name: ("jira", build) for name, build in JIRA.items()},
    "mail from a Maildir": ("mail", a_mailbox),
    **{name: ("mail", build) for name, build in (*GRAPH.items(), *IMAP.items())},
    "servicenow": ("servicenow", a_servicenow({})),
    "servicenow without history": ("servicenow", a_servicenow({"rights": {"tables": {"sys_audit": "empty"}}})),
    "servicenow with hidden tickets": ("servicenow", a_servicenow({"rights": {"hidden": {"incident": "priority=3"}}})),
    "timeline": ("timeline", a_timeline),
}
"""By what is particular about each: the kind, and how to build it in a folder."""
