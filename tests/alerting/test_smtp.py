import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from syncd.alerting.smtp import SmtpNotifier
from syncd.alerting.smtp_options import SmtpOptions
from syncd.errors import DeliveryError
from syncd.ports.secret import Secret, SecretRef
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.notices import BREACHED, envelope, of_ticket
from tests.alerting.smtp_server import HANG_UP, MailServer, certificate, needs_openssl, serving

SENDER, ONE, TWO = "syncd@canary.example", "one@canary.example", "two@canary.example"
LOGIN = ("us", "canary-password")


@contextmanager
def mailer(server: MailServer, **options: Any) -> Iterator[SmtpNotifier]:
    given = {
        "host": "127.0.0.1", "port": server.port, "security": "none", "sender": SENDER, "to": (ONE, TWO), **options
    }  # fmt: skip
    notifier = SmtpNotifier("mail", SmtpOptions(**given), VirtualNow(BREACHED), lambda _: Secret(LOGIN[1]))
    yield notifier
    notifier.close()


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    return certificate(tmp_path_factory.mktemp("tls"))


def failing(replies: dict[str, str], **options: Any) -> DeliveryError:
    with serving(replies=replies) as server, mailer(server, **options) as notifier:
        with pytest.raises(DeliveryError) as caught:
            notifier.deliver(envelope())
        assert server.taken == []
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return caught.value


def test_a_notice_is_mailed_to_everybody_at_once() -> None:
    with serving() as server, mailer(server) as notifier:
        notifier.deliver(envelope())
    (taken,) = server.taken
    assert (taken.sender, taken.to) == (SENDER, (ONE, TWO))
    assert taken.mail["subject"] == "INC0012345 (ACME Managed Sërvices, snow)"
    assert "Time used: 4h of 4h" in taken.mail.get_content()
    assert server.heard[-1].upper() == "QUIT"


@needs_openssl
@pytest.mark.parametrize(("security", "at_once"), [("starttls", False), ("tls", True)])
def test_it_is_encrypted_and_logged_in(security: str, at_once: bool, trusted: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = trusted
    options = {"security": security, "ca_file": ca_file, "username": LOGIN[0], "password": SecretRef(env="P")}
    with serving(context, at_once=at_once, login=LOGIN) as server, mailer(server, **options) as notifier:
        notifier.deliver(envelope())
    (taken,) = server.taken
    assert (taken.encrypted, taken.user) == (True, LOGIN[0])


@needs_openssl
@pytest.mark.parametrize(("security", "at_once"), [("starttls", False), ("tls", True)])
def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_said(
    security: str, at_once: bool, trusted: tuple[ssl.SSLContext, str]
) -> None:
    options = {"security": security, "username": LOGIN[0], "password": SecretRef(env="P")}
    with (
        serving(trusted[0], at_once=at_once, login=LOGIN) as server,
        mailer(server, **options) as notifier,
        pytest.raises(DeliveryError) as caught,
    ):
        notifier.deliver(envelope())
    assert (caught.value.reason, caught.value.permanent) == ("network", False)
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value)
    assert not [line for line in server.heard if line.startswith(("AUTH", "MAIL"))]


@needs_openssl
def test_a_refused_login_is_not_for_good(trusted: tuple[ssl.SSLContext, str]) -> None:
    options = {"security": "tls", "ca_file": trusted[1], "username": "other", "password": SecretRef(env="P")}
    with (
        serving(trusted[0], at_once=True, login=LOGIN) as server,
        mailer(server, **options) as notifier,
        pytest.raises(DeliveryError) as caught,
    ):
        notifier.deliver(envelope())
    assert (caught.value.reason, caught.value.permanent) == ("auth", False)
    assert "other" not in str(caught.value)


def test_encryption_that_is_demanded_and_not_offered_is_never_done_without() -> None:
    error = failing({}, security="starttls")
    assert (error.reason, error.permanent) == ("rejected", False)


@pytest.mark.parametrize(
    ("replies", "reason", "permanent"),
    [
        pytest.param({"GREETING": "421 canary is busy"}, "server", False, id="too busy to greet"),
        pytest.param({"GREETING": "554 canary"}, "server", False, id="does not want us"),
        pytest.param({"EHLO": "550 canary", "HELO": "550 canary"}, "server", False, id="refuses our name"),
        pytest.param({"MAIL": "451 canary"}, "server", False, id="the sender, for now"),
        pytest.param({"MAIL": "550 canary"}, "rejected", True, id="the sender, for good"),
        pytest.param({ONE: "450 canary", TWO: "450 canary"}, "server", False, id="everybody, for now"),
        pytest.param({ONE: "550 canary", TWO: "550 canary"}, "rejected", True, id="everybody, for good"),
        pytest.param({ONE: "550 canary", TWO: "450 canary"}, "server", False, id="one for good, one for now"),
        pytest.param({"DATA": "451 canary"}, "server", False, id="the mail, for now"),
        pytest.param({"DATA": "554 canary"}, "rejected", True, id="the mail, for good"),
        pytest.param({"BODY": "452 canary is full"}, "server", False, id="what is in it, for now"),
        pytest.param({"BODY": "552 canary"}, "rejected", True, id="what is in it, for good"),
        pytest.param({"BODY": HANG_UP}, "network", False, id="hangs up over the mail"),
        pytest.param({"GREETING": HANG_UP}, "network", False, id="hangs up at once"),
        pytest.param({ONE: "421 canary leaves"}, "server", False, id="leaves in the middle"),
    ],
)
def test_what_is_refused_for_good_is_told_from_what_is_refused_for_now(
    replies: dict[str, str], reason: str, permanent: bool
) -> None:
    error = failing(replies)
    assert (error.reason, error.permanent) == (reason, permanent)


def test_nobody_listening_is_the_network() -> None:
    with serving() as server:
        port = server.port
    with mailer(MailServer(port=port)) as notifier, pytest.raises(DeliveryError) as caught:
        notifier.deliver(envelope())
    assert (caught.value.reason, caught.value.permanent) == ("network", False)


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    with serving(held=threading.Event()) as server, mailer(server, timeout_seconds=0.2) as notifier:
        with pytest.raises(DeliveryError) as caught:
            notifier.deliver(envelope())
        assert caught.value.reason == "timeout"


@pytest.mark.parametrize("parting", [HANG_UP, "421 canary", "500 canary"])
def test_a_mail_that_was_taken_stays_taken_however_the_server_parts(parting: str) -> None:
    with serving(replies={"QUIT": parting}) as server, mailer(server) as notifier:
        notifier.deliver(envelope())
    assert len(server.taken) == 1


def test_a_recipient_refused_for_now_is_tried_again_alone() -> None:
    with serving(replies={TWO: "450 later"}) as server, mailer(server) as notifier:
        with pytest.raises(DeliveryError) as caught:
            notifier.deliver(envelope())
        assert (caught.value.permanent, str(caught.value)) == (False, "1 of 2 recipients refused: 450")
        del server.replies[TWO]
        notifier.deliver(envelope(attempt=2))
    first, second = server.taken
    assert (first.to, second.to) == ((ONE,), (TWO,))
    assert first.mail["message-id"] == second.mail["message-id"]


def test_a_recipient_refused_for_good_is_told_although_the_others_have_it() -> None:
    with (
        serving(replies={TWO: "550 unknown"}) as server,
        mailer(server) as notifier,
        pytest.raises(DeliveryError) as caught,
    ):
        notifier.deliver(envelope())
    assert (caught.value.reason, caught.value.permanent) == ("rejected", True)
    assert [taken.to for taken in server.taken] == [(ONE,)]


def test_a_notice_that_is_repeated_after_it_was_taken_goes_to_everybody_again_under_its_name() -> None:
    with serving() as server, mailer(server) as notifier:
        notifier.deliver(envelope())
        notifier.deliver(envelope(attempt=2))
    first, second = server.taken
    assert first.to == second.to == (ONE, TWO)
    assert first.mail["message-id"] == second.mail["message-id"]


def test_lines_that_begin_with_a_full_stop_arrive_as_they_are() -> None:
    with serving() as server, mailer(server) as notifier:
        notifier.deliver(of_ticket("." * 200))
    assert "." * 200 in server.taken[0].mail.get_content()
