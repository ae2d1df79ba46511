"""JSON of whatever has no column of its own: compact, defaults left out, typed when read back."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
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


def _defaults(kind: type[Dataclass] | type[tuple[Any, ...]]) -> Mapping[str, Any]:
    """What each field is where nothing is given; a dataclass's factories as the structure takes them."""
    if not is_dataclass(kind):
        # A named tuple, then.
        defaults: Mapping[str, Any] = vars(kind)["_field_defaults"]
        return defaults
    found = {}
    for field in fields(kind):
        if field.default is not MISSING:
            found[field.name] = field.default
        elif field.default_factory is not MISSING:
            found[field.name] = msgspec.field(default_factory=field.default_factory)
    return found


def _described(name: str, kind: object, defaults: Mapping[str, Any]) -> tuple[str, Any] | tuple[str, Any, Any]:
    if name in defaults:
        return (name, kind, defaults[name])
    if get_origin(kind) is tuple:
        return (name, kind, ())
    if NoneType in get_args(kind):
        return (name, kind, None)
    return (name, kind)


def rest_of(kind: type[Dataclass] | type[tuple[Any, ...]], *, without: frozenset[str]) -> type[msgspec.Struct]:
    """Return a structure of a value's fields less those that have columns, under the same names and defaults.

    What may be empty or None is so by default, so that rows written before there was such a field can be read. It takes
    its values by place, in the order of its `__struct_fields__`: needed ones first, then those with a default.
    """
    defaults = _defaults(kind)
    described = [_described(name, hint, defaults) for name, hint in get_type_hints(kind).items() if name not in without]
    described.sort(key=len)
    return msgspec.defstruct(f"{kind.__name__}Rest", described, omit_defaults=True, frozen=True)
