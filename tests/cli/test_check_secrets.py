"""`syncd check` says yes only to what `run` and `once` would start with, secrets included."""

import os
from pathlib import Path

import pytest

from tests.cli.command import syncd_command as syncd

UNSET = {name: value for name, value in os.environ.items() if name != "SYNCD_TEST_SNOW"}
SET = {**UNSET, "SYNCD_TEST_SNOW": "s3cret-and-long"}


@pytest.fixture
def secretive(config: Path) -> Path:
    """A configuration with a source and a notifier that need secrets."""
    written = config.read_text()
    config.write_text(
        f"{written}"
        "  - name: now\n"
        "    kind: servicenow\n"
        "    options:\n"
        "      url: http://127.0.0.1:1\n"
        "      auth: {kind: basic, username: reader, password: {env: SYNCD_TEST_SNOW}}\n"
        "      tables: [incident]\n"
        "notifiers:\n"
        "  - {name: chat, kind: webhook, url: 'http://127.0.0.1:1/', secret: {file: chat-secret}}\n"
    )
    return config


NO_VARIABLE = "there is no such environment variable; set it in the environment that syncd is started from"
NO_FILE = (
    "cannot be read: No such file or directory; put the secret into it, readable by the account that syncd runs under"
)


def findings(path: Path) -> list[str]:
    return [
        f"{path}:11: sources[1].options.auth.password: secret {{env: SYNCD_TEST_SNOW}}: {NO_VARIABLE}",
        f"{path}:14: notifiers[0].secret: secret {{file: chat-secret}}: {NO_FILE}",
    ]


@pytest.mark.parametrize("command", ["check", "once", "run"])
def test_what_is_missing_is_named_with_its_keys_before_anything_is_done(secretive: Path, command: str) -> None:
    done = syncd(command, "-c", secretive, environ=UNSET)
    assert (done.code, done.err.splitlines()) == (2, findings(secretive))
    assert not (secretive.parent / "syncd.db").exists()


def test_with_every_secret_there_it_is_right(secretive: Path) -> None:
    (secretive.parent / "chat-secret").write_text("another-secret\n")
    done = syncd("check", "-c", secretive, environ=SET)
    assert done.code == 0, done.err
    assert "2 source(s)" in done.err
    assert "s3cret" not in done.err + done.out


def test_what_only_making_a_source_finds_is_named_too(secretive: Path) -> None:
    (secretive.parent / "chat-secret").write_text("another-secret\n")
    secretive.write_text(secretive.read_text().replace("username: reader", "username: 'a:colon'"))
    done = syncd("check", "-c", secretive, environ=SET)
    assert (done.code, done.err) == (
        2, f"{secretive}: source now: the user name of a basic login may not hold a colon\n",
    )  # fmt: skip


def test_where_secrets_are_not_the_rest_is_still_checked(secretive: Path) -> None:
    done = syncd("check", "-c", secretive, "--without-secrets", environ=UNSET)
    assert done.code == 0, done.err
    assert done.err.endswith("no mistakes; 2 secret(s) not looked for\n")
    assert syncd("check", "-c", secretive, "--without-secrets", "--connect", environ=UNSET).code == 2


@pytest.mark.parametrize("command", ["tickets", "status"])
def test_commands_that_ask_nobody_need_no_secret(secretive: Path, command: str) -> None:
    assert syncd("import", secretive.parent / "timelines.jsonl", "-c", secretive, environ=UNSET).code == 0
    assert syncd(command, "-c", secretive, environ=UNSET).code == 0
