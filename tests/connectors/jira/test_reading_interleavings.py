"""Whatever the interleaving of writes, lags of the index, passes, page sizes and restarts: the same timelines."""

from datetime import timedelta
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from connectors.jira.simulator.explicit import created
from syncd.domain.digest import digest
from syncd.domain.timeline import Timeline
from syncd.ports.connector import Connector, Cursor, RawRecord
from tests.connectors.jira.site import CLOUD, DC, JiraSite, newest, past

OVERLAP = 120

numbers = st.integers(1, 12)
lags = st.sampled_from([0, 0, 0, 5, 40, OVERLAP])
"""Seconds until the index knows of a write; the overlap is meant to cover all of these."""

values = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["1", "3", "10100", "5"]),
        "priority": st.sampled_from(["1", "2", "3"]),
        "resolution": st.sampled_from(["", "10000"]),
        "customfield_10021": st.sampled_from(["", "10301", "10302"]),
    },
)


class Passes(RuleBasedStateMachine):
    """A site that lives, and a reader of it that is stopped and started at will."""

    product: ClassVar[dict[str, str]] = CLOUD

    def __init__(self) -> None:
        super().__init__()
        caps = {"page_cap": 10, "bulk_cap": 100, "history_cap": 7}
        self.given: dict[str, object] = {
            "page_size": 10, "id_page_size": 100, "changelog_page_size": 50, "overlap": OVERLAP, "slow_every": 86400,
        }  # fmt: skip
        spoilt = {"duplicates": 0.2, "short_page": 0.2, "empty_page": 0.05}
        script = {**self.product, **caps, "bulk_created": "mixed", "churn": 0, "faults": spoilt}
        self.site = JiraSite(script, self.given)
        self.reader: Connector = self.site.reader()
        self.cursor: Cursor | None = None
        self.older: list[Cursor] = []
        self.held: dict[str, RawRecord] = {}
        self.born: set[int] = set()
        self.written = 0

    @initialize()
    def first_pass(self) -> None:
        self.one_pass(stop_after=99)

    def _open(self, number: int, fields: dict[str, str], lag: int) -> None:
        now = self.site.now.utc()
        self.born.add(number)
        given = created(number, "mara.adler", {key: value for key, value in fields.items() if value})
        self.site.world.create(number, given, at=now, by="mara.adler", indexed=now + timedelta(seconds=lag))

    @rule(number=numbers, fields=values, lag=lags)
    def somebody_opens(self, number: int, fields: dict[str, str], lag: int) -> None:
        if number not in self.born:
            self._open(number, fields, lag)

    @rule(lag=lags)
    def a_storm_breaks(self, lag: int) -> None:
        """More tickets within one millisecond than a page holds."""
        for number in range(1000 + len(self.born), 1025 + len(self.born)):
            self._open(number, {}, lag)

    @precondition(lambda self: self.born)
    @rule(data=st.data(), fields=values, lag=lags)
    def somebody_writes(self, data: st.DataObject, fields: dict[str, str], lag: int) -> None:
        number, now = data.draw(st.sampled_from(sorted(self.born))), self.site.now.utc()
        self.site.world.edit(number, fields, at=now, by="acme.david.evers", indexed=now + timedelta(seconds=lag))

    @precondition(lambda self: self.born)
    @rule(data=st.data(), internal=st.booleans(), lag=lags)
    def somebody_comments(self, data: st.DataObject, *, internal: bool, lag: int) -> None:
        number, now = data.draw(st.sampled_from(sorted(self.born))), self.site.now.utc()
        self.written += 1
        self.site.world.comment(
            number, f"Look {self.written}", at=now, by="acme.david.evers", name=f"n{self.written}", internal=internal,
            indexed=now + timedelta(seconds=lag),
        )  # fmt: skip

    @precondition(lambda self: self.born)
    @rule(data=st.data(), lag=lags)
    def somebody_moves_one_to_another_project(self, data: st.DataObject, lag: int) -> None:
        number, now = data.draw(st.sampled_from(sorted(self.born))), self.site.now.utc()
        there = {"key": f"TO-{number}", "project": "TO"}
        self.site.world.edit(number, there, at=now, by="admin", indexed=now + timedelta(seconds=lag))

    @rule(seconds=st.sampled_from([0, 1, 9, 30, 60, 600]))
    def time_passes(self, seconds: int) -> None:
        self.site.now.advance(seconds)

    @rule(stop_after=st.sampled_from([0, 1, 2, 99]))
    def one_pass(self, stop_after: int) -> None:
        """Keep what the pages hold and the cursor behind each, as the store does; perhaps stop in the middle."""
        for place, page in enumerate(self.reader.pages(self.cursor)):
            if place == stop_after and self.cursor is not None:
                break
            self.held.update({record.ticket: record for record in page.records})
            self.older.append(page.cursor)
            self.cursor = page.cursor

    @precondition(lambda self: self.older)
    @rule(data=st.data())
    def the_store_is_restored_from_a_backup_of_its_cursor(self, data: st.DataObject) -> None:
        self.cursor = data.draw(st.sampled_from(self.older[-5:]))

    @rule(page_size=st.sampled_from([10, 11, 200]), changes=st.integers(50, 60))
    def the_daemon_restarts_with_other_sizes(self, page_size: int, changes: int) -> None:
        self.site.options = {**self.given, "page_size": page_size, "changelog_page_size": changes}
        self.reader = self.site.reader()

    @invariant()
    def nothing_is_known_that_is_not_there(self) -> None:
        assert set(self.held) <= {str(number) for number in self.born}

    def teardown(self) -> None:
        """Let the index learn everything, and read; then compare with one reading of everything."""
        self.site.now.advance(OVERLAP + 1)
        self.one_pass(stop_after=99)
        full = newest(past(self.site.reader()))
        assert set(full) == {str(number) for number in self.born}
        assert timelines(self.site, self.held) == timelines(self.site, full)
        assert digests(self.site, self.held) == digests(self.site, full)
        self.site.close()


class PassesOfDataCenter(Passes):
    """The same by offsets, and histories by expansion."""

    product: ClassVar[dict[str, str]] = DC


def timelines(site: JiraSite, records: dict[str, RawRecord]) -> dict[str, Timeline]:
    mapper = site.mapper
    return {ticket: mapper.map(record).timeline for ticket, record in records.items()}


def digests(site: JiraSite, records: dict[str, RawRecord]) -> dict[str, bytes]:
    mapper = site.mapper
    return {ticket: digest(mapper.redact(record).payload, mapper.volatile) for ticket, record in records.items()}


TestPasses = Passes.TestCase
TestPasses.settings = settings(stateful_step_count=20, max_examples=25)
TestPassesOfDataCenter = PassesOfDataCenter.TestCase
TestPassesOfDataCenter.settings = settings(stateful_step_count=20, max_examples=25)
