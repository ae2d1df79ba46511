"""What a refusal says of itself is told, within bounds; what is about one endpoint slows only that; budgets, too."""

from collections.abc import Mapping

import pytest

from syncd.errors import SourceRefused, SourceThrottled
from syncd.ports.toolkit import HttpResponse
from syncd.transport.budgets import budget_of
from syncd.transport.hooks import BudgetTold
from syncd.transport.limits import Limits
from syncd.transport.refusals import said
from syncd.transport.toolkit import SourceToolkit
from tests.transport.scripted import BASE, Line, Remembered, Scripted, Vault, body, desk, status
from tests.transport.scripted import said as spoken

JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("content", "kind", "message"),
    [
        pytest.param(b'{"errorMessages":["No such\\n one"],"errors":{}}', "application/json", "No such one", id="jira"),
        pytest.param(b'{"errorMessage":"No request"}', "application/json", "No request", id="service desk"),
        pytest.param(b'{"errorMessages":[],"errors":{"jql":"odd"}}', "application/json", "odd", id="by field"),
        pytest.param(b'{"error":{"message":"ours to keep"}}', "application/json", "", id="another's shape"),
        pytest.param(b'{"error":{"code":"ErrorAccessDenied","message":"of ina@c.example"}}', "application/json",
                     "ErrorAccessDenied", id="an OData error's code without its words"),
        pytest.param(b'{"error":{"code":"ina@c.example is odd"}}', "application/json", "", id="a code that is none"),
        pytest.param(b'{"errorMessage":"x","error":"y"}', "application/json", "x", id="beside an error that is a text"),
        pytest.param(b'{"errorMessages":["x"]}', "text/html", "", id="not json by its type"),
        pytest.param(b'{"errorMessages":[1]}', "application/json", "", id="another type"),
        pytest.param(b"\xff", "application/json", "", id="no text"),
    ],
)  # fmt: skip
def test_only_an_error_collection_is_quoted(content: bytes, kind: str, message: str) -> None:
    assert said(HttpResponse(400, {"content-type": kind}, content)) == message


def test_a_long_message_is_cut() -> None:
    content = b'{"errorMessages":["' + b"x" * 5000 + b'"]}'
    assert len(said(HttpResponse(400, JSON, content))) == 300


def test_a_refusal_quotes_its_message() -> None:
    answer = spoken('{"errorMessages":["The value X does not exist"]}', 400, JSON)
    d = desk(Scripted(answer))
    with pytest.raises(SourceRefused, match="status 400: The value X does not exist"):
        d.toolkit.http(BASE).get("/search", read=body)
    d.toolkit.close()


def test_a_captcha_is_a_matter_of_the_login() -> None:
    d = desk(Scripted(status(403, x_authentication_denied_reason="CAPTCHA_CHALLENGE; login-url=/login.jsp")))
    with pytest.raises(SourceRefused, match="captcha") as refusal:
        d.toolkit.http(BASE).get("/search", read=body)
    assert refusal.value.reason == "auth"
    d.toolkit.close()


def test_a_burst_limit_slows_its_endpoint_only() -> None:
    waits = {}
    for reason in ("jira-burst-based", "jira-quota-tenant-based"):
        lines: list[Line] = [status(429, retry_after="100", ratelimit_reason=reason), lambda _: spoken("{}")]
        d = desk(Scripted(*lines), limits=Limits(tries=1))
        api = d.toolkit.http(BASE)
        with pytest.raises(SourceThrottled):
            api.get("/issue/10042/comment", read=body)
        api.get("/search", read=body)
        other = d.now.monotonic()
        api.get("/issue/VND-7/comment", read=body)
        waits[reason] = (other, d.now.monotonic())
        d.toolkit.close()
    assert waits == {"jira-burst-based": (0, 100), "jira-quota-tenant-based": (100, 100)}


def test_a_burst_limit_is_sat_out_by_the_call_that_met_it() -> None:
    lines: list[Line] = [status(429, retry_after="100", ratelimit_reason="jira-burst-based"), lambda _: spoken("{}")]
    d = desk(Scripted(*lines))
    d.toolkit.http(BASE).get("/search", read=body)
    assert d.now.monotonic() == 100
    d.toolkit.close()


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"x-ratelimit-limit": "100", "x-ratelimit-remaining": "7"}, (100, 7, False, True), id="a bucket"),
        pytest.param({"x-ratelimit-nearlimit": "true"}, (None, None, True, True), id="near"),
        pytest.param(
            {"ratelimit-policy": '"global-app-quota";q=65000;w=3600', "ratelimit": '"global-app-quota";r=12;t=90'},
            (65000, 12, False, True), id="structured",
        ),
        pytest.param({"beta-ratelimit-policy": '"a";q=9;w=1'}, (9, None, False, False), id="announced only"),
        pytest.param({"x-beta-ratelimit-limit": "50"}, (50, None, False, False), id="announced as well"),
        pytest.param({"x-ratelimit-limit": "many"}, None, id="nonsense"),
    ],
)  # fmt: skip
def test_a_budget_is_read(
    headers: Mapping[str, str], told: tuple[float | None, float | None, bool, bool] | None
) -> None:
    assert budget_of("jira", HttpResponse(200, headers)) == (None if told is None else BudgetTold("jira", *told))


class Watching(Remembered):
    """Hooks that want to know about budgets as well."""

    def budget_told(self, detail: BudgetTold) -> None:
        self.budgets = [*getattr(self, "budgets", []), detail]


@pytest.mark.parametrize("hooks", [Watching(), Remembered()], ids=["who watches", "who does not"])
def test_whoever_watches_budgets_is_told(hooks: Remembered) -> None:
    d = desk(None)
    d.toolkit.close()
    script = Scripted(status(200, x_ratelimit_limit="100", x_ratelimit_remaining="7"))
    toolkit = SourceToolkit("jira", now=d.now, limits=Limits(), secrets=Vault(), hooks=hooks, mount=script)
    toolkit.http(BASE).get("/search", read=body)
    toolkit.close()
    told = [BudgetTold("jira", 100, 7)] if isinstance(hooks, Watching) else []
    assert getattr(hooks, "budgets", []) == told
