"""The fields of each kind of event in the timeline format, and how each is read."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from syncd.domain.events import KINDS, TicketEvent
from syncd.domain.instant_text import parse_instant
from syncd.domain.names import Awaiting, GoneReason, LinkRole, Party, Phase, Visibility
from syncd.domain.timeline_error import TimelineError, said

E = TypeVar("E", bound=StrEnum)

_LARGEST = 2**53
"""Up to here every whole number is exact in JSON, whoever reads it."""


def reads_member(cls: type[E]) -> Callable[[object, str], E]:
    """Return a reader of the words of an enumeration; it raises TimelineError with the words there are."""
    members = {member.value: member for member in cls}

    def read(value: object, where: str) -> E:
        member = members.get(value) if isinstance(value, str) else None
        if member is None:
            raise TimelineError(f"{where}: {said(value)} is none of {', '.join(cls)}")
        return member

    return read


def _reads_text(value: object, where: str) -> str:
    if isinstance(value, str) and value:
        return value
    raise TimelineError(f"{where}: {said(value)} is not a text")


def _reads_flag(value: object, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise TimelineError(f"{where}: {said(value)} is neither true nor false")


def _reads_whole(value: object, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TimelineError(f"{where}: {said(value)} is not a whole number")


def _reads_number(value: object, where: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST:
        return float(value)
    raise TimelineError(f"{where}: {said(value)} is not a number")


def _reads_scalar(value: object, where: str) -> str:
    """Attribute values are compared as text, so that YAML's and JSON's scalars agree: true, 3, 1.5, text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise TimelineError(f"{where}: {said(value)} is not a text, number or boolean")


def _reads_attributes(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise TimelineError(f"{where}: an object is required")
    return {str(key): _reads_scalar(item, f"{where}.{key}") for key, item in value.items() if item is not None}


Reader = tuple[str, Callable[[object, str], object], bool]
_COMMON: dict[str, Reader] = {
    "id": ("id", _reads_text, True),
    "at": ("at", parse_instant, True),
    "by": ("by", reads_member(Party), False),
    "seq": ("seq", _reads_whole, False),
    "vendor": ("vendor", _reads_text, False),
    "at_earliest": ("at_earliest", parse_instant, False),
    "original": ("original", _reads_text, False),
}
_OWN: dict[str, dict[str, Reader]] = {
    "opened": {
        "priority": ("priority", _reads_text, False),
        "phase": ("phase", reads_member(Phase), False),
        "awaiting": ("awaiting", reads_member(Awaiting), False),
        "attributes": ("attributes", _reads_attributes, False),
        "reported_at": ("reported_at", parse_instant, False),
    },
    "notified": {"vendor": ("vendor", _reads_text, True)},
    "handed_over": {"to": ("to", _reads_text, True)},
    "phase": {"to": ("to", reads_member(Phase), True), "awaiting": ("awaiting", reads_member(Awaiting), False)},
    "priority": {"to": ("to", _reads_text, True)},
    "message": {
        "visibility": ("visibility", reads_member(Visibility), False),
        "automated": ("automated", _reads_flag, False),
        "relayed": ("relayed", _reads_flag, False),
    },
    "attribute": {"name": ("name", _reads_text, True), "to": ("to", _reads_scalar, True)},
    "merged": {"into": ("into", _reads_text, True)},
    "split": {"from": ("source_ticket", _reads_text, True)},
    "absorbed": {
        "from": ("source_ticket", _reads_text, True),
        "started_at": ("started_at", parse_instant, True),
        "priority": ("priority", _reads_text, False),
    },
    "linked": {"to": ("to", _reads_text, True), "role": ("role", reads_member(LinkRole), True)},
    "unlinked": {"to": ("to", _reads_text, True), "role": ("role", reads_member(LinkRole), True)},
    "rated": {"score": ("score", _reads_number, True), "scale": ("scale", _reads_number, True)},
    "gone": {"reason": ("reason", reads_member(GoneReason), True)},
}
READERS: dict[type[TicketEvent], dict[str, Reader]] = {
    cls: {**_COMMON, **_OWN.get(kind, {})} for kind, cls in KINDS.items()
}
"""By the field's name in JSON: its name here, what reads it, and whether it must be there."""
