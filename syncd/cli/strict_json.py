"""JSON from other people's hands, one object a line (RFC 8259)."""

import json
import re
from codecs import BOM_UTF8
from math import isfinite

_HALF_A_PAIR = re.compile(r"\\u[dD][89a-fA-F]")
"""An escape that may be half a surrogate pair: whole pairs and an escaped backslash before a `u` are found as well."""


def read_object(line: bytes, what: str) -> dict[str, object]:
    """Return the object that a line is, `what` being its name in messages; raises ValueError with what is wrong.

    Refuses what the standard library takes though it could not be printed again for others to read: NaN, numbers
    beyond the largest float, and half a surrogate pair. Passes over a byte order mark, as RFC 8259 8.1 allows.
    """
    try:
        text = line.removeprefix(BOM_UTF8).rstrip().decode()
        found: object = _DECODER.decode(text)
        if _HALF_A_PAIR.search(text):
            json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as refused:
        raise ValueError(f"not JSON: {refused.msg} at column {refused.colno}") from refused
    except UnicodeDecodeError as refused:
        raise ValueError(f"not JSON: byte {refused.start + 1} is not UTF-8") from refused
    except UnicodeEncodeError as refused:
        raise ValueError(f"not text: \\u{ord(refused.object[refused.start]):x} is half a surrogate pair") from refused
    except RecursionError as refused:
        raise ValueError("not to be read: nested too deeply") from refused
    except ValueError as refused:
        # Python's own limit on digits ends with advice to programmers.
        raise ValueError(f"not JSON: {str(refused).partition(';')[0]}") from refused
    if not isinstance(found, dict):
        raise ValueError(f"{what} is a JSON object")  # noqa: TRY004 - what was found is the user's, not a type
    return found


def _refused(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError(f"{digits} is too large a number")
    return number


_DECODER = json.JSONDecoder(parse_constant=_refused, parse_float=_finite)
