import importlib.util
import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import TypeAdapter

from syncd.alerting import NOTIFIERS
from syncd.alerting.apprise_channel import AppriseNotifier, AppriseOptions
from syncd.domain.notice import Step
from syncd.errors import ConfigError, DeliveryError
from syncd.ports.notifier import Envelope
from syncd.ports.secret import Secret, SecretRef
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.notices import BREACHED, envelope, of_step, of_ticket

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("apprise") is None, reason="apprise is not installed (extra apprise); run make test"
    ),
    # Its mail plugin imports a module that Python 3.13 has no more; elsewhere nobody sees it.
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]

OPTIONS = AppriseOptions(url=SecretRef(env="CHAT"), timeout_seconds=5)


@contextmanager
def built(url: str, options: AppriseOptions = OPTIONS) -> Iterator[AppriseNotifier]:
    notifier = AppriseNotifier("chat", options, VirtualNow(BREACHED), lambda _: Secret(url))
    yield notifier
    notifier.close()


@contextmanager
def chat(status: int = 200, held: threading.Event | None = None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the address, in apprise's form, of a service on loopback, and what it was sent."""
    got: list[dict[str, Any]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            if held is not None:
                held.wait(30)
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's own name for it
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"json://127.0.0.1:{server.server_address[1]}/canary", got
        if held is not None:
            held.set()
        server.shutdown()
        thread.join(10)


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        pytest.param(envelope(), "failure", id="a critical breach"),
        pytest.param(of_ticket("t", priority="P3"), "warning", id="a breach"),
        pytest.param(of_step(Step.AT_RISK), "info", id="a risk"),
        pytest.param(of_step(Step.RECOVERED), "success", id="a recovery"),
    ],
)
def test_a_service_is_told_with_its_ticket_as_title_and_its_colour(told: Envelope, kind: str) -> None:
    with chat() as (url, got), built(url) as notifier:
        notifier.deliver(told)
    (message,) = got
    assert message["title"].endswith("(ACME Managed Sërvices, snow)")
    assert message["type"] == kind
    assert "Time used: 4h of 4h" in message["message"]


def test_what_was_not_taken_is_tried_again_and_never_buried_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    with chat(400) as (url, got), built(url) as notifier, pytest.raises(DeliveryError) as caught:
        notifier.deliver(envelope())
    assert (caught.value.reason, caught.value.permanent, len(got)) == ("server", False, 1)
    assert "canary" not in str(caught.value)
    assert "".join(capfd.readouterr()) == ""


def test_its_own_log_which_quotes_addresses_reaches_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), chat(500) as (url, _), built(url) as notifier, pytest.raises(DeliveryError):
        notifier.deliver(envelope())
    assert "canary" not in caplog.text
    assert [record for record in caplog.records if record.name.startswith("apprise")] == []


def test_a_silent_service_is_given_up() -> None:
    options = AppriseOptions(url=SecretRef(env="CHAT"), timeout_seconds=0.2)
    with chat(held=threading.Event()) as (url, _), built(url, options) as notifier:
        with pytest.raises(DeliveryError) as caught:
            notifier.deliver(envelope())
        assert caught.value.reason == "timeout"


@pytest.mark.parametrize("url", ["canary://x", "json://", "", "json://127.0.0.1/canary, json://127.0.0.1/b", "[canary"])
def test_an_address_that_is_not_that_of_one_service_is_told_at_the_start_without_quoting_it(url: str) -> None:
    with pytest.raises(ConfigError, match="notifier chat") as caught, built(url):
        pass
    assert "canary" not in str(caught.value)


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigError, match=r"syncd\[apprise\]"), built("json://127.0.0.1/"):
        pass


def test_no_time_is_refused() -> None:
    with (
        pytest.raises(ConfigError, match="timeout_seconds"),
        built("json://h/", AppriseOptions(url=OPTIONS.url, timeout_seconds=0)),
    ):
        pass


def test_configuration_builds_it_from_a_reference_to_its_address() -> None:
    kind = NOTIFIERS["apprise"]
    options = TypeAdapter(kind.options).validate_python({"url": {"env": "CHAT"}})
    notifier = kind.build("chat", options, VirtualNow(BREACHED), lambda _: Secret("json://127.0.0.1/"))
    assert notifier.name == "chat"
    notifier.close()
    notifier.close()
