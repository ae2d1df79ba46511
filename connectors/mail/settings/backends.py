"""Where mail is read from."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from syncd.ports.secret import SecretRef

CLOSED = ConfigDict(extra="forbid", frozen=True)

_HERE = ("localhost", "127.0.0.1", "::1")


class PlainLogin(BaseModel):
    """A user name and a password, over TLS only."""

    model_config = CLOSED

    kind: Literal["plain"] = Field(description="User name and password (SASL PLAIN).")
    username: str = Field(min_length=1, description="The mailbox's user.")
    password: SecretRef = Field(description="Where its password is: {env: NAME} or {file: PATH}.")


class XoauthClientLogin(BaseModel):
    """An application's own token (RFC 6749, section 4.4), for Microsoft 365."""

    model_config = CLOSED

    kind: Literal["xoauth2_client_credentials"] = Field(description="XOAUTH2 with an application's own token.")
    username: str = Field(min_length=1, description="The mailbox to open, such as vendor-desk@example.com.")
    token_url: str = Field(pattern=r"^https?://", description="The token endpoint, https except towards this machine.")
    client_id: SecretRef = Field(description="Where the client id is: {env: NAME} or {file: PATH}.")
    client_secret: SecretRef = Field(description="Where the client secret is: {env: NAME} or {file: PATH}.")
    scope: str = Field("https://outlook.office365.com/.default", description="The scope to ask for.")


class XoauthRefreshLogin(BaseModel):
    """A user's consent, kept as a refresh token (RFC 6749, section 6), for Gmail and Microsoft 365."""

    model_config = CLOSED

    kind: Literal["xoauth2_refresh_token"] = Field(description="XOAUTH2 with a token from a refresh token.")
    username: str = Field(min_length=1, description="The mailbox to open.")
    token_url: str = Field(pattern=r"^https?://", description="The token endpoint, https except towards this machine.")
    client_id: SecretRef = Field(description="Where the client id is: {env: NAME} or {file: PATH}.")
    client_secret: SecretRef | None = Field(None, description="Where the client secret is, if the client has one.")
    refresh_token: SecretRef = Field(description="Where the refresh token is: {env: NAME} or {file: PATH}.")
    scope: str | None = Field(None, description="The scope to ask for; by default that of the consent.")


class ImapBackend(BaseModel):
    """A mailbox over IMAP; only read (EXAMINE, PEEK)."""

    model_config = CLOSED

    kind: Literal["imap"] = Field(description="IMAP (RFC 3501, RFC 9051).")
    host: str = Field(min_length=1, description="The server's name.")
    port: int | None = Field(None, ge=1, le=65535, description="Its port; 993 with TLS from the start, else 143.")
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="TLS from the start, STARTTLS, or none, which is refused except towards this machine."
    )
    ca_file: str | None = Field(None, description="A file of certificates to trust beside the system's.")
    auth: Annotated[PlainLogin | XoauthClientLogin | XoauthRefreshLogin, Field(discriminator="kind")] = Field(
        description="How to log in."
    )
    command_timeout: int = Field(60, ge=1, le=600, description="Seconds that one command may take altogether.")
    batch: int = Field(500, ge=10, le=2000, description="Messages asked for at a time.")

    @model_validator(mode="after")
    def _plaintext_stays_here(self) -> "ImapBackend":
        if self.security == "none" and self.host not in _HERE:
            raise ValueError("security: none is possible towards this machine only: passwords travel in clear")
        return self


class GraphBackend(BaseModel):
    """A mailbox through Microsoft Graph; needs the application permission Mail.Read and no more."""

    model_config = CLOSED

    kind: Literal["graph"] = Field(description="Microsoft Graph.")
    url: str = Field(
        "https://graph.microsoft.com/v1.0",
        pattern=r"^https?://[^/?#@]+(/[^?#]*)?$",
        description="The service's address, version included; national clouds have their own.",
    )
    mailbox: str = Field(
        min_length=1, max_length=320, pattern=r"^[^/\s]+$", description="The mailbox to read: its address or id."
    )
    login_url: str = Field(
        "https://login.microsoftonline.com",
        pattern=r"^https?://[^/?#@]+/?$",
        description="Where tokens come from; national clouds have their own.",
    )
    tenant: str = Field(pattern=r"^[A-Za-z0-9.-]{1,255}$", description="The tenant's id or domain.")
    client_id: SecretRef = Field(description="Where the client id is: {env: NAME} or {file: PATH}.")
    client_secret: SecretRef = Field(description="Where the client secret is: {env: NAME} or {file: PATH}.")
    scope: str | None = Field(None, description="The scope to ask for; by default all that was consented to at `url`.")
    batch: int = Field(100, ge=10, le=1000, description="Messages asked for at a time.")
    relist_after: int = Field(
        3600,
        ge=60,
        le=604_800,
        description="Seconds after which all folders are listed again.",
    )

    @model_validator(mode="after")
    def _plaintext_stays_here(self) -> "GraphBackend":
        url, login = urlsplit(self.url), urlsplit(self.login_url)
        if "http" in (url.scheme, login.scheme) and (
            url.hostname not in _HERE or (url.scheme, url.netloc) != (login.scheme, login.netloc)
        ):
            raise ValueError("url and login_url: plain http is possible towards one address of this machine only")
        return self


class MaildirBackend(BaseModel):
    """Message files: a Maildir, an mbox file, a folder of messages; for imports and demonstrations."""

    model_config = CLOSED

    kind: Literal["maildir"] = Field(description="Maildir, mbox or message files.")
    path: str = Field(min_length=1, description="The Maildir, file or folder; relative to the configuration file.")


Backend = Annotated[ImapBackend | GraphBackend | MaildirBackend, Field(discriminator="kind")]
