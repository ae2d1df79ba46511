import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from syncd import __version__
from syncd.alerting import NOTIFIERS
from syncd.alerting.document import document
from syncd.alerting.signing import signature
from syncd.alerting.webhook import WebhookNotifier, WebhookOptions
from syncd.errors import ConfigError, DeliveryError, DeliveryReason
from syncd.ports.notifier import Notifier
from syncd.ports.secret import Secret, SecretRef
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.notices import BREACHED, Receiver, envelope

URL = "https://hooks.example/T000/canary"


def secrets(ref: SecretRef) -> Secret:
    if ref.env != "HOOK":
        message = f"the environment has no {ref.env}"
        raise ConfigError(message)
    return Secret("kéy")


@contextmanager
def notifier(
    mount: httpx.BaseTransport | None, url: str = URL, *, secret: SecretRef | None = None, timeout: float = 10
) -> Iterator[WebhookNotifier]:
    options = WebhookOptions(url=url, secret=secret, timeout_seconds=timeout)
    built = WebhookNotifier("oncall", options, VirtualNow(BREACHED), secrets, mount)
    yield built
    built.close()


def test_a_notice_is_posted_as_json_to_the_address() -> None:
    receiver = Receiver(httpx.Response(204))
    with notifier(receiver) as webhook:
        webhook.deliver(envelope())
    (request,) = receiver.requests
    assert (request.method, str(request.url)) == ("POST", URL)
    assert request.content == document(envelope())
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == f"syncd/{__version__}"
    assert "x-syncd-signature" not in request.headers
    assert receiver.closed


def test_its_idempotency_key_stays_the_same_over_repeats_and_fits_a_header() -> None:
    receiver = Receiver(httpx.Response(200))
    with notifier(receiver) as webhook:
        webhook.deliver(envelope(attempt=1))
        webhook.deliver(envelope(attempt=2))
    first, second = (request.headers["idempotency-key"] for request in receiver.requests)
    assert first == second == hashlib.sha256(envelope().key.encode()).hexdigest()
    assert [json.loads(request.content)["attempt"] for request in receiver.requests] == [1, 2]


def test_with_a_secret_the_receiver_can_tell_that_it_came_from_us_and_when() -> None:
    receiver = Receiver(httpx.Response(200))
    with notifier(receiver, secret=SecretRef(env="HOOK")) as webhook:
        webhook.deliver(envelope())
    (request,) = receiver.requests
    stamp, mac = (part.partition("=")[2] for part in request.headers["x-syncd-signature"].split(","))
    assert int(stamp) == int(BREACHED.timestamp())
    signed = stamp.encode() + b"." + request.content
    assert mac == hmac.new("kéy".encode(), signed, hashlib.sha256).hexdigest()


def test_a_signature_that_others_can_check_theirs_against() -> None:
    assert signature(Secret("secret"), 1772452800, b'{"a":1}') == (
        "t=1772452800,v1=" + hmac.new(b"secret", b'1772452800.{"a":1}', "sha256").hexdigest()
    )


@pytest.mark.parametrize(
    ("answer", "reason", "permanent", "retry_after"),
    [
        pytest.param(httpx.Response(503, headers={"retry-after": "7"}), "server", False, 7, id="down for 7 seconds"),
        pytest.param(httpx.Response(429), "rate_limited", False, None, id="too many"),
        pytest.param(httpx.Response(401), "auth", False, None, id="a refused credential"),
        pytest.param(httpx.Response(404), "rejected", True, None, id="nobody there"),
        pytest.param(httpx.Response(302, headers={"location": "https://x/"}), "rejected", False, None, id="a redirect"),
        pytest.param(httpx.ConnectError("refused"), "network", False, None, id="no connection"),
        pytest.param(httpx.RemoteProtocolError("gone"), "network", False, None, id="hung up"),
        pytest.param(httpx.ReadTimeout("silent"), "timeout", False, None, id="no answer"),
        pytest.param(httpx.ConnectTimeout("silent"), "timeout", False, None, id="no connection in time"),
        pytest.param(httpx.LocalProtocolError("b'canary'"), "rejected", True, None, id="not to be sent"),
    ],
)
def test_what_did_not_arrive_is_told_once_and_without_the_address(
    answer: httpx.Response | Exception, reason: DeliveryReason, permanent: bool, retry_after: float | None
) -> None:
    receiver = Receiver(answer)
    with notifier(receiver) as webhook, pytest.raises(DeliveryError) as caught:
        webhook.deliver(envelope())
    assert (caught.value.notifier, caught.value.reason) == ("oncall", reason)
    assert (caught.value.permanent, caught.value.retry_after) == (permanent, retry_after)
    assert "canary" not in str(caught.value)
    assert len(receiver.requests) == 1


def test_cookies_are_not_kept() -> None:
    receiver = Receiver(httpx.Response(200, headers={"set-cookie": "session=1; Path=/"}))
    with notifier(receiver) as webhook:
        webhook.deliver(envelope())
        webhook.deliver(envelope())
    assert ["cookie" in request.headers for request in receiver.requests] == [False, False]


@contextmanager
def listening(turn: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(10)
                turn(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        thread.join(10)


def test_it_arrives_over_a_real_socket_and_an_endless_answer_does_not_hold_it_up() -> None:
    heard = bytearray()

    def turn(connection: socket.socket) -> None:
        while not heard.endswith(document(envelope())):
            heard.extend(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nbegins")
        while connection.recv(65536):  # until the client hangs up
            continue

    with listening(turn) as url, notifier(None, url) as webhook:
        webhook.deliver(envelope())
    assert bytes(heard).endswith(document(envelope()))


def test_a_silent_receiver_is_given_up_after_the_timeout() -> None:
    def turn(connection: socket.socket) -> None:
        while connection.recv(65536):
            continue

    with (
        listening(turn) as url,
        notifier(None, url, timeout=0.1) as webhook,
        pytest.raises(DeliveryError) as caught,
    ):
        webhook.deliver(envelope())
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize(
    "url", ["ftp://canary.example", "canary.example/hook", "https://", "https://host:canary", "https://\x00canary", ""]
)
def test_an_address_that_cannot_be_used_is_told_at_the_start_without_quoting_it(url: str) -> None:
    with pytest.raises(ConfigError, match="notifier oncall") as caught:
        WebhookNotifier("oncall", WebhookOptions(url=url), VirtualNow(BREACHED), secrets)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("nan")])
def test_no_time_to_answer_is_refused(timeout: float) -> None:
    options = WebhookOptions(url=URL, timeout_seconds=timeout)
    with pytest.raises(ConfigError, match="timeout_seconds"):
        WebhookNotifier("oncall", options, VirtualNow(BREACHED), secrets)


def test_a_secret_that_is_not_there_is_told_at_the_start() -> None:
    options = WebhookOptions(url=URL, secret=SecretRef(env="OTHER"))
    with pytest.raises(ConfigError, match="OTHER"):
        WebhookNotifier("oncall", options, VirtualNow(BREACHED), secrets)


def test_options_do_not_print_the_address() -> None:
    assert "canary" not in repr(WebhookOptions(url=URL))


def test_configuration_finds_it_by_its_kind_and_builds_it() -> None:
    kind = NOTIFIERS["webhook"]
    options = TypeAdapter(kind.options).validate_python({"url": URL, "secret": {"env": "HOOK"}})
    assert options == WebhookOptions(url=URL, secret=SecretRef(env="HOOK"), timeout_seconds=10)
    built: Notifier = kind.build("oncall", options, VirtualNow(BREACHED), secrets)
    assert built.name == "oncall"
    built.close()
    built.close()


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="no address"),
        pytest.param({"url": URL, "sceret": {"env": "A"}}, id="a misspelled option"),
        pytest.param({"url": URL, "timeout_seconds": 0}, id="no time"),
        pytest.param({"url": URL, "secret": {"env": "A", "file": "b"}}, id="two places for one secret"),
        pytest.param({"url": URL, "secret": "inline"}, id="a secret inline"),
    ],
)
def test_configuration_refuses(options: dict[str, object]) -> None:
    kind = NOTIFIERS["webhook"]
    with pytest.raises(ValidationError):
        TypeAdapter(kind.options).validate_python(options)


def test_every_option_of_every_kind_is_described() -> None:
    for kind in NOTIFIERS.values():
        properties = TypeAdapter(kind.options).json_schema()["properties"]
        assert [name for name, schema in properties.items() if not schema.get("description")] == []
