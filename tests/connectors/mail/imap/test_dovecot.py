"""The IMAP back end on a real Dovecot: with all its extensions, with CONDSTORE alone, and with none, as Exchange."""

import random
import re
from collections.abc import Callable

import pytest

from connectors.mail.imap import reading, survey
from syncd.domain.events import Message, Notified, Opened, PhaseChanged
from syncd.errors import SourceUnavailable
from syncd.ports.connector import Site
from tests.connectors.mail.imap.bench import HOUR, Bench, answer, at, named, question
from tests.connectors.mail.imap.dovecot import Dovecot
from tests.connectors.mail.imap.relay import relayed
from tests.connectors.mail.letters import THEM, US, mail

SIGNALS = [
    {"name": "done", "folders": ["Done"], "phase": "closed"},
    {"name": "waiting", "flags": ["Waiting"], "phase": "pending", "awaiting": "customer"},
]


def filled(server: Dovecot, bench: Bench, count: int = 5) -> None:
    """So many questions in the sent folder, and their answers in the inbox."""
    server.deliver(bench.user, *(question(number) for number in range(count)), folder="Sent")
    server.deliver(bench.user, *(answer(number) for number in range(count)))


def test_questions_from_the_sent_folder_and_answers_from_the_inbox_are_tickets(server: Dovecot, bench: Bench) -> None:
    filled(server, bench)
    assert len(bench.look()) == 10
    assert len(set(bench.standing().values())) == 5
    assert [type(event) for _, event in bench.events()][:4] == [Opened, Notified, Message, Message]
    opened = [event.at for _, event in bench.events() if isinstance(event, Opened)]
    assert opened == [at(number * 10) for number in range(5)]


def test_a_full_sync_leaves_flags_and_highestmodseq_as_they_were(server: Dovecot, bench: Bench) -> None:
    filled(server, bench)
    mine = server.client(bench.user)
    mine.select("INBOX")
    mine.uid("STORE", "1:2", "+FLAGS", r"(\Flagged Waiting)")
    mine.logout()
    before = [server.state(bench.user, folder) for folder in ("INBOX", "Sent")]
    bench.look()
    bench.now.ahead += HOUR
    bench.restart()
    bench.look()
    assert [server.state(bench.user, folder) for folder in ("INBOX", "Sent")] == before


def test_no_command_that_writes_is_ever_sent(server: Dovecot, bench: Bench) -> None:
    filled(server, bench)
    server.deliver(bench.user, (at(90), MIXED), (at(95), REPORT))
    with relayed(server.port) as wire:
        bench.port, bench.options = wire.port, {"signals": SIGNALS, "folders": ["INBOX"]}
        server.box(bench.user, "Done")
        bench.reader.check()
        bench.look()
        server.deliver(bench.user, answer(9))
        bench.look()
        bench.now.ahead += HOUR
        bench.look()
        bench.reader.recheck(["none"])
        bench.restart()
        said = wire.commands
    asked = re.compile(rb"CAPABILITY|AUTHENTICATE PLAIN|ENABLE |EXAMINE |LIST |LOGOUT|UID (SEARCH|FETCH) ")
    assert [line for line in said if not asked.match(line)] == []
    fetches = [line for line in said if b"FETCH" in line]
    assert len(fetches) > 4
    assert all(b"BODY[" not in line and b"RFC822.TEXT" not in line and b"RFC822 " not in line for line in fetches)


def test_a_second_pass_brings_what_is_new_and_nothing_else(server: Dovecot, bench: Bench) -> None:
    filled(server, bench)
    bench.look()
    assert bench.look() == []
    server.deliver(bench.user, answer(7))
    bench.restart()
    assert named(bench.look()) == {"a7@v"}
    assert bench.look() == []


def test_uidvalidity_may_change_and_there_is_no_new_event(server: Dovecot, bench: Bench) -> None:
    bench.options = {"signals": SIGNALS}
    server.deliver(bench.user, answer(3), folder="Done")
    filled(server, bench)
    bench.look()
    before, cursor = bench.events(), bench.cursor
    for folder in ("INBOX", "Done", "Sent"):
        server.forget_uids(bench.user, folder)
    bench.restart()
    bench.look()
    assert {problem.code for problem in bench.problems} == {"uidvalidity_changed"}
    assert bench.cursor != cursor
    assert bench.events() == before
    assert bench.look() == []
    bench.restart()
    assert bench.look() == []


def test_a_message_moved_out_and_back_is_neither_lost_nor_doubled(server: Dovecot, bench: Bench) -> None:
    bench.options = {"signals": SIGNALS}
    server.box(bench.user, "Done")
    filled(server, bench, 2)
    bench.look()
    mine = server.client(bench.user)

    def move(source: str, target: str) -> None:
        mine.select(source)
        (uids,) = mine.uid("SEARCH", "SUBJECT", '"Line 1"')[1]
        mine.uid("MOVE", uids.decode(), target)

    move("INBOX", "Done")
    move("Done", "INBOX")
    bench.look()
    assert len(bench.standing()) == 4
    assert not [event for _, event in bench.events() if isinstance(event, PhaseChanged)]
    for folder in ("Done", "INBOX", "Done"):
        move("INBOX" if folder == "Done" else "Done", folder)
        bench.look()
        bench.now.ahead += HOUR
        bench.look()
    mine.logout()
    assert len([event for _, event in bench.events() if isinstance(event, Message)]) == 4
    assert len([event for _, event in bench.events() if isinstance(event, PhaseChanged)]) == 2


def test_a_flag_of_ours_is_an_event_between_two_looks(server: Dovecot, bench: Bench) -> None:
    bench.options = {"signals": SIGNALS[1:]}
    filled(server, bench, 2)
    bench.look()
    mine = server.client(bench.user)
    mine.select("INBOX")
    mine.uid("STORE", "1", "+FLAGS", "(Waiting)")
    mine.logout()
    bench.look()
    bench.look()
    (waiting,) = [event for _, event in bench.events() if isinstance(event, PhaseChanged)]
    assert waiting.at_earliest is not None
    assert waiting.at_earliest < waiting.at


def test_a_flag_set_after_a_first_pass_was_killed_is_seen_by_the_next(server: Dovecot, bench: Bench) -> None:
    bench.options = {"signals": SIGNALS[1:]}
    filled(server, bench, 2)
    for page in bench.reader.pages(None):
        bench.keep(page)
        break
    bench.restart()
    mine = server.client(bench.user)
    mine.select("INBOX")
    mine.uid("STORE", "1", "+FLAGS", "(Waiting)")
    mine.logout()
    bench.look()
    assert len([event for _, event in bench.events() if isinstance(event, PhaseChanged)]) == 1


def test_what_is_expunged_keeps_its_events(server: Dovecot, bench: Bench) -> None:
    filled(server, bench, 3)
    bench.look()
    before = bench.events()
    mine = server.client(bench.user)
    mine.select("INBOX")
    mine.uid("STORE", "1:*", "+FLAGS", r"(\Deleted)")
    mine.expunge()
    mine.logout()
    bench.look()
    bench.now.ahead += HOUR
    bench.restart()
    bench.look()
    assert bench.events() == before
    assert not any(record.payload["where"] for record in bench.kept.values() if "a0@v" in str(record.payload["letter"]))


def test_a_copy_in_another_folder_is_the_same_message(server: Dovecot, bench: Bench) -> None:
    bench.options = {"folders": ["INBOX", "Archive"]}
    filled(server, bench, 2)
    server.deliver(bench.user, answer(1), question(1), folder="Archive")
    bench.look()
    assert len(bench.standing()) == 4


def test_a_message_that_was_hidden_comes_to_light_within_the_hour(server: Dovecot, bench: Bench) -> None:
    """Its UID lies far behind what was read last: only the hourly comparison can find it."""
    count = survey.OVERLAP + 30
    server.deliver(bench.user, *((at(n), mail(f"m{n}@v", minute=n % 600, subject=f"M {n}")) for n in range(count)))
    bench.look()
    hidden = next(record for record in bench.kept.values() if "m3@v" in str(record.payload["letter"]))
    del bench.kept[hidden.ticket, hidden.part]
    bench.restart()
    server.deliver(bench.user, answer(7))
    assert named(bench.look()) == {"a7@v"}
    bench.now.ahead += HOUR
    assert named(bench.look()) == {"m3@v"}


def test_the_inbox_is_read_before_the_sent_folder_so_no_answer_comes_before_its_question(
    server: Dovecot, bench: Bench
) -> None:
    with relayed(server.port) as wire:
        bench.port = wire.port
        bench.look()
        opened = [line.split()[1] for line in wire.commands if line.startswith(b"EXAMINE")]
        assert opened == [b'"INBOX"', b'"Sent"']


def test_mail_from_before_the_beginning_is_left_alone(server: Dovecot, bench: Bench) -> None:
    bench.site = Site("mail", backfill_from=at(20))
    filled(server, bench, 4)
    assert named(bench.look()) == {"q2@c", "a2@v", "q3@c", "a3@v"}
    bench.now.ahead += HOUR
    assert bench.look() == []


def test_a_sent_folder_in_another_language_is_found_by_its_name(server: Dovecot, bench: Bench) -> None:
    """Only where the server does not say which folder it is."""
    server.deliver(bench.user, question(1), folder="Gesendete Elemente")
    server.deliver(bench.user, answer(1))
    bench.options = {"sent_folder": "Gesendete Elemente"}
    assert named(bench.look()) == {"q1@c", "a1@v"}


def test_a_folder_that_is_not_there_is_named(server: Dovecot, bench: Bench) -> None:
    server.box(bench.user)
    bench.options = {"folders": ["INBOX", "Nowhere & Elsewhere ÄÖ"]}
    lines = {line.subject: line for line in bench.reader.check()}
    assert lines["connection"].ok
    assert lines["folder INBOX"].ok
    assert not lines["folder Nowhere & Elsewhere ÄÖ"].ok


def test_folders_have_names_in_every_language(server: Dovecot, bench: Bench) -> None:
    server.box(bench.user)
    mine = server.client(bench.user)
    mine.create('"Gel&APY-st &- gut"')
    mine.append('"Gel&APY-st &- gut"', "", '"02-Mar-2026 08:05:00 +0000"', answer(1)[1])
    mine.logout()
    bench.options = {"folders": ["Gelöst & gut"]}
    assert named(bench.look()) == {"a1@v"}


def test_our_own_alert_is_read_once(server: Dovecot, bench: Bench) -> None:
    server.deliver(bench.user, (at(1), mail("n@c", X_Syncd="notice")))
    assert bench.look() == []
    bench.restart()
    with relayed(server.port) as wire:
        bench.port = wire.port
        bench.now.ahead += HOUR
        assert bench.look() == []
        assert not [line for line in wire.commands if b"BODY.PEEK" in line]


MIXED = mail(
    "m@v", minute=90, subject="Files", Content_Type='multipart/mixed; boundary="x"', MIME_Version="1.0",
    body="preamble\r\n--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n"
    "--y\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    "Gel=F6st, gr=FC=DFe.\r\n--y\r\nContent-Type: text/html\r\n\r\n<p>other</p>\r\n--y--\r\n"
    '--x\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Disposition: attachment; '
    "filename*=UTF-8''%C3%BCbersicht.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + "QUJD" * 40_000 + "\r\n"
    "--x\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n--x--\r\n",
)  # fmt: skip
REPORT = mail(
    "r@v", sender="MAILER-DAEMON <mailer-daemon@vendor.example>", minute=95, subject="Undelivered",
    Content_Type='multipart/report; report-type=delivery-status; boundary="z"',
    body="--z\r\n\r\nIt could not be delivered.\r\n--z\r\nContent-Type: message/delivery-status\r\n\r\n"
    "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; vera@vendor.example\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    "--z\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <q1@c>\r\nSubject: Line\r\n\r\nHello\r\n--z--\r\n",
)  # fmt: skip


def test_words_are_read_files_are_named_and_never_fetched(server: Dovecot, bench: Bench) -> None:
    server.deliver(bench.user, (at(90), MIXED))
    with relayed(server.port) as wire:
        bench.port = wire.port
        (record,) = bench.look()
        assert wire.answered < len(MIXED) / 10
    letter = record.payload["letter"]
    assert isinstance(letter, dict)
    assert letter["text"] == "Gelöst, grüße."
    assert letter["attachments"] == ["übersicht.pdf", "text/calendar"] or letter["attachments"] == ["übersicht.pdf"]
    assert letter["size"] == len(MIXED)
    assert "text/calendar" in letter["part_types"]


def test_a_bounce_is_read_as_a_whole_and_names_what_came_back(server: Dovecot, bench: Bench) -> None:
    server.deliver(bench.user, question(1), folder="Sent")
    server.deliver(bench.user, (at(95), REPORT))
    bench.look()
    assert len(set(bench.standing().values())) == 1
    assert [event.to for _, event in bench.events() if hasattr(event, "to")] == ["us"]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_arrival_gives_the_same_tickets(server: Dovecot, bench: Bench, seed: int) -> None:
    mails = [(folder, each(number)) for number in range(3) for folder, each in (("Sent", question), ("INBOX", answer))]
    mails.append(("INBOX", (at(70), mail("t@v", minute=70, refs="q0@c q2@c", subject="Both"))))
    random.Random(seed).shuffle(mails)  # noqa: S311 - a seed is what makes a test repeatable
    for folder, each in mails:
        server.deliver(bench.user, each, folder=folder)
        bench.look()
        if seed:
            bench.restart()
    whole = Bench(bench.port, bench.user)
    whole.look()
    whole.restart()
    assert bench.standing() == whole.standing()


def test_a_line_cut_at_any_byte_gives_the_same_events_once(dovecot: Dovecot, benches: Callable[..., Bench]) -> None:
    first = benches(backend={"batch": 10})
    filled(dovecot, first, 12)
    with relayed(dovecot.port) as wire:
        first.port = wire.port
        first.look()
        length = wire.answered
    # How long a command took is told in the answers, so no two runs are of quite the same length.
    for cut in random.Random(11).sample(range(1, length - 100), 24):  # noqa: S311 - a seed makes a test repeatable
        other = benches(backend={"batch": 10})
        other.user = first.user
        with relayed(dovecot.port) as wire:
            other.port, wire.cut_at = wire.port, cut
            with pytest.raises(SourceUnavailable):
                other.look()
            other.restart()
            other.look()
        assert [event.id for _, event in other.events()] == [event.id for _, event in first.events()]
        assert other.standing() == first.standing()


def test_a_line_that_was_cut_is_picked_up_within_the_pass(dovecot: Dovecot, benches: Callable[..., Bench]) -> None:
    bench = benches(backend={"batch": 10}, tries=3)
    filled(dovecot, bench, 12)
    with relayed(dovecot.port) as wire:
        bench.port, wire.cut_at = wire.port, 9_000
        assert len(bench.look()) == 24
        assert wire.cut_at is None


def test_a_message_that_the_server_will_not_show_stops_no_other(
    dovecot: Dovecot, benches: Callable[..., Bench]
) -> None:
    bench = benches()
    filled(dovecot, bench, 3)
    mine = dovecot.client(bench.user)
    mine.select("INBOX", readonly=True)
    mine.uid("SEARCH", "ALL")
    files = [path for path in dovecot.box(bench.user).glob("*/*.host*") if b"<a1@v>" in path.read_bytes()]
    (broken,) = files
    broken.chmod(0)
    for expected in (["unreadable_message"], ["unreadable_message"], ["unreadable_message"], []):
        bench.look()
        bench.now.ahead += HOUR
        assert [problem.code for problem in bench.problems] == expected
    mine.logout()
    assert named(list(bench.kept.values())) == {"q0@c", "q1@c", "q2@c", "a0@v", "a2@v"}
    assert reading.TRIES == 3


def test_of_a_persons_mailbox_private_mail_is_read_once(server: Dovecot, bench: Bench) -> None:
    bench.options = {"mailbox": "personal"}
    filled(server, bench, 2)
    server.deliver(bench.user, (at(1), mail("p@f", sender="friend@home.example", to=US, subject="Dinner")))
    server.deliver(bench.user, (at(2), mail("p@c", sender=US, to=US, subject="Note")), folder="Sent")
    assert named(bench.look()) == {"q0@c", "q1@c", "a0@v", "a1@v"}
    bench.restart()
    with relayed(server.port) as wire:
        bench.port = wire.port
        bench.now.ahead += HOUR
        assert bench.look() == []
        assert not [line for line in wire.commands if b"BODY.PEEK" in line]
    assert THEM
