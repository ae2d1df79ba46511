"""`syncd explain` shows what the source's own SLA clocks say beside ours, and where the two contradict each other."""

import json
from pathlib import Path

from tests.cli.command import syncd_command as syncd
from tests.cli.conftest import EXAMPLE
from tests.cli.test_measure import AS_OF

HEADING = "What the source itself says"


def native(number: int, at: str, to: str, name: str = "Resolution P1") -> dict[str, object]:
    return {
        "id": f"n{number}", "at": at, "kind": "attribute", "by": "system", "name": f"native:{name}", "to": to,
        "original": "goal 14400000 ms; target resolution",
    }  # fmt: skip


def explained(config: Path, *events: dict[str, object], as_of: str = AS_OF) -> list[str]:
    """The lines of the explanation of the example ticket with some events more."""
    known = EXAMPLE["events"]
    assert isinstance(known, list)
    line = {**EXAMPLE, "events": [*known, *events]}
    (config.parent / "timelines.jsonl").write_text(json.dumps(line) + "\n")
    assert syncd("once", "-c", config).code == 0
    done = syncd("explain", "INC0012345", "-c", config, "--as-of", as_of)
    assert done.code == 0, done.err
    return done.out.splitlines()


def test_the_sources_own_verdict_stands_beside_ours_with_the_difference(config: Path) -> None:
    told = explained(
        config, native(1, "2026-03-02T08:00:00Z", "running"), native(2, "2026-03-03T09:00:00Z", "met"),
        native(3, "2026-03-02T09:00:00Z", "missed", "Gold"),
    )  # fmt: skip
    start = next(place for place, line in enumerate(told) if line.startswith(HEADING))
    assert told[start:] == [
        f"{HEADING} (evidence, no part of our reading; times in Europe/Berlin)",
        "  Resolution P1: met since 2026-03-03 10:00:00, goal 4h (event n2)",
        "  Gold: missed since 2026-03-02 10:00:00, goal 4h (event n3)",
    ], "two clocks of one kind: it is not certain who speaks"


def test_the_only_clock_of_a_kind_that_contradicts_ours_is_named(config: Path) -> None:
    told = explained(config, native(1, "2026-03-02T08:00:00Z", "running"), native(2, "2026-03-03T09:00:00Z", "met"))
    assert told[-1] == (
        "  differs:  Resolution P1 is met there, target fix of contract acme-msp is missed here (cycle 1)"
    )


def test_clocks_that_agree_are_listed_without_a_difference(config: Path) -> None:
    told = explained(config, native(1, "2026-03-02T08:00:00Z", "running"), native(2, "2026-03-02T20:30:00Z", "missed"))
    assert told[-1] == "  Resolution P1: missed since 2026-03-02 21:30:00, goal 4h (event n2)"


def test_a_source_without_clocks_of_its_own_is_not_quoted(config: Path) -> None:
    assert not any(line.startswith(HEADING) for line in explained(config))


def test_what_the_source_says_later_is_not_yet_said(config: Path) -> None:
    told = explained(config, native(1, "2026-03-03T09:00:00Z", "met"), as_of="2026-03-02T12:00:00Z")
    assert not any(line.startswith(HEADING) for line in told)
