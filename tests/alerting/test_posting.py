"""How much of an answer is read."""

from collections.abc import Iterator

import httpx

from syncd.alerting.posting import Poster
from syncd.testing.virtual_now import VirtualNow
from tests.alerting.notices import BREACHED

PIECE = b"x" * 1000


class Endless(httpx.SyncByteStream):
    """An answer that goes on as long as somebody reads."""

    def __init__(self) -> None:
        self.pieces = 0

    def __iter__(self) -> Iterator[bytes]:
        while self.pieces < 500:
            self.pieces += 1
            yield PIECE


def test_of_an_answer_without_end_no_more_is_read_than_is_wanted() -> None:
    body = Endless()
    poster = Poster(
        "oncall", VirtualNow(BREACHED), 10, mount=httpx.MockTransport(lambda _: httpx.Response(200, stream=body))
    )
    assert poster.fetch(httpx.URL("http://receiver.example/status"), 1500).body == PIECE + PIECE[:500]
    assert body.pieces <= 3
    assert poster.post(httpx.URL("http://receiver.example/"), b"{}").body == b""
    assert body.pieces <= 3
    poster.close()
