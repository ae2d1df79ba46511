"""`syncd measure --against`: what would have been under other terms, and why."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from syncd.domain.contract import (
    Agreements,
    Arrival,
    Exclusion,
    Maintenance,
    PriorityMatrix,
    Target,
)
from syncd.domain.difference import differences
from syncd.domain.duration import Counted, WorkingDays
from syncd.domain.names import (
    Accepted,
    Awaiting,
    Children,
    Counts,
    Metric,
    PauseEvidence,
    PriorityChange,
    Reopen,
    Starts,
    Stops,
    Transition,
)
from syncd.domain.timeline import Timeline
from syncd.domain.timeline_format import parse_timeline
from syncd.report.differences import why_in_words
from syncd.settings import calendar_from_mapping
from syncd.testing.instants import at
from tests.cli.command import syncd_command as syncd
from tests.services.desk import HOUR, HOUR_US, MORNING, a_target, agreed, message, opened, resolved

AS_OF = "2026-04-01T00:00:00Z"


@pytest.fixture
def proposal(agreements: Path, tmp_path: Path) -> Path:
    """The same contract with a response goal of an hour for P2."""
    folder = tmp_path / "proposal"
    folder.mkdir()
    for path in agreements.iterdir():
        (folder / path.name).write_text(path.read_text().replace("P2: 30m", "P2: 1h"))
    return folder


def test_only_what_differs_is_printed_with_the_reason(agreements: Path, proposal: Path, example: str) -> None:
    done = syncd("measure", "--contracts", agreements, "--against", proposal, "--as-of", AS_OF, stdin=example)
    assert done.code == 0, done.err
    (line,) = done.lines
    assert {key: line[key] for key in ("source", "ticket", "target", "started_by", "why")} == {
        "source": "snow", "ticket": "INC0012345", "target": "response", "started_by": "a1",
        "why": ["the goal of P2 is 1h instead of 30m"],
    }  # fmt: skip
    ours, theirs = line["ours"], line["theirs"]
    assert (ours["verdict"], ours["goal_seconds"], ours["breached_at"]) == ("missed", 1800, "2026-03-02T08:30:00Z")
    assert (theirs["verdict"], theirs["goal_seconds"], theirs["breached_at"]) == ("met", 3600, None)
    assert (theirs["elapsed_seconds"], theirs["due_at"], theirs["revision"]) == (
        3600, "2026-03-02T09:00:00Z", "2026-01-01",
    )  # fmt: skip
    assert done.err == "tickets 1, cycles 2, differing 1 (missed -> met 1)\n"


def test_a_table_for_people(agreements: Path, proposal: Path, example: str) -> None:
    arguments = ("measure", "--contracts", agreements, "--as-of", AS_OF, "--output", "table", "--against")
    done = syncd(*arguments, proposal, stdin=example)
    assert done.code == 0, done.err
    assert "INC0012345" in done.out
    assert "missed" in done.out
    same = syncd(*arguments, agreements, stdin=example)
    assert same.out == "No verdict differs.\n"
    assert same.err == "tickets 1, cycles 2, differing 0\n"


@pytest.mark.parametrize("output", ["json", "table"])
def test_bad_lines_are_reported_and_the_others_compared(
    agreements: Path, proposal: Path, example: str, output: str
) -> None:
    done = syncd(
        "measure", "--contracts", agreements, "--against", proposal, "--as-of", AS_OF, "--output", output,
        stdin=f"not json\n{example}",
    )  # fmt: skip
    assert done.code == 1
    assert "line 1: not JSON" in (done.out if output == "json" else done.err)
    assert "tickets 1, cycles 2, differing 1" in done.err


def test_a_table_of_readings_is_refused(agreements: Path, example: str) -> None:
    done = syncd("measure", "--contracts", agreements, "--as-of", AS_OF, "--output", "table", stdin=example)
    assert done.code == 2
    assert "--against" in done.err


def test_contracts_that_cannot_be_read_are_refused_on_either_side(agreements: Path, proposal: Path) -> None:
    (proposal / "calendars.yaml").unlink()
    done = syncd("measure", "--contracts", agreements, "--against", proposal, "--as-of", AS_OF)
    assert done.code == 2
    assert str(proposal) in done.err


def test_a_ticket_that_theirs_does_not_cover(agreements: Path, proposal: Path, example: str) -> None:
    contract = proposal / "acme-msp.yaml"
    contract.write_text(contract.read_text().replace("{source: snow}", "{source: mail}"))
    done = syncd("measure", "--contracts", agreements, "--against", proposal, "--as-of", AS_OF, stdin=example)
    assert [line["theirs"] for line in done.lines] == [{"verdict": None, "uncovered": "not_in_covers"}] * 2
    assert done.lines[0]["why"] == ["theirs does not measure the ticket: it is not in covers"]
    assert done.err == "tickets 1, cycles 2, differing 2 (missed -> uncovered 2)\n"


def ticket(*events: Mapping[str, object]) -> Timeline:
    return parse_timeline({"format": 1, "source": "snow", "ticket": "T1", "id": "t1", "events": list(events)})


def event(hour: float, key: str, kind: str, **more: object) -> dict[str, object]:
    return {"id": key, "at": (MORNING + hour * HOUR).isoformat(), "kind": kind, "by": "vendor", **more}


SOLVED = ticket(
    {**opened(), "attributes": {"impact": "1", "urgency": "1", "code": "duplicate"}}, resolved(MORNING + 6 * HOUR)
)
WAITED = ticket(
    opened(), event(1, "ask", "phase", to="pending", awaiting="customer"),
    event(4, "go", "phase", to="active", awaiting="vendor"), resolved(MORNING + 6 * HOUR),
)  # fmt: skip
TOLD_LATER = ticket(
    {**opened(), "vendor": None}, event(3, "told", "notified", vendor="acme"), resolved(MORNING + 6 * HOUR)
)
AWAY = ticket(
    opened(), event(1, "away", "handed_over", to="us"), event(4, "back", "handed_over", to="acme"),
    resolved(MORNING + 6 * HOUR),
)  # fmt: skip
RELAYED = ticket(opened(), {**message(MORNING + HOUR, "relay"), "relayed": True})
ACCEPTED = ticket(opened(), event(1, "ack", "acknowledged"))
URGENT = ticket(opened(priority="P3"), event(5, "up", "priority", to="P1"), resolved(MORNING + 6 * HOUR))
REOPENED = ticket(
    opened(), resolved(MORNING + HOUR), event(2, "again", "phase", to="active", awaiting="vendor", by="customer"),
    resolved(MORNING + 7 * HOUR, "solved"),
)  # fmt: skip
WORKED_AROUND = ticket(opened(), event(2, "around", "workaround"), resolved(MORNING + 6 * HOUR))
CHILD = ticket(opened(), event(0.5, "up", "linked", to="P", role="parent"), resolved(MORNING + 6 * HOUR))


def hours(count: float) -> dict[str, Counted]:
    return {"default": Counted(int(count * HOUR_US))}


FOUR = a_target(goals=hours(4))
TOTAL = replace(FOUR, counts=Counts.END_TO_END)
RESPONSE = a_target("fix", Metric.FIRST_RESPONSE, goals=hours(4))
WEEK = calendar_from_mapping({"name": "week", "time_zone": "UTC", "hours": {"mon-fri": ["09:00-12:00"]}})
CUSTOMER = frozenset({Awaiting.CUSTOMER})
WAITING = "2026-03-02T10:00:00Z until 2026-03-02T13:00:00Z"


STARTED = (
    "the clock starts when the ticket is created (event opened, 2026-03-02T09:00:00Z) instead of when the vendor is "
    "notified (event told, 2026-03-02T12:00:00Z)"
)
STOPPED = (
    "the clock stops at workaround (event around, 2026-03-02T11:00:00Z) instead of resolved (event resolved, "
    "2026-03-02T15:00:00Z)"
)
SENTENCES: list[tuple[Timeline, Target, dict[str, Any], str]] = [
    (SOLVED, FOUR, {"goals": {"P1": Counted(8 * HOUR_US)}}, "the goal of P1 is 8h instead of 4h"),
    (SOLVED, FOUR, {"goals": {"P2": WorkingDays(2)}}, "the goal of P1 is none instead of 4h"),
    (URGENT, replace(FOUR, goals={"P3": Counted(4 * HOUR_US)}), {"goals": {"P1": WorkingDays(2)}},
     "the goals are others: P1 2 working days (end_of_day) instead of none, P3 none instead of 4h"),
    (SOLVED, FOUR, {"goals": {}, "arrivals": (Arrival(hours(8)),)}, "the goal of P1 is 8h instead of 4h"),
    (SOLVED, FOUR, {"calendars": {"default": WEEK}}, "time is counted on calendar week instead of always"),
    (SOLVED, FOUR, {"calendars": {"default": replace(WEEK, name="always")}},
     "calendar always has other service times"),
    (SOLVED, FOUR, {"calendars": {"default": WEEK}, "calendar_by": "site"},
     "time is counted on calendar week by site instead of always"),
    (WAITED, FOUR, {"pause_while": CUSTOMER}, f"time awaiting the customer does not count (not counted {WAITING})"),
    (WAITED, replace(FOUR, pause_while=CUSTOMER), {"pause_while": frozenset()},
     f"time awaiting the customer counts (counted {WAITING})"),
    (WAITED, replace(FOUR, pause_while=CUSTOMER), {"pause_evidence": PauseEvidence.REQUIRED},
     f"pause_evidence is required (counted {WAITING})"),
    (AWAY, FOUR, {"counts": Counts.END_TO_END}, f"counts is end_to_end instead of own_time (counted {WAITING})"),
    (TOLD_LATER, TOTAL, {"starts": Starts.CREATED},
     STARTED),
    (WORKED_AROUND, FOUR, {"stops": Stops.WORKAROUND},
     STOPPED),
    (ACCEPTED, RESPONSE, {"acknowledgement": Accepted.ACCEPTED},
     "an acknowledgement counts as a response (event ack, 2026-03-02T10:00:00Z)"),
    (RELAYED, RESPONSE, {"relayed": Accepted.REFUSED},
     "a relayed message does not count as a response (not stopped)"),
    (SOLVED, FOUR, {"tolerance_us": 3 * HOUR_US}, "tolerance is 3h instead of 0s"),
    (SOLVED, replace(FOUR, goals=hours(3), calendars={"default": WEEK}), {"strict_due": True},
     "strict_due is true instead of false"),
    (URGENT, replace(FOUR, goals={"P1": Counted(4 * HOUR_US), "P3": Counted(5 * HOUR_US)}),
     {"priority_change": PriorityChange.FROM_CHANGE},
     "priority_change is from_change instead of earliest_promise"),
    (SOLVED, replace(FOUR, goals=hours(4) | {"X": Counted(8 * HOUR_US)}),
     {"priority_from": PriorityMatrix(("impact", "urgency"), (("X",),))},
     "the priority is read from impact and urgency instead of the ticket"),
    (REOPENED, replace(FOUR, goals=hours(5.5)), {"reopen": Reopen.FIRST_IS_FINAL},
     "reopen is first_is_final instead of within_grace"),
    (REOPENED, replace(FOUR, goals=hours(5.5)), {"reopen_grace": Counted(60_000_000)},
     "reopen_grace is 1m on its calendar instead of 5 working days (end_of_day) on its calendar"),
    (CHILD, FOUR, {"children": Children.EXCLUDED}, "children is excluded instead of each"),
    (SOLVED, FOUR, {"excluded_when": {"code": ("duplicate",)}}, "excluded_when is code: duplicate instead of none"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "ours", "terms", "sentence"), SENTENCES, ids=[each[3] for each in SENTENCES])
def test_each_term_has_its_sentence(found: Timeline, ours: Target, terms: dict[str, Any], sentence: str) -> None:
    compared = differences(found, agreed(ours), agreed(replace(ours, **terms)), as_of=at(AS_OF[:10]))
    words = [why for each in compared.differences for why in why_in_words(each)]
    assert words[:1] == [sentence]


SIGNED = Exclusion(id="EX-1", contract="acme-msp", clause="7", author="a", approver="b", evidence="e")


@pytest.mark.parametrize(
    ("contract", "exclusions", "sentence"),
    [
        ({}, (replace(SIGNED, start=MORNING + HOUR, end=MORNING + 4 * HOUR),),
         f"exclusion EX-1 applies (not counted {WAITING})"),
        ({"maintenance": (Maintenance(start=MORNING + HOUR, end=MORNING + 4 * HOUR),)}, (),
         f"the maintenance windows are others (not counted {WAITING})"),
        ({"until": MORNING + 2 * HOUR}, (), "the contract's end (until) is 2026-03-02T11:00:00Z instead of none"),
    ],
)  # fmt: skip
def test_terms_of_the_contract_have_theirs(
    contract: dict[str, Any], exclusions: tuple[Exclusion, ...], sentence: str
) -> None:
    ours = agreed(FOUR)
    theirs = Agreements((replace(ours.contracts[0], **contract),), {}, exclusions)
    (found,) = differences(SOLVED, ours, theirs, as_of=at(AS_OF[:10])).differences
    assert why_in_words(found) == [sentence]
    (back,) = differences(SOLVED, theirs, ours, as_of=at(AS_OF[:10])).differences
    assert back.why == found.why


def test_a_pause_that_goes_on_is_told_up_to_the_present() -> None:
    waiting = ticket(opened(), event(1, "ask", "phase", to="pending", awaiting="customer"))
    theirs = replace(FOUR, pause_while=CUSTOMER)
    (found,) = differences(waiting, agreed(FOUR), agreed(theirs), as_of=MORNING + 9 * HOUR).differences
    assert why_in_words(found) == [
        "time awaiting the customer does not count (not counted 2026-03-02T10:00:00Z until 2026-03-02T18:00:00Z)"
    ]


def test_an_amendment_while_it_runs_is_named() -> None:
    ours = agreed(FOUR)
    (contract,) = ours.contracts
    amending = replace(
        contract.revisions[0], name="2026-03-02", effective_from=MORNING + HOUR,
        targets=(replace(FOUR, goals=hours(8)),), transition=Transition.RUNNING_FROM_DATE,
    )  # fmt: skip
    theirs = Agreements((replace(contract, revisions=(*contract.revisions, amending)),), {})
    (found,) = differences(SOLVED, ours, theirs, as_of=MORNING + timedelta(days=9)).differences
    assert why_in_words(found) == ["revision 2026-03-02 amends it while it runs, in ours no revision amends it"]


def test_reasons_that_each_do_alone_say_so() -> None:
    both = replace(FOUR, goals=hours(8), tolerance_us=3 * HOUR_US)
    (found,) = differences(SOLVED, agreed(FOUR), agreed(both), as_of=at(AS_OF[:10])).differences
    assert why_in_words(found) == [
        "the goal of P1 is 8h instead of 4h (enough by itself)", "tolerance is 3h instead of 0s (enough by itself)",
    ]  # fmt: skip
