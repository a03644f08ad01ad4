"""What a hostile server can do to the fetcher: each ends in a sentence, soon, and in little memory."""

from __future__ import annotations

import gzip
import socket
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest

from stories.ingest.errors import Failure, Permanent, Temporary
from stories.ingest.fetch import Policy, Request, Response, fetch_many_blocking, fetch_one

from .web import Exchange, FakeWeb, running

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MB = 2**20
ZEROS = bytes(MB)


def policy(web: FakeWeb, **changes: object) -> Policy:
    return Policy(**{"user_agent": "Firsthand/test", "allow": web.allow, "every_s": 0.0} | changes)  # type: ignore[arg-type]


def failure(url: str, rules: Policy) -> Failure:
    (answer,) = fetch_many_blocking([Request(url)], rules)
    assert isinstance(answer, Failure), answer
    return answer


class Memory:
    """How far this process's memory rises from now on, in MB; resets the kernel's own high-water mark (Linux)."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")
        self.before = self._kb("VmRSS")

    @property
    def risen(self) -> float:
        return (self._kb("VmHWM") - self.before) / 1024

    @staticmethod
    def _kb(name: str) -> int:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))


def zlib_bomb(bits: int, megabytes: int = 300) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    return b"".join(packer.compress(ZEROS) for _ in range(megabytes)) + packer.flush()


def brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=1, lgwin=24)
    return b"".join(packer.process(ZEROS) for _ in range(300)) + packer.finish()


def zstd_bomb(window_log: int = 20) -> bytes:
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: window_log})
    return b"".join(packer.compress(ZEROS) for _ in range(300)) + packer.flush()


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", lambda: zlib_bomb(31)),
    "deflate": ("deflate", lambda: zlib_bomb(15)),
    "raw deflate": ("deflate", lambda: zlib_bomb(-15)),
    "brotli": ("br", brotli_bomb),
    "zstd": ("zstd", zstd_bomb),
    "gzip in gzip": ("gzip, gzip", lambda: gzip.compress(zlib_bomb(31))),
    # The outer layer unpacks to more than the limit, the inner one to nothing at all.
    "empty members in gzip": ("gzip, gzip", lambda: gzip.compress(gzip.compress(b"") * 200_000)),
    "zstd in brotli": ("zstd, br", lambda: brotli.compress(zstd_bomb())),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_compression_bomb_is_never_unpacked(web: FakeWeb, kind: str) -> None:
    encoding, make = BOMBS[kind]
    url = web.serve("/bomb", body=make(), Content_Encoding=encoding, Content_Type="text/xml")
    memory, begun = Memory(), time.monotonic()
    answer = failure(url, policy(web, max_bytes=2 * MB))
    assert isinstance(answer, Permanent)
    assert answer.reason in (
        "The answer of 127.0.0.1 is larger than 2 MB and was not read to its end",
        "127.0.0.1 packs its answer in thousands of pieces, as only an attack does",
    )
    assert memory.risen < 60
    assert time.monotonic() - begun < 10


def test_a_zstd_window_larger_than_the_web_allows_is_refused(web: FakeWeb) -> None:
    url = web.serve("/bomb", body=zstd_bomb(window_log=27), Content_Encoding="zstd")
    memory = Memory()
    answer = failure(url, policy(web))
    assert answer.reason == "The answer of 127.0.0.1 can't be unpacked: it is not proper zstd"
    assert memory.risen < 60


def test_a_stream_of_empty_members_is_cut_short(web: FakeWeb) -> None:
    url = web.serve("/bomb", body=gzip.compress(b"") * 100_000, Content_Encoding="gzip")
    begun = time.monotonic()
    assert "thousands of pieces" in failure(url, policy(web)).reason
    assert time.monotonic() - begun < 10


TEXT = b"<rss>" + bytes(range(256)) * 2000 + b"</rss>"
PACKED = {
    "gzip": gzip.compress(TEXT),
    "GZip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:]),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstd.compress(TEXT),
    "identity, gzip": gzip.compress(TEXT),
    "zstd, gzip": gzip.compress(zstd.compress(TEXT)),
    "utf-8": TEXT,
    "aws-chunked": TEXT,
}


@pytest.mark.parametrize("encoding", PACKED)
def test_every_packing_that_we_offer_is_unpacked(web: FakeWeb, encoding: str) -> None:
    url = web.serve("/x", body=PACKED[encoding], Content_Encoding=encoding)
    assert fetch_one(Request(url), policy(web)).body == TEXT


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("gzip", gzip.compress(TEXT) + bytes(700)),
        ("zstd", zstd.compress(TEXT[:500]) + b"\x50\x2a\x4d\x18\x02\x00\x00\x00ab" + zstd.compress(TEXT[500:])),
        ("br", brotli.compress(TEXT)),
    ],
)
def test_packings_arrive_whole_however_they_are_cut(web: FakeWeb, encoding: str, body: bytes) -> None:
    def dribble(exchange: Exchange) -> None:
        exchange.send(f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\n\r\n".encode())
        for start in range(0, 40):
            exchange.send(body[start : start + 1])
            time.sleep(0.002)
        exchange.send(body[40:])

    web.routes["/x"] = dribble
    assert fetch_one(Request(web.url("/x")), policy(web)).body == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_packed_answer_that_breaks_off_is_no_answer(web: FakeWeb, encoding: str) -> None:
    for end in (1, 3, len(PACKED[encoding]) // 2, len(PACKED[encoding]) - 1):
        url = web.serve("/x", body=PACKED[encoding][:end], Content_Encoding=encoding)
        answer = failure(url, policy(web))
        assert isinstance(answer, Temporary)
        assert answer.reason == "The answer of 127.0.0.1 broke off before its end"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_what_is_not_packed_as_it_says(web: FakeWeb, encoding: str) -> None:
    url = web.serve(
        "/x", body=b"\xff\x06this is not packed at all, whatever the header says", Content_Encoding=encoding
    )
    answer = failure(url, policy(web))
    assert isinstance(answer, Temporary)
    assert answer.reason == f"The answer of 127.0.0.1 can't be unpacked: it is not proper {encoding}"


def test_a_packing_that_nobody_knows(web: FakeWeb) -> None:
    answer = failure(web.serve("/x", body=b"x", Content_Encoding="gzip, snappy"), policy(web))
    assert isinstance(answer, Permanent)
    assert answer.reason == "127.0.0.1 packs its answer in a way that we can't unpack: snappy"


def test_a_packing_in_many_layers(web: FakeWeb) -> None:
    answer = failure(web.serve("/x", body=b"x", Content_Encoding=", ".join(["gzip"] * 50)), policy(web))
    assert isinstance(answer, Permanent)
    assert answer.reason == "127.0.0.1 packs its answer 50 times over, which only an attack does"


def test_an_empty_answer_needs_no_packing(web: FakeWeb) -> None:
    assert fetch_one(Request(web.serve("/x", Content_Encoding="gzip")), policy(web)).body == b""


def forever(exchange: Exchange, start: bytes, again: bytes) -> None:
    exchange.send(start)
    while True:
        exchange.send(again)


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", b"<item>" * 5000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + b"x" * 10_000 + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n", b"x"),
    ],
)
def test_an_endless_body_stops_at_the_byte_limit(web: FakeWeb, start: bytes, again: bytes) -> None:
    web.routes["/endless"] = lambda exchange: forever(exchange, start, again)
    answer = failure(web.url("/endless"), policy(web, max_bytes=MB))
    assert isinstance(answer, Permanent)
    assert answer.reason == "The answer of 127.0.0.1 is larger than 1 MB and was not read to its end"


@pytest.mark.parametrize(
    ("start", "again"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
        (b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 1000),
        (b"", b"\r\n" * 10_000),
        (b"HTTP/1.1 200 OK\r\nX:", b" " * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x" * 10_000),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_what_never_comes_to_an_end_does_so_at_the_total_timeout(web: FakeWeb, start: bytes, again: bytes) -> None:
    web.routes["/x"] = lambda exchange: forever(exchange, start, again)
    memory = Memory()
    answer = failure(web.url("/x"), policy(web, total_timeout_s=0.7))
    assert isinstance(answer, Temporary)
    assert answer.reason == "127.0.0.1 did not answer in full within 0.7 s"
    assert memory.risen < 60


@pytest.mark.parametrize("where", ["body", "headers", "nothing"])
def test_a_slow_drip_ends_at_the_total_timeout(web: FakeWeb, where: str) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\n")
        if where == "body":
            exchange.send(b"Content-Type: text/xml\r\n\r\n")
        for _ in range(100):
            exchange.send(b"" if where == "nothing" else b"X")
            time.sleep(0.1)

    web.routes["/drip"] = drip
    answer = failure(web.url("/drip"), policy(web, total_timeout_s=0.5))
    assert isinstance(answer, Temporary)
    assert answer.reason == "127.0.0.1 did not answer in full within 0.5 s"
    assert 0.4 < answer.elapsed_s < 10


def test_a_secure_connection_that_is_never_made(web: FakeWeb) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        answer = failure(f"https://{address}/", Policy("x", allow=(address,), connect_timeout_s=0.5))
    assert isinstance(answer, Temporary)
    assert answer.reason == "127.0.0.1 could not be reached in time"


NOT_HTTP = {
    "nothing": b"",
    "garbage": b"garbage\r\n\r\n",
    "a body that ends early": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
    "a status of four digits": b"HTTP/1.1 9999 no\r\n\r\n",
    "a wrong chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "chunks without an end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
    "one huge header": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    "a huge name of a header": b"HTTP/1.1 200 OK\r\n" + b"y" * 200_000,
    "a huge reason": b"HTTP/1.1 200 " + b"O" * 200_000,
    "thousands of headers": b"HTTP/1.1 200 OK\r\n" + b"X-Header: 1\r\n" * 5000 + b"\r\n",
    "thousands of trailers": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    + b"A: b\r\n" * 5000,
    "a protocol that we don't speak": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a header with NUL": b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("kind", NOT_HTTP)
def test_answers_that_are_not_http(web: FakeWeb, kind: str) -> None:
    web.routes["/x"] = lambda exchange: exchange.send(NOT_HTTP[kind])
    answer = failure(web.url("/x"), policy(web, total_timeout_s=5))
    assert answer.reason.startswith("127.0.0.1 ")
    assert answer.reason.isprintable() and len(answer.reason) < 120
    assert len(web.seen) == 1


def test_more_answers_than_were_asked_for_are_not_read(web: FakeWeb) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    web.routes["/x"] = lambda exchange: forever(exchange, answer, answer * 1000)
    memory = Memory()
    answers = fetch_many_blocking([Request(web.url("/x"))] * 3, policy(web, per_host=1, every_s=0.4))
    assert [answer.body for answer in answers if isinstance(answer, Response)] == [b"ok"] * 3
    assert memory.risen < 60


@pytest.mark.parametrize(
    "location",
    [
        b"http://[bad/",
        b"//",
        b"https://",
        b"\xff\xfe",
        b"http://a b/",
        b"/" + b"x" * 5000,
        b"http://\xc3\xa9\xcc\x81.\xe2\x80\x8d/",
    ],
)
def test_redirects_to_what_is_no_address(web: FakeWeb, location: bytes) -> None:
    answer = failure(web.serve("/x", 302, Location=location), policy(web, max_redirects=2))
    assert answer.reason.isprintable()
    assert "unforeseen" not in answer.reason and "could not be fetched (" not in answer.reason


def test_hosts_that_redirect_to_each_other(web: FakeWeb) -> None:
    with running("127.0.0.2") as other:
        web.serve("/x", 302, Location=other.url("/x"))
        other.serve("/x", 302, Location=web.url("/x"))
        answer = failure(web.url("/x"), policy(web, allow=web.allow + other.allow))
    assert answer.reason == "127.0.0.2 redirects more than 5 times"
    assert len(web.seen) == len(other.seen) == 3
