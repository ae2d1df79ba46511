"""Data-quality findings: bad data is a value, stored, counted and shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about what a source said.

    `code` is a short closed word in snake_case, because it labels metrics; `detail` says what was found, without ticket
    text; `ticket` is the ticket's id within its source, empty when the finding is about the source as a whole.
    """

    code: str
    detail: str
    ticket: str = ""
