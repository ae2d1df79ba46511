"""The core is told what time it is; only one class of the shell may ask, or sleep."""

import ast

import pytest

from tests.architecture.sources import dotted, modules, parsed, products, shown

READS = {
    "datetime.now", "datetime.today", "datetime.utcnow", "date.today",
    "time.time", "time.time_ns", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns",
    "time.localtime", "time.gmtime", "time.sleep",
}  # fmt: skip

FROM_TIME = {name.removeprefix("time.") for name in READS if name.startswith("time.")}


def clock_reads(tree: ast.AST) -> list[tuple[int, str]]:
    """Return where a tree asks for the time or sleeps, called or merely handed on."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            name = ".".join(dotted(node).split(".")[-2:])
            if name in READS:
                found.append((node.lineno, name))
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found.extend((node.lineno, f"time.{a.name}") for a in node.names if a.name in FROM_TIME)
    return found


def is_a_clock(node: ast.AST) -> bool:
    """Tell whether a class implements `syncd.ports.now.Now`."""
    return isinstance(node, ast.ClassDef) and {"utc", "monotonic", "sleep"} <= {
        item.name for item in node.body if isinstance(item, ast.FunctionDef)
    }


@pytest.mark.parametrize("room", ["syncd/domain", "syncd/ports", "syncd/services", "connectors"])
def test_nothing_in_the_core_or_in_a_connector_asks_for_the_time(room: str) -> None:
    assert {shown(path): reads for path in modules(room) if (reads := clock_reads(parsed(path)))} == {}


def test_only_the_one_clock_sleeps() -> None:
    sleepers = {}
    for path in products():
        tree = parsed(path)
        inside = {read for node in ast.walk(tree) if is_a_clock(node) for read in clock_reads(node)}
        sleeps = [read for read in clock_reads(tree) if read[1] == "time.sleep"]
        assert set(sleeps) <= inside, f"{shown(path)} sleeps; wait through ports.now"
        if sleeps:
            sleepers[shown(path)] = sleeps
    assert len(sleepers) <= 1


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime, UTC\nx = datetime.now(UTC)",
        "import datetime\nx = datetime.datetime.utcnow()",
        "import datetime as dt\nx = dt.date.today()",
        "from datetime import date\nx = date.today()",
        "import time\nx = time.time()",
        "import time\ndef wait(sleep=time.sleep): ...",
        "from time import monotonic\nx = monotonic()",
        "from dataclasses import field\nfrom datetime import datetime\nx = field(default_factory=datetime.now)",
    ],
)
def test_the_rule_sees_every_way_to_ask(source: str) -> None:
    assert clock_reads(ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "def as_of(now): return now.utc()",
        "from datetime import time\nx = time.min",
        "import time\nx = time.struct_time",
    ],
)
def test_being_told_is_no_asking(source: str) -> None:
    assert clock_reads(ast.parse(source)) == []
