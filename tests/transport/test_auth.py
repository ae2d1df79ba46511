import base64

import httpx
import pytest

from syncd.errors import ConfigError, SourceRefused
from syncd.ports.secret import SecretRef
from syncd.ports.toolkit import Auth, BasicAuth, BearerAuth
from tests.transport.scripted import BASE, Scripted, Vault, body, desk, said, status

BASIC = BasicAuth("syncd", SecretRef(env="PASSWORD"))
BEARER = BearerAuth(SecretRef(env="TOKEN"))


def opens_with(header: str) -> Scripted:
    """Return a source that answers only to one `Authorization`."""

    def answer(request: httpx.Request) -> httpx.Response:
        return said("{}") if request.headers.get("authorization") == header else status(401)

    return Scripted(answer)


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        pytest.param(BASIC, "Basic " + base64.b64encode("syncd:pä:ss".encode()).decode(), id="basic, in UTF-8"),
        pytest.param(BEARER, "Bearer abc.def-_~+/=", id="bearer"),
    ],
)
def test_a_credential_is_sent(auth: Auth, header: str) -> None:
    script = opens_with(header)
    source = desk(script, vault=Vault(PASSWORD="pä:ss", TOKEN="abc.def-_~+/="))
    assert source.toolkit.http(BASE, auth=auth).get("/api", read=body) == b"{}"
    source.toolkit.close()
    assert len(script.requests) == 1


def test_the_credential_cannot_be_replaced_by_a_header() -> None:
    source = desk(opens_with("Bearer right"), vault=Vault(TOKEN="right"))
    api = source.toolkit.http(BASE, auth=BEARER, headers={"Authorization": "Bearer wrong"})
    assert api.get("/api", headers={"AUTHORIZATION": "Bearer wrong"}, read=body) == b"{}"
    source.toolkit.close()


@pytest.mark.parametrize("auth", [BASIC, BEARER])
def test_a_refused_credential_is_a_matter_for_a_person_and_not_sent_again(auth: Auth) -> None:
    script = opens_with("nothing")
    source = desk(script, vault=Vault(PASSWORD="canary", TOKEN="canary"))
    with pytest.raises(SourceRefused) as caught:
        source.toolkit.http(BASE, auth=auth).get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "auth"
    assert "canary" not in str(caught.value)
    assert len(script.requests) == 1


@pytest.mark.parametrize("auth", [BASIC, BEARER])
def test_a_credential_that_was_replaced_in_its_file_is_taken_up_without_a_restart(auth: Auth) -> None:
    vault = Vault(PASSWORD="old", TOKEN="old")
    new = "Bearer new" if auth is BEARER else "Basic " + base64.b64encode(b"syncd:new").decode()
    script = opens_with(new)
    source = desk(script, vault=vault)
    api = source.toolkit.http(BASE, auth=auth)
    vault.secrets = {"PASSWORD": "new", "TOKEN": "new"}
    assert api.get("/api", read=body) == b"{}"
    assert api.get("/api", read=body) == b"{}"
    source.toolkit.close()
    assert len(script.requests) == 3


def test_a_credential_that_vanished_leaves_the_refusal_standing() -> None:
    vault = Vault(TOKEN="old")
    source = desk(opens_with("nothing"), vault=vault)
    api = source.toolkit.http(BASE, auth=BEARER)
    vault.secrets = {}
    with pytest.raises(SourceRefused) as caught:
        api.get("/api", read=body)
    source.toolkit.close()
    assert caught.value.reason == "auth"


def test_a_replaced_credential_that_is_refused_too_is_tried_once() -> None:
    vault = Vault(TOKEN="old")
    script = opens_with("nothing")
    source = desk(script, vault=vault)
    api = source.toolkit.http(BASE, auth=BEARER)
    vault.secrets = {"TOKEN": "new"}
    with pytest.raises(SourceRefused):
        api.get("/api", read=body)
    source.toolkit.close()
    assert len(script.requests) == 2


@pytest.mark.parametrize(
    ("auth", "secrets"),
    [
        pytest.param(BEARER, {}, id="a secret that is not there"),
        pytest.param(BEARER, {"TOKEN": ""}, id="an empty token"),
        pytest.param(BEARER, {"TOKEN": "canary\n"}, id="a token with a line break"),
        pytest.param(BEARER, {"TOKEN": "canary two"}, id="a token with a blank"),
        pytest.param(BEARER, {"TOKEN": "canarý"}, id="a token outside ASCII"),
        pytest.param(BasicAuth("a:b", SecretRef(env="TOKEN")), {"TOKEN": "canary"}, id="a colon in the user name"),
    ],
)
def test_a_credential_that_cannot_be_sent_is_told_before_the_first_call(auth: Auth, secrets: dict[str, str]) -> None:
    source = desk(Scripted(said("{}")), vault=Vault(**secrets))
    with pytest.raises(ConfigError) as caught:
        source.toolkit.http(BASE, auth=auth)
    source.toolkit.close()
    assert "canar" not in str(caught.value)


def test_a_secret_is_lent_to_the_connector() -> None:
    source = desk(Scripted(said("{}")), vault=Vault(TOKEN="abc"))
    assert source.toolkit.secret(SecretRef(env="TOKEN")).reveal() == "abc"
    with pytest.raises(ConfigError, match="OTHER"):
        source.toolkit.secret(SecretRef(env="OTHER"))
    source.toolkit.close()
