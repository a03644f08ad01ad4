"""Feeds of every kind, the careless and the hostile among them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from stories.ingest.errors import Permanent
from stories.ingest.feeds import Entry, ParsedFeed, parse
from stories.ingest.replies import Blocked

URL = "https://herald.example/feed.xml"


def rss(items: str = "", channel: str = "", head: str = "", attributes: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"'
        f" {attributes}><channel><title>The Herald</title>{channel}{items}</channel></rss>"
    ).encode()


@pytest.fixture
def read(now: datetime):  # type: ignore[no-untyped-def]
    def reader(body: bytes, **headers: str) -> ParsedFeed:
        return parse(body, url=URL, headers={k.replace("_", "-"): v for k, v in headers.items()}, now=now)

    return reader


def only(feed: ParsedFeed) -> Entry:
    (entry,) = feed.entries
    return entry


def test_a_whole_rss_entry(read) -> None:  # type: ignore[no-untyped-def]
    feed = read(
        rss(
            """<item><guid isPermaLink="false">h-1</guid><link>/2026/bridge?utm_source=rss</link>
            <title>Bridge &amp;amp; tunnel &lt;i&gt;closed&lt;/i&gt;</title>
            <dc:creator>By Ada Moss</dc:creator><dc:creator>desk@herald.example (Ben Oak)</dc:creator>
            <pubDate>Tue, 17 Feb 2026 18:03:07 EST</pubDate><source url="https://wire.example/feed">Wire One</source>
            <media:content url="x.jpg"><media:description>A picture of a bridge</media:description></media:content>
            <description>Short &lt;b&gt;word&lt;/b&gt;.&lt;img src="https://pixel.example/1"&gt;</description>
            <content:encoded><![CDATA[<p>First paragraph of the report.</p><p>Second one.</p>
            <p>The post <a href="/x">Bridge</a> appeared first on <a href="/">The Herald</a>.</p>]]></content:encoded>
            </item>""",
            "<link>https://herald.example/</link><language>en-GB</language><ttl>15</ttl>"
            '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>',
        )
    )
    assert (feed.title, feed.home_url, feed.lang) == ("The Herald", "https://herald.example/", "en")
    assert (feed.ttl_s, feed.hubs) == (900, ("https://hub.example/",))
    assert only(feed) == Entry(
        guid="h-1",
        url="https://herald.example/2026/bridge?utm_source=rss",
        title="Bridge & tunnel closed",
        summary="Short word.",
        content="First paragraph of the report.\n\nSecond one.",
        byline="Ada Moss, Ben Oak",
        claimed_at=datetime(2026, 2, 17, 23, 3, 7, tzinfo=UTC),
        updated_at=None,
        source_name="Wire One",
        source_url="https://wire.example/feed",
        lang="en",
    )


def test_a_whole_atom_entry(read) -> None:  # type: ignore[no-untyped-def]
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Der Bote</title>
      <link rel="self" href="/atom.xml"/><link href="https://bote.example/"/>
      <entry><id>tag:bote.example,2026:1</id><title type="html">Br&amp;uuml;cke zu</title>
      <link rel="enclosure" href="/a.mp3" type="audio/mpeg"/><link rel="alternate" type="text/html" href="/2026/1"/>
      <author><name>Ida Moos</name></author><author><name>Ben Eich</name></author>
      <published>2026-02-17T10:00:00+01:00</published><updated>2026-02-17T12:00:00Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Eins.</p><p>Zwei.</p></div></content>
      <source><title>Agentur</title><link href="https://agentur.example/"/></source></entry></feed>"""
    feed = read(body.encode())
    entry = only(feed)
    assert (feed.title, feed.home_url, feed.lang) == ("Der Bote", "https://bote.example/", "de")
    assert (entry.title, entry.url) == ("Brücke zu", "https://herald.example/2026/1")
    assert (entry.byline, entry.lang) == ("Ida Moos, Ben Eich", "de")
    assert entry.claimed_at == datetime(2026, 2, 17, 9, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 2, 17, 12, tzinfo=UTC)
    assert entry.summary == "Eins. Zwei."
    assert (entry.source_name, entry.source_url) == ("Agentur", "https://agentur.example/")


def test_rss_1_with_dublin_core(read) -> None:  # type: ignore[no-untyped-def]
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Courier</title></channel>
      <item rdf:about="https://courier.example/1"><title>One</title><link>https://courier.example/1</link>
      <dc:date>2026-02-18T00:15:00Z</dc:date><dc:language>en</dc:language></item></rdf:RDF>"""
    entry = only(read(body.encode()))
    assert entry.claimed_at == entry.updated_at == datetime(2026, 2, 18, 0, 15, tzinfo=UTC)
    assert entry.lang == "en"


def test_a_json_feed(read) -> None:  # type: ignore[no-untyped-def]
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Gazette",
        "home_page_url": "https://gazette.example/",
        "feed_url": "https://gazette.example/feed.json",
        "language": "fr-FR",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "authors": [{"name": "The desk"}],
        "items": [
            {
                "id": 7,
                "url": "/seven",
                "title": "Sept",
                "content_html": "<p>Un.</p><p>Deux, avec un peu plus.</p>",
                "summary": "Un.",
                "date_published": "2026-02-17T10:00:00Z",
                "authors": [{"name": "Ada"}, {"name": 5}, "x"],
            },
            {"id": "8", "content_text": "plain & simple"},
            "not an item",
        ],
    }
    feed = read(json.dumps(body).encode())
    first, second = feed.entries
    assert (feed.title, feed.lang, feed.hubs) == ("Gazette", "fr", ("https://hub.example/",))
    assert feed.self_url == "https://gazette.example/feed.json"
    assert (first.guid, first.url, first.byline) == ("7", "https://herald.example/seven", "Ada, 5")
    assert first.content == "Un.\n\nDeux, avec un peu plus."
    assert (second.summary, second.byline) == ("plain & simple", "The desk")


LINKS = """<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="https://b.example/"/>
  <atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="HUB" href="https://c.example/"/>
  <atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://herald.example/self"/>"""


@pytest.mark.parametrize(
    ("header", "hubs", "self_url"),
    [
        ("", "b c", "https://herald.example/self"),
        (
            '<https://a.example/>; rel="hub", <https://herald.example/top>; rel="self"',
            "a b c",
            "https://herald.example/top",
        ),
        ("<https://a.example/>;rel=hub,<https://herald.example/top>;rel=self", "a b c", "https://herald.example/top"),
        ('<https://a.example/>; title="x, <y>; rel=z"; rel="alternate Hub"', "a b c", "https://herald.example/self"),
        ('<https://c.example/>; rel=hub, <https://c.example/>; rel="hub"', "c b", "https://herald.example/self"),
        ('</hub>; rel="hub", </self>; rel=self', "b c", "https://herald.example/self"),
        ("<javascript:x>; rel=hub, <https://a.example/>; rel=hubbub", "b c", "https://herald.example/self"),
        ("<https://a.example/>, rel=hub; <<<" + ";rel=" * 500, "b c", "https://herald.example/self"),
    ],
)
def test_hubs_by_header_come_before_those_in_the_feed(read, header: str, hubs: str, self_url: str) -> None:  # type: ignore[no-untyped-def]
    feed = read(rss(channel=LINKS), link=header)
    assert feed.hubs == tuple(f"https://{name}.example/" for name in hubs.split())
    assert feed.hub == feed.hubs[0]
    assert feed.self_url == self_url


def test_a_feed_without_a_hub_has_none(read) -> None:  # type: ignore[no-untyped-def]
    assert (read(rss()).hubs, read(rss()).hub, read(rss()).self_url) == ((), "", "")


@pytest.mark.parametrize(
    ("period", "frequency", "seconds"),
    [
        ("hourly", "1", 3600), (" Hourly\n", "2", 1800), ("daily", "4", 21_600), ("weekly", "", 604_800), ("", "2", 43_200),
        ("monthly", "1", 2_592_000), ("yearly", "1", 31_536_000), ("hourly", "0", 3600), ("hourly", "-1", 3600),
        ("hourly", "9999", 1), ("hourly", "9" * 5000, 3600), ("sometimes", "1", None), ("", "", None),
    ],
)  # fmt: skip
def test_how_often_a_feed_says_that_it_changes(read, period: str, frequency: str, seconds: int | None) -> None:  # type: ignore[no-untyped-def]
    said = f"<sy:updatePeriod>{period}</sy:updatePeriod><sy:updateFrequency>{frequency}</sy:updateFrequency>"
    namespace = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    assert read(rss(channel=said, attributes=namespace)).period_s == seconds
    assert read(rss(channel="<ttl>5</ttl>")).period_s is None


def test_a_browser_check_in_place_of_a_feed_is_called_one(read) -> None:  # type: ignore[no-untyped-def]
    page = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><script>_cf_chl_opt={}</script></body></html>"
    with pytest.raises(Blocked) as blocked:
        read(page, content_type="text/html")
    assert blocked.value.reason.startswith("herald.example blocked us")
    assert blocked.value.status == 200


def test_elements_that_nobody_reads_change_nothing(read) -> None:  # type: ignore[no-untyped-def]
    unread = """<category domain="x">One<b>two</b></category><enclosure url="https://a.example/x.mp3">three</enclosure>
      <media:content url="x.jpg"><media:title>A picture</media:title><media:credit>Ida</media:credit></media:content>
      <media:thumbnail url="y.jpg"/><comments>https://a.example/comments</comments><dc:subject>four</dc:subject>"""
    plain = read(rss("<item><guid>1</guid><title>Bridge</title><link>https://a.example/1</link></item>"))
    full = read(
        rss(f"<item>{unread}<guid>1</guid>{unread}<title>Bridge</title>{unread}<link>https://a.example/1</link></item>")
    )
    assert full == plain
    only_picture = read(
        rss("<item><media:content url='x.jpg'><media:title>A picture</media:title></media:content></item>")
    )
    assert only(only_picture).title == "A picture"


def test_content_keeps_the_names_of_such_elements(read) -> None:  # type: ignore[no-untyped-def]
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="xhtml">
      <div xmlns="http://www.w3.org/1999/xhtml"><p>One <category>two</category> three.</p></div></content></entry></feed>"""
    assert only(read(body.encode())).summary == "One two three."


def test_an_empty_feed_is_a_feed(read) -> None:  # type: ignore[no-untyped-def]
    assert read(rss()).entries == ()
    assert read(b'{"version": "https://jsonfeed.org/version/1", "items": []}').entries == ()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "nothing"),
        (b" \n\t ", "nothing"),
        (b"<!DOCTYPE html><html><head><title>x</title></head></html>", "a web page"),
        (b"<!-- hello -->\n<HTML><body></body></HTML>", "a web page"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x"><html/>', "a web page"),
        (b'<?xml version="1.0"?><opml version="2.0"><body/></opml>', "a list of feeds (OPML)"),
        (b"<urlset><url/></urlset>", "a site map"),
        (b"<kml><a/></kml>", "a document of the kind <kml>"),
        (b"\x00\x01 this is no feed", "neither a page nor XML"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a picture"),
        (b'{"error": "not found"}', "JSON that is not a feed"),
        (b"[1, 2", "broken JSON"),
        (b"[" * 200_000, "broken JSON"),
        (b'<?xml version="1.0" encoding="punycode"?><rss/>', "a character encoding that is none"),
    ],
)
def test_what_is_no_feed_is_named(read, body: bytes, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Permanent) as refused:
        read(body)
    assert words in refused.value.reason


@pytest.mark.parametrize(
    ("declared", "codec", "http"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "utf-8", "text/xml"),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),  # servers say this of everything
        ("us-ascii", "utf-8", "application/rss+xml"),
        ("iso-8859-1", "iso-8859-1", ""),
        ("windows-1251", "windows-1251", "text/xml"),
        ("utf-8", "windows-1251", "text/xml; charset=windows-1251"),
        ("utf-16", "utf-16", ""),
        ("utf-16", "utf-16-le", ""),
        ("utf-8", "utf-8-sig", ""),
        ("gb2312", "gb18030", ""),
    ],
)
def test_encodings(read, declared: str, codec: str, http: str) -> None:  # type: ignore[no-untyped-def]
    word = {"iso-8859-1": "Çafé", "gb18030": "大桥"}.get(codec, "Мост")
    body = (
        f'<?xml version="1.0" encoding="{declared}"?><rss><channel><item><title>{word}</title></item></channel></rss>'
    )
    assert only(read(body.encode(codec), content_type=http)).title == word


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[", ""])
def test_only_web_addresses_pass(read, link: str) -> None:  # type: ignore[no-untyped-def]
    items = f"<item><guid isPermaLink='false'>1</guid><link>{link}</link><source url='{link}'>x</source></item>"
    entry = only(read(rss(items, f"<link>{link}</link>")))
    assert (entry.source_url if link else "") == ""
    assert entry.url in ("", URL)


def test_control_characters_go(read) -> None:  # type: ignore[no-untyped-def]
    entry = only(read(rss("<item><title>a\0b&#x1b;c</title><guid>x\x07y</guid></item>")))
    assert not any(ord(character) < 32 or ord(character) == 127 for character in entry.title + entry.guid)
    assert entry.title.startswith("a")


def test_broken_feeds_still_give_their_entries(read) -> None:  # type: ignore[no-untyped-def]
    body = b"<br />\n<b>Warning</b>: no database\n" + rss(
        "<item><title>Rock & roll</title><link>https://a.example/?a=1&b=2</link></item><item><title>Two</title></item>"
    ).replace(b"</channel></rss>", b"")
    feed = read(body)
    assert [entry.title for entry in feed.entries] == ["Rock & roll", "Two"]
    assert feed.entries[0].url == "https://a.example/?a=1&b=2"


def test_lengths_are_bounded_and_identity_is_kept(read) -> None:  # type: ignore[no-untyped-def]
    long = "word " * 1000
    items = "".join(
        f"<item><guid isPermaLink='false'>{'g' * 900}{i}</guid><title>{long}</title><description>{long}</description>"
        f"<link>https://a.example/{'x' * 3000}</link><author>{long}</author></item>"
        for i in (1, 2)
    )
    first, second = read(rss(items)).entries
    assert len(first.guid) <= 500 and first.guid != second.guid
    assert len(first.title) <= 500 and first.title.endswith("word…")
    assert len(first.summary) <= 2000 and len(first.content) > 4000
    assert first.url == ""
    assert len(first.byline) <= 300


def test_a_long_description_is_the_article(read) -> None:  # type: ignore[no-untyped-def]
    description = "&lt;p&gt;" + "Sentence of a report. " * 60 + "&lt;/p&gt;&lt;p&gt;Second.&lt;/p&gt;"
    content = only(read(rss(f"<item><description>{description}</description></item>"))).content
    assert content.endswith("\n\nSecond.")


def test_content_that_repeats_the_summary_is_not_kept_twice(read) -> None:  # type: ignore[no-untyped-def]
    item = "<item><description>Same.</description><content:encoded>&lt;p&gt;Same.&lt;/p&gt;</content:encoded></item>"
    entry = only(read(rss(item)))
    assert (entry.summary, entry.content) == ("Same.", "")


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("By Ada Moss", "Ada Moss"),
        ("desk@herald.example (Ben Oak)", "Ben Oak"),
        ("Ben Oak &lt;desk@herald.media&gt;", "Ben Oak"),
        ("Ben Oak (ben.oak@herald.example)", "Ben Oak"),
        ("none@none.com (Wire One)", "Wire One"),
        ("Ada Moss (Paris)", "Ada Moss (Paris)"),
        ("desk@herald.example", ""),
        ("admin", ""),
        ("https://herald.example/authors/ada", ""),
        ("&lt;a href='/x'&gt;Ada&lt;/a&gt;", "Ada"),
        ("Byron Ash", "Byron Ash"),
    ],
)
def test_bylines_hold_names(read, author: str, byline: str) -> None:  # type: ignore[no-untyped-def]
    assert only(read(rss(f"<item><title>t</title><author>{author}</author></item>"))).byline == byline


def test_dates_nobody_can_claim(read) -> None:  # type: ignore[no-untyped-def]
    items = "".join(
        f"<item><title>t</title><pubDate>{date}</pubDate></item>"
        for date in ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2099 00:00:00 GMT", "soon")
    )
    assert [entry.claimed_at for entry in read(rss(items)).entries] == [None, None, None]


def test_a_wrong_date_of_publication_is_not_replaced_by_that_of_a_change(read) -> None:  # type: ignore[no-untyped-def]
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><published>2099-01-01T00:00:00Z</published>
      <updated>2026-02-17T12:00:00Z</updated></entry></feed>"""
    entry = only(read(body.encode()))
    assert entry.claimed_at is None
    assert entry.updated_at is not None


def test_short_entities_still_work(read) -> None:  # type: ignore[no-untyped-def]
    head = "<!DOCTYPE rss [<!ENTITY eacute \"&#233;\"><!ENTITY who 'Ada'>]>"
    assert only(read(rss("<item><title>Caf&eacute; &who;</title></item>", head=head))).title == "Café Ada"


@pytest.mark.parametrize("name", ["author", "dc:creator", "managingEditor"])
def test_the_search_for_an_author_is_bounded(read, name: str) -> None:  # type: ignore[no-untyped-def]
    # A megabyte would take feedparser's own search days.
    entry = only(read(rss(f"<item><title>t</title><{name}>{'a.' * 500_000}</{name}></item>")))
    assert entry.title == "t"


@pytest.mark.parametrize(
    "body",
    [
        rss("<item>" + "<a>" * 100_000),
        rss("<item>" + "<a xml:base='x/'>" * 10_000),
        rss("<item><title>" + "<b>" * 100_000),
    ],
)
def test_bottomless_documents_are_refused(read, body: bytes) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Permanent, match="nested too deeply"):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<?xml version='1.0'?>" + b"\n" * 2_000_000 + rss("")[38:],
        b"x" + b"\n" * 2_000_000 + rss(""),
        b"<?xml " + b"encoding='x' " * 100_000,
        b"<?xml version='1.0'?>" + b"encoding='x' " * 100_000 + rss(""),
        rss("<item><title>" + "<![CDATA[" * 100_000),
        rss("<item>" + "".join(f"<category>{i}</category>" for i in range(30_000)) + "</item>"),
        b"junk <!ENTITY a \"" + b"x" * 100_000 + b"\"> " + rss("<item><title>" + "&a;" * 10_000),
    ],
)  # fmt: skip
def test_time_traps_end(read, body: bytes) -> None:  # type: ignore[no-untyped-def]
    # Each of these would keep feedparser alone busy for minutes to years; the suite's own time limit is the judge.
    try:
        assert isinstance(read(body), ParsedFeed)
    except Permanent as refused:
        assert "not with a feed" in refused.reason
