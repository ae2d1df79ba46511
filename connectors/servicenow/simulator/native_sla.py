"""task_sla rows of a ticket's life: attached with a retroactive start, paused, breached, completed, cancelled.

As the platform's engine does it: every priority change cancels the running rows and attaches others, a completed row
stays completed when the ticket is reopened and a new one is attached, leaving the vendor's group cancels. All of it
round the clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.servicenow.simulator.cast import VENDORS, Side, group_id
from connectors.servicenow.simulator.changes import Change
from connectors.servicenow.simulator.choices import RESOLUTION_GOALS, RESPONSE_GOALS, sla_id
from connectors.servicenow.simulator.stamps import instant_of, stamp, sys_id_of

_EPOCH = instant_of("1970-01-01")
_GOALS = {"response": RESPONSE_GOALS, "resolution": RESOLUTION_GOALS}
_BY_GROUP = {group_id(vendor.groups[0]): vendor for vendor in VENDORS}
_PEOPLE = {name for vendor in VENDORS for name, _ in vendor.people}
_STOPPED = frozenset({"6", "7"})
_CANCELLED = "8"
_HELD = "3"
_PAUSING = frozenset({"1", "4"})


@dataclass(slots=True)
class _Running:
    """One row while it is active."""

    sys_id: str
    target: str
    vendor: Side
    priority: str
    planned_end: datetime
    paused_at: datetime | None = None
    paused: timedelta = timedelta()
    breached: bool = False
    committed: datetime = _EPOCH


@dataclass(slots=True)
class _Engine:
    ticket: str
    values: dict[str, str] = field(default_factory=dict)
    rows: dict[str, _Running] = field(default_factory=dict)
    made: int = 0
    answered: bool = False
    changes: list[Change] = field(default_factory=list)

    def _write(self, row: _Running, at: datetime, commit: datetime, **values: str) -> None:
        row.committed = commit
        self.changes.append(Change("update", "task_sla", row.sys_id, at, commit, "system", values, audited=False))

    def breach(self, until: datetime) -> None:
        """Mark what breaches before the next change, at its very instant."""
        for row in self.rows.values():
            if not row.breached and row.paused_at is None and row.planned_end < until:
                row.breached = True
                self._write(row, row.planned_end, max(row.planned_end, row.committed), has_breached="true")

    def attach(self, target: str, vendor: Side, at: datetime, commit: datetime) -> None:
        priority = self.values["priority"]
        minutes = _GOALS[target][priority]
        opened = instant_of(self.values["opened_at"])
        end = opened + timedelta(minutes=minutes)
        self.made += 1
        row = _Running(
            sys_id_of("task_sla", self.ticket, self.made),
            target,
            vendor,
            priority,
            end,
            breached=end < at,
            committed=commit,
        )
        self.rows[target] = row
        values = {
            "task": self.ticket, "sla": sla_id(vendor.name, target, priority), "stage": "in_progress", "active": "true",
            "start_time": stamp(opened), "planned_end_time": stamp(end), "original_breach_time": stamp(end),
            "has_breached": str(row.breached).lower(), "pause_time": "", "end_time": "",
        }  # fmt: skip
        self.changes.append(Change("insert", "task_sla", row.sys_id, at, commit, "system", values))

    def finish(self, target: str, stage: str, at: datetime, commit: datetime) -> None:
        row = self.rows.pop(target, None)
        if row is not None:
            self._write(row, at, commit, stage=stage, active="false", end_time=stamp(at), pause_time="")

    def hold(self, row: _Running, at: datetime, commit: datetime, *, held: bool) -> None:
        if held and row.paused_at is None:
            row.paused_at = at
            self._write(row, at, commit, stage="paused", pause_time=stamp(at))
        elif not held and row.paused_at is not None:
            row.paused += at - row.paused_at
            row.planned_end += at - row.paused_at
            row.paused_at = None
            moved = {} if row.breached else {"planned_end_time": stamp(row.planned_end)}
            self._write(
                row, at, commit, stage="in_progress", pause_time="", pause_duration=stamp(_EPOCH + row.paused), **moved
            )

    def follow(self, change: Change) -> None:
        """Do what the engine does after one change of the ticket."""
        at, commit = change.at, change.commit
        before = dict(self.values)
        self.values |= change.values
        state = self.values["state"]
        vendor = _BY_GROUP.get(self.values["assignment_group"])
        if state == _CANCELLED or vendor is None or change.values.get("sys_class_name"):
            for target in _GOALS:
                self.finish(target, "cancelled", at, commit)
            return
        if "comments" in change.values and change.by in _PEOPLE:
            self.answered = True
            self.finish("response", "completed", at, commit)
        if state in _STOPPED:
            for target in _GOALS:
                self.finish(target, "completed", at, commit)
            return
        for target, row in list(self.rows.items()):
            if row.priority != self.values["priority"] or row.vendor is not vendor:
                self.finish(target, "cancelled", at, commit)
        for target in _GOALS:
            if target not in self.rows and not (target == "response" and self.answered):
                self.attach(target, vendor, at, commit)
        held = state == _HELD and self.values.get("hold_reason", "") in _PAUSING
        if held or before.get("state") == _HELD:
            resolution = self.rows.get("resolution")
            if resolution is not None:
                self.hold(resolution, at, commit, held=held)


def native_slas(life: Sequence[Change]) -> Iterator[Change]:
    """Yield the task_sla changes that go with a ticket's changes, in order."""
    engine = _Engine(life[0].sys_id)
    for change in life:
        engine.breach(change.at)
        if change.kind == "delete":
            break
        engine.follow(change)
    yield from engine.changes
