"""Ways to log in."""

from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from syncd.ports.secret import SecretRef

_Closed = ConfigDict(extra="forbid", frozen=True)


def base_url(text: str) -> str:
    """Return an address that credentials may be sent to; raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("a full address is needed, such as https://example.atlassian.net")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("an address without user name, question mark and fragment is needed")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError("https is needed, except towards this machine itself: credentials travel in every request")
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, not an address
        return False


class TokenLogin(BaseModel):
    """An API token of Jira Cloud without scopes."""

    model_config = _Closed

    kind: Literal["token"] = Field(description="Cloud API token without scopes, used at the site's own address.")
    email: str = Field(min_length=3, description="The account's address.")
    token: SecretRef = Field(description="Where the token is: {env: NAME} or {file: PATH}.")


class ScopedLogin(BaseModel):
    """An API token of Jira Cloud with scopes, or a service account's."""

    model_config = _Closed

    kind: Literal["scoped_token"] = Field(description="Cloud API token with scopes, used through Atlassian's gateway.")
    email: str | None = Field(None, description="The account's address; without one the token is sent as a bearer's.")
    token: SecretRef = Field(description="Where the token is: {env: NAME} or {file: PATH}.")
    cloud_id: str | None = Field(None, description="The site's cloud id; found out from its address by default.")


class ClientLogin(BaseModel):
    """A service account's OAuth client (RFC 6749, section 4.4)."""

    model_config = _Closed

    kind: Literal["client_credentials"] = Field(description="OAuth 2.0 client credentials of a service account.")
    client_id: SecretRef = Field(description="Where the client id is: {env: NAME} or {file: PATH}.")
    client_secret: SecretRef = Field(description="Where the client secret is: {env: NAME} or {file: PATH}.")
    cloud_id: str | None = Field(None, description="The site's cloud id; found out from its address by default.")


class PatLogin(BaseModel):
    """A personal access token of Data Center."""

    model_config = _Closed

    kind: Literal["pat"] = Field(description="Data Center personal access token, since 8.14.")
    token: SecretRef = Field(description="Where the token is: {env: NAME} or {file: PATH}.")


class BasicLogin(BaseModel):
    """A user name and a password of Data Center."""

    model_config = _Closed

    kind: Literal["basic"] = Field(description="User name and password (HTTP basic authentication), Data Center only.")
    username: str = Field(min_length=1, description="The integration user.")
    password: SecretRef = Field(description="Where its password is: {env: NAME} or {file: PATH}.")
