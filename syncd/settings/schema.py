"""The JSON Schema of every configuration file, from the models and the installed plugins, for editors and reviews."""

import json
import re
from typing import Any

from pydantic import TypeAdapter

from syncd.settings.calendar_section import CalendarsFile
from syncd.settings.contract_section import ContractFile
from syncd.settings.daemon_section import DaemonFile
from syncd.settings.exclusion_section import ExclusionsFile
from syncd.settings.options import OptionTypes, wrapped
from syncd.settings.section import PlainSchema

Definitions = dict[str, dict[str, Any]]

_DEFS = "#/$defs/"
_REFERENCE = re.compile(r'"#/\$defs/([^"]+)"')
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILES: dict[str, Any] = {
    "syncd": DaemonFile,
    "contract": ContractFile,
    "calendars": CalendarsFile,
    "exclusions": ExclusionsFile,
}


def schema(option_types: OptionTypes, notifier_types: OptionTypes) -> dict[str, Any]:
    """Return one schema that fits any of the four kinds of file.

    Each kind is also a definition of its own in `$defs`: `syncd`, `contract`, `calendars` and `exclusions`.
    """
    sources = {kind: f"source {kind}" for kind in sorted(option_types)}
    notifiers = {kind: f"notifier {kind}" for kind in sorted(notifier_types)}
    models = dict(_FILES)
    models.update({name: wrapped(name, option_types[kind]) for kind, name in sources.items()})
    models.update({name: wrapped(name, notifier_types[kind]) for kind, name in notifiers.items()})
    made, rest = TypeAdapter.json_schemas(
        [(name, "validation", TypeAdapter(model)) for name, model in models.items()], schema_generator=PlainSchema
    )
    definitions: Definitions = dict(rest["$defs"])
    tops = {name: _resolved(definitions, made[name, "validation"]) for name in models}
    options = {name: top["properties"]["options"] for name, top in tops.items() if name not in _FILES}
    definitions.update({name: tops[name] for name in _FILES})
    definitions["SourceSection"] |= {"allOf": [_source(kind, options[name]) for kind, name in sources.items()]}
    definitions["SourceSection"]["properties"]["kind"] |= {"enum": list(sources)}
    envelope = definitions["NotifierSection"]
    receivers = [_notifier(envelope, kind, _resolved(definitions, options[name])) for kind, name in notifiers.items()]
    definitions["NotifierSection"] = {"description": envelope["description"], "anyOf": receivers}
    return {
        "$schema": _DIALECT,
        "title": "syncd",
        "description": "The files that configure syncd: its own, contracts, calendars, and exclusions.",
        "anyOf": [{"$ref": f"{_DEFS}{name}"} for name in _FILES],
        "$defs": {name: definitions[name] for name in sorted(_reachable(definitions, list(_FILES)))},
    }


def schema_text(option_types: OptionTypes, notifier_types: OptionTypes) -> str:
    """Return the schema as it lies in config/schema.json."""
    return json.dumps(schema(option_types, notifier_types), indent=2, ensure_ascii=False) + "\n"


def _resolved(definitions: Definitions, node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = definitions[node["$ref"].removeprefix(_DEFS)]
    return node


def _source(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    return {"if": {"properties": {"kind": {"const": kind}}}, "then": {"properties": {"options": options}}}


def _notifier(envelope: dict[str, Any], kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one kind of notifier, whose options stand beside its name and kind."""
    properties = {**envelope["properties"], **options.get("properties", {}), "kind": {"const": kind}}
    required = [*envelope["required"], *options.get("required", [])]
    return {
        "type": "object",
        "description": options.get("description", f"A notifier of kind {kind}."),
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _reachable(definitions: Definitions, names: list[str]) -> set[str]:
    """Return the definitions that are referred to, starting from some."""
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += _REFERENCE.findall(json.dumps(definitions[name]))
    return found
