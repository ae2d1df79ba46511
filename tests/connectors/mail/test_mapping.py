"""Conversations as timelines: when the clock starts, what stops it, and what never does."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from connectors.mail.judging import Judge
from connectors.mail.limits import Limits
from connectors.mail.mapping import MailMapper
from connectors.mail.parsing import parse
from connectors.mail.recording import Found, group, merged_record, unique
from connectors.mail.rules import shipped
from syncd.domain.events import Merged, TicketEvent
from syncd.domain.instant_text import parse_instant
from syncd.domain.names import Party, Quality
from syncd.domain.timeline import in_order
from syncd.ports.connector import Mapped, RawRecord, Site
from tests.connectors.mail.letters import THEM, US, grouped, mail, options

A = mail("a@c", sender=US, to=THEM, subject="[P2] Line to Pune is down")


def mapped(records: Sequence[RawRecord], **more: Any) -> list[Mapped]:
    mapper = MailMapper(Site("mail"), options(**more))
    out = []
    for record in records:
        stored = mapper.redact(mapper.record(json.loads(json.dumps(record.payload))))
        again = mapper.redact(mapper.record(json.loads(json.dumps(stored.payload))))
        assert again == stored
        assert mapper.map(stored) == mapper.map(record)
        out.append(mapper.map(stored))
    return out


def told(*raws: bytes, **more: Any) -> list[str]:
    """Return a ticket's events in a line each: minute, kind, by, and what is particular."""
    events = in_order(
        event for each in mapped(grouped(*raws, **more).records, **more) for event in each.timeline.events
    )
    return [_line(event) for event in events]


def _line(event: TicketEvent) -> str:
    minute = event.at.hour * 60 + event.at.minute - 480
    extra = [str(getattr(event, name)) for name in ("to", "priority") if getattr(event, name, None)]
    extra += [name for name in ("automated", "relayed") if getattr(event, name, False)]
    return " ".join((str(minute), type(event).__name__, event.by.value, *extra))


STORIES: dict[str, tuple[list[bytes], list[str]]] = {
    "the clock starts when our mail was accepted, and a person's answer is a message": (
        [A, mail("b@v", minute=30, subject="Re: Line", answers="a@c")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "30 Message vendor"],
    ),
    "a vacation reply is a message of a machine": (
        [A, mail("b@v", minute=1, subject="Automatic reply: Line", answers="a@c", Auto_Submitted="auto-replied")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "1 Message vendor automated"],
    ),
    "a relayed comment is relayed, a relayed receipt automated": (
        [A,
         mail("b@v", minute=1, subject="INC0012345 has been opened", answers="a@c", X_ServiceNow_Generated="1"),
         mail("c@v", minute=9, subject="INC0012345 -- comments added", X_ServiceNow_Generated="1")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "1 Message vendor automated relayed",
         "9 Message vendor relayed"],
    ),
    "relay mail that no pattern knows does not count": (
        [A, mail("b@v", minute=1, subject="INC0012345", answers="a@c", X_ServiceNow_Generated="1", body="x")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "1 Message vendor automated relayed"],
    ),
    "a ticket system's resolve is a resolve": (
        [A, mail("b@v", minute=9, subject="INC0012345 has been resolved", answers="a@c", X_ServiceNow_Generated="1")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "9 Message vendor automated relayed",
         "9 PhaseChanged vendor resolved"],
    ),
    "the vendor's word resolves, ours reopens": (
        [A, mail("b@v", minute=9, answers="a@c", body="The line has been resolved."),
         mail("c@c", sender=US, to=THEM, minute=20, answers="b@v", body="It is still not working, please look.")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "9 Message vendor",
         "9 PhaseChanged vendor resolved", "20 Message customer", "20 PhaseChanged customer active"],
    ),
    "words that are quoted or denied resolve nothing": (
        [A, mail("b@v", minute=9, answers="a@c", body="It has not been resolved.\r\n\r\n> has been resolved"),
         mail("c@v", minute=10, answers="a@c", body="Once it has been resolved we call you.")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "9 Message vendor", "10 Message vendor"],
    ),
    "our own words resolve nothing": (
        [A, mail("b@c", sender=US, to=THEM, minute=9, answers="a@c", body="It has been resolved.")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "9 Message customer"],
    ),
    "a new tag is a new priority": (
        [A, mail("b@c", sender=US, to=THEM, minute=9, answers="a@c", subject="[P1] Line")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "9 PriorityChanged customer P1",
         "9 Message customer"],
    ),
    "a ticket whose beginning nobody saw is told by its first answer at the latest": (
        [mail("b@v", minute=9, refs="a@c")], ["9 Notified system", "9 Message vendor"],
    ),
    "a receipt without our mail is no beginning": (
        [mail("b@v", minute=1, subject="Case 00012345 has been created", X_SFDC_LK="1")],
        ["1 Notified system", "1 Message vendor automated relayed"],
    ),
    "the vendor can raise a ticket": (
        [mail("b@v", minute=9, subject="[P3] Planned work")], ["9 Opened vendor P3", "9 Message vendor"],
    ),
    "mail that came back told nobody; the second one did": (
        [A,
         mail("b@m", sender="mailer-daemon@customer.example", minute=1, subject="failure notice",
              body="Message-ID: <a@c>", X_Failed_Recipients="vera@vendor.example"),
         mail("c@c", sender=US, to=THEM, minute=30, answers="a@c")],
        ["0 Opened customer P2", "0 Message customer", "1 Message customer automated", "1 HandedOver system us",
         "30 Notified customer", "30 Message customer"],
    ),
    "mail among ourselves tells no vendor": (
        [A, mail("b@c", sender=US, to="boss@customer.example", minute=5, answers="a@c")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "5 Message customer"],
    ),
    "the vendor merges what were two": (
        [A, mail("x@c", sender=US, to=THEM, minute=2, subject="Also the other line"),
         mail("b@v", minute=5, subject="Re: [#4711]", answers="a@c"),
         mail("y@v", minute=6, subject="Re: [#4711]", answers="x@c")],
        ["0 Opened customer P2", "0 Notified customer", "0 Message customer", "2 Message customer", "5 Message vendor",
         "6 Absorbed vendor", "6 Message vendor"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", STORIES)
def test_stories(case: str) -> None:
    raws, expected = STORIES[case]
    assert told(*raws) == expected
    assert told(*reversed(raws)) == expected


def test_the_part_that_another_number_cut_out_says_so() -> None:
    raws = [
        A,
        mail("b@v", minute=1, subject="[#4711]", refs="a@c"),
        mail("c@v", minute=2, subject="[#4712]", refs="a@c"),
    ]
    first, second = {record.ticket: None for record in grouped(*raws).records}
    (line,) = [line for line in told(*raws) if " Split " in line]
    assert line == "2 Split vendor"
    timelines = [each.timeline for each in mapped(grouped(*raws).records)]
    split = next(each for each in timelines if each.id == second).events[0]
    assert getattr(split, "source_ticket", None) == first


def test_an_inferred_start_is_a_hole_in_the_history() -> None:
    (only,) = mapped(grouped(mail("b@v", minute=9, refs="a@c")).records)
    assert only.timeline.quality is Quality.PARTIAL
    notified = only.timeline.events[0]
    assert notified.at_earliest is not None
    assert notified.at_earliest < notified.at
    assert only.timeline.gaps[0].end > notified.at


SPOOFED = "mx.customer.example; dmarc=fail header.from=vendor.example"
TRUST = {
    "our server says it is not theirs": ((SPOOFED,), True),
    "our server says it is theirs": (("mx.customer.example; dmarc=pass",), False),
    "a server that is none of ours says so": (("mx.evil.example; dmarc=fail",), False),
    "an inner field is anybody's": (("mx.evil.example; dmarc=pass", SPOOFED), False),
    "a comment is anybody's": (("mx.customer.example; spf=pass (dmarc=fail)",), False),
    "nobody looked": ((), False),
}


@pytest.mark.parametrize("case", TRUST)
def test_spoofed_mail_never_counts(case: str) -> None:
    results, refused = TRUST[case]
    head = "".join(f"Authentication-Results: {each}\r\n" for each in results).encode()
    raws = [A, head + mail("b@v", minute=3, answers="a@c", body="It has been resolved.")]
    lines = told(*raws, our_servers=["mx.customer.example"])
    assert ("3 Message vendor automated" in lines) is refused
    assert ("3 PhaseChanged vendor resolved" in lines) is not refused


def test_our_own_alert_mail_is_never_ingested() -> None:
    assert grouped(mail("n@c", sender=US, to=US, X_Syncd="notice")).records == ()


def test_nothing_that_people_wrote_is_stored() -> None:
    raw = mail(
        "b@v", subject="Secret subject", body="Secret words", to=f"{US}, Cara <cara@customer.example>",
        Authentication_Results="mx.customer.example; spf=pass smtp.mailfrom=vera@vendor.example",
        Return_Path="<vera@vendor.example>", Content_Type="text/plain; name=secret.pdf",
    )  # fmt: skip
    (record,) = grouped(raw).records
    plain = json.dumps(MailMapper(Site("mail"), options(titles=False)).redact(record).payload)
    for word in ("Secret", "secret", "vera", "cara", "ina@", "Ina"):
        assert word not in plain
    kept = MailMapper(Site("mail"), options()).redact(record).payload
    assert "Secret subject" in json.dumps(kept)
    assert "Secret words" not in json.dumps(kept)
    assert "Secret words" in json.dumps(MailMapper(Site("mail"), options(store_bodies=True)).redact(record).payload)


def sighted(raw: bytes, *sightings: Mapping[str, Any], **more: Any) -> list[str]:
    found = unique([Found(parse(raw, shipped(), Limits()), list(sightings))])
    records = group(found, Judge(Site("mail"), options(**more)), by_subject=False).records
    return [_line(event) for each in mapped(records, **more) for event in each.timeline.events]


def test_folders_and_flags_are_signals_between_two_looks() -> None:
    signals = [
        {"name": "done", "folders": ["Done"], "phase": "resolved"},
        {"name": "urgent", "flags": ["Red"], "priority": "P1"},
        {"name": "ours", "flags": ["Waiting"], "phase": "pending", "awaiting": "customer"},
    ]
    seen = {"seen_after": "2026-03-02T09:00:00Z", "seen_at": "2026-03-02T09:01:00Z"}
    lines = sighted(
        mail("b@v"), {"folder": "INBOX", "flags": []}, {"folder": "INBOX", "flags": ["red", "waiting"], **seen},
        {"folder": "Done", "seen_after": "2026-03-02T10:00:00Z", "seen_at": "2026-03-02T10:01:00Z"}, signals=signals,
    )  # fmt: skip
    assert lines == [
        "0 Opened vendor", "0 Message vendor", "61 PriorityChanged customer P1", "61 PhaseChanged customer pending",
        "121 PhaseChanged customer resolved",
    ]  # fmt: skip


TIMES: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "our server's time, not the sender's": ({"minute": 0}, {"internal_date": "2026-03-02T08:05:00Z"}, 5),
    "a date in the future is a claim": (
        {"Date": "Mon, 02 Mar 2099 08:00:00 +0000"}, {"internal_date": "2026-03-02T08:05:00Z"}, 5,
    ),
    "a migration's time gives way to when our server took it": (
        {"Received": "from x by mx.customer.example; Mon, 02 Mar 2026 08:07:00 +0000"},
        {"internal_date": "2026-03-02T12:00:00Z"}, 7,
    ),
    "what another server says does not matter": (
        {"Received": "from x by mx.vendor.example; Mon, 02 Mar 2026 08:07:00 +0000"},
        {"internal_date": "2026-03-02T12:00:00Z"}, 240,
    ),
    "a sent copy filed at once has its own date": (
        {"sender": US, "to": THEM, "minute": 3}, {"internal_date": "2026-03-02T08:09:00Z"}, 3,
    ),
    "a sent copy filed much later has the time of filing": (
        {"sender": US, "to": THEM, "minute": 3}, {"internal_date": "2026-03-02T08:59:00Z"}, 59,
    ),
    "a file without either has the topmost server's": (
        {"Received": "from x by mx.example; Mon, 02 Mar 2026 08:07:00 +0000"}, {}, 7,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TIMES)
def test_when_a_message_happened(case: str) -> None:
    fields, sighting, minute = TIMES[case]
    lines = sighted(mail("b@x", **fields), sighting, our_hosts=["customer.example"])
    assert {line.partition(" ")[0] for line in lines} == {str(minute)}


def test_a_ticket_that_was_joined_to_another_says_so_from_its_own_beginning() -> None:
    at = parse_instant("2026-03-02T08:00:00Z", "")
    (only,) = mapped([merged_record("old", "new", at)])
    (event,) = only.timeline.events
    assert isinstance(event, Merged)
    assert (event.into, event.at, event.by) == ("new", at, Party.SYSTEM)


@pytest.mark.parametrize("payload", [{}, {"ticket": "a"}, {"ticket": "a", "part": "b"},
                                     {"ticket": "a", "part": "merged", "at": "2026-03-02T08:00:00Z"}])  # fmt: skip
def test_what_is_no_record_is_refused(payload: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"required|instant"):
        MailMapper(Site("mail"), options()).record(payload)
