"""A reload over HTTP: only where it is allowed, only by POST or PUT, and never for a page in a browser."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from syncd.web.app import build_app
from syncd.web.server import WebServer
from tests.web.facts import NOW, FixedFacts, FixedPage

RELOAD = "/-/reload"


class Reloads:
    """Counts; the findings are what is wrong."""

    def __init__(self, *findings: str) -> None:
        self.findings, self.asked = findings, 0

    def __call__(self) -> Sequence[str]:
        self.asked += 1
        return self.findings


@contextmanager
def served(reload: Reloads | None) -> Iterator[str]:
    server = WebServer(build_app(FixedFacts(), FixedPage(), lambda: NOW, reload=reload))
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def ask(url: str, method: str, **headers: str) -> tuple[int, str]:
    request = Request(url + RELOAD, method=method, headers=headers)  # noqa: S310 - loopback
    try:
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
            return answer.status, answer.read().decode()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_right_configuration_is_accepted(method: str) -> None:
    reloads = Reloads()
    with served(reloads) as url:
        assert ask(url, method)[0] == 202
    assert reloads.asked == 1


def test_a_wrong_one_is_answered_with_every_finding() -> None:
    with served(Reloads("a.yaml:3: name: wrong", "b.yaml:1: nothing")) as url:
        assert ask(url, "POST") == (500, "a.yaml:3: name: wrong\nb.yaml:1: nothing\n")


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        pytest.param("GET", {}, 405, id="looking changes nothing"),
        pytest.param("HEAD", {}, 405, id="nor does HEAD"),
        pytest.param("POST", {"Origin": "https://evil.example"}, 403, id="a page from elsewhere"),
        pytest.param("POST", {"Origin": "null"}, 403, id="a page that hides where it is from"),
    ],
)
def test_what_is_refused_reloads_nothing(method: str, headers: dict[str, str], status: int) -> None:
    reloads = Reloads()
    with served(reloads) as url:
        assert ask(url, method, **headers)[0] == status
    assert reloads.asked == 0


def test_without_leave_there_is_no_such_page() -> None:
    with served(None) as url:
        assert ask(url, "POST")[0] == 404


def test_a_server_goes_on_with_a_socket_that_another_one_listened_on() -> None:
    first = WebServer(build_app(FixedFacts(), FixedPage(), lambda: NOW))
    assert first.listening() is None
    first.start()
    kept = first.listening()
    first.stop()
    second = WebServer(build_app(FixedFacts(), FixedPage(), lambda: NOW, reload=Reloads()), listening=kept)
    second.start()
    try:
        assert second.url == first.url
        assert ask(second.url, "POST")[0] == 202
    finally:
        second.stop()
