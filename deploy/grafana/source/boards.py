"""Every dashboard as the JSON that Grafana provisions, by file name."""

from collections.abc import Mapping
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.source import clocks, meter, one_vendor, vendors

FOLDER = Path(__file__).parents[1] / "dashboards"


def rendered() -> Mapping[str, str]:
    """Return the text of every dashboard's file."""
    found = {}
    for room in (vendors, clocks, one_vendor, meter):
        made = room.dashboard().build()
        for number, panel in enumerate(made.panels or (), start=1):
            panel.id_val = number
        found[f"{made.uid}.json"] = JSONEncoder(sort_keys=True, indent=2).encode(made) + "\n"
    return found
