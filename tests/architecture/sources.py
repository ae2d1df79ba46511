"""The files that the architecture tests read."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules(*folders: str) -> list[Path]:
    """Return the Python files in these folders of the repository, which must exist: no rule passes for want of code."""
    places = [ROOT / folder for folder in folders]
    assert all(place.is_dir() for place in places), f"not all there: {folders}"
    return sorted(file for place in places for file in place.rglob("*.py"))


def products() -> list[Path]:
    """Return every Python file that ships."""
    return modules("syncd", "connectors")


def shown(path: Path) -> str:
    """Return a path as people write it."""
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Return line and full name of everything that a tree imports from elsewhere; relative imports stay at home."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a name or a chain of attributes, else nothing."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            before = dotted(value)
            return f"{before}.{name}" if before else name
        case _:
            return ""


def files() -> Iterator[Path]:
    """Return every file that belongs to the repository: no dot folder but `.ci`, nothing that was generated."""

    def walk(folder: Path) -> Iterator[Path]:
        for path in sorted(folder.iterdir()):
            generated = path.name in {"__pycache__", "dist", "uv.lock"} or path.suffix == ".egg-info"
            hidden = path.name.startswith(".") and path.name not in {".ci", ".gitignore"}
            if generated or hidden:
                continue
            if path.is_dir():
                yield from walk(path)
            else:
                yield path

    return walk(ROOT)
