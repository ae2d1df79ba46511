"""A real server over facts that stand still."""

from collections.abc import Iterator

import pytest

from syncd.web.server import WebServer
from tests.web.facts import FixedFacts, an_app


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    server = WebServer(an_app(FixedFacts()))
    server.start()
    yield server.url
    server.stop()
