"""A simulator's script, read with care: an unknown key or a value of the wrong type is a configuration error."""

from collections.abc import Mapping, Sequence

from syncd.domain.instant_text import parse_instant
from syncd.domain.timeline_error import TimelineError
from syncd.errors import ConfigError


class Script:
    """Typed reading of one mapping; `where` names it in errors."""

    def __init__(self, values: object, known: Sequence[str], where: str = "script") -> None:
        if not isinstance(values, Mapping):
            raise ConfigError(f"mail simulator {where}: must be a mapping")
        self._values: Mapping[str, object] = values
        self._where = where
        unknown = sorted(str(key) for key in values if key not in known)
        if unknown:
            raise ConfigError(f"mail simulator {where}: unknown {', '.join(unknown)}; known are {', '.join(known)}")

    def number(self, key: str, default: float) -> float:
        """Return a number."""
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refused(key, "a number")
        return float(value)

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self._values.get(key, default)
        if not isinstance(value, str):
            raise self._refused(key, "a text")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a yes or no."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self._refused(key, "true or false")
        return value

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._values.get(key, default)
        if (
            isinstance(value, str)
            or not isinstance(value, Sequence)
            or not all(isinstance(each, str) for each in value)
        ):
            raise self._refused(key, "a list of texts")
        return tuple(map(str, value))

    def items(self, key: str) -> Sequence[object]:
        """Return a list, empty when absent."""
        value = self._values.get(key, ())
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self._refused(key, "a list")
        return value

    def mapping(self, key: str) -> Mapping[str, object]:
        """Return a mapping, empty when absent."""
        value = self._values.get(key, {})
        if not isinstance(value, Mapping):
            raise self._refused(key, "a mapping")
        return value

    def seconds_since_1970(self, key: str) -> float | None:
        """Return an instant as seconds; None when absent."""
        if key not in self._values:
            return None
        try:
            return parse_instant(self._values[key], key).timestamp()
        except TimelineError as error:
            raise ConfigError(f"mail simulator {self._where}: {error}") from error

    def _refused(self, key: str, wanted: str) -> ConfigError:
        return ConfigError(f"mail simulator {self._where}: {key} must be {wanted}")
