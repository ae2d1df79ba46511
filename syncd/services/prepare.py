"""What of a page's records is new: redacted, compared with what is known, and mapped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from syncd.domain.digest import digest
from syncd.ports.connector import Mapped, Mapper, RawRecord
from syncd.ports.repositories import NewRecord
from syncd.services.cause import cause_of
from syncd.services.gone import GONE_PART, event_id, is_gone, map_gone, returned_record
from syncd.services.intake import Intake, PageReport, map_record
from syncd.services.poison import held, holds, set_apart


@dataclass(frozen=True, slots=True)
class Ready:
    """A changed record, mapped."""

    new: NewRecord
    mapped: Mapped
    withdrawn: tuple[str, ...]


def prepare(intake: Intake, records: Sequence[RawRecord], report: PageReport, now: datetime) -> list[Ready]:
    """Redact, compare with what is known, and map what changed; poison goes to quarantine."""
    mapper = intake.mapper
    poison: dict[str, str] = {}
    fresh: dict[tuple[str, str], NewRecord] = {}
    for record in records:
        if not (holds(record.ticket) and holds(record.part)):
            poison[held(record.ticket)] = "store: the ticket's id holds a character that no store can keep"
            continue
        try:
            redacted = record if record.part == GONE_PART else mapper.redact(record)
            fresh[record.ticket, record.part] = NewRecord(redacted, digest(redacted.payload, mapper.volatile))
        except Exception as cause:  # noqa: BLE001 - one record must not stop the page (poison rule)
            poison[record.ticket] = f"redact: {cause_of(cause)}"
    with intake.store.view() as view:
        known = view.records.digests(intake.source, list(fresh))
        changed = {key: new for key, new in fresh.items() if known.get(key) != new.digest}
        before = view.records.newest(intake.source, [key for key in changed if key in known])
        gone = [(ticket, "") for ticket, part in changed if part == GONE_PART]
        heads = view.records.newest(intake.source, gone)
        seen = [(ticket, GONE_PART) for ticket, part in fresh if part != GONE_PART]
        back = [record for record in view.records.newest(intake.source, seen).values() if is_gone(record)]
    ready = [_returned(intake, record, fresh[record.ticket, ""].record, now) for record in back]
    for key, new in changed.items():
        try:
            mapped = map_record(mapper, intake.source_name, new.record)
            if key[1] == GONE_PART:
                mapped = _with_head(mapper, mapped, heads.get((key[0], "")))
            withdrawn = _withdrawn(intake, before.get(key), mapped)
        except Exception as cause:  # noqa: BLE001 - as above
            poison[key[0]] = f"map: {cause_of(cause)}"
            continue
        ready.append(Ready(new, mapped, withdrawn))
    report.changed += len(changed)
    report.created += sum(key not in known for key in changed)
    if poison:
        set_apart(intake, poison, [changed[key] for key in changed if key[0] in poison], report, now)
    return ready


def _returned(intake: Intake, gone: RawRecord, main: RawRecord, now: datetime) -> Ready:
    """A ticket that was gone and is shown again: the notice that it was gone is withdrawn."""
    record = returned_record(gone, now)
    new = NewRecord(record, digest(record.payload, ()))
    return Ready(new, _with_head(intake.mapper, map_gone(intake.source_name, record), main), (event_id(gone),))


def _with_head(mapper: Mapper, mapped: Mapped, record: RawRecord | None) -> Mapped:
    """What a record says, under the name and address that its ticket's own record gives it."""
    if record is None:
        return mapped
    return replace(mapped, timeline=replace(mapper.map(record).timeline, events=mapped.timeline.events))


def _withdrawn(intake: Intake, before: RawRecord | None, mapped: Mapped) -> tuple[str, ...]:
    """Events that the record before this one held and this one lacks."""
    if before is None or not mapped.complete:
        return ()
    try:
        earlier = map_record(intake.mapper, intake.source_name, before)
    except Exception:  # noqa: BLE001 - the record before was poison itself: none of its events were stored
        return ()
    if not earlier.complete:
        return ()
    kept = {event.id for event in mapped.timeline.events}
    return tuple(event.id for event in earlier.timeline.events if event.id not in kept)
