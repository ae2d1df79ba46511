"""A simulator's script, read with care: an unknown key or a value of the wrong type is a configuration error."""

from collections.abc import Mapping, Sequence

from syncd.errors import ConfigError


def _refuse(key: str, wanted: str) -> ConfigError:
    return ConfigError(f"jira simulator script: {key} must be {wanted}")


class Script:
    """Typed reading of one mapping; `where` names it in errors."""

    def __init__(self, values: object, known: Sequence[str], where: str = "script") -> None:
        if not isinstance(values, Mapping):
            raise _refuse(where, "a mapping")
        self._values: Mapping[str, object] = values
        self._where = where
        unknown = sorted(str(key) for key in values if key not in known)
        if unknown:
            known_keys = ", ".join(known)
            raise ConfigError(f"jira simulator {where}: unknown {', '.join(unknown)}; known are {known_keys}")

    def has(self, key: str) -> bool:
        """Say whether the script names this key."""
        return key in self._values

    def number(self, key: str, default: float) -> float:
        """Return a number."""
        value = self._values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _refuse(f"{self._where}.{key}", "a number")
        return float(value)

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value = self._values.get(key, default)
        if not isinstance(value, str):
            raise _refuse(f"{self._where}.{key}", "a text")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise _refuse(f"{self._where}.{key}", "true or false")
        return value

    def mapping(self, key: str) -> Mapping[str, object]:
        """Return a mapping, empty when absent."""
        value = self._values.get(key, {})
        if not isinstance(value, Mapping):
            raise _refuse(f"{self._where}.{key}", "a mapping")
        return value

    def items(self, key: str) -> Sequence[object]:
        """Return a list, empty when absent."""
        value = self._values.get(key, ())
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise _refuse(f"{self._where}.{key}", "a list")
        return value

    def texts(self, key: str) -> Mapping[str, str]:
        """Return a mapping whose values are written as text."""
        return {str(name): str(value) for name, value in self.mapping(key).items()}
