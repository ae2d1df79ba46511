"""The pages' templates: everything escaped and shown as it is, nothing undefined; and the files that go with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from syncd.domain.visible import visible_lines
from syncd.web.wording import instant_text, span_text

_TYPES = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load, under an address that changes with its content."""

    content: bytes
    media_type: str
    path: str


def assets() -> Mapping[str, Asset]:
    """Return the files by name, read once."""
    folder = resources.files("syncd.web") / "static"
    found: dict[str, Asset] = {}
    for name, media_type in _TYPES.items():
        content = (folder / name).read_bytes()
        found[name] = Asset(content, media_type, f"/static/{name}?v={sha256(content).hexdigest()[:12]}")
    return found


def _shown(value: object) -> object:
    """Text as it stands on a page: a mark that turns the direction of writing cannot turn what is beside it."""
    return visible_lines(value) if type(value) is str else value


class Templates:
    """Renders pages."""

    def __init__(self, files: Mapping[str, Asset]) -> None:
        self._environment = Environment(
            loader=PackageLoader("syncd.web"),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_shown,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(instant=instant_text, span=span_text)
        self._environment.globals.update(asset={name: asset.path for name, asset in files.items()})

    def page(self, name: str, *, status_code: int = 200, **facts: object) -> HTMLResponse:
        """Return a page made of a template and facts."""
        return HTMLResponse(self._environment.get_template(name).render(facts), status_code=status_code)
