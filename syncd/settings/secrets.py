"""Turns references to secrets into secrets, when they are needed and not before."""

import os
from collections.abc import Mapping
from pathlib import Path
from string import Template

from syncd.errors import ConfigError
from syncd.ports.secret import Secret, SecretRef

_CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Where systemd puts a unit's credentials (systemd.exec(5), Credentials)."""


def resolve_secret(ref: SecretRef, folder: Path, *, environ: Mapping[str, str] | None = None) -> Secret:
    """Return the secret that a reference names.

    A relative file is relative to `folder`; `${CREDENTIALS_DIRECTORY}` may stand in its path. One newline at its end is
    not part of the secret. Raises ConfigError, naming the reference only.
    """
    variables = os.environ if environ is None else environ
    if ref.env is not None:
        text = variables.get(ref.env)
        if text is None:
            raise ConfigError(f"secret {{env: {ref.env}}}: there is no such environment variable")
        return _secret(text, f"{{env: {ref.env}}}")
    named = f"{{file: {ref.file}}}"
    path = Template(ref.file or "")
    if _CREDENTIALS in path.get_identifiers() and _CREDENTIALS not in variables:
        raise ConfigError(
            f"secret {named}: {_CREDENTIALS} is not set; only systemd sets it, for units with credentials"
        )
    try:
        text = (folder / path.safe_substitute({_CREDENTIALS: variables.get(_CREDENTIALS, "")})).read_bytes().decode()
    except OSError as error:
        raise ConfigError(f"secret {named}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        # Not chained: the exception holds the secret's bytes.
        raise ConfigError(f"secret {named}: is not UTF-8 text") from None
    return _secret(text.removesuffix("\n").removesuffix("\r"), named)


def _secret(text: str, named: str) -> Secret:
    if not text:
        raise ConfigError(f"secret {named}: is empty")
    return Secret(text)
