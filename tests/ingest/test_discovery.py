"""Finding feeds: declared, linked, guessed, or given outright."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from stories.ingest import discovery, fetch
from stories.ingest.discovery import Ask, FeedLink, FoundFeed, candidates, feed_links, find_feeds, newest, rhythm
from stories.ingest.entries import ParsedFeed
from stories.ingest.errors import Permanent, Temporary
from stories.ingest.feeds import parse
from stories.ingest.fetch import Policy

from .web import FakeWeb

RSS = b"<rss version='2.0'><channel><title>The Herald, news</title></channel></rss>"
URL = "https://herald.example/world/"


def ask(web: FakeWeb, **policy: float) -> Ask:
    """Asks the local web, and no more politely than the fetcher itself."""
    return lambda requests: fetch.fetch_many_blocking(
        requests, Policy(user_agent="Firsthand/test", allow=web.allow, **policy)
    )


def told(found: list[FoundFeed]) -> list[tuple[str, str]]:
    return [(feed.url, feed.title) for feed in found]


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
        FeedLink("https://herald.example/world/atom.xml", "Zeitung über alles"),
        FeedLink("https://feeds.example/herald", ""),
        FeedLink("https://herald.example/sport.rss", "Sport"),
        FeedLink("https://herald.example/old.rss", "Old"),
        FeedLink("https://herald.example/comments/feed/", "Comments"),
    ]


def test_the_base_of_a_page_counts() -> None:
    page = b'<html><head><base href="https://cdn.example/x/"><link rel=feed href="f.xml"></head><body>a</body></html>'
    assert feed_links(page, url=URL) == [FeedLink("https://cdn.example/x/f.xml", "")]


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
    assert told(find_feeds(url, ask(web), now)) == [(url, "The Herald, news")]
    assert find_feeds(web.url("/moved"), ask(web), now)[0].url == url
    assert find_feeds(web.url("/for-now"), ask(web), now)[0].url == web.url("/for-now")


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
    assert told(find_feeds(url, ask(web), now)) == [(web.url("/all.xml"), "The Herald, news")]


def test_a_page_that_declares_none_is_tried_at_the_usual_places(web: FakeWeb, now: datetime) -> None:
    url = web.serve("/", body=b"<html><body>front page</body></html>")
    web.serve("/rss.xml", body=RSS)
    web.serve("/feed", body=b"<html>not here</html>")
    assert told(find_feeds(url, ask(web), now)) == [(web.url("/rss.xml"), "The Herald, news")]
    assert [exchange.path for exchange in web.seen] == ["/", "/feed", "/rss.xml"], "no guess after the first hit"


def test_what_is_no_page_either_is_named(web: FakeWeb, now: datetime) -> None:
    url = web.serve("/feeds.opml", body=b"<opml version='2.0'><body/></opml>")
    with pytest.raises(Permanent, match=r"found at 127\.0\.0\.1\. This address answers with a list of feeds"):
        find_feeds(url, ask(web), now)


def test_a_site_without_feeds_says_so(web: FakeWeb, now: datetime) -> None:
    url = web.serve("/", body=b"<html><body>front page</body></html>")
    with pytest.raises(Permanent) as refused:
        find_feeds(url, ask(web), now)
    assert refused.value.reason == "No feed was found at 127.0.0.1"
    assert len(web.seen) == 1 + discovery.MAX_GUESSED


def test_a_site_that_does_not_answer(web: FakeWeb, now: datetime) -> None:
    with pytest.raises(Temporary):
        find_feeds(web.serve("/", 503), ask(web), now)
    with pytest.raises(Permanent, match="HTTP 404"):
        find_feeds(web.url("/none"), ask(web), now)


def test_a_missing_scheme_is_https_then_http(web: FakeWeb, now: datetime) -> None:
    web.serve("/feed", body=RSS)
    found = find_feeds(f"127.0.0.1:{web.port}/feed", ask(web, connect_timeout_s=0.3), now)
    assert told(found) == [(web.url("/feed"), "The Herald, news")]


def test_a_page_with_dozens_of_feeds_costs_its_server_few_requests(web: FakeWeb, now: datetime) -> None:
    head = "".join(f'<link rel="feed" href="/section{n}.xml">' for n in range(30))
    url = web.serve("/", body=f"<html><head>{head}</head><body>x</body></html>".encode())
    for n in range(30):
        web.serve(f"/section{n}.xml", body=RSS)
    assert len(find_feeds(url, ask(web), now)) == discovery.MAX_TRIED
    assert len(web.seen) == 1 + discovery.MAX_TRIED


def test_the_newest_come_first_and_the_undated_last(now: datetime) -> None:
    feed = dated(now, "", "Tue, 17 Feb 2026 09:00:00 GMT", "Tue, 17 Feb 2026 11:00:00 GMT", "")
    assert [entry.title for entry in newest(feed, 3)] == ["Item 2", "Item 1", "Item 0"]


def test_a_rhythm_is_told_by_the_entries_own_times(now: datetime) -> None:
    hourly = [f"Tue, 17 Feb 2026 {hour:02}:00:00 GMT" for hour in (7, 10, 9, 8)]
    assert rhythm(dated(now, *hourly, "")) == timedelta(hours=1)
    assert rhythm(dated(now, *hourly[:2], "", "")) is None, "two times are no rhythm"
    assert rhythm(dated(now, *[hourly[0]] * 5)) is None, "a feed that gives all entries one time"


def dated(now: datetime, *times: str) -> ParsedFeed:
    items = "".join(
        f"<item><title>Item {n}</title><guid>{n}</guid>{f'<pubDate>{at}</pubDate>' if at else ''}</item>"
        for n, at in enumerate(times)
    )
    body = f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>".encode()
    return parse(body, url="https://herald.example/feed", now=now)
