"""Log lines are JSON with facts, counted, and never carry a secret or an address."""

import ast
import io
import json
import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog

import syncd
from syncd.ports.secret import Secret
from syncd.telemetry import logs
from syncd.telemetry.redaction import Redactor

CANARY = 'canary-7f3a!"quoted"\'9'
LEVELS = {"debug", "info", "warning", "error", "exception"}


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger(logs.ROOT).setLevel(logging.NOTSET)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines_of(act: Callable[[], None], *, level: logs.Level = "info", redactor: Redactor | None = None) -> str:
    stream = io.StringIO()
    logs.set_up(level=level, stream=stream, redactor=redactor)
    act()
    return stream.getvalue()


def one_line(act: Callable[[], None]) -> dict[str, object]:
    (line,) = lines_of(act).splitlines()
    parsed: dict[str, object] = json.loads(line)
    return parsed


def explode(error: Exception) -> None:
    raise error


def fail(error: Exception) -> None:
    a_local = CANARY
    try:
        explode(error)
    except (ValueError, KeyError):
        logs.logger("daemon").exception("pass_failed", length=len(a_local))


def test_a_line_is_one_json_object_with_a_utc_time_and_the_event_s_facts() -> None:
    line = one_line(lambda: logs.logger("daemon").info("page_stored", tickets=3, source="snow"))
    stamp = datetime.fromisoformat(str(line["timestamp"]))
    assert stamp.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - stamp) < timedelta(minutes=1)
    assert {key: line[key] for key in ("level", "event", "logger", "tickets", "source")} == {
        "level": "info", "event": "page_stored", "logger": "syncd.daemon", "tickets": 3, "source": "snow",
    }  # fmt: skip


def test_what_a_worker_binds_stands_on_its_lines_and_on_no_other_thread_s() -> None:
    def work(worker: str) -> None:
        with logs.bound(worker=worker):
            logs.logger("daemon").info("step_done")
        logs.logger("daemon").info("worker_left", by=worker)

    def both() -> None:
        with logs.bound(worker="main"):
            thread = threading.Thread(target=work, args=("snow",))
            thread.start()
            thread.join()
            work("jira")

    lines = [json.loads(line) for line in lines_of(both).splitlines()]
    assert [(line["event"], line.get("worker")) for line in lines] == [
        ("step_done", "snow"), ("worker_left", None), ("step_done", "jira"), ("worker_left", "main"),
    ]  # fmt: skip


HOSTILE = "a\x1b[2J\x9b1m\rb\nforged\x85\u2028c\u202ed"


def test_hostile_facts_are_exact_in_json_and_neither_break_the_line_nor_reach_the_terminal() -> None:
    line = lines_of(lambda: logs.logger("daemon").info("page_stored", said=HOSTILE, nested={HOSTILE: [HOSTILE]}))
    assert line.endswith("\n")
    assert line[:-1].isprintable()
    parsed = json.loads(line)
    assert (parsed["said"], parsed["nested"]) == (HOSTILE, {HOSTILE: [HOSTILE]})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_who_reads_along_sees_hostile_facts_and_obeys_none_of_them() -> None:
    terminal = Terminal()
    logs.set_up(stream=terminal)
    logs.logger("daemon").info("page_stored", said=HOSTILE, nested={HOSTILE: [HOSTILE]})
    fail(ValueError(HOSTILE))
    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert all(character == "\n" or character.isprintable() for character in plain)
    first, *traceback = plain.splitlines()
    assert first.count(r"\x1b[2J") == 3
    assert traceback[0].endswith("length=22")


def test_the_level_decides_what_is_written() -> None:
    def both() -> None:
        logs.logger("daemon").debug("page_read")
        logs.logger("daemon").info("page_stored")

    assert [json.loads(line)["event"] for line in lines_of(both).splitlines()] == ["page_stored"]
    assert len(lines_of(both, level="debug").splitlines()) == 2


def test_lines_are_counted_by_level() -> None:
    seen: list[str] = []
    logs.set_up(stream=io.StringIO(), count=seen.append)
    logs.logger("daemon").info("page_stored")
    logs.logger("daemon").debug("page_read")
    fail(ValueError("no"))
    logging.getLogger("uvicorn.error").warning("slow")
    assert seen == ["info", "error", "warning"]


def test_other_libraries_speak_from_warning_upwards_and_through_the_same_redaction() -> None:
    def chatter() -> None:
        logging.getLogger("httpx").info("GET https://user:%s@example.com", CANARY)
        logging.getLogger("alembic.runtime").warning("token=%s seen", "abc123")

    (line,) = [json.loads(line) for line in lines_of(chatter).splitlines()]
    assert (line["event"], line["message"], line["logger"]) == (
        "library_message", "token=[redacted] seen", "alembic.runtime",
    )  # fmt: skip


def test_warnings_are_log_lines() -> None:
    def warn() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            logging.captureWarnings(capture=False)
            logging.captureWarnings(capture=True)
            warnings.warn("worn out", stacklevel=1)

    assert "worn out" in str(one_line(warn)["message"])


def test_an_exception_is_rendered_with_its_place_and_without_local_values() -> None:
    line = one_line(lambda: fail(ValueError("out of range")))
    assert "ValueError: out of range" in str(line["exception"])
    assert "in explode" in str(line["exception"])
    assert CANARY not in str(line)


@pytest.mark.parametrize(
    "leak",
    [
        pytest.param(lambda log, secret: log.info("a_leak", value=secret), id="as a secret value"),
        pytest.param(lambda log, secret: log.info("a_leak", deep=[{"x": (secret,)}]), id="as a nested secret value"),
        pytest.param(lambda log, secret: log.info("a_leak", password=secret.reveal()), id="under a telling key"),
        pytest.param(
            lambda log, secret: log.info("a_leak", headers={"Authorization": secret.reveal()}), id="in a header"
        ),
        pytest.param(lambda log, secret: log.info("a_leak", note=f"got {secret.reveal()}"), id="within a text"),
        pytest.param(
            lambda log, secret: log.info("a_leak", sent=json.dumps([secret.reveal()])), id="as JSON spells it"
        ),
        pytest.param(
            lambda log, secret: log.info("a_leak", path=quote(secret.reveal(), safe="")), id="as addresses spell it"
        ),
        pytest.param(lambda log, secret: log.info(secret.reveal()), id="as the event's name"),
        pytest.param(lambda log, secret: log.info("a_leak", **{secret.reveal(): 1}), id="as a key"),
        pytest.param(lambda log, secret: log.info("a_leak", deep={secret.reveal(): 1}), id="as a nested key"),
        pytest.param(
            lambda log, secret: log.info("a_leak", error=ValueError(secret.reveal())), id="as an error's text"
        ),
        pytest.param(lambda _, secret: fail(ValueError(secret.reveal())), id="in an exception's message"),
        pytest.param(lambda _, secret: fail(KeyError(secret.reveal())), id="in an exception's escaped message"),
        pytest.param(
            lambda _, secret: logging.getLogger("urllib3").error("sent %s", secret.reveal()), id="by another library"
        ),
    ],
)
def test_a_secret_that_was_read_is_nowhere_in_the_log(leak: Callable[[logs.Logger, Secret], None]) -> None:
    secret, redactor = Secret(CANARY), Redactor()
    redactor.learn(secret)
    written = lines_of(lambda: leak(logs.logger("daemon"), secret), redactor=redactor)
    assert "[redacted]" in written
    assert CANARY not in written
    assert "7f3a" not in written, "not in another spelling either"


def test_a_terminal_gets_colours_unless_it_asks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def written() -> str:
        terminal = Terminal()
        logs.set_up(stream=terminal)
        logs.logger("daemon").info("page_stored", tickets=3)
        return terminal.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in written()
    monkeypatch.setenv("NO_COLOR", "1")
    assert json.loads(written())["event"] == "page_stored"


def event_names(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what every call of a logger's method in a file names its event, and where."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in LEVELS
            and "log" in ast.unparse(node.func.value).lower()
        ):
            yield name_in(node.args[0]) if node.args else "", f"{path.name}:{node.lineno}"


def name_in(argument: ast.expr) -> str:
    """Return the event's name, `x` standing for a word of a closed vocabulary at its end; empty for anything else."""
    match argument:
        case ast.Constant(value=str(name)):
            return name
        case ast.BinOp(left=ast.Constant(value=str(name)), op=ast.Add(), right=ast.Attribute(attr="value")):
            return f"{name}x"
        case _:
            return ""


def test_every_event_is_named_by_a_literal_in_snake_case() -> None:
    files = Path(syncd.__file__).parent.rglob("*.py")
    wrong = [
        place for path in files for name, place in event_names(path)
        if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", name)
    ]  # fmt: skip
    assert wrong == []
