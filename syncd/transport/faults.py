"""Faults of the wire that a simulator can ask for in its answer, by the header `x-simulate`, which is never sent.

`drop` closes the connection instead of answering; `truncate` declares the whole body, sends half of it and closes;
`delay:SECONDS` answers that much later; `drip:SECONDS` spreads the body evenly over that time, in ten pieces.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Literal, cast

from syncd.ports.toolkit import HttpResponse

HEADER = "x-simulate"
PIECES = 10

FaultKind = Literal["drop", "truncate", "delay", "drip"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one answer; `seconds` for those kinds that take time."""

    kind: FaultKind
    seconds: float = 0.0


def fault_of(answer: HttpResponse) -> Fault | None:
    """Return the fault that an answer asks for; raises ValueError for one that does not exist."""
    value = answer.headers.get(HEADER)
    if value is None:
        return None
    kind, _, seconds = value.partition(":")
    if kind in {"drop", "truncate"} and not seconds:
        return Fault(cast("FaultKind", kind))
    if kind in {"delay", "drip"} and float(seconds) >= 0:
        return Fault(cast("FaultKind", kind), float(seconds))
    message = f"{HEADER}: {value} is none of drop, truncate, delay:SECONDS, drip:SECONDS"
    raise ValueError(message)


def sent_headers(answer: HttpResponse, now: datetime) -> dict[str, str]:
    """Return the headers as they leave: no fault among them, and a `Date` unless the simulator set its own."""
    headers = {name: value for name, value in answer.headers.items() if name != HEADER}
    return {"date": format_datetime(now, usegmt=True), **headers}


def pieces(content: bytes) -> Iterator[bytes]:
    """Yield a body in ten pieces of nearly one size, fewer if it is shorter than that."""
    size = max(1, -(-len(content) // PIECES))
    for start in range(0, len(content), size):
        yield content[start : start + size]
