"""A real daemon's pages hold what it measures of itself: nothing that is described is wired to nowhere."""

from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from syncd.telemetry.names import PROCESS, Kind
from tests.daemon.processes import Daemon, await_, configured, running
from tests.daemon.worlds import an_instance

NEVER_HERE = {
    "syncd_http_retries_total": "no request is tried again",
    "syncd_notification_attempts_total": "there is no notifier",
    "syncd_notification_dead_letters_total": "there is no notifier",
    "syncd_notification_failures_total": "there is no notifier",
}


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that has read a source's past and published what came of it."""
    folder: Path = tmp_path_factory.mktemp("daemon")
    with an_instance() as served:
        source = {**served.source(), "backfill_from": "2020-01-01", "credentials_expire": "2031-05-01"}
        config = configured(folder, [source], http={"listen": "127.0.0.1:0", "ticket_series": 50})
        with running(config, served.env) as found:
            await_(lambda: found.logged("backfill_finished"), "end of the past")
            await_(lambda: found.metric("syncd_source_backfill_complete") == 1, "snapshot of that")
            await_(lambda: found.metric("syncd_sla_evaluations_total") > 0, "count of all time")
            yield found


def test_the_configuration_and_the_versions_are_told(daemon: Daemon) -> None:
    assert daemon.metric("syncd_credential_expiry_timestamp_seconds", source="snow") == 1_935_360_000
    assert daemon.metric("syncd_config_hash", part="settings") > 0
    assert daemon.metric("syncd_config_hash", part="agreements") > 0
    page = daemon.get("/metrics")
    for component in ("schema", "engine", "tzdata"):
        assert f'syncd_component_info{{component="{component}",component_version="' in page


def test_the_store_is_watched(daemon: Daemon) -> None:
    assert daemon.metric("syncd_gate_wait_seconds_count", queue="ordinary") > 0
    assert 'syncd_gate_wait_seconds_count{queue="urgent"}' in daemon.get("/metrics")
    for mode in ("read", "write"):
        assert daemon.metric("syncd_transaction_seconds_count", mode=mode) > 0
    assert daemon.metric("syncd_pool_connections_limit", pool="read") == 16
    size = sum(daemon.metric("syncd_store_bytes", part=part) for part in ("database", "log"))
    assert size > 100_000, "most of it in the log, as long as nobody had time to fold it in"
    assert daemon.metric("syncd_store_disk_free_bytes") < daemon.metric("syncd_store_disk_size_bytes")


def test_the_past_and_its_end_are_told(daemon: Daemon) -> None:
    assert daemon.metric("syncd_backfill_records_total", source="snow") > 10
    assert daemon.metric("syncd_backfill_from_timestamp_seconds", source="snow") == 1_577_836_800
    assert daemon.metric("syncd_backfill_reached_timestamp_seconds", source="snow") > 1_577_836_800
    assert daemon.metric("syncd_source_mapper_version", source="snow") > 0


def test_single_tickets_have_their_page(daemon: Daemon) -> None:
    page = daemon.get("/metrics/tickets")
    assert "\nsyncd_ticket_series_limit 50\n" in page, page
    assert "\nsyncd_ticket_series_dropped " in page


def test_every_counter_and_histogram_of_the_process_is_fed_or_begun(daemon: Daemon) -> None:
    page = daemon.get("/metrics")
    counted = [family.name for family in PROCESS if family.kind is not Kind.GAUGE]
    assert {name for name in counted if f"# TYPE {name} " not in page} == set(NEVER_HERE)


def test_without_being_asked_for_there_is_no_page_of_tickets(tmp_path: Path) -> None:
    with (
        an_instance() as served,
        running(configured(tmp_path, [served.source("1h")]), served.env) as plain,
        pytest.raises(HTTPError, match="404"),
    ):
        plain.get("/metrics/tickets")
