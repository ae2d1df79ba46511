"""Reads tickets that somebody else's program wrote as timelines: JSON Lines in the public format, from files."""

from connectors.timeline.client import TimelineReader
from connectors.timeline.mapping import TimelineMapper
from connectors.timeline.settings import TimelineOptions
from syncd.ports.connector import Plugin

plugin = Plugin(
    kind="timeline",
    options=TimelineOptions,
    mapper=TimelineMapper,
    build=TimelineReader,
    offline={"path": "timelines.jsonl"},
    rereads=False,
)
