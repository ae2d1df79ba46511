"""The hash by which a payload is known again: an unchanged ticket read twice is one record."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

ANY = "*"
"""In a volatile path: any key of a mapping, any place of a list."""

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
"""Made once: `json.dumps` makes an encoder for every text."""


def digest(payload: Mapping[str, object], volatile: Iterable[str] = ()) -> bytes:
    """Return the SHA-256 of a payload of JSON values as canonical JSON, without what its volatile paths name.

    Canonical: keys sorted, no blanks, UTF-8 (RFC 8785 but for its number format). Volatile paths are dotted; `*` stands
    for any key or list place. A list place that is named is emptied rather than taken out: the others keep their
    places. Raises TypeError for what is no JSON value, ValueError for a float that JSON cannot write.
    """
    steady = _without(payload, [path.split(".") for path in volatile])
    text = _canonical(steady)
    # A lone surrogate is legal in JSON text but not in UTF-8; it must not stop a page.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _without(value: object, paths: Sequence[Sequence[str]]) -> object:
    """Return the value without what the paths name; a copy only where something is taken out."""
    if not paths:
        return value
    if isinstance(value, Mapping):
        kept: dict[str, object] = {}
        for key, item in value.items():
            below = [path[1:] for path in paths if path[0] in (key, ANY)]
            if all(below):
                kept[key] = _without(item, below)
        return kept
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_place(item, [path[1:] for path in paths if path[0] in (str(n), ANY)]) for n, item in enumerate(value)]
    return value


def _place(item: object, below: Sequence[Sequence[str]]) -> object:
    return _without(item, below) if all(below) else None
