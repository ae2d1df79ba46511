"""What holds for every record, whatever an answer holds and in whatever order."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.domain.names import Quality
from syncd.domain.timeline import in_order
from syncd.domain.timeline_format import parse_timeline, timeline_as_json
from syncd.ports.connector import RawRecord
from tests.connectors.jira.issues import (
    ANNA,
    DAVE,
    DONE,
    TO_DO,
    WAITING,
    WORKING,
    at,
    comment,
    history,
    item,
    mapper,
    payload,
)

MAPPER = mapper(
    vendor_from=["field:Vendor", "component", "group", "assignee"], flags={"Flagged": "customer"},
    mail_accounts=["u-mail"], same_incident=["https://"], scope={"projects": ["VND"]},
)  # fmt: skip

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(
    ["10042", at("09:00"), 1772442000104, "status", "u-dave", "x@acme.example", "[1, 2]", "-", "1" * 30, "newest"]
)  # fmt: skip
KEYS = st.sampled_from(
    ["id", "key", "fields", "created", "updated", "items", "field", "fieldId", "from", "to", "fromString", "toString",
     "author", "accountId", "name", "value", "status", "statusCategory", "total", "histories", "comments", "values",
     "completedCycles", "ongoingCycle", "startTime", "epochMillis", "child", "requestType", "type", "content", "sha256",
     "length", "groups", "emailAddress", "visibility", "properties", "internal", "rating", "url", "object"]
) | st.text(max_size=4)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
FIELDS = [
    "created", "creator", "reporter", "status", "resolution", "resolutiondate", "statuscategorychangedate", "priority",
    "assignee", "project", "parent", "issuelinks", "archiveddate", "summary", "components", "labels", "comment",
    "customfield_1", "issuetype",
]  # fmt: skip
HISTORIES = st.lists(
    st.fixed_dictionaries(
        {"id": SCALARS, "created": st.just(at("09:00")) | SCALARS},
        optional={"author": ANYTHING, "historyMetadata": ANYTHING, "items": st.lists(
            st.fixed_dictionaries({"field": st.sampled_from(["status", "resolution", "Vendor", "Component", "Link",
                "Key",
                                                            "labels", "assignee", "priority", "Flagged"])},
                                  optional=dict.fromkeys(("from", "to", "fromString", "toString", "fieldId"),
                                      ANYTHING)),
            max_size=3) | ANYTHING},
    ),
    max_size=3,
)  # fmt: skip
PAPERS = st.fixed_dictionaries(
    {"issue": st.fixed_dictionaries(
        {"id": st.just("10042"), "fields": st.fixed_dictionaries(
            {"updated": st.just(at("18:00"))}, optional=dict.fromkeys(FIELDS, ANYTHING))},
        optional={"key": SCALARS, "changelog": ANYTHING, "names": ANYTHING, "schema": ANYTHING})},
    optional={"changelog": HISTORIES | ANYTHING, "comments": ANYTHING, "directory": ANYTHING, "sla": ANYTHING,
              "links": ANYTHING, "request": ANYTHING, "complete": ANYTHING, "census": ANYTHING, "feedback": ANYTHING},
)  # fmt: skip
REQUESTS = st.fixed_dictionaries(
    {"request": st.fixed_dictionaries(
        {"issueId": st.just("5"), "createdDate": st.just(at("08:00"))},
        optional=dict.fromkeys(("reporter", "currentStatus", "status", "requestFieldValues", "requestType"),
            ANYTHING))},
    optional={"statuses": ANYTHING, "comments": ANYTHING, "sla": ANYTHING, "feedback": ANYTHING},
)  # fmt: skip


def checked(record: RawRecord) -> None:
    """Map a record every way, and look at what must hold for every timeline."""
    redacted = MAPPER.redact(record)
    plain = RawRecord(redacted.ticket, redacted.updated_at, dict(redacted.payload), redacted.part)
    result = MAPPER.map(redacted)
    assert repr(MAPPER.redact(plain).payload) == repr(redacted.payload), "redacting twice changes something"
    assert repr(MAPPER.map(record)) == repr(result) == repr(MAPPER.map(plain))
    line = result.timeline
    assert line.events == in_order(line.events)
    assert line.events[0].id == f"{line.id}:opened"
    assert len({event.id for event in line.events}) == len(line.events)
    assert (line.quality is Quality.FULL) <= (not line.gaps)
    assert all(gap.start < gap.end for gap in line.gaps)
    assert all(problem.ticket == line.id for problem in result.problems)
    assert parse_timeline(timeline_as_json(line)) == line


@settings(max_examples=150, deadline=None)
@given(PAPERS | REQUESTS)
def test_whatever_an_answer_holds_is_a_finding_and_never_an_exception(paper: dict[str, Any]) -> None:
    checked(MAPPER.record(paper))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(KEYS | st.sampled_from(["issue", "request", "changelog"]), ANYTHING, max_size=4))
def test_rubbish_is_no_record_or_maps(paper: dict[str, Any]) -> None:
    try:
        record = MAPPER.record(paper)
    except ValueError:
        return
    checked(record)


CHANGES = [
    item("status", TO_DO, WORKING), item("status", WORKING, WAITING), item("status", WORKING, DONE),
    item("status", DONE, WORKING), item("resolution", None, "1", toString="Fixed"), item("resolution", "1", None),
    item("priority", "3", "1"), item("assignee", None, "u-dave"), item("assignee", "u-dave", None),
    item("Component", None, "5", fieldId="components", toString="ACME NOC"),
    item("Component", "5", None, fieldId="components", fromString="ACME NOC"),
    item("Vendor", None, "9", fieldId="customfield_1", toString="Globex"),
    item("Key", None, None, fromString="OLD-1", toString="VND-7"), item("summary", "a", "b"),
]  # fmt: skip
CLOCKS = st.sampled_from(["09:00", "09:00:00.001", "10:00", "11:30"])


@st.composite
def tickets(draw: st.DrawFn) -> dict[str, Any]:
    """A ticket with a history that may be inconsistent, as real ones are."""
    whos = st.sampled_from([ANNA, DAVE, None])
    rows = [
        history(n, draw(CLOCKS), *draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3)), by=draw(whos))
        for n in draw(st.lists(st.integers(1, 120), max_size=6, unique=True))
    ]
    notes = [
        comment(n, draw(CLOCKS), draw(whos), jsdPublic=draw(st.booleans()), updated=at("12:00"))
        for n in draw(st.lists(st.integers(1, 120), max_size=4, unique=True))
    ]
    return payload({}, rows, notes)


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same JSON with its keys in another order."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


@settings(max_examples=100, deadline=None)
@given(tickets(), st.randoms(use_true_random=False))
def test_the_order_and_repetition_of_histories_comments_and_keys_changes_nothing(
    paper: dict[str, Any], chance: random.Random
) -> None:
    expected = MAPPER.map(MAPPER.redact(MAPPER.record(paper)))
    other = shuffled(paper, chance)
    for key in ("changelog", "comments"):
        rows = other[key] + other[key][: chance.randint(0, 2)]
        chance.shuffle(rows)
        other[key] = rows
    found = MAPPER.map(MAPPER.redact(MAPPER.record(other)))
    assert found == expected
    assert sorted(MAPPER.redact(MAPPER.record(other)).payload) == sorted(MAPPER.redact(MAPPER.record(paper)).payload)


@settings(max_examples=100, deadline=None)
@given(tickets(), st.integers(0, 6))
def test_what_happened_keeps_its_id_kind_and_instant_while_a_ticket_goes_on(paper: dict[str, Any], cut: int) -> None:
    rows = sorted(paper["changelog"], key=lambda row: (row["created"], int(row["id"])))
    before = {**paper, "changelog": rows[:cut]}
    told = {event.id: (type(event), event.at) for event in MAPPER.map(MAPPER.record(paper)).timeline.events}
    for event in MAPPER.map(MAPPER.record(before)).timeline.events:
        # What the issue says beyond its histories is dated by them once they are read.
        if event.at_earliest is None and event.id in told:
            assert told[event.id] == (type(event), event.at)
