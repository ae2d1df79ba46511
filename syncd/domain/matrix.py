"""Priorities that a target reads from two attributes of a ticket, as contracts with an impact and urgency table do."""

import re
from collections.abc import Mapping

from syncd.domain.contract import PriorityMatrix
from syncd.domain.events import AttributeChanged, Opened
from syncd.domain.history import History

_LEVEL = re.compile(r"[0-9]{1,9}")


def prioritised(history: History, matrix: PriorityMatrix) -> History:
    """Return a history whose priorities are those of a matrix; its own priority events decide nothing."""
    first, second = matrix.by
    stated = history.attributes()
    attributes: Mapping[str, str] = {}
    moments = []
    for moment in history.moments:
        if isinstance(moment.event, Opened | AttributeChanged):
            _, attributes = next(stated)
        priority = matrix_priority(matrix, attributes.get(first), attributes.get(second))
        moments.append(moment._replace(priority=priority))
    return history._replace(moments=tuple(moments))


def matrix_priority(matrix: PriorityMatrix, first: str | None, second: str | None) -> str | None:
    """Return the priority at the levels that the two attributes' values name; None where either names none."""
    row = _level(first, matrix.levels[0], len(matrix.rows))
    if row is None:
        return None
    place = _level(second, matrix.levels[1], len(matrix.rows[row]))
    return None if place is None else matrix.rows[row][place]


def _level(value: str | None, levels: tuple[str, ...], count: int) -> int | None:
    """The place of a value's level; where none are named, the number from 1 on with which the value begins."""
    if value is None:
        return None
    if levels:
        return levels.index(value) if value in levels else None
    number = _LEVEL.match(value.strip())
    place = -1 if number is None else int(number[0]) - 1
    return place if 0 <= place < count else None
