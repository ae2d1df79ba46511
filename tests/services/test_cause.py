"""A reason says what kind of error it was and where, and not a word of the ticket."""

import inspect
import json
from collections.abc import Callable

import pytest

from syncd.domain.calendar import CalendarExhausted
from syncd.services.cause import cause_of

TEXT = "Anna's laptop is at the dentist"


def refuse(text: str) -> None:
    raise ValueError(f"no state {text!r}")


def parse(text: str) -> None:
    json.loads(text)


def refuse_after(text: str) -> None:
    try:
        refuse(text)
    except ValueError as first:
        raise KeyError(text) from first


@pytest.mark.parametrize(
    ("raising", "kind", "below"),
    [
        pytest.param(refuse, "ValueError", 1, id="a line of ours"),
        pytest.param(parse, "JSONDecodeError", 1, id="the line that called the standard library"),
        pytest.param(refuse_after, "KeyError", 4, id="the last of several, none of them quoted"),
    ],
)
def test_the_type_and_the_line_are_named_and_the_message_is_not(
    raising: Callable[[str], None], kind: str, below: int
) -> None:
    with pytest.raises((ValueError, KeyError)) as caught:
        raising(TEXT)
    line = inspect.getsourcelines(raising)[1] + below
    assert cause_of(caught.value) == f"{kind} at {__name__}:{line}"


def test_a_calendar_that_cannot_answer_is_named_because_it_is_configuration() -> None:
    assert cause_of(CalendarExhausted("berlin", "ends")) == 'calendar "berlin" ends'


def test_an_error_that_was_never_raised_has_a_type_at_least() -> None:
    assert cause_of(ValueError(TEXT)) == "ValueError"
