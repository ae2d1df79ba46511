"""A first sync over IMAP: the connector beside bare imaplib that fetches the same headers and keeps them unread.

Both read the same Dovecot; what counts beside the wall is each reader's own processor time, for the server shares the
machine. SYNCD_BENCH_MAILS says how many messages there are (10,000).
"""

import os
import time

from connectors.mail.limits import Limits
from tests.connectors.mail.imap.bench import Bench, answer, question
from tests.connectors.mail.imap.dovecot import Dovecot, running

MAILS = int(os.environ.get("SYNCD_BENCH_MAILS", "10000"))
FILLER = "v=1; " + "a" * 60 + "\r\n " + "\r\n ".join("b" * 70 for _ in range(28))
"""What gateways put into headers: two kilobytes of it."""


def bare(server: Dovecot) -> int:
    """Fetch every header of both folders, 500 at a time."""
    client, read = server.client("desk"), 0
    for folder in ("INBOX", "Sent"):
        exists = int(client.select(folder, readonly=True)[1][0] or 0)
        for start in range(1, exists + 1, 500):
            items = f"(UID INTERNALDATE FLAGS RFC822.SIZE BODY.PEEK[HEADER]<0.{Limits().header_bytes}>)"
            answers = client.uid("FETCH", f"{start}:{start + 499}", items)[1]
            read += sum(isinstance(each, tuple) for each in answers)
    client.logout()
    return read


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
        for name, reader in (("bare imaplib", bare), ("syncd", ours)):
            wall, own = time.perf_counter(), time.process_time()
            read = reader(server)
            wall, own = time.perf_counter() - wall, time.process_time() - own
            rates[name] = read / wall
            print(f"{name:14} {read:7} messages {read / wall:9.0f}/s {own / read * 1e6:8.0f} us of processor each")
        print(f"syncd reads {rates['syncd'] / rates['bare imaplib']:.0%} of the bare rate")


if __name__ == "__main__":
    main()
