"""The way in: which address a login is good for, and what it is sent as.

Tokens with scopes and OAuth tokens are good at Atlassian's gateway only, `api.atlassian.com/ex/jira/{cloudId}`; on the
site itself they fail. Where the site is this machine itself (plain http), so are its gateway and token endpoint.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from connectors.jira.cells import text
from connectors.jira.settings import JiraOptions
from connectors.jira.settings.logins import BasicLogin, ClientLogin, PatLogin, ScopedLogin, TokenLogin
from connectors.jira.wire import object_of
from syncd.errors import SourceMisunderstood
from syncd.ports.toolkit import Auth, BasicAuth, BearerAuth, ClientCredentials, HttpApi, Toolkit

GATEWAY = "https://api.atlassian.com"
TOKENS = "https://auth.atlassian.com"
TOKEN_PATH = "/oauth/token"  # noqa: S105  where tokens are asked for
TENANT_PATH = "/_edge/tenant_info"
HEADERS = {"accept": "application/json", "accept-language": "en", "x-force-accept-language": "true"}
"""Names come in the account's language unless English is demanded."""


@dataclass(frozen=True, slots=True)
class Door:
    """A service, and what stands before every path of it."""

    api: HttpApi
    prefix: str
    address: str
    """The whole address, without the prefix."""


def entered(options: JiraOptions, toolkit: Toolkit) -> Door:
    """Return the way in; asks the site for its cloud id where that is needed and not configured."""
    if not isinstance(options.auth, ScopedLogin | ClientLogin):
        return Door(toolkit.http(options.url, auth=_auth(options), headers=HEADERS), "", options.url)
    cloud_id = options.auth.cloud_id or _cloud_id(options, toolkit)
    gateway = _elsewhere(options, GATEWAY)
    api = toolkit.http(gateway, auth=_auth(options), headers=HEADERS)
    return Door(api, f"/ex/jira/{quote(cloud_id, safe='')}", gateway)


def token_service(options: JiraOptions) -> str:
    """Return the address that hands out OAuth tokens."""
    return _elsewhere(options, TOKENS)


def _elsewhere(options: JiraOptions, service: str) -> str:
    site = urlsplit(options.url)
    return f"http://{site.netloc}" if site.scheme == "http" else service


def _cloud_id(options: JiraOptions, toolkit: Toolkit) -> str:
    site = urlsplit(options.url)
    told = toolkit.http(f"{site.scheme}://{site.netloc}").get(TENANT_PATH, read=object_of(toolkit.source))
    if not text(told, "cloudId"):
        raise SourceMisunderstood(toolkit.source, "protocol", "the site does not tell its cloud id; configure it")
    return text(told, "cloudId")


def _auth(options: JiraOptions) -> Auth:
    login = options.auth
    if isinstance(login, TokenLogin):
        return BasicAuth(login.email, login.token)
    if isinstance(login, ScopedLogin):
        return BearerAuth(login.token) if login.email is None else BasicAuth(login.email, login.token)
    if isinstance(login, ClientLogin):
        here = urlsplit(options.url).scheme == "http"
        return ClientCredentials(TOKEN_PATH if here else TOKENS + TOKEN_PATH, login.client_id, login.client_secret)
    if isinstance(login, PatLogin):
        return BearerAuth(login.token)
    assert isinstance(login, BasicLogin)  # noqa: S101  the last of the union, for the type checker
    return BasicAuth(login.username, login.password)
