"""A first sync over IMAP: the connector beside bare imaplib that fetches the same headers and keeps them unread.

And beside imaplib with the standard library's parser behind it. Ours reads the words as well, tells who wrote them,
joins conversations and makes records.

Both read the same Dovecot; what counts beside the wall is each reader's own processor time, for the server shares the
machine. Both collect garbage as the daemon does. SYNCD_BENCH_MAILS says how many messages there are (10,000).
"""

import gc
import os
import time
from collections.abc import Callable
from email.parser import BytesHeaderParser

from connectors.mail.limits import Limits
from syncd.cli import GARBAGE
from tests.connectors.mail.imap.bench import Bench, answer, question
from tests.connectors.mail.imap.dovecot import Dovecot, running

MAILS = int(os.environ.get("SYNCD_BENCH_MAILS", "10000"))
FILLER = "v=1; " + "a" * 60 + "\r\n " + "\r\n ".join("b" * 70 for _ in range(28))
"""What gateways put into headers: two kilobytes of it."""


def bare(server: Dovecot, take: Callable[[bytes], object] = len) -> int:
    """Fetch every header of both folders, 500 at a time, and do one thing with each."""
    client, read = server.client("desk"), 0
    for folder in ("INBOX", "Sent"):
        exists = int(client.select(folder, readonly=True)[1][0] or 0)
        for start in range(1, exists + 1, 500):
            items = f"(UID INTERNALDATE FLAGS RFC822.SIZE BODY.PEEK[HEADER]<0.{Limits().header_bytes}>)"
            answers = client.uid("FETCH", f"{start}:{start + 499}", items)[1]
            for each in answers:
                if isinstance(each, tuple):
                    take(each[1])
                    read += 1
    client.logout()
    return read


def parsed(server: Dovecot) -> int:
    """The same, each header read by the standard library's parser: what reading headers costs anybody in Python."""
    return bare(server, BytesHeaderParser().parsebytes)


def ours(server: Dovecot) -> int:
    """Read the mailbox as syncd does, up to records."""
    bench = Bench(server.port, "desk")
    read = sum(len(page.records) for page in bench.reader.pages(None))
    bench.restart()
    return read


def main() -> None:
    """Print messages a second of both, and what share of the bare rate ours is."""
    numbers = range(MAILS // 2)
    with running() as server:
        server.deliver("desk", *(question(number, X_Signature=FILLER) for number in numbers), folder="Sent")
        server.deliver("desk", *(answer(number, X_Signature=FILLER) for number in numbers))
        bare(server)  # the server's own cache is warm for both
        rates = {}
        for name, reader in (("bare imaplib", bare), ("with parser", parsed), ("syncd", ours)):
            wall, own = time.perf_counter(), time.process_time()
            read = reader(server)
            wall, own = time.perf_counter() - wall, time.process_time() - own
            rates[name] = read / wall
            print(f"{name:14} {read:7} messages {read / wall:9.0f}/s {own / read * 1e6:8.0f} us of processor each")
        for name in ("bare imaplib", "with parser"):
            print(f"syncd reads {rates['syncd'] / rates[name]:.0%} of the rate of {name}")


if __name__ == "__main__":
    gc.freeze()
    gc.set_threshold(GARBAGE)
    main()
