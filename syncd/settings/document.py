"""YAML as configuration is written in it: every value with its line, and no word turned into something else.

YAML 1.1, which PyYAML reads, takes `no` for false, `22:00` for 1320 and `2026-01-01` for a date. Here a plain word is
text unless it is `true`, `false`, `null`, a decimal whole number or a decimal fraction (kept exact, as Decimal), so
that every scalar but null can be turned back into what was written.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import yaml
from yaml.reader import ReaderError

from syncd.settings.finding import Finding, Findings, Place

_MOST_VALUES = 100_000
"""More than any configuration needs; aliases of aliases would else grow without bound."""

_TAG = "tag:yaml.org,2002:"


class _Loader(yaml.SafeLoader):
    """Resolves only words that mean the same to everybody."""


_Loader.yaml_implicit_resolvers = {}
# Fifteen digits are below every limit of integers and of JSON; a longer one is an identifier, thus text.
for _kind, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"|~|null", ["", "~", "n"]),
    ("int", r"-?(?:0|[1-9][0-9]{0,14})", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}", "-0123456789"),
):
    _Loader.add_implicit_resolver(_TAG + _kind, re.compile(f"(?:{_pattern})$"), list(_first))


@dataclass(frozen=True, slots=True)
class Document:
    """One file's content, and the line on which each place of it begins. `file` is how people are told its name."""

    file: str
    data: object
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest one around it; 0 for what was never in a file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 0)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a document, where something can be found wrong."""

    document: Document
    findings: Findings
    place: Place = ()

    def at(self, *steps: str | int) -> "Spot":
        """Return a place further in."""
        return Spot(self.document, self.findings, (*self.place, *steps))

    def into(self, findings: Findings) -> "Spot":
        """Return the same place for other findings, as for warnings."""
        return Spot(self.document, findings, self.place)

    def where(self) -> str:
        """Return the file and the line of this place; only the file of what has no lines."""
        line = self.document.line(self.place)
        return f"{self.document.file}:{line}" if line else self.document.file

    def refuse(self, sentence: str) -> None:
        """Note what is wrong here."""
        self.findings.add(Finding(self.document.file, self.document.line(self.place), self.place, sentence))


def read_document(path: Path, findings: Findings) -> Document | None:
    """Return a YAML file's content, or None when it cannot be used, with the reasons in `findings`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        findings.add(Finding(str(path), 0, (), f"cannot be read: {error.strerror}"))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
            findings.add(Finding(str(path), 0, (), "is UTF-16 text; save it as UTF-8"))
        else:
            line = content.count(b"\n", 0, error.start) + 1
            wrong = f"is not UTF-8 text: byte {error.start} belongs to no character; save it as UTF-8"
            findings.add(Finding(str(path), line, (), wrong))
        return None
    return parse_document(text, str(path), findings)


def parse_document(text: str, file: str, findings: Findings) -> Document | None:
    """Return YAML text as a document, or None when it cannot be used, with the reasons in `findings`."""
    before = len(findings)
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            findings.add(Finding(file, 1, (), "is empty"))
            return None
        reader = _Reader(file, findings)
        data = reader.value(node, (), frozenset())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        reason = " ".join(part for part in (error.context, error.problem) if part)
        findings.add(Finding(file, line, (), f"is not YAML: {reason}"))
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        findings.add(Finding(file, line, (), f"is not YAML: the character U+{error.character:04X} has no place in it"))
    except yaml.YAMLError as error:
        findings.add(Finding(file, 0, (), f"is not YAML: {type(error).__name__}"))
    except RecursionError:
        findings.add(Finding(file, 0, (), "is nested too deeply"))
    else:
        return Document(file, data, reader.lines) if len(findings) == before else None
    return None


class _Reader:
    """Turns nodes into values, remembering their lines."""

    def __init__(self, file: str, findings: Findings) -> None:
        self.lines: dict[Place, int] = {}
        self._file = file
        self._findings = findings

    def value(self, node: yaml.Node, place: Place, around: frozenset[int]) -> object:
        """Return a node's value; `around` are the nodes that it lies in."""
        self.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in around or len(self.lines) > _MOST_VALUES:
            raise yaml.MarkedYAMLError(
                problem="an alias leads back to itself, or to too much", problem_mark=node.start_mark
            )
        match node:
            case yaml.MappingNode() if node.tag == f"{_TAG}map":
                return dict(self._entries(node, place, around | {id(node)}))
            case yaml.SequenceNode() if node.tag == f"{_TAG}seq":
                inside = around | {id(node)}
                return [self.value(item, (*place, n), inside) for n, item in enumerate(node.value)]
            case yaml.ScalarNode():
                return self._scalar(node, place)
            case _:
                self._refuse(node, place, f"the tag {node.tag.replace(_TAG, '!!')} has no meaning here; leave it out")
                return None

    def _entries(self, node: yaml.MappingNode, place: Place, around: frozenset[int]) -> Iterator[tuple[str, object]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, place, "a key must be plain text, not a list or a mapping")
                continue
            key: str = key_node.value
            inner = (*place, key)
            if key == "<<" and key_node.style is None:
                self._refuse(key_node, inner, "merge keys are not supported; write the values out")
            elif key in seen:
                self._refuse(
                    key_node, inner, f"this key was already given on line {seen[key]}; a key may be given once"
                )
            else:
                seen[key] = line
                self.lines[inner] = line
                yield key, self.value(value_node, inner, around)

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> object:
        text: str = node.value
        match node.tag.removeprefix(_TAG):
            case "str":
                return text
            case "bool" if text in {"true", "false"}:
                return text == "true"
            case "int" if node.style is None and text.removeprefix("-").isdecimal():
                return int(text)
            case "float" if node.style is None and text.removeprefix("-").replace(".", "", 1).isdecimal():
                return Decimal(text)
            case "null":
                return None
            case _:
                self._refuse(node, place, f"the tag {node.tag.replace(_TAG, '!!')} has no meaning here; leave it out")
                return None

    def _refuse(self, node: yaml.Node, place: Place, sentence: str) -> None:
        self._findings.add(Finding(self._file, node.start_mark.line + 1, place, sentence))
