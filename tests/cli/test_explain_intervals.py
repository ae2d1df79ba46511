"""`syncd explain` says of an event between which instants it was, where a source knows no more, and what follows."""

from pathlib import Path

from tests.cli.test_explain_native import explained


def test_an_event_between_two_looks_is_shown_with_both_and_decides_no_verdict(config: Path) -> None:
    """Four hours of a P1 counted round the clock from 15:30 on: due at 20:30, of which the day before says nothing."""
    noticed: dict[str, object] = {
        "id": "seen", "at": "2026-03-02T21:00:00Z", "at_earliest": "2026-03-02T19:00:00Z", "kind": "phase",
        "by": "customer", "to": "resolved",
    }  # fmt: skip
    told = explained(config, noticed)
    (line,) = [line for line in told if "(event seen)" in line and "now resolved" in line]
    assert line.endswith("(event seen)  [or as early as 2026-03-02 20:00:00]")
    assert any("UNVERIFIABLE" in line for line in told)
    assert any(line.split() == ["flags", "inexact_time"] for line in told)
