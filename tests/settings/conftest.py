"""Options of made-up connectors and notifiers, so that these tests need no real ones."""

from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

import pytest
from pydantic import Field

from syncd.ports.secret import SecretRef


@dataclass(frozen=True, slots=True, kw_only=True)
class NoAuth:
    """No log-in."""

    kind: Literal["none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAuth:
    """A token."""

    kind: Literal["token"]
    token: SecretRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOptions:
    """Options as a connector's author would write them."""

    url: Annotated[str, Field(description="The address of the site.")]
    auth: Annotated[NoAuth | TokenAuth, Field(discriminator="kind")]
    tables: tuple[str, ...] = ("incident",)
    pages: int = 3
    rate: float = 1.0
    mode: Literal["slow", "quick"] = "slow"
    since: str | int = ""

    def __post_init__(self) -> None:
        if urlsplit(self.url).scheme != "https":
            message = "url: needs an address that begins with https://"
            raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookOptions:
    """Options as a notifier's author would write them."""

    url: Annotated[str, Field(description="Where notices are posted.")]
    secret: SecretRef | None = None


OptionTypes = dict[str, type]


@pytest.fixture
def option_types() -> OptionTypes:
    return {"probe": ProbeOptions}


@pytest.fixture
def notifier_types() -> OptionTypes:
    return {"hook": HookOptions}
