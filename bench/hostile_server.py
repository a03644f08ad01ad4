"""The hostile servers of bench/hostile.py: one per thing that they do, each on a loopback address of its own (Linux).

Nothing here is part of the product. Every answer is raw bytes on a socket; the documents are invented.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

import brotli  # type: ignore[import-untyped]
from backports import zstd

Send = Callable[[bytes], None]
MB = 2**20
HONEST = 10
HONEST_LATENCY_S = 0.05


@dataclass(frozen=True, slots=True)
class Thing:
    """What a server does to whoever asks it. `kind`: feed or page; `url` stands for its own address if given."""

    name: str
    answer: Callable[[Send], None]
    kind: str = "feed"
    url: str = ""


def answered(body: bytes, kind: str = "application/rss+xml", *headers: str) -> Callable[[Send], None]:
    """A plain answer."""
    lines = [f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{line}\r\n" for line in lines) + "\r\n"
    return lambda send: send(head.encode() + body)


def forever(start: bytes, again: bytes, pause_s: float = 0.0) -> Callable[[Send], None]:
    """Bytes without end."""

    def answer(send: Send) -> None:
        send(start)
        while True:
            send(again)
            time.sleep(pause_s)

    return answer


def redirected(location: str) -> Callable[[Send], None]:
    """A redirect of this time alone (302)."""
    return lambda send: send(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())


def feed(*items: str, head: str = "") -> bytes:
    """An RSS feed of these items; `head` stands before it."""
    channel = "<title>Harbour Gazette</title><link>https://gazette.example/</link>"
    rows = "".join(f"<item>{item}</item>" for item in items)
    declared = f'<?xml version="1.0" encoding="utf-8"?>{head}'
    return f'{declared}<rss version="2.0"><channel>{channel}{rows}</channel></rss>'.encode()


def item(number: int = 1, title: str = "Ferry sails again", extra: str = "") -> str:
    """An ordinary item."""
    return (
        f"<title>{title}</title><link>https://gazette.example/{number}</link><guid>g{number}</guid>"
        f"<pubDate>Tue, 17 Feb 2026 10:00:00 GMT</pubDate><description>Words.</description>{extra}"
    )


def zeros(packer: object) -> bytes:
    """300 MB of zeros through anything with compress() or process(), and flush() or finish()."""
    pack = getattr(packer, "compress", None) or packer.process  # type: ignore[attr-defined]
    end = getattr(packer, "flush", None) if hasattr(packer, "compress") else packer.finish  # type: ignore[attr-defined]
    assert end is not None
    return b"".join(pack(bytes(MB)) for _ in range(300)) + bytes(end())


def gzipped() -> bytes:
    """The gzip bomb."""
    return zeros(zlib.compressobj(9, zlib.DEFLATED, 31))


def laughs() -> bytes:
    """A hundred million laughs, in eight levels."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    return feed(item(title="&l8;"), head=f'<!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>')


def things(secret: int) -> list[Thing]:
    """All of them. `secret`: a port on 127.0.0.1 that must never be asked."""
    ok = b"HTTP/1.1 200 OK\r\n"
    chunked = ok + b"Transfer-Encoding: chunked\r\n\r\n"
    many = b"".join(b"X-Header-%d: x\r\n" % n for n in range(5000))
    packed = "Content-Encoding: "
    one = feed(item())
    inside = {
        "a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
        "this machine": f"http://127.0.0.1:{secret}/",
        "this machine, as a number": f"http://2130706433:{secret}/",
        "this machine, IPv4-mapped": f"http://[::ffff:127.0.0.1]:{secret}/",
        "this machine, NAT64": "http://[64:ff9b::7f00:1]/",
        "this machine, 6to4": "http://[2002:7f00:1::]/",
        "a private network": "http://192.168.0.1/",
        "a mail server": "http://192.0.2.1:25/",
        "a file": "file:///etc/passwd",
    }
    return [
        Thing("slow drip, body", forever(ok + b"\r\n<rss>", b"x", 0.4)),
        Thing("slow drip, headers", forever(ok + b"X: ", b"x", 0.4)),
        Thing("silence", lambda _: time.sleep(60)),
        Thing("endless body", forever(ok + b"\r\n", b"<item>" * 10_000)),
        Thing("endless chunks", forever(chunked, b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n")),
        Thing("endless chunks of a byte", forever(chunked, b"1\r\nx\r\n" * 5000)),
        Thing("endless 100 Continue", forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000)),
        Thing("endless blanks in a header", forever(ok + b"X:", b" " * 60_000)),
        Thing(
            "answers nobody asked for",
            forever(ok + b"Content-Length: 1\r\n\r\nx", (ok + b"Content-Length: 1\r\n\r\nx") * 1000),
        ),
        Thing("5,000 headers", lambda send: send(ok + many + b"\r\n")),
        Thing("a header of 10 MB", lambda send: send(ok + b"X: " + b"x" * 10 * MB + b"\r\n\r\n")),
        Thing("not HTTP", lambda send: send(b"\x00\xff" * 50_000)),
        Thing("a broken-off answer", lambda send: send(ok + b"Content-Length: 5000\r\n\r\n" + one)),
        Thing("gzip bomb", answered(gzipped(), "text/xml", packed + "gzip")),
        Thing("gzip bomb in gzip", answered(gzip.compress(gzipped()), "text/xml", packed + "gzip, gzip")),
        Thing("deflate bomb", answered(zeros(zlib.compressobj(9)), "text/xml", packed + "deflate")),
        Thing("brotli bomb", answered(zeros(brotli.Compressor(quality=1)), "text/xml", packed + "br")),
        Thing("zstd bomb", answered(zeros(zstd.ZstdCompressor()), "text/xml", packed + "zstd")),
        Thing("half a gzip", answered(gzip.compress(one)[:-20], "text/xml", packed + "gzip")),
        Thing("an unknown packing", answered(one, "text/xml", packed + "snappy")),
        Thing("redirects in a circle", redirected("/feed")),
        *(Thing(f"redirect to {name}", redirected(url)) for name, url in inside.items()),
        Thing("DNS rebinding", answered(one), url="http://rebinding.example:{port}/feed"),
        *documents(one),
    ]


def documents(one: bytes) -> list[Thing]:
    """What comes as proper HTTP and is hostile within."""
    bomb_author = f"<author>{'(' * 64_000}</author>"
    author = f"<author>{'a' * 32_000}@{'b' * 32_000}</author>"
    file = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    nul = one.replace(b"Ferry", b"Fe\x00r\x01r\x0by&#0;")
    links = "<link>javascript:alert(1)</link><description>&lt;a href='data:text/html,x'&gt;x&lt;/a&gt;</description>"
    dates = [item(n).replace("2026", year) for n, year in enumerate(("1970", "2099", "0000", "99999"), start=1)]
    nested = "<b>" * 100_000
    challenge = (
        b"<html><head><title>Just a moment...</title></head><body><script>window._cf_chl_opt={}</script></body></html>"
    )
    jsonfeed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "G",
        "items": [{"id": "1", "url": "https://gazette.example/1", "title": "Ferry"}],
    }
    numbers = itertools.count()

    def changing(send: Send) -> None:
        answered(feed(item().replace("g1<", f"{next(numbers)}<")))(send)

    return [
        Thing("billion laughs", answered(laughs())),
        Thing("an external entity", answered(feed(item(title="&x;"), head=file))),
        Thing("the author's regex, 64 KB of (", answered(feed(item(extra=bomb_author)))),
        Thing("the author's regex, 64 KB of letters", answered(feed(item(extra=author)))),
        Thing("NUL and control characters", answered(nul)),
        Thing("javascript: and data: links", answered(feed(f"<title>Ferry</title>{links}", item(2)))),
        Thing("dates in 1970 and 2099", answered(feed(*dates))),
        Thing("10,000 entries", answered(feed(*(item(n) for n in range(10_000))))),
        Thing("9 MB of tiny entries", answered(feed(*["<title>x</title>"] * 270_000))),
        Thing("titles of 1 MB", answered(feed(*(item(n, "Ferry " * 170_000) for n in range(5))))),
        Thing("one guid for all", answered(feed(*(item(n).replace(f"<guid>g{n}<", "<guid>same<") for n in range(50))))),
        Thing("guids that change", changing),
        Thing("a wrong charset", answered(feed(item(title="Fähre")).decode().encode("latin-1"))),
        Thing("a BOM and blank lines", answered(b"\xef\xbb\xbf\n\n" + one)),
        Thing("UTF-16 named UTF-8", answered(one.decode().encode("utf-16"))),
        Thing("HTML instead of XML", answered(b"<!doctype html><title>Home</title><p>Hello", "text/html")),
        Thing("a browser check as a success", answered(challenge, "text/html")),
        Thing("JSON Feed", answered(json.dumps(jsonfeed).encode(), "application/feed+json")),
        Thing("JSON, 1,000,000 deep", answered(b"[" * 1_000_000, "application/feed+json")),
        Thing("XML, 100,000 deep", answered(feed(item(extra=nested)))),
        Thing(
            "100,000 attributes",
            answered(feed(item(extra="<x " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>"))),
        ),
        Thing("a page, 100,000 deep", answered(b"<html><body>" + b"<div>" * 100_000, "text/html"), "page"),
        Thing(
            "a page of 9 MB",
            answered(b"<html><body>" + b"<p>Ferry sails. <a href=x>y</a>" * 300_000, "text/html"),
            "page",
        ),
    ]


def honest(number: int) -> Callable[[Send], None]:
    """A good server with 50 ms of latency and thirty entries."""
    body = feed(*(item(number * 1000 + n, f"Report {n}") for n in range(30)))

    def answer(send: Send) -> None:
        time.sleep(HONEST_LATENCY_S)
        answered(body)(send)

    return answer


def serve(report: Connection) -> None:
    """Run all of them in this process. Sends (name, kind, url, endpoint) of each; when asked, who came inside."""
    visitors: list[str] = []
    # What lies inside has the port that is open to us elsewhere, so that only the address can be what is refused.
    inside = socket.create_server(("127.0.0.1", 0))
    port = inside.getsockname()[1]
    _listen(inside, lambda _: visitors.append("somebody"))
    rows = []
    servers = things(port) + [Thing(f"honest {number}", honest(number)) for number in range(HONEST)]
    for number, thing in enumerate(servers, start=1):
        host = f"127.66.0.{number}"
        _listen(socket.create_server((host, port), backlog=64), thing.answer)
        url = (thing.url or "http://{host}:{port}/feed").format(host=host, port=port)
        rows.append((thing.name, thing.kind, url, f"{host}:{port}"))
    report.send(rows)
    report.recv()
    report.send(visitors)


def _listen(listening: socket.socket, answer: Callable[[Send], None]) -> None:
    threading.Thread(target=_accept, args=(listening, answer), daemon=True).start()


def _accept(listening: socket.socket, answer: Callable[[Send], None]) -> None:
    while True:
        peer, _ = listening.accept()
        threading.Thread(target=_answer, args=(peer, answer), daemon=True).start()


def _answer(peer: socket.socket, answer: Callable[[Send], None]) -> None:
    with peer, contextlib.suppress(OSError):
        peer.settimeout(60)
        asked = b""
        while b"\r\n\r\n" not in asked and (some := peer.recv(65536)):
            asked += some
        answer(peer.sendall)
