"""JSON of whatever has no column of its own: compact, defaults left out, typed when read back."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from types import NoneType
from typing import Any, ClassVar, Protocol, get_args, get_origin, get_type_hints

import msgspec


class Dataclass(Protocol):
    """Any dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def _plain(value: object) -> object:
    """Return a read-only mapping as a dict, which is what the encoder knows."""
    if isinstance(value, Mapping):
        return dict(value)
    msg = f"{type(value).__name__} cannot be kept as JSON"
    raise NotImplementedError(msg)


encoder = msgspec.json.Encoder(enc_hook=_plain)


def _described(field: Field[Any], kind: object) -> tuple[str, Any] | tuple[str, Any, Any]:
    if field.default is not MISSING:
        return (field.name, kind, field.default)
    if field.default_factory is not MISSING:
        return (field.name, kind, msgspec.field(default_factory=field.default_factory))
    if get_origin(kind) is tuple:
        return (field.name, kind, ())
    if NoneType in get_args(kind):
        return (field.name, kind, None)
    return (field.name, kind)


def rest_of(kind: type[Dataclass], *, without: frozenset[str]) -> type[msgspec.Struct]:
    """Return a structure of a dataclass's fields less those that have columns, under the same names and defaults.

    What may be empty or None is so by default, so that rows written before there was such a field can be read. It takes
    its values by place, in the order of its `__struct_fields__`: needed ones first, then those with a default.
    """
    hints = get_type_hints(kind)
    described = [_described(field, hints[field.name]) for field in fields(kind) if field.name not in without]
    described.sort(key=len)
    return msgspec.defstruct(f"{kind.__name__}Rest", described, omit_defaults=True, frozen=True)
