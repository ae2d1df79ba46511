"""A stretch of code without network: what a mapper must get along with."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_state = threading.local()
_installed = threading.Lock()
_hooks: list[bool] = []


@contextmanager
def offline() -> Iterator[None]:
    """Make every use of a socket by this thread raise AssertionError.

    An audit hook (PEP 578) sees even what was imported under another name; it stays for the life of the process, and
    does nothing outside such a stretch.
    """
    with _installed:
        if not _hooks:
            sys.addaudithook(_refuse)
            _hooks.append(True)
    before = getattr(_state, "offline", False)
    _state.offline = True
    try:
        yield
    finally:
        _state.offline = before


def _refuse(event: str, _: tuple[object, ...]) -> None:
    if event.startswith("socket.") and getattr(_state, "offline", False):
        raise AssertionError(f"network was used where there must be none: {event}")
