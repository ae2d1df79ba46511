"""The status page shows what is nearest and worst first, and loses nothing silently."""

from dataclasses import replace
from datetime import timedelta

from syncd.ports.outbox import QueueState
from syncd.ports.readings import OpenCount
from syncd.web.board import BREACHES_SHOWN, NEXT_SHOWN, board
from syncd.web.sources import WorkerStatus
from tests.web.facts import A_BREACH, A_CLOCK, A_STATUS, A_WORKER, CLOCKS, NOW, FixedFacts


def test_breaches_and_deadlines_ahead_stand_apart_in_the_order_of_their_deadlines() -> None:
    shown = board(FixedFacts(), NOW)
    assert [line.ticket for line in shown.breaches] == ["INC0012001", "<c0ffee/7@mail.example>"]
    assert [line.ticket for line in shown.upcoming] == ["INC0012345", "OPS-61", "INC0012388"]


def test_a_line_says_how_far_its_deadline_is() -> None:
    shown = board(FixedFacts(), NOW)
    assert [(line.distance, line.late) for line in (*shown.breaches, *shown.upcoming)] == [
        ("1 d 2 h", True), ("4 min", True), ("1 h 12 min", False), ("5 h 00 min", False), ("3 d 4 h", False),
    ]  # fmt: skip


def test_vendors_are_called_by_their_names_and_those_in_breach_stand_first() -> None:
    lines = board(FixedFacts(), NOW).vendors
    assert [(line.name, dict(line.counts)) for line in lines] == [
        ("ACME Managed Services", {"breached": 2, "at_risk": 1, "ok": 1, "paused": 1}),
        ("Globex & Sons", {"ok": 1}),
    ]
    assert [line.distance for line in lines] == ["1 h 12 min", "5 h 00 min"]


def test_a_vendor_without_open_clocks_is_listed() -> None:
    lines = board(FixedFacts(counts=()), NOW).vendors
    assert [(line.name, line.distance) for line in lines] == [("ACME Managed Services", ""), ("Globex & Sons", "")]


def test_a_deadline_that_is_past_though_nothing_is_late_yet_is_not_the_next_one() -> None:
    used_up = OpenCount("acme", "acme-msp", "fix", "P1", "at_risk", 1, NOW - timedelta(minutes=1))
    ahead = OpenCount("acme", "acme-msp", "fix", "P2", "ok", 1, NOW + timedelta(hours=2))
    (acme, _) = board(FixedFacts(counts=[used_up, ahead]), NOW).vendors
    assert acme.deadline == NOW + timedelta(hours=2)


def test_totals_come_from_the_counts_and_not_from_what_is_shown() -> None:
    counts = [OpenCount("acme", "acme-msp", "fix", "P1", "breached", 1000, None)]
    shown = board(FixedFacts(counts=counts), NOW)
    assert shown.totals["breached"] == 1000
    assert shown.breaches_hidden == 1000 - len(shown.breaches)


def test_many_breaches_do_not_push_the_next_deadline_off_the_page() -> None:
    breaches = [replace(A_BREACH, ticket=f"INC{number:05}") for number in range(900)]
    shown = board(FixedFacts(clocks=[*breaches, A_CLOCK]), NOW)
    assert len(shown.breaches) == BREACHES_SHOWN
    assert [line.ticket for line in shown.upcoming] == [A_CLOCK.ticket]


def test_the_list_of_next_deadlines_is_bounded() -> None:
    clocks = [replace(A_CLOCK, due_at=NOW + timedelta(minutes=number)) for number in range(1, 500)]
    assert len(board(FixedFacts(clocks=clocks), NOW).upcoming) == NEXT_SHOWN


def test_a_paused_clock_has_no_deadline_to_be_listed_under() -> None:
    assert "INC0011900" in {clock.ticket for clock in CLOCKS}
    assert "INC0011900" not in {line.ticket for line in board(FixedFacts(), NOW).upcoming}


def test_sources_say_how_fresh_they_are() -> None:
    lines = {line.worker.name: line for line in board(FixedFacts(), NOW).sources}
    assert (lines["snow"].success, lines["snow"].watermark, lines["snow"].next_pass) == (
        "24 s ago",
        "3 min ago",
        "in 36 s",
    )
    assert (lines["jira"].success, lines["jira"].watermark, lines["jira"].next_pass) == ("never", "", "")


def test_a_pass_that_is_due_begins_now() -> None:
    late: WorkerStatus = replace(A_WORKER, next_pass_at=NOW - timedelta(seconds=2))
    shown = board(FixedFacts(state=replace(A_STATUS, workers=(late,))), NOW)
    assert shown.sources[0].next_pass == "now"


def test_stale_and_failing_sources_are_not_healthy() -> None:
    assert board(FixedFacts(), NOW).healthy_sources == 1


def test_notices_are_counted_over_all_channels() -> None:
    shown = board(FixedFacts(), NOW)
    assert (shown.waiting_notices, shown.dead_notices) == (2, 1)


def test_a_notifier_with_dead_letters_says_what_shows_them() -> None:
    queues = (QueueState("oncall", 2, NOW - timedelta(minutes=3), 0), QueueState("it's chat", 0, None, 4))
    waits, gave_up = board(FixedFacts(state=replace(A_STATUS, queues=queues)), NOW).notifiers
    assert (waits.oldest, waits.command) == ("3 min", None)
    assert (gave_up.oldest, gave_up.command) == ("", """syncd notices list --dead --channel 'it'"'"'s chat'""")
