"""Logs: one JSON object a line on stderr, or coloured lines where a person reads along.

What other people wrote is shown, never obeyed: no fact begins a line or reaches a terminal as an escape sequence.

Events are named in snake_case (`page_stored`) and carry their facts as keys; what a worker is doing is bound once and
stands on every line it causes. Lines of other libraries pass through the same redaction, from WARNING upwards, under
the event name `library_message`.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from typing import Any, Literal, Protocol, TextIO, cast

import structlog
from structlog.typing import EventDict, Processor

from syncd.domain.visible import visible, visible_json, visible_lines
from syncd.telemetry.redaction import Redactor

Level = Literal["debug", "info", "warning", "error"]

ROOT = "syncd"
FOREIGN_EVENT = "library_message"

_TRACEBACK = "exception"
"""The one fact of several lines."""

_FIRST = ("timestamp", "level", "event")
"""The keys that every line has, in the order in which people look for them."""


class Logger(Protocol):
    """What the daemon logs with."""

    def debug(self, event: str, **facts: object) -> None:
        """Log something for developers."""
        ...

    def info(self, event: str, **facts: object) -> None:
        """Log something that happened."""
        ...

    def warning(self, event: str, **facts: object) -> None:
        """Log something that somebody may want to look at."""
        ...

    def error(self, event: str, **facts: object) -> None:
        """Log something that somebody has to look at."""
        ...

    def exception(self, event: str, **facts: object) -> None:
        """Log an error with the exception being handled."""
        ...


def logger(name: str) -> Logger:
    """Return the logger of a part of syncd; may be called before `set_up`."""
    return cast(Logger, structlog.stdlib.get_logger(f"{ROOT}.{name}"))


def bound(**facts: object) -> AbstractContextManager[Any]:
    """Return a context in which every line of this thread carries these facts."""
    return structlog.contextvars.bound_contextvars(**facts)


def set_up(
    *,
    level: Level = "info",
    stream: TextIO | None = None,
    count: Callable[[str], None] = lambda _: None,
    redactor: Redactor | None = None,
) -> None:
    """Send every log line of this process through redaction to a stream (stderr); `count` is told each line's level.

    May be called again: the newest call counts.
    """
    stream = sys.stderr if stream is None else stream
    redactor = Redactor() if redactor is None else redactor
    coloured = stream.isatty() and "NO_COLOR" not in os.environ
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*before, _foreign],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _Redaction(redactor),
            _Counting(count),
            *(_for_people() if coloured else _for_programs()),
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT).setLevel(level.upper())
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _foreign(_: object, __: str, event: EventDict) -> EventDict:
    """Turn another library's message into a fact, because it is no event name."""
    event["message"] = str(event["event"])
    event["event"] = FOREIGN_EVENT
    return event


def _for_people() -> list[Processor]:
    return [_shown, structlog.dev.ConsoleRenderer(colors=True, exception_formatter=structlog.dev.plain_traceback)]


def _for_programs() -> list[Processor]:
    return [structlog.processors.JSONRenderer(serializer=_json, ensure_ascii=False)]


def _shown(_: object, __: str, event: EventDict) -> EventDict:
    """Make text harmless that the renderer prints as it is; what is nested it prints as Python would."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = visible_lines(value) if key == _TRACEBACK else visible(value)
    return event


def _json(event: object, **options: Any) -> str:
    return visible_json(json.dumps(event, **options))


class _Redaction:
    """Passes on nothing that the redactor has not seen."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def __call__(self, _: object, __: str, event: EventDict) -> Mapping[str, object]:
        keys = dict.fromkeys((*_FIRST, *event))
        return {self._redactor.text(key): self._redactor.value(key, event[key]) for key in keys}


class _Counting:
    def __init__(self, count: Callable[[str], None]) -> None:
        self._count = count

    def __call__(self, _: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        self._count(str(event["level"]))
        return event
