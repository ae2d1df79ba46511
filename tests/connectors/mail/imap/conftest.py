"""Dovecot servers of this run: one that offers everything, one with CONDSTORE alone, one like Exchange Online."""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from tests.connectors.mail.imap.bench import Bench, end_readers
from tests.connectors.mail.imap.dovecot import CONDSTORE_ONLY, EXCHANGE, Dovecot, running

_users = count()


@pytest.fixture(scope="session", params=["", CONDSTORE_ONLY, EXCHANGE], ids=["everything", "condstore", "exchange"])
def server(request: pytest.FixtureRequest) -> Iterator[Dovecot]:
    """A server of each kind; every test has a user of its own."""
    with running(request.param) as dovecot:
        yield dovecot


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A server that offers all that Dovecot can."""
    with running() as one:
        yield one


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Ends every reader of a test with it."""
    yield
    end_readers()


@pytest.fixture
def bench(server: Dovecot) -> Bench:
    """A new user's mailbox."""
    return Bench(server.port, f"user{next(_users)}")


@pytest.fixture
def benches(dovecot: Dovecot) -> Callable[..., Bench]:
    """Makes new users' mailboxes on the server that offers everything."""

    def make(**more: Any) -> Bench:
        return Bench(dovecot.port, f"user{next(_users)}", **more)

    return make
