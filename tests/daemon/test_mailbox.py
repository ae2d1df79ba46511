"""A real mailbox behind real processes: mail in, measured tickets out; a kill at any moment loses and doubles none."""

import json
import random
import signal
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.mail.imap.bench import answer, at, question
from tests.connectors.mail.imap.dovecot import PASSWORD, Dovecot, running
from tests.connectors.mail.letters import mail
from tests.daemon.contents import contents, rows
from tests.daemon.processes import Process, await_, command, configured

CONTRACT = """
contract: line
vendor: {id: acme, name: ACME}
time_zone: UTC
revisions:
  - effective: {from: 2026-01-01}
    covers: [{source: noc-mail}]
    targets:
      - name: response
        metric: first_response
        goals: {default: 15m}
        calendar: always
        objective: 90%
"""
PARTIES = {"customer": {"domains": ["customer.example"]}, "vendors": {"acme": {"domains": ["vendor.example"]}}}
ENV = {"MAIL_PASSWORD": PASSWORD}
CONVERSATIONS = 200
KILLS = 5


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with running() as dovecot:
        yield dovecot


def source(server: Dovecot, user: str) -> Mapping[str, object]:
    login = {"kind": "plain", "username": user, "password": {"env": "MAIL_PASSWORD"}}
    backend = {"kind": "imap", "host": "127.0.0.1", "port": server.port, "security": "none", "auth": login, "batch": 10}
    return {"name": "noc-mail", "kind": "mail", "every": "1s", "options": {"backend": backend, "priority": "P3"}}


def config(server: Dovecot, user: str, folder: Path) -> Path:
    folder.mkdir()
    (folder / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
    calendars = "calendars: [{name: always, time_zone: UTC, hours: always}]"
    (folder / "calendars.yaml").write_text(calendars, encoding="utf-8")
    notifier = {"name": "oncall", "kind": "webhook", "url": "http://127.0.0.1:9/"}
    return configured(
        folder, [source(server, user)], contracts=["contract.yaml"], calendars=["calendars.yaml"], parties=PARTIES,
        notifiers=[notifier],
    )  # fmt: skip


def test_a_mailbox_read_with_many_kills_is_the_mailbox_read_at_once(server: Dovecot, tmp_path: Path) -> None:
    server.deliver("many", *(question(number) for number in range(CONVERSATIONS)), folder="Sent")
    server.deliver("many", *(answer(number) for number in range(CONVERSATIONS)))
    killed = config(server, "many", tmp_path / "killed")
    store = tmp_path / "killed" / "syncd.db"
    chance = random.Random(20260302)  # noqa: S311  moments, nothing secret
    known = [0]
    for _ in range(KILLS):
        with Process(["once", "--config", killed, "--log-level", "info"], ENV) as reading:
            await_(lambda now=reading: now.logged("page_stored") or now.ended, "page")  # type: ignore[misc]  # bound
            threading.Event().wait(chance.uniform(0, 0.05))
            reading.kill()
            assert reading.wait() == -signal.SIGKILL, reading.output()
        known.append(len(rows(store, "SELECT 1 FROM ticket")))
    assert known == sorted(known)
    assert 0 < known[1] < CONVERSATIONS
    assert known[1] < known[-1]

    assert command("once", "--config", killed, env=ENV).returncode == 0
    whole = config(server, "many", tmp_path / "whole")
    assert command("once", "--config", whole, env=ENV).returncode == 0
    ours, theirs = contents(store), contents(tmp_path / "whole" / "syncd.db")
    assert len(theirs["tickets"]) == CONVERSATIONS == len(theirs["readings"])
    for name in ("tickets", "events", "readings", "problems", "quarantine"):
        assert ours[name] == theirs[name], f"{name} differ"
    # When a message was noticed is the one thing in which the two may differ.
    assert [row[:3] for row in ours["records"]] == [row[:3] for row in theirs["records"]]  # type: ignore[index]  # rows


def test_an_answer_that_comes_while_the_daemon_runs_is_measured(server: Dovecot, tmp_path: Path) -> None:
    server.deliver("one", question(1), folder="Sent")
    running_config = config(server, "one", tmp_path / "one")
    store = tmp_path / "one" / "syncd.db"
    with Process(["run", "--config", running_config, "--log-level", "info"], ENV) as daemon:
        await_(lambda: daemon.logged("page_stored") or daemon.ended, "page")
        away = mail("o@v", minute=40, answers="a1@v", Auto_Submitted="auto-replied")
        server.deliver("one", answer(1), (at(40), away))
        await_(lambda: len(daemon.logged("page_stored")) > 1 or daemon.ended, "second page")
        daemon.send(signal.SIGTERM)
        assert daemon.wait() == 0, daemon.output()
    held: dict[str, Any] = {**contents(store)}
    ((_, (reading,)),) = held["readings"]
    (cycle,) = reading.cycles
    assert (cycle.verdict.value, cycle.started_at, cycle.stopped_at) == ("met", at(10), at(15))
    assert len(held["records"]) == 3
    text = json.dumps(held, default=str)
    assert "we look into it" not in text
    assert "vera@" not in text
    assert PASSWORD not in daemon.output() + text


def test_what_was_expunged_since_is_still_known_after_a_start(server: Dovecot, tmp_path: Path) -> None:
    server.deliver("tidy", question(1), folder="Sent")
    path = config(server, "tidy", tmp_path / "tidy")
    store = tmp_path / "tidy" / "syncd.db"
    assert command("once", "--config", path, env=ENV).returncode == 0
    before = rows(store, "SELECT ticket_id, shown, title, quality, gaps FROM ticket")
    for each in server.box("tidy", "Sent").glob("*/*.host*"):
        each.unlink()
    server.deliver("tidy", answer(1))
    assert command("once", "--config", path, env=ENV).returncode == 0
    # Were its question not known any more, the answer would be one to a message that nobody saw.
    assert rows(store, "SELECT ticket_id, shown, title, quality, gaps FROM ticket") == before
    assert len(contents(store)["records"]) == 2


def test_check_connect_names_every_folder(server: Dovecot, tmp_path: Path) -> None:
    server.deliver("checked", question(1), folder="Sent")
    path = config(server, "checked", tmp_path / "c")
    told = command("check", "--connect", "--output", "json", "--config", path, env=ENV)
    assert told.returncode == 0, told.stderr
    lines = {line["subject"]: (line["ok"], line["detail"]) for line in json.loads(told.stdout)}
    assert lines["folder Sent"] == ("yes", "sent mail, 1 messages")
    assert lines["folder INBOX"] == ("yes", "0 messages")
    refused = command("check", "--connect", "--config", path, env={"MAIL_PASSWORD": "surely-wrong"})
    assert refused.returncode == 1
    assert "auth" in refused.stdout
