"""Servers that break off, stall, drip and lie: each ends in one of our own errors, in time, and loses nothing."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from syncd.errors import SourceError, SourceMisunderstood, SourceRefused, SourceThrottled, SourceUnavailable
from tests.connectors.mail.imap.bench import HOUR, Bench, answer, named, question
from tests.connectors.mail.imap.scripted import Connection, Hook, Scripted, row


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """Set when the test is over, for servers that stall."""
    event = threading.Event()
    yield event
    event.set()


def once(command: bytes, act: Callable[[Connection, bytes], None]) -> Hook:
    """Do something else at the first command that has this in it."""
    done: list[bytes] = []

    def hook(client: Connection, tag: bytes, said: bytes) -> bool:
        if command not in said or done:
            return False
        done.append(said)
        act(client, tag)
        return True

    return hook


def always(command: bytes, *lines: bytes) -> Hook:
    """Answer every such command with these lines, the tag put in for `TAG`."""

    def hook(client: Connection, tag: bytes, said: bytes) -> bool:
        if command in said:
            client.say(*(line.replace(b"TAG", tag) for line in lines))
        return command in said

    return hook


def ended(client: Connection, tag: bytes) -> None:
    del tag
    client.wire.close()


def said(*pieces: bytes, close: bool = False) -> Callable[[Connection, bytes], None]:
    def act(client: Connection, tag: bytes) -> None:
        client.wire.sendall(b"".join(pieces).replace(b"TAG", tag))
        if close:
            client.wire.close()

    return act


def read(server: Scripted, **more: Any) -> Bench:
    return Bench(server.port, backend={"command_timeout": 2}, **more)


def test_a_plain_server_without_any_extension_is_read() -> None:
    with Scripted() as server:
        bench = read(server)
        assert named(bench.look()) == {"a1@v", "a2@v", "q1@c", "q2@c"}
        assert bench.look() == []


HEADER = b"BODY.PEEK[HEADER]"
BROKEN: dict[str, tuple[Hook, type[SourceError], str]] = {
    "the line is cut before the answer": (once(HEADER, ended), SourceUnavailable, "truncated"),
    "the line is cut within a literal": (
        once(HEADER, said(b"* 1 FETCH (UID 1 BODY[HEADER]<0> {400}\r\nFrom: ", close=True)),
        SourceUnavailable, "truncated",
    ),
    "the server says goodbye": (always(b"EXAMINE", b"* BYE shutting down"), SourceUnavailable, "server"),
    "the server is too busy": (always(b"EXAMINE", b"TAG NO [UNAVAILABLE] later"), SourceUnavailable, "server"),
    "the server asks for patience": (always(b"EXAMINE", b"TAG NO [THROTTLED] wait"), SourceThrottled, "rate_limited"),
    "too many connections": (
        always(b"EXAMINE", b"* BYE Too many simultaneous connections"), SourceThrottled, "rate_limited",
    ),
    "there is no such folder": (always(b"EXAMINE", b"TAG NO [NONEXISTENT] no"), SourceRefused, "configuration"),
    "the mailbox may not be read": (always(b"EXAMINE", b"TAG NO [NOPERM] no"), SourceRefused, "forbidden"),
    "Exchange lets in and opens nothing": (
        always(b"EXAMINE", b"TAG BAD User is authenticated but not connected."), SourceRefused, "forbidden",
    ),
    "the answer is garbage": (once(b"SEARCH", said(b"\x00\xff<html>\r\n")), SourceMisunderstood, "protocol"),
    "a huge literal is announced": (
        once(HEADER, said(b"* 1 FETCH (UID 1 BODY[HEADER]<0> {99999999999}\r\n")), SourceMisunderstood, "protocol",
    ),
    "a line never ends": (
        once(HEADER, said(b"* 1 FETCH (UID 1 X" + b"x" * 1_200_000)), SourceMisunderstood, "protocol",
    ),
    "a literal is shorter than said": (
        once(HEADER, said(b"* 1 FETCH (UID 1 BODY[HEADER]<0> {10}\r\nFrom: a\r\n)\r\nTAG OK done\r\n* 2 FETCH\r\n")),
        SourceMisunderstood, "protocol",
    ),
    "a parenthesis never closes": (
        once(HEADER, said(b"* 1 FETCH (UID 1\r\nTAG OK .\r\n")), SourceMisunderstood, "protocol",
    ),
    "parentheses a thousand deep": (
        once(HEADER, said(b"* 1 FETCH (UID 1 X " + b"(" * 1000 + b")" * 1000 + b")\r\nTAG OK .\r\n")),
        SourceMisunderstood, "protocol",
    ),
    "a UID that cannot be": (always(b"SEARCH", b"* SEARCH 0 1", b"TAG OK ."), SourceMisunderstood, "protocol"),
    "a UID beyond all bounds": (
        always(b"SEARCH", b"* SEARCH 4294967296", b"TAG OK ."), SourceMisunderstood, "protocol",
    ),
    "a UIDVALIDITY of zero": (
        always(b"EXAMINE", b"* 2 EXISTS", b"* OK [UIDVALIDITY 0] .", b"TAG OK ."), SourceMisunderstood, "protocol",
    ),
    "no UIDVALIDITY": (always(b"EXAMINE", b"* 2 EXISTS", b"TAG OK ."), SourceMisunderstood, "protocol"),
    "a folder opened for writing": (
        always(b"EXAMINE", b"* 2 EXISTS", b"* OK [UIDVALIDITY 7] .", b"TAG OK [READ-WRITE] ."),
        SourceMisunderstood, "protocol",
    ),
    "the tag of another": (once(b"SEARCH", said(b"ZZZZ9 OK done\r\n")), SourceMisunderstood, "protocol"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_a_server_does_wrong_is_one_of_our_errors_and_the_next_pass_reads_all(case: str) -> None:
    hook, kind, reason = BROKEN[case]
    with Scripted(hook=hook) as server:
        bench = read(server)
        with pytest.raises(kind) as caught:
            bench.look()
        assert caught.value.reason == reason
        server.hook = None
        bench.look()
        assert named(list(bench.kept.values())) == {"a1@v", "a2@v", "q1@c", "q2@c"}


@pytest.mark.parametrize("start", [b"", b"* 1 FETCH (UID 1 BODY[HEADER]<0> {400}\r\nFrom: "], ids=["line", "literal"])
def test_a_server_that_stalls_is_left_when_the_command_has_had_its_time(start: bytes) -> None:
    with Scripted(hook=once(HEADER, said(start))) as server:
        bench = read(server)
        with pytest.raises(SourceUnavailable) as caught:
            bench.look()
        assert caught.value.reason == "timeout"
        assert len(bench.look()) == 4


def test_a_server_that_drips_is_left_when_the_command_has_had_its_time(stop: threading.Event) -> None:
    def drip(client: Connection, tag: bytes) -> None:
        del tag
        client.wire.sendall(b"* 1 FETCH (UID 1 BODY[HEADER]<0> {400000}\r\n")
        while not stop.wait(0.05):
            client.wire.sendall(b"x")

    with Scripted(hook=once(HEADER, drip)) as server:
        bench = read(server)
        with pytest.raises(SourceUnavailable) as caught:
            bench.look()
        assert caught.value.reason == "timeout"
        stop.set()


def test_a_server_that_says_goodbye_at_once_is_tried_again_later() -> None:
    with Scripted(greeting=b"* BYE not now") as server, pytest.raises(SourceError) as caught:
        read(server).look()
    assert isinstance(caught.value, SourceUnavailable | SourceMisunderstood)


def test_nobody_at_the_port_is_a_source_that_is_away() -> None:
    with Scripted() as server:
        port = server.port
    with pytest.raises(SourceUnavailable) as caught:
        Bench(port).look()
    assert caught.value.reason == "network"


def test_a_uidvalidity_that_changes_while_it_is_read_ends_the_pass_and_the_next_reads_anew() -> None:
    def flip(client: Connection, tag: bytes) -> None:
        del tag
        server.marks = b"* OK [UIDVALIDITY 8] ."
        client.wire.close()

    with Scripted() as server:
        server.hook = once(HEADER, flip)
        bench = read(server, tries=3)
        with pytest.raises(SourceUnavailable, match="given anew"):
            bench.look()
        assert named(bench.look()) == {"a1@v", "a2@v", "q1@c", "q2@c"}
        assert bench.look() == []


def test_rows_that_nobody_asked_for_are_left_out() -> None:
    extra = answer(9)

    def lie(client: Connection, tag: bytes) -> None:
        client.wire.sendall(row(9, 99, extra, b"BODY.PEEK[HEADER]<0.9999>") + b"\r\n* 3 FETCH (FLAGS (\\Seen))\r\n")
        client.say(tag + b" OK done")

    with Scripted(hook=once(HEADER, lie)) as server:
        bench = read(server)
        assert "a9@v" not in named(bench.look())
        bench.now.ahead += HOUR
        bench.look()
        assert named(list(bench.kept.values())) == {"a1@v", "a2@v", "q1@c", "q2@c"}


def test_the_last_message_that_a_server_repeats_when_nothing_is_new_is_not_read_again() -> None:
    with Scripted({"INBOX": {300: answer(1)}, "Sent": {}}) as server:
        bench = read(server)
        assert len(bench.look()) == 1
        server.commands.clear()
        assert bench.look() == []
        assert not [each for each in server.commands if b"BODY" in each]


def test_a_mod_sequence_that_runs_backwards_leads_to_a_whole_comparison() -> None:
    marks = b"* OK [UIDVALIDITY 7] .\r\n* OK [HIGHESTMODSEQ 9223372036854775807] ."
    with Scripted(capability=b"IMAP4rev1 AUTH=PLAIN CONDSTORE", marks=marks) as server:
        bench = read(server)
        bench.look()
        server.commands.clear()
        bench.look()
        assert not [each for each in server.commands if each.startswith(b"UID")]
        server.marks = b"* OK [UIDVALIDITY 7] .\r\n* OK [HIGHESTMODSEQ 3] ."
        server.mails = {"INBOX": {1: answer(1), 2: answer(2), 3: answer(3)}, "Sent": {1: question(1), 2: question(2)}}
        assert named(bench.look()) == {"a3@v"}
        assert [each for each in server.commands if b"SEARCH" in each]


def test_a_mod_sequence_beyond_all_bounds_is_refused() -> None:
    marks = b"* OK [UIDVALIDITY 7] .\r\n* OK [HIGHESTMODSEQ 18446744073709551616] ."
    server = Scripted(capability=b"IMAP4rev1 AUTH=PLAIN CONDSTORE", marks=marks)
    with server, pytest.raises(SourceMisunderstood):
        read(server).look()


def test_a_folder_that_is_not_empty_and_lists_nothing_is_a_problem_and_makes_nothing_gone() -> None:
    with Scripted() as server:
        bench = read(server)
        bench.look()
        where = [record.payload["where"] for record in bench.kept.values()]
        bench.now.ahead += HOUR
        server.hook = always(b"SEARCH", b"* SEARCH", b"TAG OK .")
        bench.look()
        assert {problem.code for problem in bench.problems} == {"listing_empty"}
        assert [record.payload["where"] for record in bench.kept.values()] == where


def test_a_server_that_refuses_one_message_shows_the_others() -> None:
    def hook(client: Connection, tag: bytes, command: bytes) -> bool:
        spoiled = HEADER in command and b"FETCH 2 " not in command and opened[-1:] == [b"INBOX"]
        if command.startswith(b"EXAMINE"):
            opened.append(command.split(b'"')[1])
        if (spoiled and b"FETCH 1 " not in command) or (b"FETCH 2 " in command and opened[-1:] == [b"INBOX"]):
            client.say(tag + b" NO [SERVERBUG] cannot show it")
            return True
        return False

    opened: list[bytes] = []
    with Scripted(hook=hook) as server:
        bench = read(server)
        assert named(bench.look()) == {"a1@v", "q1@c", "q2@c"}
        assert {problem.code for problem in bench.problems} == {"unreadable_message"}


def test_one_exists_is_never_sent_and_all_is_read_all_the_same() -> None:
    with Scripted(hook=always(b"EXAMINE", b"* OK [UIDVALIDITY 7] .", b"TAG OK .")) as server:
        bench = read(server)
        bench.look()
        assert "a1@v" in named(list(bench.kept.values()))


def test_a_server_that_tells_no_sent_folder_is_read_and_says_so() -> None:
    with Scripted({"INBOX": {1: answer(1)}}) as server:
        bench = read(server)
        bench.look()
        assert {problem.code for problem in bench.problems} == {"no_sent_folder"}
        assert [line.ok for line in bench.reader.check()] == [True, True, False]
