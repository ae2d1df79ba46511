"""One HTTP request to a receiver: no cookies, no redirects, no retries, and errors that name no address."""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from syncd import __version__
from syncd.alerting.verdict import verdict
from syncd.errors import ConfigError, DeliveryError
from syncd.ports.now import Now

_LOOPBACK: dict[str, httpx.BaseTransport | None] = {
    "all://localhost": None, "all://127.0.0.1": None, "all://[::1]": None,
}  # fmt: skip
"""Hosts that no proxy of the environment can reach: they mean another machine there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said; `failed` is what that means, None when it took it."""

    status: int
    failed: DeliveryError | None
    body: bytes = b""
    """Of what was fetched, the beginning; nothing of what was posted."""


class Poster:
    """Posts JSON; safe to share between threads.

    `headers` go with every request. `mount` answers in place of the network. Raises ConfigError for a timeout that is
    not greater than 0.
    """

    def __init__(
        self,
        name: str,
        now: Now,
        timeout_seconds: float,
        headers: Mapping[str, str] | None = None,
        mount: httpx.BaseTransport | None = None,
    ) -> None:
        if not timeout_seconds > 0:
            raise ConfigError(f"notifier {name}: timeout_seconds must be greater than 0")
        self._name = name
        self._now = now
        standing = {"user-agent": f"syncd/{__version__}", "accept": "*/*", "content-type": "application/json"}
        self._client = httpx.Client(
            headers={**standing, **(headers or {})},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            timeout=timeout_seconds,
            transport=mount,
            mounts=_LOOPBACK,
        )

    def post(self, url: httpx.URL, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer, whatever it is; raises `DeliveryError` when there was none. Tries once."""
        return self._ask(self._client.build_request("POST", url, headers=headers, content=body), most_bytes=0)

    def fetch(self, url: httpx.URL, most_bytes: int) -> Answer:
        """Return the answer to a GET with so much of its body at most; raises as `post` does."""
        return self._ask(self._client.build_request("GET", url), most_bytes=most_bytes)

    def _ask(self, request: httpx.Request, *, most_bytes: int) -> Answer:
        body = b""
        try:
            response = self._client.send(request, stream=True)
            try:
                if most_bytes:  # else the status says it all; a body may be endless
                    for part in response.iter_bytes():
                        body += part
                        if len(body) >= most_bytes:
                            break
            finally:
                response.close()
        except httpx.LocalProtocolError:
            # Not chained: its text quotes what cannot be sent.
            raise DeliveryError(self._name, "rejected", "the request cannot be sent as it is", permanent=True) from None
        except httpx.TimeoutException as error:
            raise DeliveryError(self._name, "timeout", f"no answer in time: {type(error).__name__}") from error
        except httpx.RequestError as error:
            raise DeliveryError(self._name, "network", f"no answer: {type(error).__name__}, {error}") from error
        after = response.headers.get("retry-after")
        failed = verdict(self._name, response.status_code, after, at=self._now.utc())
        return Answer(response.status_code, failed, body[:most_bytes])

    def close(self) -> None:
        """Let go of connections; harmless when called again."""
        self._client.close()


def address(name: str, text: str) -> httpx.URL:
    """Return an address as it can be posted to; raises `ConfigError`, without quoting it, for one that cannot."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        # Not chained: its text quotes the address.
        raise ConfigError(f"notifier {name}: url must look like https://host/path") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigError(f"notifier {name}: url must look like https://host/path")
    return url
