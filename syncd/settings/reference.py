"""The reference page of every key of every configuration file, from the JSON Schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

_INTRO = """\
# Configuration

Four kinds of YAML file, three owners. `syncd.example.yaml`, `contracts/` and `calendars/` show them in use, `complete/`
shows every key that contracts and exclusions know, and `schema.json` tells editors all keys: with
`# yaml-language-server: $schema=schema.json` on top, a file is checked while it is typed. `syncd check` checks
everything, offline, and tells every mistake at once with its file and line.

| file | owner | holds |
| --- | --- | --- |
| `syncd.yaml` | operator | where tickets come from, where they are kept, who is told |
| `contracts/*.yaml` | vendor manager | what one vendor promised, one contract a file, in dated revisions |
| `calendars/*.yaml` | everybody | when time counts; contracts name calendars |
| `exclusions/*.yaml` | vendor manager, approved by another | which tickets and spans a vendor is not judged by |

Contracts, calendars and exclusions are told apart by their top-level key (`contract`, `calendars` or `exclusions`), so
they may lie in one folder. Folders are read with everything below them; hidden files are passed over.

How values are written:

- A plain word is text unless it is `true`, `false`, `null`, a whole number or a decimal fraction. So `no`, `22:00` and
  `2026-01-01` stay what they are. A key may be given once.
- Durations have units: `90s`, `15m`, `4h`, `1h30m`, `PT4H`, counted on the calendar; or `2 working days`. A bare `1d`
  is refused, because it means 24 counted hours to some and a day to others.
- Percentages are text: `95%`, `99.95%`. They are kept exactly.
- A date begins at local midnight in the time zone of its contract or calendar, `backfill_from` at midnight UTC.
- The moments of a planned window or an exclusion are local times of the contract, such as `2026-05-02T22:00`, or have
  an offset, such as `2026-05-02T22:00+02:00`. Spans end before their `until`.
- A secret is a reference, `{env: NAME}` or `{file: PATH}`, never text. `${CREDENTIALS_DIRECTORY}`, which systemd sets
  for units with credentials, may stand in the path.
- Paths are relative to the file that names them.

`kpis` are checked and warned of, because they are not computed yet: a tier about one owes nothing, and where one has a
weight the contract has no score.
"""

_FILES = {
    "syncd": "`syncd.yaml`",
    "contract": "A contract",
    "calendars": "Calendars",
    "exclusions": "Exclusions",
}


def reference(schema: Mapping[str, Any]) -> str:
    """Return the page as Markdown: one table for each section of each kind of file."""
    lines = [_INTRO]
    for name, title in _FILES.items():
        lines += [f"## {title}", ""]
        for path, section in _sections(schema, schema["$defs"][name], "", {}):
            if path:
                lines += [f"### `{path}`", ""]
            lines += [section["description"], "", *_table(schema, section), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _sections(
    schema: Mapping[str, Any], section: Mapping[str, Any], path: str, seen: dict[str, str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a section and those inside it, each kind of section where it comes first."""
    yield path, section
    for key, node in section["properties"].items():
        for inner_path, inner in _inside(schema, node, f"{path}.{key}" if path else key):
            text = json.dumps(inner)
            if seen.setdefault(text, inner_path) == inner_path:
                yield from _sections(schema, inner, inner_path, seen)


def _inside(schema: Mapping[str, Any], node: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the sections that a value may be or hold; what only a plugin knows is not one of them."""
    if "$ref" in node:
        yield from _inside(schema, schema["$defs"][node["$ref"].rpartition("/")[2]], path)
    for word in ("oneOf", "anyOf"):
        for branch in node.get(word, ()):
            yield from _inside(schema, branch, path)
    if any("description" in inner for inner in node.get("properties", {}).values()):
        yield path, node
    if isinstance(node.get("items"), dict):
        yield from _inside(schema, node["items"], f"{path}[]")
    for values in (node.get("additionalProperties"), *node.get("patternProperties", {}).values()):
        if isinstance(values, dict):
            yield from _inside(schema, values, f"{path}.NAME")


def _table(schema: Mapping[str, Any], section: Mapping[str, Any]) -> Iterator[str]:
    yield "| key | | |"
    yield "| --- | --- | --- |"
    required = section.get("required", ())
    for key, node in section["properties"].items():
        target = schema["$defs"].get(node.get("$ref", "").rpartition("/")[2], {})
        described = node.get("description") or target.get("description", "")
        about = " ".join(part for part in (described, _choices(schema, node)) if part)
        need = "required" if key in required else _default(node)
        yield f"| `{key}` | {need} | {about.replace('|', chr(92) + '|')} |"


def _choices(schema: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    inner = node.get("items", node)
    if "$ref" in inner:
        inner = schema["$defs"][inner["$ref"].rpartition("/")[2]]
    words = inner.get("enum", [inner["const"]] if "const" in inner else [])
    return f"One of {', '.join(f'`{word}`' for word in words)}." if words else ""


def _default(node: Mapping[str, Any]) -> str:
    default = node.get("default")
    return "" if default is None or isinstance(default, dict) else f"default `{json.dumps(default).strip(chr(34))}`"
