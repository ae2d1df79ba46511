"""The table of metrics keeps the conventions that dashboards and scrape configurations count on."""

import re

import pytest

from syncd.telemetry.fleet_names import FLEET, FLEET_PREFIXES, TICKETS
from syncd.telemetry.fleet_rows import HISTOGRAMS, ROWS
from syncd.telemetry.names import PROCESS, Family, Kind

EVERY = (*PROCESS, *FLEET)
PERSONAL = {"ticket", "user", "title"}
FORBIDDEN_LABELS = {
    "env", "environment", "region", "zone", "cluster", "service", "owner", "customer",
    "stage", "type", "job", "instance", "le",
}  # fmt: skip


def by_name(family: Family) -> str:
    return family.name


@pytest.mark.parametrize("family", [*EVERY, *TICKETS], ids=by_name)
def test_a_family_keeps_the_naming_conventions(family: Family) -> None:
    assert re.fullmatch(r"syncd_[a-z]+(_[a-z]+)*", family.name)
    assert family.name.endswith("_total") == (family.kind is Kind.COUNTER)
    assert bool(family.buckets) == (family.kind is Kind.HISTOGRAM)
    assert not FORBIDDEN_LABELS & set(family.labels)
    assert family.help.endswith(".")


@pytest.mark.parametrize("family", EVERY, ids=by_name)
def test_no_label_can_hold_a_ticket_or_a_person(family: Family) -> None:
    assert not PERSONAL & set(family.labels)


@pytest.mark.parametrize("family", [*EVERY, *TICKETS], ids=by_name)
def test_help_needs_no_escaping_in_either_format(family: Family) -> None:
    assert not set(family.help) & {"\\", '"', "\n"}


@pytest.mark.parametrize("family", FLEET, ids=by_name)
def test_a_scrape_configuration_can_tell_fleet_families_by_their_prefix(family: Family) -> None:
    assert family.name.startswith(FLEET_PREFIXES)


@pytest.mark.parametrize("family", PROCESS, ids=by_name)
def test_no_process_family_looks_like_one_of_the_fleet(family: Family) -> None:
    assert not family.name.startswith(FLEET_PREFIXES)


@pytest.mark.parametrize("family", [each for each in FLEET if each.lasting], ids=by_name)
def test_what_outlives_its_snapshot_is_a_gauge(family: Family) -> None:
    assert family.kind is Kind.GAUGE


def test_no_name_stands_for_two_families() -> None:
    names = [family.name for family in (*EVERY, *TICKETS)]
    assert len(names) == len(set(names))


def test_every_fleet_family_is_computed_and_no_other() -> None:
    assert {*ROWS, *HISTOGRAMS} == set(FLEET)
    assert not {*ROWS} & {*HISTOGRAMS}
    assert [family for family in FLEET if (family.kind is Kind.HISTOGRAM) != (family in HISTOGRAMS)] == []
