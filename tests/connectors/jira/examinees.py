"""Examinees of the Jira plugin: Cloud and Data Center as an agent, and a portal as its customer."""

import atexit
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from connectors.jira import plugin
from connectors.jira.simulator.stories import WRITTEN
from syncd.ports.connector import RawRecord
from syncd.testing.conformance import Examinee
from syncd.transport.served import serve
from tests.connectors.jira.site import ASKED_BY_POST, CLOUD, CUSTOMER, DC, JiraSite


def strange_status(record: RawRecord) -> RawRecord:
    """A ticket in a status of which nobody knows anything."""
    payload = dict(record.payload)
    if "issue" in payload:
        issue: Any = payload["issue"]
        fields = {**issue["fields"], "status": {"id": "999", "name": "Zzz"}}
        payload |= {"issue": {**issue, "fields": fields}, "changelog": []}
    else:
        request: Any = payload["request"]
        status = {**request["currentStatus"], "status": "Zzz", "statusCategory": "zzz"}
        payload |= {"request": {**request, "currentStatus": status}, "statuses": [status]}
    return RawRecord(record.ticket, record.updated_at, payload, record.part)


def a_jira(script: Mapping[str, object]) -> Callable[[Path], Examinee[Any]]:
    """A made-up few days of a site; the `jira` package, which brings its own connections, finds it on loopback."""

    def build(folder: Path) -> Examinee[Any]:
        del folder
        site = JiraSite(
            {"tickets_per_day": 8, "days": 3, **script}, {"page_size": 10, "changelog_page_size": 50, "overlap": 120}
        )
        down = JiraSite({"faults": [{"kind": "503"}], **script})
        served = serve(site.simulator, now=site.now)
        atexit.register(served.close)
        site.url = served.url
        return Examinee(
            plugin=plugin, options={**site.simulator.options(served.url), **site.options}, site=site.site,
            connect=site.reader, wait=site.now.advance, text=WRITTEN, unknown_id="987654321",
            requests=lambda: site.simulator.asked, asks_by_post=ASKED_BY_POST, broken=down.reader,
            strange=strange_status,
        )  # fmt: skip

    return build


EXAMINEES: Mapping[str, Callable[[Path], Examinee[Any]]] = {
    "jira cloud": a_jira(CLOUD),
    "jira cloud that tells histories by expansion only": a_jira({**CLOUD, "faults": [{"kind": "no_changelog"}]}),
    "jira data center": a_jira(DC),
    "jira as a customer": a_jira(CUSTOMER),
}
"""By what is particular about each."""
