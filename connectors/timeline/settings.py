"""The options of a timeline source."""

from pydantic import BaseModel, ConfigDict, Field


class TimelineOptions(BaseModel):
    """Everything that a timeline source can be told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(
        min_length=1,
        description="A JSON Lines file, one ticket a line, or a folder whose *.jsonl files are read; relative to the "
        "configuration file.",
    )
