"""The page: complete, unambiguous, in the format asked for, and silent about what it no longer knows."""

import gc
import gzip
import re
import shutil
import subprocess
import zlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from prometheus_client import CollectorRegistry, Gauge, GCCollector, PlatformCollector, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from syncd.telemetry.exposition import render, render_registry
from syncd.telemetry.fleet import Fleet
from syncd.telemetry.fleet_names import FLEET
from syncd.telemetry.metrics import Metrics
from syncd.telemetry.snapshot import SnapshotHolder
from tests.telemetry.fleets import AT, a_fleet, a_large_fleet
from tests.telemetry.pages import OPENMETRICS, families_of, reference_registry, series_of, text_of


def a_holder() -> SnapshotHolder:
    metrics = Metrics(version="1.2.3", revision="abc")
    metrics.expect(sources={"snow": "servicenow"}, channels=["oncall"], workers=["snow", "deadlines"])
    return SnapshotHolder(metrics)


@pytest.mark.parametrize("openmetrics", [False, True], ids=["text", "openmetrics"])
def test_the_hand_written_text_means_what_the_library_would_have_written(openmetrics: bool) -> None:
    fleet = a_fleet()
    written = series_of(
        render(fleet, FLEET, openmetrics=openmetrics).decode() + ("# EOF\n" if openmetrics else ""),
        openmetrics=openmetrics,
    )
    write = generate_openmetrics if openmetrics else generate_latest
    theirs = series_of(write(reference_registry(fleet)).decode(), openmetrics=openmetrics)
    ours = dict(written)
    assert len(ours) == len(written)
    assert ours == dict(theirs)
    assert any('"' in value for (_, labels) in ours for _, value in labels), "escaping was tried"


@pytest.mark.parametrize("openmetrics", [False, True], ids=["text", "openmetrics"])
def test_process_families_mean_what_the_library_would_have_written(openmetrics: bool) -> None:
    metrics = Metrics(CollectorRegistry(), version='1.0 "beta"\\n')
    metrics.expect(sources={"odd\nname": "servicenow"}, channels=["oncall"])
    metrics.pass_ended("servicenow", 4.2)
    metrics.rate_limited("odd\nname", 1e17)
    Gauge("other", 'Says "help" \\ with\na second line.', registry=metrics.registry).set(float("inf"))
    PlatformCollector(registry=metrics.registry)
    GCCollector(registry=metrics.registry)
    gc.disable()
    try:
        ours = render_registry(metrics.registry, openmetrics=openmetrics)
        write = generate_openmetrics if openmetrics else generate_latest
        theirs: bytes = write(metrics.registry)
    finally:
        gc.enable()
    end = b"# EOF\n" if openmetrics else b""
    read = [families_of((page).decode(), openmetrics=openmetrics) for page in (ours + end, theirs)]
    assert read[0] == [family for family in read[1] if family[-1]], "all families that have samples"


@pytest.mark.parametrize(
    ("value", "expected"), [(float("inf"), "+Inf"), (float("-inf"), "-Inf"), (float("nan"), "NaN"), (1e17, "1e+17")]
)
def test_numbers_are_spelt_as_the_formats_want_them(value: float, expected: str) -> None:
    registry = CollectorRegistry()
    Gauge("other", "Help.", registry=registry).set(value)
    assert render_registry(registry, openmetrics=True).endswith(f"\nother {expected}\n".encode())


@pytest.mark.parametrize("accept", ["", OPENMETRICS], ids=["text", "openmetrics"])
def test_no_series_occurs_twice_on_the_page(accept: str) -> None:
    holder = a_holder()
    holder.publish(a_fleet())
    series = Counter(series for series, _ in series_of(text_of(holder, AT, accept), openmetrics=bool(accept)))
    assert [name for name, count in series.items() if count > 1] == []


@pytest.mark.parametrize("accept", ["", OPENMETRICS], ids=["text", "openmetrics"])
def test_no_family_is_declared_twice_on_the_page(accept: str) -> None:
    holder = a_holder()
    holder.publish(a_fleet())
    lines = text_of(holder, AT, accept).splitlines()
    families = Counter(line.split()[2] for line in lines if line.startswith("# TYPE"))
    assert max(families.values()) == 1


@pytest.mark.parametrize("accept", ["", OPENMETRICS], ids=["text", "openmetrics"])
def test_counters_are_never_negative_and_buckets_never_fall(accept: str) -> None:
    holder = a_holder()
    holder.publish(a_fleet())
    counters = 0
    for _, kind, _, samples in families_of(text_of(holder, AT, accept), openmetrics=bool(accept)):
        if kind == "counter":
            assert [sample for sample in samples if sample.value < 0] == []
            counters += len(samples)
        if kind == "histogram":
            buckets = [sample for sample in samples if sample.name.endswith("_bucket")]
            for before, after in pairwise(buckets):
                if before.labels["le"] != "+Inf":
                    assert before.value <= after.value
    assert counters > 10


def test_a_family_without_samples_is_not_declared() -> None:
    holder = a_holder()
    holder.publish(Fleet(at=AT))
    page = text_of(holder, AT)
    declared = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
    sampled = {
        re.sub("_(bucket|sum|count|created)$", "", line.split("{")[0].split()[0])
        for line in page.splitlines()
        if not line.startswith("#")
    }
    assert declared - sampled == set()
    assert "syncd_sla_consumed_ratio" not in page


def test_both_formats_hold_the_same_fleet() -> None:
    holder = a_holder()
    holder.publish(a_fleet())
    in_text = {series for series in series_of(text_of(holder, AT)) if series[0][0].startswith("syncd_")}
    in_openmetrics = set(series_of(text_of(holder, AT, OPENMETRICS), openmetrics=True))
    assert in_text
    assert in_text <= in_openmetrics


def test_openmetrics_ends_once_and_text_never() -> None:
    holder = a_holder()
    holder.publish(a_fleet())
    page = text_of(holder, AT, OPENMETRICS)
    assert page.endswith("# EOF\n")
    assert page.count("# EOF") == 1
    assert "# EOF" not in text_of(holder, AT)


@pytest.mark.parametrize("accept", ["", OPENMETRICS], ids=["text", "openmetrics"])
def test_the_compressed_page_is_one_gzip_member_with_the_same_content(accept: str) -> None:
    holder = SnapshotHolder(Metrics(CollectorRegistry()))
    holder.publish(a_large_fleet(vendors=5))
    packed, headers = holder.page(accept, "gzip", AT)
    plain, _ = holder.page(accept, "", AT)
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    unpacker = zlib.decompressobj(wbits=31)
    assert unpacker.decompress(packed) == plain
    assert unpacker.eof
    assert unpacker.unused_data == b""
    assert len(packed) < len(plain) / 5


def test_without_gzip_nothing_claims_to_be_compressed() -> None:
    _, headers = a_holder().page("", "identity", AT)
    assert "content-encoding" not in headers
    assert headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert headers["vary"] == "Accept, Accept-Encoding"


def test_before_the_first_snapshot_the_process_speaks_for_itself() -> None:
    page = text_of(a_holder(), AT)
    assert 'syncd_build_info{version="1.2.3",revision="abc",python_version="' in page
    assert "syncd_snapshot_timestamp_seconds" not in page


def test_a_snapshot_of_fifteen_minutes_is_served_whole() -> None:
    holder = a_holder()
    holder.publish(a_fleet())
    assert "syncd_scorecard_compliance_ratio{" in text_of(holder, AT + timedelta(minutes=15))


def test_an_older_snapshot_leaves_only_what_stays_true() -> None:
    holder = a_holder()
    holder.publish(a_fleet())
    page = text_of(holder, AT + timedelta(minutes=15, seconds=1))
    for gone in ("syncd_sla_open_tickets", "syncd_sla_window_", "syncd_scorecard_", "syncd_source_up"):
        assert gone + "{" not in page
        assert f"# TYPE {gone}" not in page
    for stays in (
        "syncd_snapshot_timestamp_seconds",
        "syncd_source_last_success_timestamp_seconds",
        "syncd_build_info",
    ):
        assert stays in page


def test_process_metrics_are_fresh_however_old_the_snapshot() -> None:
    metrics = Metrics(CollectorRegistry())
    holder = SnapshotHolder(metrics)
    holder.publish(a_fleet())
    metrics.logged("error")
    assert 'syncd_log_messages_total{level="error"} 1.0' in text_of(holder, AT + timedelta(days=1))


def test_publishing_replaces_the_snapshot_and_withdrawing_removes_it() -> None:
    holder = a_holder()
    holder.publish(a_fleet())
    later = AT + timedelta(minutes=1)
    holder.publish(replace(a_fleet(), at=later))
    assert f"syncd_snapshot_timestamp_seconds {later.timestamp()!r}\n" in text_of(holder, later)
    holder.withdraw()
    assert "syncd_snapshot_timestamp_seconds" not in text_of(holder, later)


def test_promtool_finds_nothing_to_say_about_the_page() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing: install the package prometheus, else nothing checks the metrics page")
    holder = a_holder()
    holder.publish(a_fleet())
    checked = subprocess.run(
        [promtool, "check", "metrics"],
        input=text_of(holder, AT),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
