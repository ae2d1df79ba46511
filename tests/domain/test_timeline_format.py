"""The timeline format: what is written is read back; what is no timeline is refused with a reason, never a crash."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.domain.events import KINDS, Opened, PhaseChanged
from syncd.domain.names import Awaiting, Party, Phase, Quality
from syncd.domain.timeline import Timeline
from syncd.domain.timeline_error import TimelineError
from syncd.domain.timeline_format import parse_timeline, timeline_as_json
from tests.domain.clock_samples import parties, tickets

OPENED = {"id": "a1", "at": "2026-03-02T08:00:00Z", "kind": "opened", "by": "customer"}


def a_line(**changes: Any) -> dict[str, Any]:
    return {"format": 1, "source": "desk", "ticket": "T-1", "events": [OPENED], **changes}


def an_event(kind: str, **fields: Any) -> dict[str, Any]:
    return a_line(events=[{"id": "a1", "at": "2026-03-02T08:00:00Z", "kind": kind, **fields}])


@given(tickets(who=st.one_of(parties, st.just(Party.UNKNOWN))))
def test_what_is_written_is_read_back(timeline: Timeline) -> None:
    assert parse_timeline(json.loads(json.dumps(timeline_as_json(timeline)))) == timeline


def test_every_field_of_every_kind_is_read_back() -> None:
    at = "2026-03-02T08:00:00.123456Z"
    everything: list[dict[str, Any]] = [
        {"kind": "opened", "priority": "P1", "phase": "pending", "awaiting": "third_party", "vendor": "acme",
         "attributes": {"service": "wan"}, "reported_at": "2026-03-02T07:00:00Z"},
        {"kind": "notified", "vendor": "acme"},
        {"kind": "handed_over", "to": "us"},
        {"kind": "phase", "to": "resolved", "awaiting": "nobody", "original": "Done"},
        {"kind": "priority", "to": "P2"},
        {"kind": "message", "visibility": "internal", "automated": True, "relayed": True},
        {"kind": "acknowledged", "at_earliest": "2026-03-02T07:30:00Z"},
        {"kind": "workaround"},
        {"kind": "attribute", "name": "service", "to": "lan"},
        {"kind": "merged", "into": "T-2"},
        {"kind": "split", "from": "T-0"},
        {"kind": "absorbed", "from": "T-3", "started_at": "2026-03-01T00:00:00Z", "priority": "P1"},
        {"kind": "linked", "to": "T-4", "role": "same_incident"},
        {"kind": "unlinked", "to": "T-4", "role": "same_incident"},
        {"kind": "rated", "score": 4.5, "scale": 5.0},
        {"kind": "gone", "reason": "archived"},
    ]  # fmt: skip
    events = [
        {"id": f"e{place}", "at": at, "by": "vendor", "seq": place, **event} for place, event in enumerate(everything)
    ]
    line = {
        "format": 1, "source": "desk", "ticket": "T-1", "id": "77", "url": "https://desk.example/1", "title": "No link",
        "quality": "partial", "events": events,
        "gaps": [{"from": "2026-03-01T00:00:00Z", "until": "2026-03-02T00:00:00Z", "missing": ["message", "phase"]}],
    }  # fmt: skip
    assert {event["kind"] for event in everything} == set(KINDS)
    written = timeline_as_json(parse_timeline(line))
    # What equals its default may be left out or not; what was stated comes back.
    assert {key: value for key, value in written.items() if key != "events"} == {
        key: value for key, value in line.items() if key != "events"
    }
    assert isinstance(written["events"], list)
    for found, stated in zip(written["events"], events, strict=True):
        assert {key: found.get(key) for key in stated} == stated


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(a_line(format=2), "format: 2 is not supported; this release reads format 1", id="a later format"),
        pytest.param(a_line(ticket=""), "ticket: a text is required", id="no ticket"),
        pytest.param(a_line(source=None), "source: a text is required", id="no source"),
        pytest.param(a_line(events=None), "events: a list is required", id="no list of events"),
        pytest.param(a_line(events=[]), "events: at least one is required", id="no event"),
        pytest.param(a_line(events=["x"]), "events[0]: an event is a JSON object", id="an event that is a text"),
        pytest.param(a_line(quality="good"), "quality: 'good' is none of", id="an unknown quality"),
        pytest.param(a_line(gaps={}), "gaps: a list is required", id="gaps that are no list"),
        pytest.param(a_line(gaps=[{}]), "gaps[0]: from, until and missing", id="an empty gap"),
        pytest.param(
            a_line(gaps=[{"from": "2026-03-02T00:00Z", "until": "2026-03-01T00:00Z", "missing": ["message"]}]),
            "gaps[0].until: lies before from",
            id="a gap that ends before it begins",
        ),
        pytest.param(
            a_line(gaps=[{"from": "x", "until": "y", "missing": [[]]}]),
            "gaps[0].missing: [] is none of",
            id="a list as kind",
        ),
        pytest.param(an_event("open"), "events[0].kind: 'open' is none of opened,", id="an unknown kind"),
        pytest.param(an_event("priority"), "events[0].to: required", id="a priority change without a priority"),
        pytest.param(an_event("notified"), "events[0].vendor: required", id="notified, but who?"),
        pytest.param(
            an_event("phase", to="pending"), "events[0].awaiting: required with phase pending", id="pending on whom?"
        ),
        pytest.param(
            an_event("message", visiblity="public"), "events[0].visiblity: an event of kind message", id="misspelt"
        ),
        pytest.param(
            an_event("message", automated="yes"), "events[0].automated: 'yes' is neither", id="yes is no boolean"
        ),
        pytest.param(
            an_event("message", seq=True), "events[0].seq: True is not a whole number", id="true is no number"
        ),
        pytest.param(an_event("message", by="bob"), "events[0].by: 'bob' is none of vendor,", id="an unknown party"),
        pytest.param(
            an_event("message", at="2026-03-02T08:00"), "events[0].at: '2026-03-02T08:00' is not an", id="no zone"
        ),
        pytest.param(
            an_event("message", at="0001-01-01T00:00:00+10:00"),
            "events[0].at: '0001-01-01T00:00:00+10:00' is not an",
            id="before the first year",
        ),
        pytest.param(an_event("rated", score=10**400, scale=5), "events[0].score:", id="a number beyond numbers"),
        pytest.param(an_event("opened", attributes={"a": []}), "events[0].attributes.a: []", id="a list as attribute"),
    ],
)
def test_what_is_no_timeline_is_refused_with_the_place_and_the_reason(line: dict[str, Any], reason: str) -> None:
    with pytest.raises(TimelineError) as refused:
        parse_timeline(line)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("phase", "awaiting"),
    [
        pytest.param(Phase.ACTIVE, Awaiting.VENDOR, id="an active ticket awaits the vendor"),
        pytest.param(Phase.RESOLVED, Awaiting.NOBODY, id="a resolved one nobody"),
        pytest.param(Phase.CANCELLED, Awaiting.NOBODY, id="a cancelled one nobody"),
    ],
)
def test_a_phase_that_says_by_itself_who_is_awaited_need_not(phase: Phase, awaiting: Awaiting) -> None:
    (event,) = parse_timeline(an_event("phase", to=phase.value)).events
    assert isinstance(event, PhaseChanged)
    assert event.awaiting is awaiting


def test_a_taken_away_priority_is_null() -> None:
    written = an_event("priority", to=None)
    assert timeline_as_json(parse_timeline(written))["events"] == [{**written["events"][0], "by": "unknown"}]


def test_scalars_of_attributes_are_texts() -> None:
    (opened,) = parse_timeline(an_event("opened", attributes={"vip": True, "floor": 3, "x": 1.5, "none": None})).events
    assert isinstance(opened, Opened)
    assert opened.attributes == {"vip": "true", "floor": "3", "x": "1.5"}


def test_the_source_can_be_given_from_outside() -> None:
    assert parse_timeline(a_line(source="theirs"), source="ours").source == "ours"
    assert parse_timeline(a_line()).quality is Quality.FULL


scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6),
    st.sampled_from(["opened", "phase", "P1", "vendor", "2026-03-02T08:00:00Z", "0001-01-01T00:00:00+01:00", 10**400]),
)  # fmt: skip
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from([
    "id", "at", "kind", "by", "seq", "vendor", "to", "from", "awaiting", "attributes", "priority", "at_earliest",
    "missing", "phase", "until", "automated", "score", "scale", "name", "reported_at", "started_at", "role",
    "reason", "visibility",
])  # fmt: skip


def read_or_refused(line: Any) -> None:
    with suppress(TimelineError):
        parse_timeline(line)


@given(json_values)
def test_garbage_is_refused(value: Any) -> None:
    read_or_refused(value)


@given(tickets(most=4), st.data())
def test_a_timeline_with_garbage_in_it_is_read_or_refused(timeline: Timeline, data: st.DataObject) -> None:
    line: dict[str, Any] = timeline_as_json(timeline)
    event = data.draw(st.sampled_from(line["events"]))
    event[data.draw(fields)] = data.draw(json_values)
    line[data.draw(st.sampled_from(["title", "url", "quality", "id", "format", "more"]))] = data.draw(json_values)
    line["gaps"] = data.draw(json_values | st.lists(st.dictionaries(fields, json_values, max_size=4), max_size=2))
    read_or_refused(line)
