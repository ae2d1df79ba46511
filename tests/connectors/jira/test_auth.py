"""Every way to log in finds its door, and nobody's secret finds its way into a message."""

from collections.abc import Mapping

import pytest

from syncd.errors import SourceError, SourceRefused
from tests.connectors.jira.site import JiraSite, ago, create, live, past, tickets

LOGINS: Mapping[str, tuple[dict[str, str], str]] = {
    "a token without scopes at the site": ({"auth": "token"}, "/rest/api/"),
    "a token with scopes at the gateway": ({"auth": "scoped_token"}, "/ex/jira/"),
    "a service account's client at the gateway": ({"auth": "client_credentials"}, "/ex/jira/"),
    "a personal access token": ({"product": "dc", "auth": "pat"}, "/rest/api/2/"),
    "a password": ({"product": "dc", "auth": "basic"}, "/rest/api/2/"),
}


@pytest.mark.parametrize("row", LOGINS)
def test_a_login_is_used_where_it_is_good(row: str) -> None:
    script, prefix = LOGINS[row]
    site = JiraSite({**script, "changes": [create(1, ago(60))]})
    assert tickets(past(site.reader())) == ["1"]
    apart = ("/_edge/tenant_info", "/oauth/token")
    assert {request.path.startswith(prefix) for request in site.simulator.asked if request.path not in apart} == {True}


def test_the_cloud_id_is_asked_for_once_and_without_the_credential() -> None:
    site = JiraSite({"auth": "scoped_token", "changes": [create(1, ago(60))]})
    reader = site.reader()
    live(reader, None)
    live(reader, None)
    asked = [request for request in site.simulator.asked if request.path == "/_edge/tenant_info"]
    assert len(asked) == 1
    assert "authorization" not in asked[0].headers


def test_a_configured_cloud_id_is_not_asked_for() -> None:
    known = JiraSite({"auth": "scoped_token"}).simulator.inner.gate.cloud_id
    auth = {"kind": "scoped_token", "token": {"env": "JIRA_SCOPED_TOKEN"}, "cloud_id": known}
    site = JiraSite({"changes": [create(1, ago(60))]}, {"auth": auth})
    assert tickets(past(site.reader())) == ["1"], "a service account's token is sent as a bearer's"
    assert site.asked("/_edge/tenant_info") == 0


def test_a_token_with_scopes_used_as_one_without_is_refused() -> None:
    site = JiraSite({"changes": [create(1, ago(60))]})
    site.secrets = {"JIRA_TOKEN": site.simulator.inner.gate.scoped_token}
    with pytest.raises(SourceRefused) as refusal:
        live(site.reader(), None)
    assert refusal.value.reason == "auth"


def test_a_clients_token_is_renewed_before_it_ends_and_after_a_revocation() -> None:
    script = {
        "auth": "client_credentials",
        "token_seconds": 600,
        "faults": [{"kind": "revoke", "from": 2000, "times": 1}],
    }
    site = JiraSite({**script, "changes": [create(1, ago(60))]})
    reader = site.reader()
    cursor = None
    for _ in range(8):
        _, cursor = live(reader, cursor)
        site.now.advance(300)
    assert site.simulator.inner.gate.issued >= 4


SECRETS = ("JIRA_TOKEN", "JIRA_SCOPED_TOKEN", "JIRA_CLIENT_SECRET", "JIRA_PAT", "JIRA_PASSWORD")


@pytest.mark.parametrize("row", LOGINS)
def test_a_wrong_secret_is_a_matter_of_the_login_and_not_in_the_message(row: str) -> None:
    script, _ = LOGINS[row]
    site = JiraSite({**script, "changes": [create(1, ago(60))]}, secrets=dict.fromkeys(SECRETS, "canary-of-a-secret"))
    with pytest.raises(SourceError) as refusal:
        live(site.reader(), None)
    assert refusal.value.reason == "auth"
    assert "canary" not in "".join(map(str, (refusal.value, refusal.value.__cause__, refusal.value.__context__)))


@pytest.mark.parametrize("product", ["cloud", "dc"])
def test_the_product_is_told_by_the_site_and_not_by_its_name(product: str) -> None:
    site = JiraSite({"product": product, "changes": [create(1, ago(60))]})
    live(site.reader(), None)
    assert site.asked("/search/jql" if product == "cloud" else "/rest/api/2/search") > 0


def test_version_two_of_clouds_api_is_a_setting() -> None:
    site = JiraSite({"changes": [create(1, ago(60))]}, {"api_version": 2})
    assert tickets(past(site.reader())) == ["1"]
    assert not [request for request in site.simulator.asked if "/rest/api/3/" in request.path]
