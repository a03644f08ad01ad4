"""Finding feeds: declared, linked, guessed, or given outright."""

from __future__ import annotations

from datetime import datetime

import pytest

from stories.ingest.discovery import FoundFeed, candidates, feed_links, find_feeds
from stories.ingest.errors import Permanent, Temporary
from stories.ingest.fetch import Policy

from .web import FakeWeb

RSS = b"<rss version='2.0'><channel><title>The Herald, news</title></channel></rss>"
URL = "https://herald.example/world/"


def policy(web: FakeWeb) -> Policy:
    return Policy(user_agent="Firsthand/test", allow=web.allow)


def test_declared_feeds_come_first_and_comments_last() -> None:
    page = b"""<html><head>
      <link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
      <link rel="alternate" type="application/atom+xml" title="Zeitung &uuml;ber alles" href="atom.xml">
      <link rel="ALTERNATE home" type="application/rss+xml; charset=utf-8" href="https://feeds.example/herald">
      <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" type="text/xml" href="/x.css">
      <link rel="alternate" type="application/json+oembed" href="/oembed.json">
      </head><body><a href="/sport.rss">Sport</a><a href="/news/story">A story about feeds</a>
      <a href="https://elsewhere.example/feed">Elsewhere</a><a href="javascript:rss()">RSS</a>
      <a href="feed://herald.example/old.rss#x">Old</a></body></html>"""
    assert feed_links(page, url=URL) == [
        FoundFeed("https://herald.example/world/atom.xml", "Zeitung über alles"),
        FoundFeed("https://feeds.example/herald", ""),
        FoundFeed("https://herald.example/sport.rss", "Sport"),
        FoundFeed("https://herald.example/old.rss", "Old"),
        FoundFeed("https://herald.example/comments/feed/", "Comments"),
    ]


def test_the_base_of_a_page_counts() -> None:
    page = b'<html><head><base href="https://cdn.example/x/"><link rel=feed href="f.xml"></head><body>a</body></html>'
    assert feed_links(page, url=URL) == [FoundFeed("https://cdn.example/x/f.xml", "")]


@pytest.mark.parametrize("body", [b"", b"\0\1\2", b"plain text", b"<html>", b"<a href='/feed'" * 1000])
def test_pages_that_are_none_name_no_feed(body: bytes) -> None:
    assert feed_links(body, url=URL) == []


def test_candidates_lie_beside_the_page_and_at_the_root() -> None:
    found = candidates("https://herald.example:8443/world/?x=1#y")
    assert found[:2] == ["https://herald.example:8443/world/feed", "https://herald.example:8443/world/rss.xml"]
    assert "https://herald.example:8443/feed.xml" in found
    assert candidates("https://herald.example/")[0] == "https://herald.example/feed"
    assert candidates("not an address") == []


def test_an_address_that_is_a_feed(web: FakeWeb, now: datetime) -> None:
    url = web.serve("/any", body=RSS)
    web.serve("/moved", 301, Location="/any")
    web.serve("/for-now", 302, Location="/any")
    assert find_feeds(url, policy(web), now) == [FoundFeed(url, "The Herald, news")]
    assert find_feeds(web.url("/moved"), policy(web), now)[0].url == url
    assert find_feeds(web.url("/for-now"), policy(web), now)[0].url == web.url("/for-now")


def test_a_page_that_declares_feeds(web: FakeWeb, now: datetime) -> None:
    web.serve("/all.xml", body=RSS)
    web.serve("/html", body=b"<html><body>not a feed</body></html>")
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{path}">'
        for title, path in (
            ("Gone", "/gone.xml"),
            ("Page", "/html"),
            ("All", "/all.xml"),
            ("All", "/all.xml?utm_source=x"),
        )
    )
    url = web.serve("/", body=f"<html><head>{head}</head><body>x</body></html>".encode())
    assert find_feeds(url, policy(web), now) == [FoundFeed(web.url("/all.xml"), "The Herald, news")]


def test_a_page_that_declares_none_is_tried_at_the_usual_places(web: FakeWeb, now: datetime) -> None:
    url = web.serve("/", body=b"<html><body>front page</body></html>")
    web.serve("/rss.xml", body=RSS)
    web.serve("/feed", body=b"<html>not here</html>")
    assert find_feeds(url, policy(web), now) == [FoundFeed(web.url("/rss.xml"), "The Herald, news")]


def test_a_site_without_feeds_says_so(web: FakeWeb, now: datetime) -> None:
    url = web.serve("/", body=b"<html><body>front page</body></html>")
    with pytest.raises(Permanent) as refused:
        find_feeds(url, policy(web), now)
    assert refused.value.reason == f"No feed was found at {url}"


def test_a_site_that_does_not_answer(web: FakeWeb, now: datetime) -> None:
    with pytest.raises(Temporary):
        find_feeds(web.serve("/", 503), policy(web), now)
    with pytest.raises(Permanent, match="HTTP 404"):
        find_feeds(web.url("/none"), policy(web), now)


def test_a_missing_scheme_is_https_then_http(web: FakeWeb, now: datetime) -> None:
    web.serve("/feed", body=RSS)
    found = find_feeds(
        f"127.0.0.1:{web.port}/feed", Policy("Firsthand/test", connect_timeout_s=0.3, allow=web.allow), now
    )
    assert found == [FoundFeed(web.url("/feed"), "The Herald, news")]
