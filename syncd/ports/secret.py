"""Secrets are references in configuration, and values that do not print themselves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is to be read: exactly one of an environment variable or a file."""

    env: str | None = None
    file: str | None = None

    def __post_init__(self) -> None:
        if (self.env is None) == (self.file is None):
            message = "a secret is {env: NAME} or {file: PATH}, exactly one of them"
            raise ValueError(message)


class Secret:
    """A secret's text; absent from `repr`, `str`, logs and comparisons."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text; call only where it leaves the process to its destination."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__

    def __reduce__(self) -> tuple[object, ...]:
        message = "a secret is not pickled"
        raise TypeError(message)
