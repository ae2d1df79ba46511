"""Changes written out in a script, for tests that want exactly this and nothing else.

`changes` lists mappings with `op`, `issue` (its number), `at`, and optionally `by`, `values`, `indexed`, `labelled`;
instants are ISO texts, values are raw as in `catalogue`. What a creation does not say is an open incident in VND.
"""

from collections.abc import Mapping

from connectors.jira.simulator.catalogue import FIELDS, raw_is_known
from connectors.jira.simulator.changes import KINDS, Change
from connectors.jira.simulator.script import Script
from connectors.jira.simulator.stamps import instant_of
from connectors.jira.simulator.ties import LINK_TYPES
from syncd.errors import ConfigError

_KEYS = ("op", "issue", "at", "by", "values", "indexed", "labelled")
_ABOUT_COMMENTS = ("comment", "edit_comment", "delete_comment")
_OF_COMMENTS = ("id", "body", "internal", "role")
_OF_LINKS = {"refer": ("id", "url", "title"), "unrefer": ("id",), "tie": ("to", "type")}


def change_of(entry: object) -> Change:
    """Return one change as a script writes it; raises ConfigError."""
    script = Script(entry, _KEYS, "changes[]")
    op, number = script.text("op"), int(script.number("issue", 0))
    if op not in KINDS or number < 1:
        raise ConfigError(f"jira simulator changes[]: no {op!r} of issue {number}; known are {', '.join(KINDS)}")
    kind, by, values = op, script.text("by", "admin"), dict(script.texts("values"))
    if op == "create":
        values = created(number, by, values)
    _check(op, values)
    indexed = script.text("indexed")
    return Change(
        kind, number, instant_of(script.text("at")), by, values, instant_of(indexed) if indexed else None,
        script.flag("labelled", default=True),
    )  # fmt: skip


def created(number: int, by: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return the values of a creation, completed by the usual ones."""
    key = values.get("key", f"VND-{number}")
    usual = {
        "project": key.partition("-")[0], "issuetype": "10001", "status": "1", "priority": "3", "reporter": by,
        "summary": "It is broken",
    }  # fmt: skip
    return {**usual, **values, "key": key}


def _check(op: str, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        if op in _ABOUT_COMMENTS:
            known = name in _OF_COMMENTS
        elif op in _OF_LINKS:
            known = (
                name in _OF_LINKS[op] and (name != "to" or value.isdigit()) and (name != "type" or value in LINK_TYPES)
            )
        else:
            known = name == "key" or (name in FIELDS and (FIELDS[name].kind != "project" or bool(value)))
            known = known and (name == "key" or raw_is_known(FIELDS[name], value))
        if not known:
            raise ConfigError(f"jira simulator changes[]: {op} knows no {name} {value!r}")
    if op in (*_ABOUT_COMMENTS, "refer", "unrefer") and not values.get("id"):
        raise ConfigError(f"jira simulator changes[]: {op} needs the {'comment' if 'comment' in op else 'link'}'s id")
    if op == "tie" and not {"to", "type"} <= values.keys():
        raise ConfigError("jira simulator changes[]: tie needs the other issue's number and the link's type")
