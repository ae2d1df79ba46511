"""What ties an issue to others, in the histories: items that have no field id anywhere.

`Link` tells the other issue's key and a phrase, `RemoteIssueLink` the link's number and a title, but no address.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.jira.simulator.issue import Item


@dataclass(frozen=True, slots=True)
class LinkType:
    """One kind of link; phrases as the two ends show it."""

    id: str
    name: str
    inward: str
    outward: str


LINK_TYPES: Mapping[str, LinkType] = {
    each.id: each
    for each in (
        LinkType("10000", "Problem/Incident", "is caused by", "causes"),
        LinkType("10001", "Same incident", "is the same incident as", "is the same incident as"),
        LinkType("10002", "Blocks", "is blocked by", "blocks"),
    )
}


def tied(kind: str, key: str, *, outward: bool) -> Item:
    """Return the item that a new link leaves with the issue at one end."""
    return Item("Link", "", f"{LINK_TYPES[kind].outward if outward else LINK_TYPES[kind].inward} {key}")


def link_item(item: Item) -> dict[str, object]:
    """Return the row of a `Link` or a `RemoteIssueLink`."""
    row: dict[str, object] = {"field": item.field, "fieldtype": "jira"}
    for end, text, raw in (("from", "fromString", item.old), ("to", "toString", item.new)):
        if item.field == "Link":
            row |= {end: raw.rpartition(" ")[2] or None, text: f"This issue {raw}" if raw else None}
        else:
            number, _, title = raw.partition(" ")
            row |= {end: number or None, text: f'This issue links to "{title}"' if raw else None}
    return row
