"""The JSON Schema and the reference page say of every key what it is for, and fit what is checked in."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syncd.settings import reference, schema
from syncd.settings.document import read_document
from syncd.settings.finding import Findings

GOOD = Path(__file__).parents[1] / "config" / "good"


@pytest.fixture
def made(option_types: dict[str, type], notifier_types: dict[str, type]) -> dict[str, Any]:
    return schema(option_types, notifier_types)


def _resolved(made: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = made["$defs"][node["$ref"].removeprefix("#/$defs/")] if "$ref" in node else node
    return found


def test_every_key_is_described_where_it_stands_or_by_its_own_section(made: dict[str, Any]) -> None:
    # What plugins leave out is for their own tests; these come from the conftest.
    plugins = {"ProbeOptions", "NoAuth", "TokenAuth", "SecretRef"}
    undescribed = [
        f"{name}.{key}"
        for name, section in made["$defs"].items()
        for key, node in section.get("properties", {}).items()
        if name not in plugins and not (node.get("description") or _resolved(made, node).get("description"))
    ]

    assert undescribed == []


def _undefined_keys(made: dict[str, Any], node: dict[str, Any], data: object, place: str) -> Iterator[str]:
    """Yield keys of a document that no alternative of the schema knows."""
    node = _resolved(made, node)
    branches = [_resolved(made, branch) for branch in (*node.get("anyOf", ()), *node.get("oneOf", ()), node)]
    if isinstance(data, list):
        for branch in branches:
            for n, item in enumerate(data if "items" in branch else []):
                yield from _undefined_keys(made, branch["items"], item, f"{place}[{n}]")
    elif isinstance(data, dict):
        closed = [branch for branch in branches if branch.get("additionalProperties") is False]
        known = {key for branch in closed for key in branch.get("properties", {})}
        if closed and not any("patternProperties" in branch for branch in branches):
            yield from (f"{place}.{key}" for key in data if key not in known)
        for branch in branches:
            for key, value in branch.get("properties", {}).items():
                if key in data:
                    yield from _undefined_keys(made, value, data[key], f"{place}.{key}")


FILES = {
    "syncd": "syncd",
    "contract": "contract",
    "more": "contract",
    "calendars": "calendars",
    "exclusions": "exclusions",
}


@pytest.mark.parametrize(("file", "name"), FILES.items())
def test_a_file_that_uses_every_key_has_no_key_that_the_schema_does_not_know(
    made: dict[str, Any], file: str, name: str
) -> None:
    document = read_document(GOOD / f"{file}.yaml", Findings())

    assert document is not None
    assert list(_undefined_keys(made, made["$defs"][name], document.data, name)) == []
    assert isinstance(document.data, dict)
    assert list(_undefined_keys(made, made["$defs"][name], {**document.data, "bogus": 1}, name)) == [f"{name}.bogus"]


def test_options_depend_on_the_kind_of_source(made: dict[str, Any]) -> None:
    source = made["$defs"]["SourceSection"]

    assert source["properties"]["kind"]["enum"] == ["probe"]
    assert source["allOf"] == [
        {
            "if": {"properties": {"kind": {"const": "probe"}}},
            "then": {"properties": {"options": {"$ref": "#/$defs/ProbeOptions"}}},
        }
    ]
    assert made["$defs"]["ProbeOptions"]["additionalProperties"] is False


def test_a_notifier_has_its_options_beside_its_name(made: dict[str, Any]) -> None:
    (hook,) = made["$defs"]["NotifierSection"]["anyOf"]

    assert set(hook["properties"]) == {"name", "kind", "vendors", "url", "secret"}
    assert hook["required"] == ["name", "kind", "url"]
    assert hook["properties"]["kind"] == {"const": "hook"}


def test_no_definition_is_missing_and_none_is_left_over(made: dict[str, Any]) -> None:
    text = json.dumps(made)
    referred = {part.partition('"')[0] for part in text.split('"#/$defs/')[1:]}

    assert referred == set(made["$defs"])


def test_without_plugins_there_is_a_schema_all_the_same() -> None:
    bare = schema({}, {})

    assert bare["$defs"]["SourceSection"]["properties"]["kind"]["enum"] == []


def test_the_reference_page_has_a_row_for_every_key_of_the_files(made: dict[str, Any]) -> None:
    page = reference(made)

    for heading in (
        "parties.vendors.NAME",
        "sources[].limits",
        "revisions[].targets[]",
        "maintenance[]",
        "calendars[].closures[]",
        "exclusions[]",
    ):
        assert f"### `{heading}`" in page
    assert "| `store` | required | Where everything is kept. |" in page
    assert "| `period` | default `month` | How long its periods are. One of `month`, `quarter`, `year`. |" in page
    assert "| `secret` |" in page, "a notifier's own keys stand beside its name"
