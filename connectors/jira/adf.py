"""The text in a comment's body: plain (REST v2) or an Atlassian document (v3)."""

from collections.abc import Iterator

from connectors.jira.cells import Row, inner, is_object, text

_INLINE = {
    "text": "text", "mention": "text", "emoji": "text", "inlineCard": "url", "blockCard": "url", "status": "text",
}  # fmt: skip
"""Nodes that show something by themselves, and the member that holds it; all but `text` keep it in `attrs`."""

_BLOCKS = frozenset({"paragraph", "heading", "codeBlock", "listItem", "tableRow", "blockquote", "panel", "rule"})


def body_text(body: object) -> str:
    """Return what a body says; empty for none. Nodes of unknown kinds are walked, whatever they are."""
    if isinstance(body, str):
        return body
    return "".join(_walk(body)).strip("\n")


def _walk(root: object) -> Iterator[str]:
    # A stack instead of recursion: a document may be nested deeper than Python's own.
    waiting: list[object] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, list | tuple):
            waiting.extend(child for child in reversed(node) if not isinstance(child, str))
        elif is_object(node):
            row: Row = node
            kind = text(row, "type")
            yield _shown(row, kind)
            if kind in _BLOCKS:
                waiting.append("\n")
            waiting.append(row.get("content"))


def _shown(row: Row, kind: str) -> str:
    if kind == "hardBreak":
        return "\n"
    if kind.startswith("media") and not kind.endswith(("Group", "Single")):
        return "[media]"
    member = _INLINE.get(kind)
    if member is None:
        return ""
    return text(row, member) if kind == "text" else text(inner(row, "attrs"), member)
