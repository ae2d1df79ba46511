"""The simulator answers as Microsoft Graph does, and refuses what Graph refuses."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec
import pytest

from connectors.mail.simulator import build_simulator
from connectors.mail.simulator.box import Change
from connectors.mail.simulator.stories import MAILBOX
from syncd.errors import ConfigError
from syncd.ports.toolkit import HttpRequest, HttpResponse
from tests.connectors.mail.graph.desk import NOON
from tests.connectors.mail.letters import mail

TOKEN = "/example.com/oauth2/v2.0/token"
BOX = f"/v1.0/users/{quote(MAILBOX, safe='')}"
LIST = f"{BOX}/mailFolders/inbox/messages"
DELTA = f"{BOX}/mailFolders/inbox/messages/delta"
FORM = {"content-type": "application/x-www-form-urlencoded"}
IMMUTABLE = 'IdType="ImmutableId"'


class Client:
    """Somebody with good credentials, at noon unless told otherwise."""

    def __init__(self, seed: int = 1, **script: object) -> None:
        self.simulator = build_simulator(seed, {"conversations_per_day": 0.0, **script})
        self.box = self.simulator.box
        self.now = NOON
        self.prefer = IMMUTABLE
        self.token = self.log_in()["access_token"]

    def form(self, **more: str) -> dict[str, str]:
        gate = self.simulator.gate
        form = {"grant_type": "client_credentials", "client_id": gate.client_id, "client_secret": gate.client_secret}
        return {**form, "scope": "https://graph.microsoft.com/.default", **more}

    def post(self, path: str = TOKEN, **more: str) -> HttpResponse:
        content = urlencode(self.form(**more)).encode()
        return self.simulator.respond(HttpRequest("POST", path, "", FORM, content), self.now)

    def log_in(self) -> Any:
        return msgspec.json.decode(self.post().content)

    def ask(self, path: str, params: Mapping[str, str] | None = None, method: str = "GET") -> HttpResponse:
        headers = {"authorization": f"Bearer {self.token}", "prefer": self.prefer}
        return self.simulator.respond(HttpRequest(method, path, urlencode(params or {}), headers), self.now)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        answer = self.ask(path, params)
        assert answer.status == 200, answer.content
        return msgspec.json.decode(answer.content)

    def refused(self, path: str, params: Mapping[str, str] | None = None) -> tuple[int, str]:
        answer = self.ask(path, params)
        return answer.status, msgspec.json.decode(answer.content)["error"]["code"]

    def round(self, link: str = DELTA, **params: str) -> tuple[list[Any], str]:
        """A whole round of changes: its rows, and the link that goes on."""
        rows: list[Any] = []
        body = self.get(*self.followed(link)) if "?" in link else self.get(link, params)
        while True:
            rows += body["value"]
            if "@odata.deltaLink" in body:
                return rows, body["@odata.deltaLink"]
            body = self.get(*self.followed(body["@odata.nextLink"]))

    def followed(self, link: str) -> tuple[str, dict[str, str]]:
        parts = urlsplit(link)
        return parts.path, dict(parse_qsl(parts.query))

    def deliver(self, name: str, folder: str = "inbox") -> None:
        self.box.plan(Change(self.now, "deliver", name, folder, mail(f"{name}@v")))

    def move(self, name: str, folder: str) -> None:
        self.box.plan(Change(self.now, "move", name, folder))


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [
        pytest.param({"client_id": "x"}, 400, "unauthorized_client", id="an unknown application"),
        pytest.param({"client_secret": "x"}, 401, "invalid_client", id="a wrong secret"),
        pytest.param({"grant_type": "password"}, 400, "unsupported_grant_type", id="another grant"),
        pytest.param({"scope": "Mail.Read"}, 400, "invalid_scope", id="a scope that is no default"),
        pytest.param({"path": "/else.example/oauth2/v2.0/token"}, 400, "invalid_request", id="another tenant"),
    ],
)
def test_tokens_are_given_to_who_may_have_them(more: dict[str, str], status: int, error: str) -> None:
    answer = Client().post(**more)
    assert (answer.status, msgspec.json.decode(answer.content)["error"]) == (status, error)


def test_a_token_ends() -> None:
    client = Client(token_seconds=600)
    assert client.ask(DELTA).status == 200
    client.now += timedelta(seconds=600)
    assert client.refused(DELTA) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE", "HEAD"])
def test_nothing_can_be_changed_and_every_attempt_is_noted(method: str) -> None:
    client = Client()
    assert client.ask(f"{BOX}/messages/x", method=method).status == 405
    assert client.simulator.violations == [f"{method} {BOX}/messages/x"]


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        pytest.param(DELTA, {"$select": "id,nonsense"}, 400, "RequestBroker--ParseUri", id="an unknown property"),
        pytest.param(DELTA, {"$expand": "attachments"}, 400, "RequestBroker--ParseUri", id="an expansion"),
        pytest.param(DELTA, {"$search": "x"}, 400, "ErrorInvalidUrlQuery", id="a search in changes"),
        pytest.param(DELTA, {"$orderby": "subject"}, 400, "ErrorInvalidUrlQuery", id="an order in changes"),
        pytest.param(DELTA, {"$filter": "receivedDateTime lt 2026-03-02T00:00:00Z"}, 400, "ErrorInvalidUrlQueryFilter",
                     id="changes before a date"),
        pytest.param(DELTA, {"$deltatoken": "made-up"}, 400, "BadRequest", id="a state that was never given out"),
        pytest.param(LIST, {"$top": "1001"}, 400, "ErrorInvalidRequest", id="a page too large"),
        pytest.param(LIST, {"$orderby": "subject desc"}, 400, "InefficientFilter", id="an order"),
        pytest.param(LIST, {"$filter": "receivedDateTime ge noon"}, 400,
                     "ErrorInvalidUrlQueryFilter", id="a date that is none"),
        pytest.param(f"{BOX}/mailFolders/nowhere", {}, 404, "ErrorItemNotFound", id="an unknown folder"),
        pytest.param(f"{BOX}/messages/nothing", {}, 404, "ErrorItemNotFound", id="an unknown message"),
        pytest.param("/v1.0/users/x%40example.com/mailFolders", {}, 404, "ErrorInvalidUser", id="an unknown mailbox"),
        pytest.param(f"{BOX}/events", {}, 400, "BadRequest", id="anything but mail"),
        pytest.param("/beta/me", {}, 400, "BadRequest", id="another version"),
    ],
)  # fmt: skip
def test_what_graph_refuses_is_refused(path: str, params: dict[str, str], status: int, code: str) -> None:
    assert Client().refused(path, params) == (status, code)


@pytest.mark.parametrize("prefer", ['IdType="Whatever"', "odata.maxpagesize=many", "odata.maxpagesize=0"])
def test_a_preference_that_makes_no_sense_is_refused(prefer: str) -> None:
    client = Client()
    client.prefer = prefer
    assert client.refused(DELTA) == (400, "ErrorInvalidRequest")


def test_without_consent_nothing_is_shown_and_with_basic_consent_no_body() -> None:
    client = Client(roles=[])
    assert client.refused(DELTA) == (403, "ErrorAccessDenied")
    client = Client(roles=["Mail.ReadBasic.All"])
    client.deliver("a")
    (row,), _ = client.round()
    assert client.refused(f"{BOX}/messages/{row['id']}/$value") == (403, "ErrorAccessDenied")
    assert client.refused(f"{BOX}/messages/{row['id']}", {"$select": "body"}) == (403, "ErrorAccessDenied")


def test_ten_thousand_requests_in_ten_minutes_are_the_limit() -> None:
    client = Client(requests_per_10_minutes=3)
    assert [client.ask(DELTA).status for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = client.ask(DELTA)
    assert answer.headers["retry-after"] == "600"
    client.now += timedelta(seconds=600)
    assert client.ask(DELTA).status == 200


def test_a_round_comes_in_pages_of_the_size_preferred_and_goes_on_from_its_end() -> None:
    client = Client()
    for n in range(23):
        client.deliver(f"m{n}")
    assert len(client.get(DELTA)["value"]) == 10
    client.prefer = f"{IMMUTABLE}, odata.maxpagesize=7"
    assert len(client.get(DELTA)["value"]) == 7
    rows, link = client.round()
    assert len({row["id"] for row in rows}) == 23
    assert client.round(link)[0] == []
    client.deliver("new")
    assert [len(client.round(link)[0]) for _ in range(2)] == [1, 1], "a state may be used again"


def test_only_what_is_selected_is_shown() -> None:
    client = Client()
    client.deliver("a")
    (row,), _ = client.round(**{"$select": "receivedDateTime"})
    assert set(row) == {"id", "receivedDateTime", "@odata.etag"}


def test_with_immutable_ids_a_move_is_told_where_it_left_and_not_where_it_came() -> None:
    client = Client()
    client.deliver("a")
    (row,), inbox = client.round()
    _, archive = client.round(DELTA.replace("inbox", "archive"))
    client.move("a", "archive")
    assert [each["@removed"] for each in client.round(inbox)[0]] == [{"reason": "deleted"}]
    assert client.round(archive)[0] == []
    assert client.get(f"{BOX}/messages/{row['id']}")["parentFolderId"] == client.box.folder("archive").id
    client.move("a", "inbox")
    (told,) = client.round(inbox)[0]
    assert "@removed" in told
    assert told["id"] == row["id"]


def test_with_ordinary_ids_a_move_is_told_on_both_sides_under_two_ids() -> None:
    client = Client()
    client.prefer = ""
    client.deliver("a")
    (row,), inbox = client.round()
    _, archive = client.round(DELTA.replace("inbox", "archive"))
    client.move("a", "archive")
    assert [each["id"] for each in client.round(inbox)[0]] == [row["id"]]
    ((there),) = client.round(archive)[0]
    assert there["id"] != row["id"]
    assert client.refused(f"{BOX}/messages/{row['id']}") == (404, "ErrorItemNotFound")


def test_a_state_belongs_to_its_folder_and_may_be_forgotten() -> None:
    client = Client()
    client.deliver("a")
    _, link = client.round()
    path, params = client.followed(link)
    assert client.refused(path.replace(client.box.folder("inbox").id, "archive"), params) == (400, "BadRequest")
    client.box.forget_states("inbox")
    assert client.refused(path, params) == (410, "SyncStateNotFound")


def test_filtered_changes_end_after_five_thousand() -> None:
    client = Client()
    client.prefer = f"{IMMUTABLE}, odata.maxpagesize=1000"
    raw = mail("x@v")
    client.box.plan(*(Change(NOON, "deliver", f"m{n}", "inbox", raw) for n in range(5100)))
    assert len(client.round(**{"$select": "id"})[0]) == 5100
    params = {"$select": "id", "$filter": "receivedDateTime ge 2020-01-01T00:00:00Z"}
    assert len(client.round(**params)[0]) == 5000


def test_sent_mail_has_no_transport_header() -> None:
    client = Client()
    came = mail("a@v", Received="from a by mx.example.com; Mon, 02 Mar 2026 08:00:00 +0000")
    client.box.plan(Change(NOON, "deliver", "a", "inbox", came), Change(NOON, "deliver", "b", "sentitems", mail("b@v")))
    headers = {}
    for folder in ("inbox", "sentitems"):
        (row,) = client.get(f"{BOX}/mailFolders/{folder}/messages", {"$select": "internetMessageHeaders"})["value"]
        headers[folder] = row["internetMessageHeaders"]
    assert "Received" in [each["name"] for each in headers["inbox"]]
    assert headers["sentitems"] is None


def test_one_seed_is_one_world() -> None:
    def world(seed: int) -> list[str]:
        client = Client(seed, conversations_per_day=5.0, days=3)
        return sorted(each.raw.decode() for each in client.box.messages.values())

    assert world(1) == world(1)
    assert world(1) != world(2)
    assert len(world(1)) > 20


def test_the_polls_change_nothing_in_what_happens() -> None:
    often, once = Client(conversations_per_day=8.0, days=1), Client(conversations_per_day=8.0, days=1)
    for hours in range(1, 30):
        often.now = NOON + timedelta(hours=hours)
        often.simulator.advance(often.now)
    once.now = often.now
    once.simulator.advance(once.now)
    assert sorted(each.raw for each in often.box.messages.values()) == sorted(
        each.raw for each in once.box.messages.values()
    )


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({"no_such_key": 1}, id="an unknown key"),
        pytest.param({"faults": [{"kind": "earthquake"}]}, id="an unknown fault"),
        pytest.param({"faults": "many"}, id="faults that are neither list nor mapping"),
        pytest.param({"days": True}, id="a flag for a number"),
        pytest.param({"roles": "Mail.Read"}, id="a text for a list"),
        pytest.param({"start": "noon"}, id="an instant that is none"),
        pytest.param({"silent_moves": 1}, id="a number for a flag"),
    ],
)
def test_a_script_that_cannot_be_used_is_refused(script: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="mail simulator"):
        build_simulator(1, script)
