"""A connector and a notifier that do as they are told, for tests of whatever works with one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from syncd.domain.names import GoneReason
from syncd.domain.problem import Problem
from syncd.domain.timeline_format import parse_timeline
from syncd.ports.connector import CheckLine, Cursor, Mapped, Page, RawRecord, Rechecked
from syncd.ports.notifier import Envelope

POISON = "poison"
"""A payload with this key makes `FakeMapper.map` raise, with the key's value as the error's text."""

TEXT = "text"
"""What `FakeMapper.redact` takes out."""


class FakeMapper:
    """Maps payloads in the public timeline format (design.md section 5).

    Beside it: `problems` lists codes to find, `complete: false` marks a record that does not hold the whole history,
    `POISON` raises, `TEXT` is redacted, `seen` is volatile.
    """

    volatile: frozenset[str] = frozenset({"seen"})

    def __init__(self, version: int = 1) -> None:
        self.version = version

    def record(self, payload: Mapping[str, object]) -> RawRecord:
        """Return the record of a timeline; raises ValueError for what is none."""
        timeline = parse_timeline(payload, source="fake")
        return RawRecord(timeline.id, timeline.events[-1].at, payload)

    def redact(self, record: RawRecord) -> RawRecord:
        """Return the record without text."""
        return replace(record, payload={key: value for key, value in record.payload.items() if key != TEXT})

    def map(self, record: RawRecord) -> Mapped:
        """Return the timeline that the payload is; raises RuntimeError for poison, as a bug in a mapper would."""
        if POISON in record.payload:
            raise RuntimeError(str(record.payload[POISON]))
        found = record.payload.get("problems", ())
        codes = found if isinstance(found, Sequence) and not isinstance(found, str) else ()
        return Mapped(
            parse_timeline(record.payload, source="fake"),
            [Problem(str(code), "found by the fake", record.ticket) for code in codes],
            complete=record.payload.get("complete", True) is not False,
        )


Said = Page | Exception
"""What a pass comes to next: a page, or something that goes wrong instead of one."""


class FakeConnector:
    """Goes through its `passes`, one list of pages and failures a live pass; after the last one nothing is new.

    `records` are what `recheck` finds; ids that are not among them are gone, `deleted` unless `gone` says otherwise.
    """

    def __init__(self, *passes: Sequence[Said]) -> None:
        self.passes = list(passes)
        self.asked: list[Cursor | None] = []
        """The cursor that each live pass began with."""
        self.rechecked: list[Sequence[str]] = []
        self.records: dict[str, RawRecord] = {}
        self.gone: dict[str, GoneReason] = {}
        self.closed = False

    def check(self) -> Sequence[CheckLine]:
        """Find nothing amiss."""
        return [CheckLine("fake", ok=True, detail="as told")]

    def pages(self, since: Cursor | None) -> Iterator[Page]:
        """Yield or raise what the next pass was told to."""
        self.asked.append(since)
        yield from _said(self.passes.pop(0) if self.passes else [Page((), since or "nothing")])

    def recheck(self, ids: Sequence[str]) -> Rechecked:
        """Return the records of these ids; the others are gone."""
        self.rechecked.append(tuple(ids))
        found = tuple(self.records[id_] for id_ in ids if id_ in self.records)
        missing = [id_ for id_ in ids if id_ not in self.records]
        return Rechecked(found, {id_: self.gone.get(id_, GoneReason.DELETED) for id_ in missing})

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


class FakeHistorian(FakeConnector):
    """A fake connector with a `past`, yielded page by page from behind the cursor given; a failure strikes once."""

    def __init__(self, *passes: Sequence[Said], past: Sequence[Said] = ()) -> None:
        super().__init__(*passes)
        self.past = list(past)
        self.asked_past: list[Cursor | None] = []

    def backfill(self, before: Cursor | None) -> Iterator[Page]:
        """Yield older and older pages."""
        self.asked_past.append(before)
        places = [place for place, said in enumerate(self.past) if isinstance(said, Page) and said.cursor == before]
        for said in self.past[places[-1] + 1 if places else 0 :]:
            if isinstance(said, Exception):
                self.past.remove(said)
            yield from _said([said])


def _said(pages: Iterable[Said]) -> Iterator[Page]:
    for said in pages:
        if isinstance(said, Exception):
            raise said
        yield said


class RecordingNotifier:
    """Keeps every envelope it took; while `failures` are left, an attempt raises the next one instead (None: takes)."""

    def __init__(self, name: str = "oncall", failures: Iterable[Exception | None] = ()) -> None:
        self._name = name
        self.failures = list(failures)
        self.attempts: list[Envelope] = []
        self.taken: list[Envelope] = []
        self.closed = False

    @property
    def name(self) -> str:
        """The configured name."""
        return self._name

    def deliver(self, envelope: Envelope) -> None:
        """Take it, or fail as told."""
        self.attempts.append(envelope)
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure
        self.taken.append(envelope)

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


def timeline_record(payload: Mapping[str, object], *, updated_at: datetime | None = None, part: str = "") -> RawRecord:
    """Return the raw record of a payload in the timeline format, poisoned ones included."""
    timeline = parse_timeline(payload, source="fake")
    return RawRecord(timeline.id, updated_at or timeline.events[-1].at, payload, part)
