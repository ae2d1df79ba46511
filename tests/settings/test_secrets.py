"""Secrets are read from where they are referred to, and never told."""

from pathlib import Path

import pytest

from syncd.errors import ConfigError
from syncd.ports.secret import SecretRef
from syncd.settings import resolve_secret

ENVIRON = {"TOKEN": "from-the-environment", "EMPTY": ""}


def test_an_environment_variable_is_taken_as_it_is(tmp_path: Path) -> None:
    assert resolve_secret(SecretRef(env="TOKEN"), tmp_path, environ=ENVIRON).reveal() == "from-the-environment"


def test_the_process_environment_is_where_variables_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYNCD_TEST_TOKEN", "from-the-process")

    assert resolve_secret(SecretRef(env="SYNCD_TEST_TOKEN"), tmp_path).reveal() == "from-the-process"


FILES = {
    "a file without a newline": (b"s3cret", "s3cret"),
    "a newline at the end is no part of it": (b"s3cret\n", "s3cret"),
    "nor is one of another system": (b"s3cret\r\n", "s3cret"),
    "a second newline is part of it": (b"s3cret\n\n", "s3cret\n"),
    "blanks are part of it": (b" s3cret ", " s3cret "),
}


@pytest.mark.parametrize(("content", "secret"), FILES.values(), ids=FILES.keys())
def test_a_file_is_relative_to_the_configuration(tmp_path: Path, content: bytes, secret: str) -> None:
    (tmp_path / "token").write_bytes(content)

    assert resolve_secret(SecretRef(file="token"), tmp_path, environ={}).reveal() == secret


def test_an_absolute_file_stays_absolute(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret")

    assert resolve_secret(SecretRef(file=f"{tmp_path}/token"), Path("/elsewhere"), environ={}).reveal() == "s3cret"


def test_credentials_that_systemd_provides_are_found(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret")
    reference = SecretRef(file="${CREDENTIALS_DIRECTORY}/token")

    found = resolve_secret(reference, Path("/elsewhere"), environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})

    assert found.reveal() == "s3cret"


REFUSED = {
    "a variable that is not set": (SecretRef(env="NONE"), "secret {env: NONE}: there is no such environment variable"),
    "a variable without content": (SecretRef(env="EMPTY"), "secret {env: EMPTY}: is empty"),
    "a file that is not there": (SecretRef(file="no"), "secret {file: no}: cannot be read: No such file or directory"),
    "a file that is empty": (SecretRef(file="empty"), "secret {file: empty}: is empty"),
    "a file that is not text": (SecretRef(file="binary"), "secret {file: binary}: is not UTF-8 text"),
    "credentials outside systemd": (
        SecretRef(file="${CREDENTIALS_DIRECTORY}/token"),
        (
            "secret {file: ${CREDENTIALS_DIRECTORY}/token}: CREDENTIALS_DIRECTORY is not set; only systemd sets it, "
            "for units with credentials"
        ),
    ),
}


@pytest.mark.parametrize(("reference", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_secret_that_cannot_be_had_is_named_by_its_reference(
    tmp_path: Path, reference: SecretRef, sentence: str
) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"hunter2\xff")

    with pytest.raises(ConfigError) as caught:
        resolve_secret(reference, tmp_path, environ=ENVIRON)

    assert str(caught.value) == sentence
    assert "hunter2" not in repr(caught.value.__cause__)
