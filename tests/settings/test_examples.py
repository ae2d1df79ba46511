"""What lies in config/ can be used as it is, and what of it is generated is up to date."""

import json
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from syncd.alerting import NOTIFIERS
from syncd.domain.names import Metric
from syncd.settings import Settings, load_agreements, load_settings, reference, schema, schema_text
from syncd.settings.document import read_document
from syncd.settings.finding import Findings

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
        (contract.vendor.id, cover.source): cover.attributes.get("assignment_group")
        for contract in loaded.agreements.contracts
        for cover in contract.revisions[0].covers
    } == {
        ("acme", "snow"): ("ACME NOC",), ("globex", "snow"): ("Globex Service Desk",),
        ("acme", "jira"): None, ("globex", "jira"): None, ("acme", "mail"): None, ("globex", "mail"): None,
    }  # fmt: skip
    for contract in loaded.agreements.contracts:
        for target in contract.revisions[0].targets:
            assert {"P1", "P2", "P3", "P4"} <= set(target.goals)


def _keys_never_used(made: dict[str, Any], node: dict[str, Any], data: list[Any], place: str) -> Iterator[str]:
    """Yield the described keys of a section, and of those inside, that none of the values at its place has."""
    if "$ref" in node:
        node = made["$defs"][node["$ref"].rpartition("/")[2]]
    branches = [*node.get("oneOf", ()), *node.get("anyOf", ())]
    for branch in branches:
        yield from _keys_never_used(made, branch, data, place)
    if isinstance(node.get("items"), dict):
        inside = [item for value in data if isinstance(value, list) for item in value]
        yield from _keys_never_used(made, node["items"], inside, f"{place}[]")
    mappings = [value for value in data if isinstance(value, dict)]
    for key, inner in node.get("properties", {}).items():
        values = [value[key] for value in mappings if key in value]
        if not values:
            yield f"{place}.{key}"
        yield from _keys_never_used(made, inner, values, f"{place}.{key}") if values else ()


@pytest.mark.parametrize(("file", "kind"), [("contract", "contract"), ("exclusions", "exclusions")])
def test_the_complete_examples_leave_no_key_out(file: str, kind: str) -> None:
    made = json.loads((CONFIG / "schema.json").read_text(encoding="utf-8"))
    document = read_document(CONFIG / "complete" / f"{file}.yaml", Findings())

    assert document is not None
    assert list(_keys_never_used(made, made["$defs"][kind], [document.data], kind)) == []


def test_the_complete_examples_load_and_only_what_is_not_computed_is_warned_of() -> None:
    loaded = load_agreements([CONFIG / "complete"])
    (contract,) = loaded.agreements.contracts

    assert [warning.partition(": ")[2] for warning in loaded.warnings] == [
        (
            "revisions[1].kpis: not computed by this release; checked and otherwise left alone, so that "
            "the contract has no score"
        )
    ]
    assert contract.id == "acme-complete"
    assert {target.metric for revision in contract.revisions for target in revision.targets} == set(Metric)
    assert [each.id for each in loaded.agreements.exclusions] == ["EX-2026-01", "EX-2026-02"]


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
