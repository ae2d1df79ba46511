"""Every reference to a secret is known by where it stands, however deep in a source's or a notifier's options."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from syncd.ports.secret import SecretRef
from syncd.settings import load_settings, missing_secrets

NO_FILE = "No such file or directory"
CONFIG = """\
store: {url: "sqlite:///syncd.db"}
sources:
  - name: snow
    kind: nested
    options:
      login:
        token: {env: SYNCD_TEST_TOKEN}
      every-one:
        - {file: one}
        - {file: two}
      by_name:
        a: {env: SYNCD_TEST_OTHER}
      env: {env: not a reference}
notifiers:
  - {name: chat, kind: flat, secret: {file: three}}
  - {name: mute, kind: flat}
"""


@dataclass(frozen=True)
class Login:
    token: SecretRef


class Nested(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    login: Login
    every_one: tuple[SecretRef, ...] = Field(alias="every-one")
    by_name: dict[str, SecretRef]
    env: dict[str, str]


@dataclass(frozen=True)
class Flat:
    secret: SecretRef | None = field(default=None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "syncd.yaml"
    path.write_text(CONFIG)
    return path


def test_what_cannot_be_read_is_named_with_file_line_and_keys(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(file, option_types={"nested": Nested}, notifier_types={"flat": Flat})
    (file.parent / "two").write_text("here")
    monkeypatch.delenv("SYNCD_TEST_TOKEN", raising=False)
    monkeypatch.setenv("SYNCD_TEST_OTHER", "")
    found = missing_secrets(settings.secrets, settings.folder).lines()
    set_it, put_it = "set it in the environment that ", "put the secret into it, readable by the "
    assert [line.split("syncd is started")[0].split("account")[0] for line in found] == [
        f"{file}:{where}"
        for where in (
            (
                "7: sources[0].options.login.token: secret {env: SYNCD_TEST_TOKEN}: "
                f"there is no such environment variable; {set_it}"
            ),
            f"9: sources[0].options.every-one[0]: secret {{file: one}}: cannot be read: {NO_FILE}; {put_it}",
            f"12: sources[0].options.by_name.a: secret {{env: SYNCD_TEST_OTHER}}: is empty; {set_it}",
            f"15: notifiers[0].secret: secret {{file: three}}: cannot be read: {NO_FILE}; {put_it}",
        )
    ]


def test_nothing_is_missing_once_everything_is_there(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(file, option_types={"nested": Nested}, notifier_types={"flat": Flat})
    for name in ("SYNCD_TEST_TOKEN", "SYNCD_TEST_OTHER"):
        monkeypatch.setenv(name, "here")
    for name in ("one", "two", "three"):
        (file.parent / name).write_text("here")
    assert len(settings.secrets) == 5
    assert missing_secrets(settings.secrets, settings.folder).lines() == ()
