"""A quiet mailbox for tests that fill it themselves."""

from collections.abc import Iterator

import pytest

from tests.connectors.mail.graph.desk import FOLDERS, Desk


@pytest.fixture(name="desk")
def a_desk() -> Iterator[Desk]:
    desk = Desk(options=FOLDERS)
    yield desk
    desk.close()
