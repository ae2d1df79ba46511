"""What is asked of Graph: by GET only, with immutable ids, four at a time, below one mailbox, wherever its cloud is."""

import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import pytest

from connectors.mail.graph import GraphMailbox
from connectors.mail.graph.api import SIDE_BY_SIDE, credentials
from connectors.mail.settings import GraphBackend
from connectors.mail.simulator.stories import MAILBOX
from syncd.errors import SourceError
from syncd.ports.secret import Secret
from syncd.ports.toolkit import HttpRequest
from syncd.transport.limits import Limits
from syncd.transport.served import serve
from syncd.transport.toolkit import SourceToolkit
from tests.connectors.mail.graph.desk import Desk

T = TypeVar("T")


def busy() -> Desk:
    """A mailbox in which everything happens that makes requests: moves, deletions, lost states, large mail."""
    faults = [{"kind": "state_gone", "from": 60, "until": 90}, {"kind": "partial", "path": "delta", "from": 100}]
    desk = Desk({"conversations_per_day": 0.0, "faults": faults}, backend={"batch": 10, "relist_after": 60})
    for n in range(30):
        desk.deliver(f"m{n}", minute=n - 60)
    desk.deliver("huge", minute=-1, size=10**9)
    desk.mailbox().check()
    for step in range(6):
        desk.read()
        desk.move(f"m{step}", "archive")
        desk.delete(f"m{step + 10}")
        desk.mark(f"m{step + 20}", "Waiting")
        desk.now.advance(30)
    return desk


def test_nothing_is_asked_by_a_verb_that_writes_but_the_token() -> None:
    desk = busy()
    asked = {(request.method, request.path.endswith("/oauth2/v2.0/token")) for request in desk.simulator.asked}
    assert asked == {("GET", False), ("POST", True)}
    assert all(not request.content for request in desk.simulator.asked if request.method == "GET")
    assert desk.simulator.inner.violations == []
    desk.close()


def test_every_question_asks_for_immutable_ids() -> None:
    desk = busy()
    questions = [request for request in desk.simulator.asked if request.method == "GET"]
    assert len(questions) > 50
    assert all('IdType="ImmutableId"' in request.headers["prefer"] for request in questions)
    desk.close()


def test_changes_are_never_filtered_and_never_limited_but_by_the_page() -> None:
    desk = busy()
    for request in desk.asked("delta"):
        assert "filter" not in request.query.partition("singleValueExtendedProperties")[0]
        assert "top" not in request.query.split("skiptoken")[0]
        assert "odata.maxpagesize=10" in request.headers["prefer"]
    desk.close()


def test_only_the_application_permission_to_read_mail_is_needed() -> None:
    desk = busy()
    assert desk.simulator.inner.gate.roles == {"Mail.Read"}
    paths = [request.path for request in desk.simulator.asked if request.method == "GET"]
    below = f"/v1.0/users/{MAILBOX.replace('@', '%40')}/"
    assert all(path.startswith((f"{below}mailFolders", f"{below}messages/")) for path in paths)
    desk.close()


class Counting(SourceToolkit):
    """A toolkit that counts how many calls are under way at once."""

    under_way = most = 0
    lock = threading.Lock()

    def gather(self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run calls, counted; none ends before all have begun."""
        begun = threading.Barrier(len(calls), timeout=10.0) if calls else None
        return super().gather([partial(self.counted, call, begun) for call in calls])

    def counted(self, call: Callable[[], T], begun: threading.Barrier | None) -> T:
        """Run one."""
        with self.lock:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        if begun is not None:
            begun.wait()
        try:
            return call()
        finally:
            with self.lock:
                self.under_way -= 1


def test_one_mailbox_is_asked_four_questions_at_a_time_at_most() -> None:
    desk = Desk(inline=False, limits=Limits(concurrency=16))
    for n in range(40):
        desk.deliver(f"m{n}", minute=n - 60)
    counting = desk.toolkit_of(Counting)
    desk.read(GraphMailbox(desk.site, desk.settings(), counting))
    assert len(desk.shelf.reads) == 40
    assert 1 < counting.most <= SIDE_BY_SIDE
    desk.close()


def test_no_error_names_the_mailbox() -> None:
    kinds = ("forbidden", "500", "html", "truncate", "429")
    for kind in kinds:
        desk = Desk({"conversations_per_day": 0.0, "faults": [{"kind": kind, "seconds": 900}]})
        with pytest.raises(SourceError) as told:
            desk.read()
        assert "vendor-desk" not in str(told.value)
        desk.close()


def backend(**more: Any) -> GraphBackend:
    ref = {"env": "X"}
    values = {"kind": "graph", "mailbox": MAILBOX, "tenant": "contoso.example", "client_id": ref, "client_secret": ref}
    return GraphBackend.model_validate({**values, **more})


@pytest.mark.parametrize(
    ("settings", "where", "scope"),
    [
        pytest.param(
            {}, "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
            "https://graph.microsoft.com/.default", id="the world",
        ),
        pytest.param(
            {"url": "https://graph.microsoft.us/v1.0", "login_url": "https://login.microsoftonline.us/"},
            "https://login.microsoftonline.us/contoso.example/oauth2/v2.0/token",
            "https://graph.microsoft.us/.default", id="US government, level 4",
        ),
        pytest.param(
            {"url": "https://dod-graph.microsoft.us/v1.0", "login_url": "https://login.microsoftonline.us"},
            "https://login.microsoftonline.us/contoso.example/oauth2/v2.0/token",
            "https://dod-graph.microsoft.us/.default", id="US government, level 5",
        ),
        pytest.param(
            {"url": "https://microsoftgraph.chinacloudapi.cn/v1.0", "login_url": "https://login.chinacloudapi.cn"},
            "https://login.chinacloudapi.cn/contoso.example/oauth2/v2.0/token",
            "https://microsoftgraph.chinacloudapi.cn/.default", id="China",
        ),
        pytest.param(
            {"scope": "https://proxy.example/.default"},
            "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token",
            "https://proxy.example/.default", id="a scope of one's own",
        ),
    ],
)  # fmt: skip
def test_every_cloud_has_its_own_token_endpoint_and_scope(settings: dict[str, str], where: str, scope: str) -> None:
    auth = credentials(backend(**settings))
    assert (auth.token_path, auth.scope) == (where, scope)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(
            {"url": "http://graph.example/v1.0", "login_url": "http://graph.example"}, id="clear text elsewhere"
        ),
        pytest.param({"login_url": "http://127.0.0.1:8080"}, id="secrets in clear text"),
        pytest.param({"url": "http://127.0.0.1:8080/v1.0"}, id="one half in clear text"),
        pytest.param({"url": "https://graph.microsoft.com/v1.0?x=1"}, id="an address with a query"),
        pytest.param({"tenant": "a/b"}, id="a tenant that is a path"),
        pytest.param({"mailbox": "a/b"}, id="a mailbox that is a path"),
        pytest.param({"batch": 1001}, id="more than a page may hold"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        backend(**settings)


def test_a_mailbox_is_read_over_real_connections() -> None:
    desk = Desk({"conversations_per_day": 6.0, "days": 2.0}, inline=False, limits=Limits(concurrency=4))
    with serve(desk.simulator, now=desk.now) as served:
        values = dict(desk.simulator.options(served.url))
        settings = type(desk.settings()).model_validate(values)
        secrets = desk.simulator.credentials()
        toolkit = SourceToolkit(
            "mail", now=desk.now, limits=Limits(concurrency=4), secrets=lambda ref: Secret(secrets[ref.env or ""])
        )
        desk.read(GraphMailbox(desk.site, settings, toolkit))
        toolkit.close()
    inside = [each for each in desk.box.messages.values() if desk.box.folders[each.folder].name != "Done"]
    assert len(desk.shelf.reads) == len(inside) > 10
    desk.close()


def test_a_question_below_the_mailbox_is_escaped() -> None:
    desk = Desk()
    desk.deliver("a", minute=-5)
    desk.read()
    request: HttpRequest = desk.asked("$value")[0]
    assert "=" not in request.path
    desk.close()
