"""`syncd check --connect` says who answers, what may be read, and which folders there are, each in a line."""

from collections.abc import Mapping
from typing import Any

import pytest

from syncd.errors import SourceUnavailable
from syncd.ports.connector import CheckLine
from tests.connectors.mail.graph.desk import MAILBOX, Desk

SIGNAL = {"name": "done", "folders": ["Elsewhere"], "phase": "closed"}


def lines(script: Mapping[str, object] | None = None, **more: Any) -> dict[str, CheckLine]:
    desk = Desk({"conversations_per_day": 0.0, **(script or {})}, **more)
    desk.deliver("a", "sentitems", minute=-30)
    desk.deliver("b", minute=-20)
    found = desk.mailbox().check()
    desk.close()
    return {line.subject: line for line in found}


def test_a_mailbox_that_can_be_read_passes_line_by_line() -> None:
    found = lines()
    assert list(found) == [MAILBOX, "INBOX", "sentitems", "changes", "messages"]
    assert all(line.ok for line in found.values())
    assert found[MAILBOX].detail == "answers to the application of tenant example.com"
    assert found["INBOX"].detail == "1 messages"


@pytest.mark.parametrize(
    ("script", "backend", "says"),
    [
        pytest.param({"roles": []}, {}, "permission Mail.Read", id="no consent"),
        pytest.param({}, {"tenant": "other.example"}, "tenant, client id and secret", id="another tenant"),
        pytest.param({}, {"client_id": {"env": "GRAPH_CLIENT_SECRET"}}, "tenant, client id", id="another application"),
        pytest.param({}, {"client_secret": {"env": "GRAPH_CLIENT_ID"}}, "secret not expired", id="a wrong secret"),
        pytest.param({}, {"mailbox": "nobody@example.com"}, "no such mailbox", id="no such mailbox"),
        pytest.param({}, {"scope": "Mail.Read"}, "tenant, client id and secret", id="a scope that is none"),
    ],
)  # fmt: skip
def test_who_is_refused_reads_what_to_do(script: dict[str, object], backend: dict[str, object], says: str) -> None:
    found = list(lines(script, backend=backend).values())
    assert [line.ok for line in found] == [False]
    assert says in found[0].detail


def test_a_consent_to_basic_properties_is_not_enough() -> None:
    found = lines({"roles": ["Mail.ReadBasic.All"]})
    assert found["INBOX"].ok
    assert found["changes"].ok
    assert not found["messages"].ok
    assert "Mail.ReadBasic is not enough" in found["messages"].detail


def test_folders_that_are_not_there_are_named() -> None:
    found = lines(options={"folders": ["inbox", "inbox/Nowhere"], "signals": [SIGNAL]})
    assert [name for name, line in found.items() if not line.ok] == ["inbox/Nowhere", "Elsewhere"]


def test_a_mailbox_without_sent_mail_is_told() -> None:
    desk = Desk()
    desk.deliver("b", minute=-20)
    found = {line.subject: line for line in desk.mailbox().check()}
    assert not found["sentitems"].ok
    assert "no ticket's start is known" in found["sentitems"].detail
    desk.close()


def test_changes_that_cannot_be_followed_are_told() -> None:
    found = lines({"faults": [{"kind": "foreign_link", "path": "delta"}]})
    assert not found["changes"].ok
    assert found["messages"].ok


def test_a_service_that_is_down_is_no_verdict() -> None:
    with pytest.raises(SourceUnavailable):
        lines({"faults": [{"kind": "503", "path": "delta"}]})
