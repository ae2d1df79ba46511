"""What every section of a configuration file has in common: unknown keys are refused, and every key is described."""

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import GenerateJsonSchema


class Refused(ValueError):
    """A written value is not one of those allowed; the text says which are."""

    def __init__(self, allowed: str) -> None:
        super().__init__(allowed)
        self.allowed = allowed


class Section(BaseModel):
    """One mapping of a configuration file."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=False)


class PlainSchema(GenerateJsonSchema):
    """JSON Schema without titles that only repeat the key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Return no: a key names itself."""
        del schema
        return False

    def default_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of a value with a default, left out where JSON cannot hold it as it is written."""
        made = super().default_schema(schema)
        if made.get("default") in (None, [], {}) and "default" in made:
            del made["default"]
        return made

    def nullable_schema(self, schema: Any) -> dict[str, Any]:
        """Return the schema of what may be left out; writing null for it is possible and pointless."""
        return self.generate_inner(schema["schema"])

    def encode_default(self, dft: Any) -> Any:
        """Return a default as JSON, or None for a parsed value, whose description names it."""
        if dft is None or isinstance(dft, str | int | float | bool | list):
            return super().encode_default(dft)
        return None

    def emit_warning(self, kind: Any, detail: str) -> None:
        """Say nothing: parsed defaults are described in words."""
        del kind, detail
