"""Commands over a store: once, tickets, explain, status, import, replay, db."""

import json
import sqlite3
from pathlib import Path

from tests.cli.command import syncd_command as syncd
from tests.cli.test_measure import AS_OF, FIX

MISSED = "select d.target, r.missed from reading r join clock_definition d on d.id = r.definition order by 1"


def test_what_is_stored_is_measured_as_without_a_store(config: Path) -> None:
    assert syncd("once", "-c", config).code == 0
    listed = syncd("tickets", "-c", config, "--as-of", AS_OF, "--output", "json")
    assert listed.code == 0, listed.err
    assert listed.lines[1] == FIX


def test_an_explanation_names_events_stretches_pauses_promises_terms_and_verdict(config: Path) -> None:
    syncd("once", "-c", config)
    done = syncd("explain", "INC0012345", "-c", config, "--as-of", AS_OF)
    assert done.code == 0, done.err
    for part in (
        "contract acme-msp, revision 2026-01-01, target fix",
        "priority_change earliest_promise",
        "not a response: an automated message",
        "promise   P1: 4h on calendar always",
        "paused    2026-03-02 11:00:00 until 2026-03-02 16:00:00: customer (event a4)",
        "counted   2026-03-02 16:30:00 until 2026-03-03 10:00:00: 17h30m",
        "elapsed   17h30m of 4h: exceeded by 13h30m",
        "breached  2026-03-02 20:30:00",
        "Cycle 1: MISSED",
    ):
        assert part.lower() in done.out.lower(), part


def test_an_unknown_ticket_is_said_to_be_unknown(config: Path) -> None:
    syncd("once", "-c", config)
    done = syncd("explain", "INC9", "-c", config)
    assert (done.code, done.out) == (1, "")
    assert "INC9" in done.err


def test_an_empty_store_says_what_to_run(config: Path) -> None:
    done = syncd("tickets", "-c", config)
    assert done.code == 3
    assert "syncd once" in done.err


def test_status_lists_sources_with_their_last_success(config: Path) -> None:
    syncd("once", "-c", config)
    rows = json.loads(syncd("status", "-c", config, "--output", "json").out)
    assert [(row["source"], row["failures"], row["last_error"]) for row in rows] == [("snow", 0, None)]
    assert rows[0]["last_success"] is not None


def test_timelines_are_imported_as_a_source_and_again_without_change(config: Path, tmp_path: Path) -> None:
    more = json.loads((tmp_path / "timelines.jsonl").read_text()) | {"id": "other", "ticket": "INC2"}
    path = tmp_path / "more.jsonl"
    path.write_text(json.dumps(more) + "\n")
    for _ in range(2):
        done = syncd("import", path, "-c", config, "--source", "snow")
        assert done.code == 0, done.err
    listed = syncd("tickets", "-c", config, "--as-of", AS_OF, "--output", "json")
    assert {line["ticket"] for line in listed.lines} == {"INC2"}


def test_a_folder_without_timelines_is_bad_usage_and_makes_no_source(config: Path, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "march.json").write_text("{}")
    done = syncd("import", folder, "-c", config)
    assert done.code == 2
    assert "holds no file *.jsonl" in " ".join(done.err.replace("│", " ").split())
    assert syncd("import", tmp_path / "nowhere", "-c", config).code == 2
    assert not (tmp_path / "syncd.db").exists()
    (folder / "march.jsonl").write_text((tmp_path / "timelines.jsonl").read_text())
    assert syncd("import", folder, "-c", config).code == 0


def test_a_bad_line_of_an_import_is_named_and_the_rest_is_imported(config: Path, tmp_path: Path) -> None:
    path = tmp_path / "some.jsonl"
    path.write_text("nonsense\n" + (tmp_path / "timelines.jsonl").read_text())
    done = syncd("import", path, "-c", config, "--source", "snow")
    assert done.code == 1
    assert "1" in done.err
    assert len(syncd("tickets", "-c", config, "--output", "json").lines) == 2


def test_replay_rebuilds_the_same_readings(config: Path) -> None:
    syncd("once", "-c", config)
    before = syncd("tickets", "-c", config, "--as-of", AS_OF, "--output", "json").out
    done = syncd("replay", "-c", config)
    assert done.code == 0, done.err
    assert "1 record(s) mapped to 7 event(s)" in done.err
    assert syncd("tickets", "-c", config, "--as-of", AS_OF, "--output", "json").out == before


def test_a_changed_contract_is_applied_to_what_is_stored(config: Path, agreements: Path, tmp_path: Path) -> None:
    def breached() -> list[tuple[str, int]]:
        with sqlite3.connect(tmp_path / "syncd.db") as store:
            return store.execute(MISSED).fetchall()

    syncd("once", "-c", config)
    assert breached() == [("fix", 1), ("response", 1)]
    contract = agreements / "acme-msp.yaml"
    contract.write_text(contract.read_text().replace("P2: 30m", "P2: 2h"))
    assert syncd("once", "-c", config).code == 0
    assert breached() == [("fix", 1), ("response", 0)]


def test_a_store_of_another_release_is_refused_with_exit_code_3(config: Path, tmp_path: Path) -> None:
    syncd("once", "-c", config)
    assert syncd("db", "status", "-c", config).code == 0
    with sqlite3.connect(tmp_path / "syncd.db") as store:
        store.execute("update alembic_version set version_num = '9999'")
    store.close()
    assert syncd("db", "status", "-c", config).code == 3
    for command in (["once"], ["tickets"], ["run"], ["replay"]):
        done = syncd(*command, "-c", config)
        assert done.code == 3, (command, done.err)
