"""`syncd notices`: what has not arrived is listed, tried again, dropped, and every receiver can be tested."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from syncd.domain.changes import Withheld
from syncd.domain.notice import Notice, short
from syncd.ports.outbox import Letter
from syncd.ports.store import Work
from syncd.store import open_store
from tests.cli.command import Outcome
from tests.cli.command import syncd_command as syncd
from tests.store.samples import notice

AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
DEAD, OVER, OLD, WAITS = (notice(name) for name in ("dead", "over", "old", "waits"))
HELD = replace(notice("held"), vendor="globex")


def write(store_file: Path, *works: Callable[[Work], object]) -> None:
    """Write to a store as the daemon would, and let go of it: a command runs in a fork."""
    store = open_store(f"sqlite:///{store_file}")
    store.upgrade(lambda _: None)
    fence = store.acquire("test")
    assert fence is not None
    for do in works:
        with store.begin(fence) as work:
            do(work)
            work.commit()
    store.release(fence)
    store.close()


def letters(store_file: Path) -> Sequence[Letter]:
    store = open_store(f"sqlite:///{store_file}")
    with store.view() as view:
        found = view.outbox.letters(limit=99)
    store.close()
    return found


def bury(channel: str, *, error: str = "rejected: the receiver answered 404") -> Callable[[Work], None]:
    """Return what gives up all that is due of a channel."""

    def do(work: Work) -> None:
        for one in work.outbox.claim(channel, AGO, 9, 30.0):
            work.outbox.bury(one.id, at=AGO, error=error)

    return do


def queue(channel: str, *notices: Notice, ticket: int = 7) -> Callable[[Work], None]:
    def do(work: Work) -> None:
        for one in notices:
            assert work.outbox.add(one, [channel], at=AGO, ticket=ticket)

    return do


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    """A store with two dead letters for `oncall`, one of them over, one for `old`, one that waits, one held back."""
    path = tmp_path / "syncd.db"
    write(
        path,
        queue("oncall", DEAD, OVER), queue("old", OLD), bury("oncall"), bury("old"), queue("oncall", WAITS),
        lambda work: work.outbox.end([OVER.key.text()], AGO + timedelta(minutes=1)),
        lambda work: work.held.hold(HELD, ["oncall", "mail"], ticket=8, at=AGO, why=Withheld.STORM),
    )  # fmt: skip
    return path


@pytest.fixture
def told(config: Path, store_file: Path) -> Path:
    """A configuration with one notifier over that store."""
    assert store_file.exists()
    return with_notifiers(config, {"name": "oncall", "kind": "webhook", "url": "http://127.0.0.1:9/"})


def with_notifiers(config: Path, *notifiers: dict[str, object]) -> Path:
    listed = [{"name": one.pop("name"), "kind": one.pop("kind"), **one} for one in notifiers]
    config.write_text(config.read_text() + f"notifiers: {json.dumps(listed)}\n")
    return config


def rows(done: Outcome) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.out)
    return found


def named(done: Outcome) -> list[tuple[str, str, str]]:
    return [(row["key"].split("/")[4], row["channel"], row["state"]) for row in rows(done)]


def test_everything_that_has_not_arrived_is_listed_with_why(told: Path) -> None:
    done = syncd("notices", "list", "-c", told, "--output", "json")
    assert done.code == 0, done.err
    assert named(done) == [
        ("dead", "oncall", "dead"), ("over", "oncall", "dead"), ("old", "old", "dead"), ("waits", "oncall", "pending"),
        ("held", "oncall", "held"), ("held", "mail", "held"),
    ]  # fmt: skip
    first, over, _, waits, held, _ = rows(done)
    assert first["last_error"] == "rejected: the receiver answered 404"
    assert (first["short"], first["step"], first["ticket"]) == (short(DEAD.key.text()), "breached", DEAD.ticket)
    assert (first["attempts"], first["next_try"], first["over"], over["over"]) == (1, None, False, True)
    assert first["age_seconds"] >= 3600
    assert datetime.fromisoformat(first["since"]) == AGO
    assert datetime.fromisoformat(waits["next_try"]) == AGO
    assert held["waits_for"] == "storm"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--dead"], ["dead", "over", "old"]),
        (["--pending", "--held"], ["waits", "held", "held"]),
        (["--channel", "mail"], ["held"]),
        (["--channel", "oncall", "--dead"], ["dead", "over"]),
        (["--vendor", "globex"], ["held", "held"]),
    ],
)
def test_the_list_is_narrowed(told: Path, options: list[str], found: list[str]) -> None:
    done = syncd("notices", "list", "-c", told, "--output", "json", *options)
    assert [name for name, _, _ in named(done)] == found


def test_people_get_a_key_short_enough_to_type(told: Path) -> None:
    done = syncd("notices", "list", "-c", told, "--dead", environ={"COLUMNS": "200"})
    assert short(DEAD.key.text()) in done.out
    assert "what it says is over; rejected" in done.out
    assert syncd("notices", "list", "-c", told, "--vendor", "nobody").out == "None is missing.\n"


@pytest.mark.parametrize("key", [DEAD.key.text(), short(DEAD.key.text())])
def test_a_dead_letter_is_tried_again_by_its_key(told: Path, store_file: Path, key: str) -> None:
    done = syncd("notices", "retry", key, "-c", told, "--output", "json")
    assert done.code == 0, done.err
    assert [(row["key"], row["outcome"]) for row in rows(done)] == [(DEAD.key.text(), "to be tried again")]
    revived = next(one for one in letters(store_file) if one.key == DEAD.key.text())
    assert (revived.state, revived.attempts) == ("pending", 0)
    again = syncd("notices", "retry", key, "-c", told)
    assert again.code == 1
    assert "not dead" in again.err


def test_all_are_tried_again_but_those_that_are_over_or_for_nobody(told: Path) -> None:
    done = syncd("notices", "retry", "--all", "-c", told, "--output", "json")
    assert done.code == 0, done.err
    assert [row["outcome"] for row in rows(done)] == ["to be tried again", "over", "no such notifier"]
    assert "drop these, or configure it" in done.err
    left = syncd("notices", "retry", "--all", "--channel", "oncall", "-c", told)
    assert left.code == 1, "only what is over is left"


def test_what_is_not_there_is_refused_politely(told: Path) -> None:
    for command in (["retry", "nothing"], ["drop", "nothing", "--yes"], ["retry", "--all", "--channel", "mail"]):
        done = syncd("notices", *command, "-c", told)
        assert (done.code, "syncd notices list" in done.out) == (1, True), done


@pytest.mark.parametrize(
    "arguments",
    [["retry"], ["retry", "key", "--all"], ["drop"], ["drop", "--all", "--yes"], ["test", "--channel", "x"]],
)
def test_what_is_not_clear_is_a_mistake_of_usage(told: Path, arguments: list[str]) -> None:
    assert syncd("notices", *arguments, "-c", told).code == 2


def test_nothing_is_dropped_before_somebody_says_yes(told: Path, store_file: Path) -> None:
    for answer in ("", "n\n"):
        done = syncd("notices", "drop", "--all", "--channel", "oncall", "-c", told, stdin=answer)
        assert done.code == 1
        assert "Drop 2 notice(s)" in done.err
        assert len(letters(store_file)) == 4
    done = syncd("notices", "drop", "--all", "--channel", "oncall", "-c", told, stdin="y\n")
    assert done.code == 0, done.err
    assert [one.notice for one in letters(store_file)] == [OLD, WAITS], "what waits is dropped only if asked for"


def test_what_is_dropped_is_logged_and_its_key_is_kept(told: Path, store_file: Path) -> None:
    done = syncd("notices", "drop", WAITS.key.text(), "--pending", "--yes", "-c", told)
    assert done.code == 0, done.err
    (line,) = (json.loads(line) for line in done.err.splitlines())
    assert (line["event"], line["key"], line["notifier"]) == ("notice_dropped", WAITS.key.text(), "oncall")
    again: list[bool] = []
    write(store_file, lambda work: again.append(work.outbox.add(WAITS, ["oncall"], at=AGO)))
    assert again == [False]


@contextmanager
def a_receiver(status: int = 204) -> Iterator[tuple[str, list[Any]]]:
    """Yield the address of a receiver that answers every POST alike, and what it was sent."""
    got: list[Any] = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the parent's own name for it
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", got
        server.shutdown()
        thread.join(10)


def test_every_receiver_gets_a_notice_that_is_marked_as_a_test(config: Path, tmp_path: Path) -> None:
    with a_receiver() as (url, got), a_receiver(200) as (member, alerts):
        with_notifiers(
            config,
            {"name": "hook", "kind": "webhook", "url": url},
            {"name": "am", "kind": "alertmanager", "urls": [member]},
        )
        before = datetime.now(UTC)
        done = syncd("notices", "test", "-c", config, "--output", "json")
    assert done.code == 0, done.err
    assert [(row["notifier"], row["delivered"]) for row in rows(done)] == [("hook", "yes"), ("am", "yes")]
    (hook,), ((alert,),) = got, alerts
    assert hook["step"] == "test"
    assert hook["ticket"] == hook["vendor"] == ""
    assert alert["labels"]["alertname"] == "SyncdTest"
    assert datetime.fromisoformat(alert["endsAt"]) - before < timedelta(minutes=6), "it ends by itself"
    assert not (tmp_path / "syncd.db").exists(), "the store is left alone"


def test_a_receiver_that_does_not_take_it_is_named_with_a_hint_and_the_others_are_tested(config: Path) -> None:
    with a_receiver(404) as (refusing, _), a_receiver() as (taking, got):
        with_notifiers(
            config,
            {"name": "refuses", "kind": "webhook", "url": refusing},
            {"name": "away", "kind": "webhook", "url": "http://127.0.0.1:9/"},
            {"name": "keyless", "kind": "pagerduty", "routing_key": {"file": "/nowhere/key"}},
            {"name": "takes", "kind": "webhook", "url": taking},
        )
        done = syncd("notices", "test", "-c", config, "--output", "json")
        alone = syncd("notices", "test", "-c", config, "--channel", "takes")
    assert done.code == 1
    found = {row["notifier"]: (row["delivered"], row["detail"]) for row in rows(done)}
    assert [delivered for delivered, _ in found.values()] == ["no", "no", "no", "yes"]
    assert found["refuses"][1].startswith("rejected: ")
    assert "are its address and options right?" in found["refuses"][1]
    assert "can this machine reach it" in found["away"][1]
    assert found["keyless"][1].startswith("configuration: ")
    assert alone.code == 0, alone.err
    assert [each["step"] for each in got] == ["test", "test"]
    assert got[0]["key"] != got[1]["key"], "a second test is no repeat of the first"


def test_a_store_that_nobody_has_used_is_said_to_be_empty(config: Path) -> None:
    done = syncd("notices", "list", "-c", config)
    assert done.code == 3
    assert "empty" in done.err
