"""Timelines from a file or standard input, one JSON object a line, each with the incident that it belongs to."""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from stat import S_ISCHR
from typing import IO

import typer

from syncd.cli.strict_json import read_object
from syncd.domain.events import Linked
from syncd.domain.linking import ALONE, Incident, TicketKey, called_by, incidents, key_of
from syncd.domain.names import LinkRole
from syncd.domain.timeline import Timeline
from syncd.domain.timeline_format import parse_timeline

_IN_MEMORY = 16 * 1024 * 1024
"""Bytes of an input that cannot be read twice, such as a pipe, that are kept in memory; more goes to a file."""


def read_timelines(path: Path | None) -> Iterator[tuple[int, Timeline | str]]:
    """Yield each line's number with its timeline, or with what is wrong with it."""
    with _opened(path) as stream:
        yield from _parse(stream)


def read_incidents(path: Path | None, *, as_of: datetime) -> Iterator[tuple[int, Timeline | str, Incident]]:
    """Yield the same, each with its incident as of an instant: the other half of one may stand on any line.

    The input is therefore read before anything is yielded, and again to measure it; timelines are kept in memory only
    where a link could lead to them.
    """
    with _opened(path) as stream, _rewindable(stream) as lines:
        start = lines.tell()
        found = _incidents(lines, start, as_of)
        lines.seek(start)
        for number, timeline in _parse(lines):
            yield number, timeline, ALONE if isinstance(timeline, str) else found.get(key_of(timeline), ALONE)


def _incidents(lines: IO[bytes], start: int, as_of: datetime) -> Mapping[TicketKey, Incident]:
    wanted: set[str] = set()
    # Most inputs have no link at all, which a search of the bytes tells without reading the JSON.
    for line in lines:
        if b"same_incident" in line or b"\\u" in line:
            for _, timeline in _parse([line]):
                wanted.update(text for name in _names(timeline) for text in called_by(name))
                wanted.update(_names(timeline))
    if not wanted:
        return {}
    lines.seek(start)
    timelines = (timeline for _, timeline in _parse(lines) if not isinstance(timeline, str))
    return incidents(
        (each for each in timelines if not wanted.isdisjoint((each.ticket, each.id, *_names(each)))), as_of=as_of
    )


def _names(timeline: Timeline | str) -> Iterator[str]:
    for event in () if isinstance(timeline, str) else timeline.events:
        if isinstance(event, Linked) and event.role is LinkRole.SAME_INCIDENT:
            yield event.to


@contextmanager
def _opened(path: Path | None) -> Iterator[IO[bytes]]:
    if path is None:
        yield sys.stdin.buffer
        return
    try:
        stream = path.open("rb")
    except OSError as refused:
        raise typer.BadParameter(f"{path}: {refused.strerror}") from refused
    with stream:
        if S_ISCHR(os.fstat(stream.fileno()).st_mode) and not stream.isatty() and path != Path(os.devnull):
            # Of /dev/zero and its like not even the first line has an end.
            raise typer.BadParameter(f"{path}: is a device, not a file")
        yield stream


@contextmanager
def _rewindable(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
        copyfileobj(stream, kept)
        kept.seek(0)
        yield kept


def _parse(stream: Iterator[bytes] | IO[bytes] | list[bytes]) -> Iterator[tuple[int, Timeline | str]]:
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            timeline = parse_timeline(read_object(line, "a timeline"))
        except (ValueError, RecursionError) as refused:
            yield number, str(refused)
            continue
        key = key_of(timeline)
        if key in seen:
            yield number, f"ticket {timeline.ticket} of source {timeline.source} has had a line before"
            continue
        seen.add(key)
        yield number, timeline
