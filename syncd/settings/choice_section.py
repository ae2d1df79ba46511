"""What a target can choose by: goals by arrival, calendars by attribute, priorities by two attributes."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from syncd.domain.duration import Counted, WorkingDays
from syncd.settings.section import Section
from syncd.settings.written import Duration, Text, as_default


class GoalsRow(Section):
    """Goals of cycles that start while a calendar is in service: one for each priority, beside `started_in`."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Text, Duration]

    started_in: Text | None = Field(
        None, description="The calendar; without it the row holds at any time, so that it must be the last one."
    )

    @property
    def by_priority(self) -> dict[str, Counted | WorkingDays]:
        """The goals of this row."""
        return self.__pydantic_extra__


class CalendarByAttribute(Section):
    """Calendars chosen by an attribute as it stands at a cycle's start: one for each value, beside `by`."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[Text, Text]

    by: Text = Field(description="The attribute whose values choose.")
    default: Text = Field(description="The calendar of every other value, and of tickets without the attribute.")

    @property
    def by_value(self) -> dict[str, str]:
        """The calendars of the values, `default` among them."""
        return {**self.__pydantic_extra__, "default": self.default}


class PriorityFromSection(Section):
    """A priority read from two attributes, such as impact and urgency; the ticket's own does not count then."""

    by: tuple[Text, Text] = Field(description="The attributes: the first chooses the row, the second the place in it.")
    matrix: tuple[tuple[Text, ...], ...] = Field(
        min_length=1, description="Rows of priorities, such as [[P1, P2], [P2, P3]], all of one length."
    )
    levels: dict[Text, Annotated[tuple[Text, ...], Field(min_length=1)]] = Field(
        {},
        description="The values of an attribute, in order of the rows or of the places in them. An attribute that is "
        "not listed is read by the number that its value begins with, counted from 1.",
    )


_MAP_OF_GOALS, _ROWS_OF_GOALS = "a map of goals", "rows of goals"
_BY_PRIORITY, _BY_ATTRIBUTE = "calendars by priority", "calendars by attribute"


def _goals_kind(value: Any) -> str:
    return _ROWS_OF_GOALS if isinstance(value, list | tuple) else _MAP_OF_GOALS


def _calendar_kind(value: Any) -> str:
    return _BY_ATTRIBUTE if isinstance(value, dict) and "by" in value else _BY_PRIORITY


Goals = Annotated[
    Annotated[dict[Text, Duration], Field(min_length=1), Tag(_MAP_OF_GOALS)]
    | Annotated[tuple[GoalsRow, ...], Field(min_length=1), Tag(_ROWS_OF_GOALS)],
    Discriminator(_goals_kind),
]
CalendarChoice = Annotated[
    Annotated[
        dict[Text, Text],
        BeforeValidator(as_default),
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string"},
                    # A map with the key `by` is one by attribute, and no value may be of both kinds.
                    {"type": "object", "additionalProperties": {"type": "string"}, "not": {"required": ["by"]}},
                ]
            }
        ),
        Tag(_BY_PRIORITY),
    ]
    | Annotated[CalendarByAttribute, Tag(_BY_ATTRIBUTE)],
    Discriminator(_calendar_kind),
]
