"""A mailbox on a Dovecot for the examination: conversations that get an answer each when time passes."""

import atexit
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from connectors.mail import plugin
from syncd.testing.conformance import Examinee
from tests.connectors.mail.imap.bench import Bench, answer, question
from tests.connectors.mail.imap.dovecot import EXCHANGE, Dovecot, running
from tests.connectors.mail.letters import OPTIONS

CONVERSATIONS = 40
_users = count()


@cache
def server_of(capability: str) -> Dovecot:
    """Return the one server for the run that offers so much; whoever uses it has a user of its own there."""
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running(capability))


def an_examinee(capability: str) -> Callable[[Path], Examinee[Any]]:
    """Return how a mailbox on a server that offers so much is built."""

    def build(folder: Path) -> Examinee[Any]:
        server = server_of(capability)
        user = f"examined{next(_users)}"
        numbers = range(CONVERSATIONS)
        server.deliver(user, *(question(number, body="Dear all, it is down.") for number in numbers), folder="Sent")
        made: list[Bench] = []

        def bench(port: int) -> Bench:
            made.append(Bench(port, user, folder=folder, backend={"batch": 10}))
            return made[-1]

        def connect(port: int = server.port) -> Any:
            return bench(port).connect()

        return Examinee(
            plugin=plugin, options={**OPTIONS, **made_options(bench(server.port))}, site=made[0].site,
            connect=connect, wait=lambda _: server.deliver(user, *(answer(number) for number in numbers)),
            text="Dear all,", broken=lambda: connect(1),
        )  # fmt: skip

    return build


def made_options(bench: Bench) -> dict[str, Any]:
    """Return a bench's options as a configuration file has them."""
    return dict(bench.settings())


EXAMINEES = {"mail over IMAP": an_examinee(""), "mail over IMAP like Exchange": an_examinee(EXCHANGE)}
