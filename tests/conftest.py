"""What holds for every test: a zone nobody lives by, no network but loopback, no silent skip in CI."""

import ipaddress
import os
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# 12:45 or 13:45 ahead of UTC: code that asks for local time by mistake cannot be right by luck.
os.environ["TZ"] = "Pacific/Chatham"
time.tzset()

# `SYNCD_HYPOTHESIS=long` searches for an hour instead of seconds. No deadlines: CI machines share their processors.
settings.register_profile("fast", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("fast"), max_examples=5000)
settings.load_profile(os.environ.get("SYNCD_HYPOTHESIS", "fast"))

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

ALLOWED_SKIP = "shared data absent"
"""How the reason of a skip begins that is right in an ordinary clone, in CI too."""

skipped_in_ci: list[str] = []


def is_loopback(family: int, address: object) -> bool:
    """Tell whether a socket of this family may connect to this address in a test."""
    if family == socket.AF_UNIX:
        return True
    if family not in {socket.AF_INET, socket.AF_INET6} or not isinstance(address, tuple):
        return False
    host = str(address[0])
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def on_loopback_only(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    """Return `connect` for loopback and Unix sockets; anything else fails the test, whatever its code catches."""

    def guarded(self: socket.socket, address: Any) -> Any:
        if not is_loopback(self.family, address):
            self.close()
            pytest.fail(f"a test reached for the network: {address!r}")
        return connect(self, address)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    originals = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}
    for name, original in originals.items():
        setattr(socket.socket, name, on_loopback_only(original))
    yield
    for name, original in originals.items():
        setattr(socket.socket, name, original)


def note_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Remember a skip that CI must not have; an expected failure is reported as skipped, but is none."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if not reason.startswith(ALLOWED_SKIP):
        skipped_in_ci.append(f"{report.nodeid}: {reason}")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if IN_CI:
        note_skip(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if IN_CI:
        note_skip(report)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if skipped_in_ci and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if skipped_in_ci:
        terminalreporter.section("CI must run every test", red=True)
        for line in skipped_in_ci:
            terminalreporter.line(f"SKIPPED IN CI, A FAILURE: {line}", red=True)
