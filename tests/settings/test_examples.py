"""What lies in config/ can be used as it is, and what of it is generated is up to date."""

import json
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from syncd.alerting import NOTIFIERS
from syncd.settings import Settings, load_agreements, load_settings, reference, schema, schema_text

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="module")
def installed() -> dict[str, type]:
    return {entry.name: entry.load().options for entry in entry_points(group="syncd.connectors")}


@pytest.fixture(scope="module")
def notifiers() -> dict[str, type]:
    return {kind: notifier.options for kind, notifier in NOTIFIERS.items()}


def test_the_example_is_a_whole_configuration_without_warnings(
    installed: dict[str, type], notifiers: dict[str, type]
) -> None:
    settings = load_settings(CONFIG / "syncd.example.yaml", option_types=installed, notifier_types=notifiers)

    assert isinstance(settings, Settings)
    assert settings.store_url == "sqlite:////var/lib/syncd/syncd.db"
    assert [contract.id for contract in settings.agreements.contracts] == ["acme-msp"]
    assert sorted(settings.agreements.calendars) == ["always", "berlin-business"]
    assert settings.warnings == ()


def test_the_agreements_of_the_demo_cover_both_of_its_vendors() -> None:
    loaded = load_agreements([CONFIG / "demo"])

    assert loaded.warnings == ()
    assert {
        contract.vendor.id: cover.attributes["assignment_group"]
        for contract in loaded.agreements.contracts
        for cover in contract.revisions[0].covers
    } == {"acme": ("ACME NOC",), "globex": ("Globex Service Desk",)}
    for contract in loaded.agreements.contracts:
        for target in contract.revisions[0].targets:
            assert {"P1", "P2", "P3", "P4"} <= set(target.goals)


def test_the_schema_is_the_one_of_the_models_and_the_installed_plugins(
    installed: dict[str, type], notifiers: dict[str, type]
) -> None:
    """`make schema` writes it anew."""
    checked_in = (CONFIG / "schema.json").read_text(encoding="utf-8")

    assert json.loads(checked_in) == schema(installed, notifiers)
    assert checked_in == schema_text(installed, notifiers)


def test_the_reference_page_is_the_one_of_the_schema() -> None:
    made = json.loads((CONFIG / "schema.json").read_text(encoding="utf-8"))

    assert (CONFIG / "README.md").read_text(encoding="utf-8") == reference(made)
