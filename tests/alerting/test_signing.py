"""A receiver that knows nothing of ours but the documented words checks what really arrives."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from syncd.alerting import signing
from syncd.alerting.signing import REPLAY_WINDOW_SECONDS, signature
from syncd.alerting.webhook import WebhookNotifier, WebhookOptions
from syncd.ports.secret import Secret, SecretRef
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.notices import BREACHED, Receiver, envelope
from tests.daemon.receivers import a_receiver

KEY = "kéy"
SENT = int(BREACHED.timestamp())


def mac_by_hand(key: bytes, text: bytes) -> str:
    """HMAC-SHA256 as RFC 2104 section 2 writes it, without the library that signs."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + text).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()


@dataclass
class Verifier:
    """The four steps of the documentation."""

    key: str
    clock: int
    seen: set[str] = field(default_factory=set)

    def accepts(self, headers: Mapping[str, str], body: bytes) -> bool:
        parts = dict(part.split("=", 1) for part in headers["x-syncd-signature"].split(","))
        fresh = abs(self.clock - int(parts["t"])) <= 300
        genuine = parts["v1"] == mac_by_hand(self.key.encode(), f"{parts['t']}.".encode() + body)
        known = headers["idempotency-key"] in self.seen
        self.seen |= {headers["idempotency-key"]} if fresh and genuine else set()
        return fresh and genuine and not known


def sent(now: VirtualNow, *, attempt: int = 1) -> httpx.Request:
    receiver = Receiver(httpx.Response(204))
    options = WebhookOptions(url="https://hooks.example/x", secret=SecretRef(env="HOOK"))
    notifier = WebhookNotifier("hook", options, now, lambda _: Secret(KEY), receiver)
    notifier.deliver(envelope(attempt=attempt))
    notifier.close()
    return receiver.requests[0]


def test_what_we_send_is_accepted() -> None:
    request = sent(VirtualNow(BREACHED))
    assert Verifier(KEY, SENT).accepts(request.headers, request.content)


@pytest.mark.parametrize(
    ("clock", "accepted"),
    [(SENT, True), (SENT + 300, True), (SENT + 301, False), (SENT - 300, True), (SENT - 301, False)],
)
def test_a_recording_is_accepted_within_the_window_only(clock: int, accepted: bool) -> None:
    request = sent(VirtualNow(BREACHED))
    assert Verifier(KEY, clock).accepts(request.headers, request.content) is accepted


def test_what_was_changed_on_the_way_is_refused() -> None:
    request = sent(VirtualNow(BREACHED))
    headers = dict(request.headers)
    assert not Verifier(KEY, SENT).accepts(headers, request.content.replace(b"P1", b"P4"))
    later = {**headers, "x-syncd-signature": headers["x-syncd-signature"].replace(f"t={SENT}", f"t={SENT + 1}")}
    assert not Verifier(KEY, SENT).accepts(later, request.content)


def test_who_does_not_know_the_key_cannot_sign() -> None:
    request = sent(VirtualNow(BREACHED))
    assert not Verifier("another", SENT).accepts(request.headers, request.content)


def test_a_repeat_is_signed_anew_and_known_by_its_idempotency_key() -> None:
    now = VirtualNow(BREACHED)
    verifier = Verifier(KEY, SENT)
    first = sent(now)
    now.advance(3_600)
    verifier.clock += 3_600
    second = sent(now, attempt=2)
    assert first.headers["x-syncd-signature"] != second.headers["x-syncd-signature"]
    assert verifier.accepts(second.headers, second.content)
    assert not verifier.accepts(second.headers, second.content)


def test_it_holds_over_a_real_socket() -> None:
    with a_receiver() as receiver:
        options = WebhookOptions(url=f"{receiver.url}/hook", secret=SecretRef(env="HOOK"))
        notifier = WebhookNotifier("hook", options, VirtualNow(BREACHED), lambda _: Secret(KEY))
        notifier.deliver(envelope())
        notifier.close()
        (posted,) = receiver.posted
    body = json.dumps(posted.body, ensure_ascii=False, separators=(",", ":")).encode()
    assert Verifier(KEY, SENT).accepts({"x-syncd-signature": posted.signature, "idempotency-key": "a"}, body)


@pytest.mark.parametrize("key", ["k", "k" * 64, "k" * 65, "ü" * 100])
def test_keys_of_any_length_sign_as_the_standard_says(key: str) -> None:
    assert signature(Secret(key), 7, b"body") == f"t=7,v1={mac_by_hand(key.encode(), b'7.body')}"


def test_the_window_is_documented_where_receivers_are_told_what_to_do() -> None:
    assert REPLAY_WINDOW_SECONDS == 300
    assert "five minutes" in (signing.__doc__ or "")
