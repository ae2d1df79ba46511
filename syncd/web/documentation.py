"""`/api/docs`: the API's description as a plain page of our own, because the usual ones load scripts from elsewhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from syncd.web.templating import Templates


@dataclass(frozen=True, slots=True)
class Operation:
    """One call that the API knows."""

    method: str
    path: str
    summary: str
    parameters: tuple[Mapping[str, Any], ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One object that answers are made of: its fields, each with the words for its type."""

    name: str
    description: str
    fields: tuple[tuple[str, str], ...]


def documentation(
    schema: Callable[[], dict[str, Any]], templates: Templates, now: Callable[[], datetime]
) -> APIRouter:  # fmt: skip
    """Return the route of the description."""
    router = APIRouter(include_in_schema=False)

    @router.get("/api/docs")
    def description() -> HTMLResponse:
        described = schema()
        return templates.page("docs.html", at=now(), operations=_operations(described), shapes=_shapes(described))

    return router


def _operations(schema: Mapping[str, Any]) -> list[Operation]:
    return [
        Operation(
            method.upper(),
            path,
            operation["summary"],
            tuple(operation.get("parameters", ())),
            _words(operation["responses"]["200"]["content"]["application/json"]["schema"]),
        )
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def _shapes(schema: Mapping[str, Any]) -> list[Shape]:
    return [
        Shape(
            name,
            shape.get("description", ""),
            tuple((field, _words(kind)) for field, kind in shape["properties"].items()),
        )
        for name, shape in schema["components"]["schemas"].items()
        if "properties" in shape and "Validation" not in name
    ]


def _words(kind: Mapping[str, Any]) -> str:
    """Return a JSON Schema type in a few words."""
    if "$ref" in kind:
        return str(kind["$ref"]).rpartition("/")[2]
    if "anyOf" in kind:
        return " or ".join(_words(choice) for choice in kind["anyOf"])
    if "enum" in kind:
        return " | ".join(str(value) for value in kind["enum"])
    if kind.get("type") == "array":
        return f"list of {_words(kind['items'])}"
    return str(kind.get("format") or kind.get("type", "anything"))
