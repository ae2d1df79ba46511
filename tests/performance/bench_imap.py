"""A first sync over IMAP, step by step, beside bare imaplib that fetches the same headers and keeps them unread.

Every step does all that the ones before it do:

- `headers`: the reader's own connection fetches what bare imaplib fetches, within its bounds, and takes every answer
  apart into values. That is what bare imaplib is to be compared with.
- `messages`: the folders are listed, then headers and words fetched by time over both, and each message parsed.
- `records`: who wrote it, conversations, places, and the records that the connector hands over.
- `in the store`: `syncd once` with a contract, from an empty store to readings, without the time that a start takes.

All read the same Dovecot; what counts beside the wall is each reader's own processor time, for the server shares the
machine. All collect garbage as the daemon does. SYNCD_BENCH_MAILS says how many messages there are (10,000),
SYNCD_BENCH_STORE=0 leaves the store out.
"""

import gc
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Collection
from email.parser import BytesHeaderParser
from pathlib import Path

from connectors.mail.imap.mailbox import ImapMailbox
from connectors.mail.imap.session import Session
from connectors.mail.limits import Limits
from connectors.mail.settings import ImapBackend
from syncd.cli import GARBAGE
from syncd.ports.connector import Site
from tests.connectors.mail.imap.bench import Bench, answer, question
from tests.connectors.mail.imap.dovecot import PASSWORD, Dovecot, running
from tests.connectors.mail.letters import OPTIONS, options
from tests.performance.commands import SYNCD, compiling_into, used_by

MAILS = int(os.environ.get("SYNCD_BENCH_MAILS", "10000"))
STORED = os.environ.get("SYNCD_BENCH_STORE", "1") != "0"
AIM = 0.5
FILLER = "v=1; " + "a" * 60 + "\r\n " + "\r\n ".join("b" * 70 for _ in range(28))
"""What gateways put into headers: two kilobytes of it."""
PAGE = 500
ITEMS = f"UID INTERNALDATE FLAGS RFC822.SIZE BODY.PEEK[HEADER]<0.{Limits().header_bytes}>"
CONTRACT = """
contract: bench
vendor: {id: acme, name: Acme}
time_zone: UTC
period: month
revisions:
  - effective: {from: 2026-01-01}
    observe_from: 2026-01-01
    covers: [{source: mail}]
    targets: [{name: response, metric: first_response, goals: {P3: 4h}, calendar: always, objective: 95%}]
"""
CALENDAR = "calendars:\n  - {name: always, time_zone: UTC, hours: always}\n"


def bare(server: Dovecot, take: Callable[[bytes], object] = len) -> int:
    """Fetch every header of both folders, 500 at a time, and do one thing with each."""
    client, read = server.client("desk"), 0
    for folder in ("INBOX", "Sent"):
        exists = int(client.select(folder, readonly=True)[1][0] or 0)
        for start in range(1, exists + 1, PAGE):
            answers = client.uid("FETCH", f"{start}:{start + PAGE - 1}", f"({ITEMS})")[1]
            for each in answers:
                if isinstance(each, tuple):
                    take(each[1])
                    read += 1
    client.logout()
    return read


def parsed(server: Dovecot) -> int:
    """The same, each header read by the standard library's parser: what reading headers costs anybody in Python."""
    return bare(server, BytesHeaderParser().parsebytes)


def headers(server: Dovecot) -> int:
    """Fetch the same by the reader's own connection, each answer taken apart."""
    bench, read = Bench(server.port, "desk"), 0
    backend = options(**bench.settings()).backend
    if not isinstance(backend, ImapBackend):
        raise TypeError("the bench reads over IMAP")
    session = Session(backend, Path(), bench.toolkit())
    for folder in ("INBOX", "Sent"):
        examined = session.examine(folder)
        for start in range(1, examined.exists + 1, PAGE):
            fetched = session.fetch(folder, examined, f"{start}:{start + PAGE - 1}", ITEMS.encode())
            read += sum(isinstance(row["BODY[HEADER]"], bytes) and row["UID"] > 0 for row in fetched.rows)
    session.close()
    bench.restart()
    return read


class Nothing:
    """What a reader remembers before it read anything."""

    def holds(self, key: str) -> bool:
        """Tell that no copy was read."""
        del key
        return False

    def keys(self, folder: str) -> Collection[str]:
        """Return no keys."""
        del folder
        return ()

    def unstored(self, folder: str) -> Collection[str]:
        """Return no keys."""
        del folder
        return ()


def messages(server: Dovecot) -> int:
    """Read the mailbox up to parsed messages."""
    bench = Bench(server.port, "desk")
    mailbox = ImapMailbox(Site("mail"), options(**bench.settings()), bench.toolkit())
    read = sum(copy.letter is not None for look in mailbox.looks(None, Nothing()) for copy in look.copies)
    mailbox.close()
    bench.restart()
    return read


def records(server: Dovecot) -> int:
    """Read the mailbox up to records, as every pass does."""
    bench = Bench(server.port, "desk")
    read = sum(len(page.records) for page in bench.reader.pages(None))
    bench.restart()
    return read


def stored(server: Dovecot, folder: Path) -> tuple[float, float]:
    """Read the mailbox into a store and measure it; return seconds, and those of the processor, beyond a start."""
    agreements = folder / "agreements"
    agreements.mkdir()
    (agreements / "contract.yaml").write_text(CONTRACT)
    (agreements / "calendars.yaml").write_text(CALENDAR)
    made = {**OPTIONS, **Bench(server.port, "desk").settings()}
    config = folder / "syncd.yaml"
    written = {
        "store": {"url": f"sqlite:///{folder / 'syncd.db'}"}, "contracts": [str(agreements)], "calendars": [],
        "parties": {
            "customer": {"domains": ["customer.example"]},
            "vendors": {"acme": {"name": "Acme", "domains": ["vendor.example"]}},
        },
        "sources": [{"name": "mail", "kind": "mail", "every": "60s", "options": made}],
    }  # fmt: skip
    config.write_text(json.dumps(written))
    environ = {**compiling_into(folder), "MAIL_PASSWORD": PASSWORD}
    used_by([*SYNCD, "once", "--help"], environ)
    start = used_by([*SYNCD, "check", "-c", config], environ)
    used = used_by([*SYNCD, "once", "-c", config], environ)
    return used.wall - start.wall, used.processor - start.processor


STEPS = (
    ("bare imaplib", bare), ("with parser", parsed), ("headers", headers), ("messages", messages), ("records", records),
)  # fmt: skip


def main() -> None:
    """Print messages a second of each step, and what share of the bare rate it is."""
    numbers = range(MAILS // 2)
    with running() as server, tempfile.TemporaryDirectory() as name:
        server.deliver("desk", *(question(number, X_Signature=FILLER) for number in numbers), folder="Sent")
        server.deliver("desk", *(answer(number, X_Signature=FILLER) for number in numbers))
        bare(server)  # the server's own cache is warm for all
        Bench(server.port, "desk").connect().close()  # what is imported for the first connection is no part of reading
        rates: dict[str, float] = {}
        for step, reader in STEPS:
            wall, own = time.perf_counter(), time.process_time()
            read = reader(server)
            wall, own = time.perf_counter() - wall, time.process_time() - own
            rates[step] = _print(step, read, wall, own)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if STORED:
            rates["in the store"] = _print("in the store", len(numbers) * 2, *stored(server, Path(name)))
    for step in ("headers", "messages", "records", "in the store"):
        if step in rates:
            shares = " and ".join(
                f"{rates[step] / rates[each]:.0%} of {each}" for each in ("bare imaplib", "with parser")
            )
            print(f"syncd, {step}: {shares}" + (f" (aim: {AIM:.0%} of bare imaplib)" if step == "headers" else ""))
    print(f"{peak:.0f} MB resident at most up to records")


def _print(step: str, read: int, wall: float, own: float) -> float:
    print(f"{step:14} {read:7} messages {read / wall:9.0f}/s {own / read * 1e6:8.0f} us of processor each")
    return read / wall


if __name__ == "__main__":
    gc.freeze()
    gc.set_threshold(GARBAGE)
    main()
