"""A real Dovecot of the tests' own: a private folder, a loopback port, no rights; as root it runs as nobody."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

PASSWORD = "made-up-for-tests"
EXCHANGE = "IMAP4rev1 UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+ AUTH=PLAIN"
"""What Exchange Online offers: no CONDSTORE, QRESYNC, ENABLE, ESEARCH, SPECIAL-USE."""
CONDSTORE_ONLY = "IMAP4rev1 UIDPLUS MOVE ENABLE CONDSTORE SPECIAL-USE LITERAL+ AUTH=PLAIN"

_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {tls}
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 0
mail_location = maildir:%h/Maildir
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
mail_max_userip_connections = 100
{capability}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service stats {{
  chroot =
}}
"""


class Dovecot:
    """A running server. Every user is made when first heard of, with one password for all."""

    def __init__(self, folder: Path, port: int, tls_port: int, owner: tuple[int, int]) -> None:
        self.folder = folder
        self.port = port
        self.tls_port = tls_port
        self._owner = owner
        self._delivered = 0

    def box(self, user: str, name: str = "INBOX") -> Path:
        """Return the Maildir of a user's folder, made if it is not there."""
        home = self.folder / "mail" / user / "Maildir"
        box = home if name == "INBOX" else home / f".{name}"
        for place in ("cur", "new", "tmp"):
            (box / place).mkdir(parents=True, exist_ok=True)
        for each in (home.parent, home, box, *(box / place for place in ("cur", "new", "tmp"))):
            os.chown(each, *self._owner)
        return box

    def deliver(self, user: str, *mails: tuple[datetime, bytes], folder: str = "INBOX") -> None:
        """Put messages into a folder, as a mail server does: each with the time at which it was taken."""
        box = self.box(user, folder)
        for at, raw in mails:
            self._delivered += 1
            name = f"{int(at.timestamp())}.M{self._delivered:09}P1.host"
            written = box / "tmp" / name
            written.write_bytes(raw)
            os.chown(written, *self._owner)
            os.utime(written, (at.timestamp(), at.timestamp()))
            written.rename(box / "new" / name)

    def client(self, user: str) -> imaplib.IMAP4:
        """Return a person's own mail program: it may write."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(user, PASSWORD)
        return client

    def state(self, user: str, folder: str = "INBOX") -> tuple[bytes, list[bytes]]:
        """Return HIGHESTMODSEQ and every message's flags, as another program sees them."""
        client = self.client(user)
        try:
            client.is_readonly = True
            client.xatom("EXAMINE", folder, "(CONDSTORE)")
            modseq = client.response("HIGHESTMODSEQ")[1][-1]
            client.state = "SELECTED"
            return modseq, [each for each in client.uid("FETCH", "1:*", "(FLAGS)")[1] if isinstance(each, bytes)]
        finally:
            client.logout()

    def forget_uids(self, user: str, folder: str = "INBOX") -> None:
        """Lose the folder's list of UIDs and its index, as after a restored backup: UIDVALIDITY changes."""
        box = self.box(user, folder)
        for each in box.iterdir():
            if each.name.startswith(("dovecot-uidlist", "dovecot.index")):
                each.unlink()


@contextmanager
def running(capability: str = "", *, tls: Path | None = None) -> Iterator[Dovecot]:
    """Yield a server that offers what Dovecot does, or only the given capabilities; skips where there is none."""
    program = shutil.which("dovecot") or ("/usr/sbin/dovecot" if Path("/usr/sbin/dovecot").exists() else None)
    if program is None:
        pytest.skip("dovecot is missing: install the package dovecot-imapd, else nothing reads a real IMAP server")
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    if not version.startswith("2.3."):
        pytest.skip(f"dovecot {version.split()[0]} is configured in another language than 2.3, which these tests speak")
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    # Outside of any home: the server, who is nobody, has to come there.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    try:
        folder.chmod(0o755)
        for name in ("run", "mail"):
            (folder / name).mkdir()
        os.chown(folder, user.pw_uid, user.pw_gid)
        for name in ("run", "mail"):
            os.chown(folder / name, user.pw_uid, user.pw_gid)
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            port, tls_port = one.getsockname()[1], other.getsockname()[1]
        secured = "no"
        if tls is not None:
            for name in ("cert.pem", "key.pem"):
                shutil.copy(tls / name, folder / name)
                os.chown(folder / name, user.pw_uid, user.pw_gid)
            secured = f"yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem"
        (folder / "dovecot.conf").write_text(
            _CONFIG.format(
                folder=folder, tls=secured, user=user.pw_name, group=grp.getgrgid(user.pw_gid).gr_name, port=port,
                tls_port=tls_port if tls is not None else 0, password=PASSWORD,
                capability=f"imap_capability = {capability}" if capability else "",
            ),
            encoding="utf-8",
        )  # fmt: skip
        with _started([program, "-F", "-c", str(folder / "dovecot.conf")], folder, user):
            _await(port, folder)
            yield Dovecot(folder, port, tls_port, (user.pw_uid, user.pw_gid))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _started(command: Sequence[str], folder: Path, user: pwd.struct_passwd) -> Iterator[None]:
    other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    with (
        (folder / "out").open("wb") as out,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env={"HOME": str(folder), "PATH": os.environ["PATH"]},
            **other,  # type: ignore[call-overload]  # a mapping of keywords
        ) as server,
    ):
        try:
            yield
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def _await(port: int, folder: Path) -> None:
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as probe:
                if probe.recv(4).startswith(b"* OK"):
                    return
        except OSError:
            time.sleep(0.05)
    said = "".join((folder / name).read_text() for name in ("out", "log") if (folder / name).exists())
    pytest.fail(f"dovecot did not start: {said}")
