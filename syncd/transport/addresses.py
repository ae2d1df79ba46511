"""Addresses of services: checked once, joined without surprises."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from syncd.errors import ConfigError

_RESERVED = re.compile(rb"[^A-Za-z0-9_.~-]")
"""What is percent-encoded: all but the unreserved characters of RFC 3986, section 2.3."""


def service(base_url: str) -> str:
    """Return a base address without its trailing slash; a path in it stays in front of every call's path.

    Raises `ConfigError` for anything but `http(s)://host[:port][/path]`: credentials belong into `auth`, and a query
    or fragment could not stay where it is.
    """
    try:
        url = httpx.URL(base_url)
        rest = urlsplit(base_url)
    except (httpx.InvalidURL, ValueError):
        # Not chained: their text quotes the address, and a password may stand in it.
        raise ConfigError("an address cannot be read: it must look like https://host/path") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigError(f"an address must look like https://host/path, and one begins with {url.scheme!r}")
    if rest.username is not None or rest.password is not None:
        raise ConfigError(f"the address of {url.host} holds a user name or password; those belong into auth")
    if rest.query or rest.fragment:
        raise ConfigError(f"the address of {url.host} holds a query or fragment; only a path may follow the host")
    return base_url.rstrip("/")


def joined(base: str, path: str, params: Mapping[str, str] | None = None) -> str:
    """Return the address of one call; `path` is sent as it is, `params` are percent-encoded here and nowhere else.

    Raises ValueError for a path that would leave the base or bring a query of its own: a bug of the caller.
    """
    if not path.startswith("/") or "?" in path or "#" in path:
        message = "a path begins with a slash and holds neither query nor fragment"
        raise ValueError(message)
    if any(segment.lower().replace("%2e", ".") in {".", ".."} for segment in path.split("/")):
        message = "a path may not climb with dot segments"
        raise ValueError(message)
    query = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in (params or {}).items())
    return f"{base}{path}?{query}" if query else f"{base}{path}"


def _encoded(text: str) -> str:
    """Return a text percent-encoded. Lists of ids are long, and `urllib` looks at every character by itself."""
    return _RESERVED.sub(lambda found: b"%%%02X" % ord(found[0]), text.encode()).decode()


def without_query(location: str) -> str:
    """Return a redirect's target for a message: its query may carry tokens."""
    return location.partition("?")[0].partition("#")[0]
