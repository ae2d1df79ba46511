"""Whatever the interleaving of writes, late commits, passes, page sizes and restarts: the tickets come out the same."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from connectors.servicenow.client import ServiceNowReader
from connectors.servicenow.settings import ServiceNowOptions
from syncd.domain.digest import digest
from syncd.domain.timeline import Timeline
from syncd.ports.connector import Cursor, RawRecord
from tests.connectors.servicenow.instance import Instance, ident

OVERLAP = 120
LAG = 10

numbers = st.integers(1, 12)
lateness = st.sampled_from([0, 0, 0, 5, 40, OVERLAP - LAG])
"""Seconds between a write's stamp and its commit; the overlap is meant to cover all of these."""

values = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["1", "2", "3", "6"]),
        "hold_reason": st.sampled_from(["", "1", "4"]),
        "priority": st.sampled_from(["1", "2", "3"]),
        "category": st.sampled_from(["network", "software"]),
        "comments": st.sampled_from(["Which room?", "Thank you."]),
    },
)


class Passes(RuleBasedStateMachine):
    """A source that lives, and a reader of it that is stopped and started at will."""

    def __init__(self) -> None:
        super().__init__()
        self.instance = Instance({"rows": {}}, {"page_size": 10, "overlap": OVERLAP, "lag": LAG, "batch": 3})
        self.reader: ServiceNowReader = self.instance.reader()
        self.cursor: Cursor | None = None
        self.older: list[Cursor] = []
        self.held: dict[str, RawRecord] = {}
        self.born: set[int] = set()
        self.written = 0

    @initialize()
    def first_pass(self) -> None:
        self.one_pass(stop_after=99)

    @rule(number=numbers, fields=values, late=lateness)
    def somebody_opens(self, number: int, fields: dict[str, str], late: int) -> None:
        if number in self.born:
            return
        self.born.add(number)
        now = self.instance.now.utc()
        given = {"number": f"INC{number}", "state": "1", "priority": "3", **fields}
        self.instance.simulator.inner.world.insert(
            "incident", given, at=now, by="anna.berg", sys_id=ident(number), commit=now + timedelta(seconds=late)
        )
        self.instance.now.advance(late)

    @rule(late=lateness)
    def a_storm_breaks(self, late: int) -> None:
        """More tickets within one second than a page holds."""
        now = self.instance.now.utc()
        for number in range(1000 + len(self.born), 1025 + len(self.born)):
            self.born.add(number)
            given = {"number": f"INC{number}", "state": "1", "priority": "1"}
            self.instance.simulator.inner.world.insert(
                "incident", given, at=now, by="anna.berg", sys_id=ident(number), commit=now + timedelta(seconds=late)
            )
        self.instance.now.advance(late)

    @precondition(lambda self: self.born)
    @rule(data=st.data(), fields=values, late=lateness)
    def somebody_writes(self, data: st.DataObject, fields: dict[str, str], late: int) -> None:
        number = data.draw(st.sampled_from(sorted(self.born)))
        self.written += 1
        told = {**fields, "comments": f"{fields['comments']} {self.written}"} if "comments" in fields else fields
        now = self.instance.now.utc()
        self.instance.simulator.inner.world.update(
            "incident", ident(number), told, at=now, by="acme.david.evers", commit=now + timedelta(seconds=late)
        )

    @rule(seconds=st.sampled_from([0, 1, 9, 30, 60]))
    def time_passes(self, seconds: int) -> None:
        self.instance.now.advance(seconds)

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

    @rule(page_size=st.sampled_from([10, 11, 200]), batch=st.integers(1, 100))
    def the_daemon_restarts_with_other_sizes(self, page_size: int, batch: int) -> None:
        given = {**self.instance.settings.model_dump(), "page_size": page_size, "batch": batch}
        self.instance.settings = ServiceNowOptions.model_validate(given)
        self.reader = self.instance.reader()

    @invariant()
    def nothing_is_known_that_is_not_there(self) -> None:
        assert set(self.held) <= {ident(number) for number in self.born}

    def teardown(self) -> None:
        """Let everything be committed and read; then compare with one reading of everything."""
        self.instance.now.advance(LAG + OVERLAP)
        self.one_pass(stop_after=99)
        whole = Instance({"rows": {}}, {"page_size": 200, "overlap": OVERLAP, "lag": LAG})
        whole.simulator, whole.now = self.instance.simulator, self.instance.now
        full = {record.ticket: record for page in whole.reader().backfill(None) for record in page.records}
        assert set(full) == {ident(number) for number in self.born}
        assert timelines(self.instance, self.held) == timelines(self.instance, full)
        assert digests(self.instance, self.held) == digests(self.instance, full)
        self.instance.close()
        whole.close()


def timelines(instance: Instance, records: dict[str, RawRecord]) -> dict[str, Timeline]:
    return {ticket: instance.mapper.map(record).timeline for ticket, record in records.items()}


def digests(instance: Instance, records: dict[str, RawRecord]) -> dict[str, bytes]:
    redacted = {ticket: instance.mapper.redact(record) for ticket, record in records.items()}
    return {ticket: digest(record.payload, instance.mapper.volatile) for ticket, record in redacted.items()}


TestPasses = Passes.TestCase
TestPasses.settings = settings(stateful_step_count=20)
