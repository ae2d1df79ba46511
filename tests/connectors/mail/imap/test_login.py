"""How connections are encrypted and entered: TLS, STARTTLS that is never skipped, passwords, XOAUTH2 tokens."""

import base64
import ssl
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from syncd.daemon.system_now import SystemNow
from syncd.errors import ConfigError, SourceError, SourceMisunderstood, SourceRefused
from syncd.ports.toolkit import HttpRequest, HttpResponse
from syncd.transport.served import serve
from tests.alerting.smtp_server import certificate, needs_openssl
from tests.connectors.mail.imap.bench import Bench, answer, named, question
from tests.connectors.mail.imap.dovecot import PASSWORD, Dovecot, running
from tests.connectors.mail.imap.scripted import Connection, Scripted


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine, and its key."""
    folder = tmp_path_factory.mktemp("keys")
    certificate(folder)
    return folder


@pytest.fixture(scope="module")
def secured(keys: Path) -> Iterator[Dovecot]:
    """A Dovecot with TLS on one port and STARTTLS on the other."""
    with running(tls=keys) as dovecot:
        yield dovecot


def over(server: Dovecot, keys: Path, security: str, *, trusted: bool = True) -> Bench:
    port = server.tls_port if security == "tls" else server.port
    backend = {"security": security, "host": "localhost", **({"ca_file": "cert.pem"} if trusted else {})}
    return Bench(port, f"via-{security}", backend=backend, folder=keys)


@needs_openssl
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_is_read_over_an_encrypted_connection(secured: Dovecot, keys: Path, security: str) -> None:
    bench = over(secured, keys, security)
    secured.deliver(bench.user, answer(1))
    assert named(bench.look()) == {"a1@v"}


@needs_openssl
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_is_refused_before_a_password_is_sent(
    secured: Dovecot, keys: Path, security: str
) -> None:
    with pytest.raises(SourceRefused, match="certificate") as caught:
        over(secured, keys, security, trusted=False).look()
    assert caught.value.reason == "configuration"


def test_a_file_of_certificates_that_is_none_is_named_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ca_file"):
        Bench(1, backend={"security": "tls", "ca_file": "nothing.pem"}, folder=tmp_path).connect()


def test_a_server_that_offers_no_starttls_hears_no_password() -> None:
    with Scripted() as server:
        with pytest.raises(SourceRefused, match="nothing is said to it in clear"):
            Bench(server.port, backend={"security": "starttls"}).look()
        assert not [each for each in server.commands if each.startswith((b"AUTH", b"LOGIN"))]


def test_a_server_that_lets_everybody_in_before_starttls_is_not_believed() -> None:
    server = Scripted(greeting=b"* PREAUTH hello", capability=b"IMAP4rev1 STARTTLS")
    with server, pytest.raises(SourceRefused, match="nothing is said to it in clear"):
        Bench(server.port, backend={"security": "starttls"}).look()


def test_what_is_said_before_the_encryption_is_not_taken_for_what_is_said_under_it() -> None:
    def inject(client: Connection, tag: bytes, command: bytes) -> bool:
        if command == b"STARTTLS":
            client.say(tag + b" OK go on", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN X-EVIL")
        return command == b"STARTTLS"

    with Scripted(capability=b"IMAP4rev1 STARTTLS AUTH=PLAIN", hook=inject) as server:
        with pytest.raises(SourceMisunderstood, match="before the encryption"):
            Bench(server.port, backend={"security": "starttls"}).look()
        assert server.logins == []


def test_a_password_goes_by_plain_where_that_is_offered_and_else_by_login() -> None:
    with Scripted() as plain, Scripted(capability=b"IMAP4rev1") as login:
        for server in (plain, login):
            Bench(server.port, 'de"sk').look()
        assert plain.logins == [b"\0" + b'de"sk' + b"\0" + PASSWORD.encode()]
        assert login.logins == [b'LOGIN "de\\"sk" "' + PASSWORD.encode() + b'"']


def test_a_server_that_takes_no_password_hears_none() -> None:
    with Scripted(capability=b"IMAP4rev1 LOGINDISABLED") as server:
        with pytest.raises(SourceRefused, match="takes no passwords"):
            Bench(server.port).look()
        assert server.logins == []


def test_a_password_that_is_wrong_is_a_matter_for_a_person_and_is_not_told(dovecot: Dovecot) -> None:
    with pytest.raises(SourceRefused) as caught:
        Bench(dovecot.port, "mistaken", secrets={"MAIL_PASSWORD": "surely-wrong"}).look()
    assert caught.value.reason == "auth"
    assert "surely-wrong" not in repr(caught.value.__cause__) + str(caught.value)


def test_a_user_with_a_line_break_sends_no_second_command() -> None:
    with Scripted(capability=b"IMAP4rev1") as server:
        with pytest.raises(SourceRefused):
            Bench(server.port, "a\r\nX DELETE INBOX").look()
        assert not [each for each in server.commands if b"DELETE" in each]


class Grants:
    """A token endpoint: hands out tokens by number, or answers as told."""

    def __init__(self, lasts: float | None = 3600) -> None:
        self.lasts = lasts
        self.forms: list[Mapping[str, list[str]]] = []
        self.status = 200

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        del now
        assert (request.method, request.path) == ("POST", "/tenant/oauth2/token")
        self.forms.append(parse_qs(request.content.decode()))
        expires = "" if self.lasts is None else f', "expires_in": {self.lasts}'
        said = f'{{"access_token": "token{len(self.forms)}", "token_type": "Bearer"{expires}}}'
        body = said if self.status == 200 else '{"error": "invalid_grant"}'
        return HttpResponse(self.status, {"content-type": "application/json"}, body.encode())

    def options(self, base_url: str) -> Mapping[str, object]:
        return {"url": base_url}

    def credentials(self) -> Mapping[str, str]:
        return {}


class Page(Grants):
    """A page where a token was asked for."""

    def respond(self, request: HttpRequest, now: datetime) -> HttpResponse:
        del request, now
        return HttpResponse(200, {}, b"<html>")


SECRETS = {"ID": "client-1", "SECRET": "s3cret", "REFRESH": "refresh-1"}


def by_token(server: Scripted, url: str, kind: str, **more: Any) -> Bench:
    auth: dict[str, Any] = {"kind": kind, "username": "desk@example.com", "token_url": f"{url}/tenant/oauth2/token"}
    auth |= {"client_id": {"env": "ID"}, "client_secret": {"env": "SECRET"}, **more}
    return Bench(server.port, backend={"auth": auth}, secrets=SECRETS)


def accepting(*tokens: bytes) -> Any:
    """A hook that lets in whoever brings one of these, and challenges others as Google and Microsoft do."""

    def hook(client: Connection, tag: bytes, command: bytes) -> bool:
        if command != b"AUTHENTICATE XOAUTH2":
            return False
        client.say(b"+ ")
        brought = base64.b64decode(client.line())
        seen.append(brought)
        if any(b"auth=Bearer " + token + b"\x01\x01" in brought for token in tokens):
            client.say(tag + b" OK in")
            return True
        client.say(b"+ " + base64.b64encode(b'{"status":"401","schemes":"bearer"}'))
        seen.append(client.line())
        client.say(tag + b" NO [AUTHENTICATIONFAILED] Invalid credentials")
        return True

    seen: list[bytes] = []
    hook.seen = seen  # type: ignore[attr-defined]  # what a test looks at
    return hook


def test_an_application_asks_for_its_own_token_and_brings_it() -> None:
    hook, grants = accepting(b"token1"), Grants()
    with Scripted(hook=hook) as server, serve(grants, now=SystemNow()) as endpoint:
        bench = by_token(server, endpoint.url, "xoauth2_client_credentials")
        assert named(bench.look()) == {"a1@v", "a2@v", "q1@c", "q2@c"}
        bench.look()
    (form,) = grants.forms
    assert form == {
        "grant_type": ["client_credentials"], "client_id": ["client-1"], "client_secret": ["s3cret"],
        "scope": ["https://outlook.office365.com/.default"],
    }  # fmt: skip
    assert hook.seen == [b"user=desk@example.com\x01auth=Bearer token1\x01\x01"]


def test_a_consent_is_kept_as_a_refresh_token() -> None:
    grants = Grants()
    with Scripted(hook=accepting(b"token1")) as server, serve(grants, now=SystemNow()) as endpoint:
        bench = by_token(server, endpoint.url, "xoauth2_refresh_token", refresh_token={"env": "REFRESH"})
        assert len(bench.look()) == 4
    assert grants.forms == [{
        "grant_type": ["refresh_token"], "client_id": ["client-1"], "client_secret": ["s3cret"],
        "refresh_token": ["refresh-1"],
    }]  # fmt: skip


def test_a_token_that_was_withdrawn_is_asked_for_anew_once() -> None:
    hook, grants = accepting(b"token2"), Grants()
    with Scripted(hook=hook) as server, serve(grants, now=SystemNow()) as endpoint:
        bench = by_token(server, endpoint.url, "xoauth2_client_credentials")
        assert len(bench.look()) == 4
    assert len(grants.forms) == 2
    assert hook.seen[1] == b"", "the challenge is answered by an empty line"


def test_a_token_that_is_refused_again_is_a_matter_for_a_person() -> None:
    grants = Grants()
    server = Scripted(hook=accepting())
    with server, serve(grants, now=SystemNow()) as endpoint, pytest.raises(SourceRefused) as caught:
        by_token(server, endpoint.url, "xoauth2_client_credentials").look()
    assert caught.value.reason == "auth"
    assert len(grants.forms) == 2
    assert "token" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 401])
def test_a_token_endpoint_that_refuses_is_a_matter_for_a_person(status: int) -> None:
    grants = Grants()
    grants.status = status
    with Scripted() as server, serve(grants, now=SystemNow()) as endpoint:
        with pytest.raises(SourceRefused) as caught:
            by_token(server, endpoint.url, "xoauth2_client_credentials").look()
        assert server.commands == []
    assert caught.value.reason == "auth"
    assert "s3cret" not in str(caught.value)


def test_a_connection_that_is_opened_later_brings_a_token_that_lasts() -> None:
    grants = Grants(lasts=600)
    with Scripted(hook=accepting(b"token1", b"token2")) as server, serve(grants, now=SystemNow()) as endpoint:
        bench = by_token(server, endpoint.url, "xoauth2_client_credentials")
        bench.look()
        bench.look()
        assert len(grants.forms) == 1
        bench.now.sleep(400)
        bench.look()
        assert len(grants.forms) == 2


def test_an_endpoint_that_answers_without_a_token_is_not_understood() -> None:
    with Scripted() as server, serve(Page(), now=SystemNow()) as endpoint, pytest.raises(SourceError):
        by_token(server, endpoint.url, "xoauth2_client_credentials").look()


def test_secrets_that_cannot_be_read_are_named_at_the_start() -> None:
    def nothing(ref: object) -> Any:
        raise ConfigError(f"{ref} is not there")

    bench = Bench(1)
    bench._secret = nothing  # type: ignore[method-assign]  # noqa: SLF001 - a vault that is empty
    with pytest.raises(ConfigError):
        bench.connect()


def test_trust_is_never_turned_off() -> None:
    from connectors.mail.imap.opening import trust  # noqa: PLC0415 - the one thing looked at here
    from tests.connectors.mail.letters import options  # noqa: PLC0415 - as above

    backend: Any = options(backend=dict(Bench(1).settings()["backend"]) | {"security": "tls"}).backend
    context = trust(backend, Path())
    assert context is not None
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert question(1)
