"""Dovecot servers of this run: one that offers everything, one with CONDSTORE alone, one like Exchange Online."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.connectors.mail.imap.bench import Bench
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


@pytest.fixture
def bench(server: Dovecot) -> Iterator[Bench]:
    """A new user's mailbox."""
    one = Bench(server.port, f"user{next(_users)}")
    yield one
    one.restart()


@pytest.fixture
def benches(dovecot: Dovecot) -> Iterator[Callable[..., Bench]]:
    """Makes new users' mailboxes on the server that offers everything."""
    made: list[Bench] = []

    def make(port: int | None = None, **more: object) -> Bench:
        made.append(Bench(port or dovecot.port, f"user{next(_users)}", **more))  # type: ignore[arg-type]  # its fields
        return made[-1]

    yield make
    for each in made:
        each.restart()
