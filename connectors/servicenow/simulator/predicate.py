"""Conditions made into functions over a row, with dot-walking and typed comparison.

An empty field satisfies `!=` and `NOT IN`, and no range comparison. Numbers compare as numbers, all else as text.
"""

from collections.abc import Callable, Sequence

from connectors.servicenow.simulator.encoded import Condition
from connectors.servicenow.simulator.tables import Row
from connectors.servicenow.simulator.world import World

Reader = Callable[[Row], str]
Test = Callable[[Row], bool]

_NUMERIC = frozenset({"integer", "choice"})


def reader(world: World, table: str, path: str) -> Reader:
    """Return what reads a dotted path of a row of this table; empty where a reference leads nowhere."""
    head, _, rest = path.partition(".")
    if not rest:
        return lambda row: row.get(head, "")
    target = world.schema.target(table, head) or ""
    rows, further = world.tables[target].rows, reader(world, target, rest)

    def walk(row: Row) -> str:
        found = rows.get(row.get(head, ""))
        return "" if found is None else further(found)

    return walk


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _ranged(operator: str, value: str, *, numeric: bool) -> Callable[[str], bool]:
    bound = _number(value) if numeric else None

    def holds(text: str) -> bool:
        if not text:
            return False
        read = _number(text) if bound is not None else None
        if read is not None and bound is not None:
            left, right = (read > bound) - (read < bound), 0
        else:
            left, right = (text > value) - (text < value), 0
        return {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[operator]

    return holds


def _plain(operator: str, value: str) -> Callable[[str], bool] | None:
    among = frozenset(value.split(","))
    tests: dict[str, Callable[[str], bool]] = {
        "=": lambda text: text == value,
        "!=": lambda text: text != value,
        "IN": lambda text: text in among,
        "NOT IN": lambda text: text not in among,
        "STARTSWITH": lambda text: text.startswith(value),
        "ENDSWITH": lambda text: text.endswith(value),
        "LIKE": lambda text: value in text,
        "NOT LIKE": lambda text: value not in text,
        "ISEMPTY": lambda text: not text,
        "EMPTYSTRING": lambda text: not text,
        "ISNOTEMPTY": bool,
        "ANYTHING": lambda _: True,
    }
    return tests.get(operator)


def known(world: World, table: str, part: Condition) -> bool:
    """Say whether the platform understands a condition; it drops the others without a word."""
    return bool(part.operator) and world.schema.type_of(table, part.field) is not None


def compiled(world: World, table: str, part: Condition) -> Test:
    """Return the test of one understood condition."""
    read = reader(world, table, part.field)
    numeric = world.schema.type_of(table, part.field) in _NUMERIC
    if part.operator == "BETWEEN":
        low, _, high = part.value.partition("@")
        above, below = _ranged(">=", low, numeric=numeric), _ranged("<=", high, numeric=numeric)
        return lambda row: above(read(row)) and below(read(row))
    test = _plain(part.operator, part.value) or _ranged(part.operator, part.value, numeric=numeric)
    return lambda row: test(read(row))


def all_of(tests: Sequence[Test]) -> Test:
    """Return a test that holds where all do."""
    if len(tests) == 1:
        return tests[0]
    return lambda row: all(test(row) for test in tests)


def any_of(tests: Sequence[Test]) -> Test:
    """Return a test that holds where one does."""
    if len(tests) == 1:
        return tests[0]
    return lambda row: any(test(row) for test in tests)
