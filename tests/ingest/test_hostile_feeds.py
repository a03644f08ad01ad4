"""What feeds can do to a reader, each trick once: a correct result or a sentence, soon, and nothing unclean let through."""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime

import pytest

from stories.ingest.errors import Permanent
from stories.ingest.feeds import MAX_ENTRIES, Entry, ParsedFeed, parse

URL = "https://herald.example/feed.xml"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
Read = Callable[..., ParsedFeed]


@pytest.fixture
def read(now: datetime) -> Read:
    def reader(body: bytes | str, **headers: str) -> ParsedFeed:
        raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
        return parse(raw, url=URL, headers={k.replace("_", "-"): v for k, v in headers.items()}, now=now)

    return reader


def rss(items: str = "", channel: str = "", head: str = "", encoding: str = "utf-8") -> str:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{head}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>The Herald</title>{channel}{items}</channel></rss>"
    )


def json_feed(**values: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Gazette", **values})


def only(feed: ParsedFeed) -> Entry:
    (entry,) = feed.entries
    return entry


def words(feed: ParsedFeed) -> list[str]:
    """Every string in what was parsed."""
    entries = [value for entry in feed.entries for value in astuple(entry)]
    values = (feed.title, feed.home_url, feed.lang, feed.self_url, *feed.hubs, *entries)
    return [value for value in values if isinstance(value, str)]


# Control characters, what turns the direction of text, what shows nothing, halves of surrogate pairs.
UNCLEAN = [*map(chr, range(9)), "\x0b", "\x0c", "\x1f", "\x7f", "\x85", "\x9f", "\u202a", "\u202e", "\u2066", "\u2069",
           "\u200b", "\u2060", "\ufeff", "\u00ad", "\ud800", "\udfff", "\ufffe", "\uffff"]  # fmt: skip
EVERYWHERE = (
    "<link>https://herald.example/a{0}b</link><language>e{0}n</language>"
    '<atom:link rel="hub" href="https://hub.example/{0}"/><atom:link rel="self" href="https://herald.example/{0}"/>',
    "<item><title>a{0}b</title><guid isPermaLink='false'>g{0}h</guid><link>https://herald.example/{0}/x</link>"
    "<description>d{0}e</description><content:encoded>&lt;p&gt;c{0}d&lt;/p&gt;&lt;p&gt;more of it&lt;/p&gt;</content:encoded>"
    "<dc:creator>Ada{0}Moss</dc:creator><source url='https://wire.example/{0}'>W{0}ire</source></item>",
)


def assert_clean(feed: ParsedFeed) -> None:
    for word in words(feed):
        assert not any(character in word for character in UNCLEAN), repr(word)
        assert not any(unicodedata.category(character) == "Cc" and character != "\n" for character in word), repr(word)


@pytest.mark.parametrize("character", UNCLEAN, ids=lambda character: f"U+{ord(character):04X}")
def test_unclean_characters_get_through_nowhere(read: Read, character: str) -> None:
    channel, item = (part.format(character) for part in EVERYWHERE)
    try:
        feed = read(rss(item, channel))
    except Permanent as refused:
        assert "could not be read" in refused.reason
        return
    assert only(feed).title.startswith("a") and only(feed).title.endswith("b")
    assert_clean(feed)


@pytest.mark.parametrize("reference", ["0", "x0", "x1f", "x1B", "127", "x85", "x202e", "x200b", "xFFFE", "xD800", "xDFFF",
                                       "x110000", "99999999999", "9" * 10_000, "x", "", "-1"])  # fmt: skip
def test_nor_do_they_as_references(read: Read, reference: str) -> None:
    channel, item = (part.format(f"&#{reference};") for part in EVERYWHERE)
    feed = read(rss(item, channel))
    assert only(feed).title.startswith("a")
    assert only(feed).content.startswith("c")
    assert_clean(feed)


def test_nor_in_json(read: Read) -> None:
    bad = "a\0b\ud800c\u202ed"
    item = dict.fromkeys(("id", "title", "content_html", "summary", "date_published", "language"), bad)
    feed = read(
        json_feed(title=bad, home_page_url=f"https://a.example/{bad}", language=bad,
                  items=[item | {"url": f"https://a.example/{bad}", "authors": [{"name": bad}]}])
    )  # fmt: skip
    assert only(feed).title == "a b cd"
    assert_clean(feed)


def test_marks_that_arabic_and_hebrew_need_stay(read: Read) -> None:
    assert only(read(rss("<item><title>שלום\u200f! می\u200cخواهم</title></item>"))).title == "שלום\u200f! می\u200cخواهم"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " java\nscript:alert(1)", "java&#9;script:alert(1)",
        "&#106;avascript:alert(1)", "&amp;#106;avascript:alert(1)", "javascript&colon;alert(1)", "\u200bjavascript:alert(1)",
        "vbscript:msgbox(1)", "data:text/html;base64,PHNjcmlwdD4=", " DATA:text/html,x", "file:///etc/passwd",
        "feed:javascript:alert(1)", "view-source:http://a.example/", "http:", "https://", "//", "http://[::1", "mailto:a@b",
        "gopher://a.example/", "ftp://a.example/x", "blob:https://a.example/1", "http://a.example:99999/",
    ],
)  # fmt: skip
def test_only_web_addresses_get_through(read: Read, link: str) -> None:
    for body in (
        rss(
            f"<item><guid>1</guid><link>{link}</link><source url='{link}'>x</source></item>",
            f"<link>{link}</link><atom:link rel='hub' href='{link}'/><atom:link rel='self' href='{link}'/>",
        ),
        f"<feed {ATOM}><link href='{link}'/><link rel='hub' href='{link}'/><entry><id>1</id><link href='{link}'/></entry></feed>",
        json_feed(
            home_page_url=link, feed_url=link, hubs=[{"type": "WebSub", "url": link}], items=[{"id": "1", "url": link}]
        ),
    ):
        feed = read(body)
        for address in (feed.home_url, feed.self_url, *feed.hubs, only(feed).url, only(feed).source_url):
            assert address == "" or address.startswith(
                ("https://herald.example/", "https://avascript", "https://herald")
            )
            assert "alert" not in address or address.startswith("https://herald.example/")


ENTITY_BOMB = "<!DOCTYPE rss [<!ENTITY a0 'lol'>" + "".join(
    f"<!ENTITY a{level} '{f'&a{level - 1};' * 10}'>" for level in range(1, 11)
)


@pytest.mark.parametrize(
    "head",
    [
        f"<!DOCTYPE rss [<!ENTITY a10 '{'lol' * 50_000}'>]>",  # quadratic: one long entity, used often
        "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
        "<!DOCTYPE rss [<!ENTITY % p '<!ENTITY a10 \"lollollollollollol\">'> %p;]>",
        "<!DOCTYPE rss [<!-- ]> --><!ENTITY a10 'lollollollollollollol'>]>",
    ],
)
def test_entities_neither_grow_nor_read_anything(read: Read, head: str) -> None:
    feed = read(rss("<item><guid>1</guid><title>Before " + "&a10;" * 2000 + "</title></item>", head=head))
    said = " ".join(words(feed))
    assert only(feed).title.startswith("Before")
    assert "lollol" not in said and "root:" not in said


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (ENTITY_BOMB + "]>", "abbreviations by abbreviations"),
        ("<!DOCTYPE rss [<!ENTITY a10 '&a10;'>]>", "abbreviations by abbreviations"),
        ("<!DOCTYPE rss [<!ENTITY a10 SYSTEM 'file:///etc/passwd'>]>", "other files"),
        ("<!DOCTYPE rss [<!ENTITY a10 SYSTEM 'http://127.0.0.1:1/x'>]>", "other files"),
        ("<!DOCTYPE rss SYSTEM 'http://x.example/d' [<!ENTITY a10 PUBLIC 'x' 'file:///etc/passwd'>]>", "other files"),
    ],
)
def test_a_document_that_works_by_entities_is_refused_in_words(read: Read, head: str, why: str) -> None:
    with pytest.raises(Permanent, match=why):
        read(rss("<item><guid>1</guid><title>Before &a10;</title></item>", head=head))


def test_what_follows_the_last_entry_that_is_read_costs_nothing(read: Read) -> None:
    items = "".join(f"<item><guid>{n}</guid><title>Report {n}</title></item>" for n in range(MAX_ENTRIES + 500))
    feed = read(rss(items + "<item><title>&nonsense; <unclosed></title>"))
    assert [feed.entries[0].title, feed.entries[-1].title] == ["Report 0", f"Report {MAX_ENTRIES - 1}"]
    assert len(feed.entries) == MAX_ENTRIES


@pytest.mark.parametrize(
    "name", ["author", "dc:creator", "dc:contributor", "managingEditor", "webMaster", "dc:publisher"]
)
@pytest.mark.parametrize("piece", ["a@", "a.", "( ", "a@b.", "&lt;", "mailto:", "By "])
def test_names_of_any_length_cost_little(read: Read, name: str, piece: str) -> None:
    for size in (16 * 1024, 32 * 1024, 1024 * 1024):
        entry = only(read(rss(f"<item><title>t</title><{name}>{piece * (size // len(piece))}</{name}></item>")))
        assert entry.title == "t" and len(entry.byline) <= 300


def test_atom_names_of_any_length_cost_little(read: Read) -> None:
    name = "a@b.c " * 170_000
    entry = only(read(f"<feed {ATOM}><entry><title>t</title><author><name>{name}</name></author></entry></feed>"))
    assert len(entry.byline) <= 300


@pytest.mark.parametrize(
    "piece", ["x", "word ", "&lt;", "&amp;", "&lt;b&gt;", "&lt;b&gt;x", "&lt;a href=", "]]", "🙂", "\n"]
)
def test_texts_of_any_length_are_bounded(read: Read, piece: str) -> None:
    long = piece * (1_000_000 // len(piece))
    feed = read(
        rss(f"<item><guid>1</guid><title>{long}</title><description>{long}</description></item>", f"<ttl>{long}</ttl>")
    )
    entry = only(feed)
    assert len(entry.title) <= 500 and len(entry.summary) <= 2000 and len(entry.content) <= 200_000
    assert feed.ttl_s is None


def test_an_attribute_of_two_megabytes_is_no_address(read: Read) -> None:
    long = "https://a.example/" + "x" * 2_000_000
    body = f"<feed {ATOM}><link rel='hub' href='{long}'/><entry><id>1</id><link href='{long}'/></entry></feed>"
    assert (read(body).hubs, only(read(body)).url) == ((), "")
    assert only(read(rss(f"<item><title>t</title><enclosure url='{long}'/></item>"))).title == "t"


def test_more_entries_than_any_outlet_has_are_left(read: Read) -> None:
    many = "".join(f"<item><guid isPermaLink='false'>{number}</guid></item>" for number in range(10_000))
    feed = read(rss(many))
    assert len(feed.entries) == MAX_ENTRIES
    assert feed.entries[0].guid == "0"
    assert len(read(json_feed(items=[{"id": str(number)} for number in range(10_000)])).entries) == MAX_ENTRIES


def test_entries_with_one_guid_or_none_are_all_handed_on(read: Read) -> None:
    guid = "<guid isPermaLink='false'>1</guid>"
    items = f"<item>{guid}<title>a</title></item><item>{guid}<title>b</title></item><item><title>c</title></item>"
    assert [(each.guid, each.title) for each in read(rss(items)).entries] == [("1", "a"), ("1", "b"), ("", "c")]


def test_guids_that_change_leave_the_rest_of_the_entry_the_same(read: Read) -> None:
    first, second = (
        only(read(rss(f"<item><guid isPermaLink='false'>{guid}</guid><link>https://a.example/1</link></item>")))
        for guid in ("1", "2")
    )
    assert first.guid != second.guid
    assert first.url == second.url == "https://a.example/1"


@pytest.mark.parametrize(
    ("codec", "declared", "http"),
    [
        ("utf-8", "iso-8859-1", "text/xml; charset=utf-8"),
        ("utf-8", "windows-1251", "text/xml; charset=koi8-r"),
        ("utf-8", "utf-16", ""),  # what it says of itself can't be
        ("utf-8", "utf-32", ""),
        ("utf-8", "x-unknown", "text/xml; charset=also-unknown"),
        ("utf-8", "utf-8", "text/xml; charset="),
        ("utf-8-sig", "iso-8859-1", "text/xml; charset=us-ascii"),
        ("utf-16", "utf-8", "text/xml; charset=utf-8"),
        ("utf-16-le", "utf-8", ""),
        ("utf-16-be", "utf-16", "application/rss+xml"),
        ("utf-32", "utf-32", ""),
        ("utf-32-le", "utf-8", ""),
        ("utf-32-be", "utf-8", "text/xml; charset=iso-8859-1"),
        ("windows-1251", "utf-8", "text/xml; charset=windows-1251"),
        ("koi8-r", "koi8-r", "application/xml"),
    ],
)
def test_whatever_the_encoding_is_said_to_be(read: Read, codec: str, declared: str, http: str) -> None:
    body = rss("<item><title>Мост закрыт</title></item>", encoding=declared).encode(codec)
    assert only(read(body, content_type=http)).title == "Мост закрыт"


def test_bytes_that_fit_no_encoding_cost_their_own_characters_only(read: Read) -> None:
    body = rss("<item><title>Bridge XX closed</title><guid>1</guid></item>").encode().replace(b"XX", b"\xff\xfe\x81")
    title = only(read(body)).title
    assert title.startswith("Bridge") and title.endswith("closed")
    assert_clean(read(body))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (gzip.compress(rss().encode()), "compressed data"),
        (b"PK\x03\x04\x14\x00", "a zip file"),
        (b"%PDF-1.7 ...", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"GIF89a", "a picture"),
        (b"Service unavailable, try later", "neither a page nor XML"),
        (b"User-agent: *\nDisallow: /", "neither a page nor XML"),
        (b"<html><body>" + b"<rss>" * 3, "a web page"),
        (b"<!doctype html>\n<title>x</title><p>text", "a web page"),
        (b"<HTML/>", "a web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a picture"),
        (b"<?xml version='1.0'?><error><code>404</code></error>", "a document of the kind <error>"),
        (b"<?xml version='1.0'?><rss version='2.0' xmlns:a='x", "The feed is broken"),
        (b"null", "neither a page nor XML"),
        (b"[]", "JSON that is not a feed"),
        (b'{"version": 1, "items": []}', "JSON that is not a feed"),
        (b'{"version": "https://jsonfeed.org/version/1"', "broken JSON"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 100_000, "broken JSON"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": ' + b"9" * 5000 + b"}]}", "broken JSON"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_called_by_its_name(read: Read, body: bytes, sentence: str) -> None:
    with pytest.raises(Permanent) as refused:
        read(body)
    assert sentence in refused.value.reason
    assert len(refused.value.reason) < 200


def test_json_of_wrong_types_is_read_as_far_as_it_goes(read: Read) -> None:
    items = [{"id": {}, "title": ["x"], "url": 5, "authors": {"name": "x"}, "date_published": 12}, None, 7, {"id": "2"}]
    feed = read(json_feed(title={}, hubs="x", feed_url=[], language=3, home_page_url=False, items=items))
    assert (feed.title, feed.hubs, feed.self_url, feed.home_url) == ("", (), "", "")
    assert [entry.guid for entry in feed.entries] == ["", "2"]
    assert read(json_feed(items={"a": 1})).entries == ()


@pytest.mark.parametrize("cut", [20, 30, 45, 60, 90, 120, 150, 180])
def test_a_feed_cut_off_anywhere_keeps_what_was_whole(read: Read, cut: int) -> None:
    whole = rss("".join(f"<item><title>Report {number}</title><guid>{number}</guid></item>" for number in range(3)))
    feed = read(whole[:-cut])
    complete = whole[:-cut].count("</item>")
    assert [entry.title for entry in feed.entries][:complete] == [f"Report {number}" for number in range(complete)]


def test_an_unclosed_cdata_section_takes_nothing_that_came_before(read: Read) -> None:
    feed = read(rss("<item><title>One</title></item><item><title><![CDATA[Two</title></item>").encode())
    assert feed.entries[0].title == "One"


@pytest.mark.parametrize(
    "piece",
    ["<", ">", "&", "&#", "<a b='", "<!", "<!--", "<![CDATA[", "<?", "</", "</a>", "<a/>", "<a xmlns='x'/>", "&amp;", "]]>",
     "<category>x</category>", "<link>https://a.example/</link>", "<content:encoded>x</content:encoded>", "\r\n"],
)  # fmt: skip
def test_one_trick_a_thousand_times_over_ends(read: Read, piece: str) -> None:
    body = rss("<item><title>Before</title></item><item>" + piece * (150_000 // len(piece)) + "</item>")
    assert read(body).entries[0].title == "Before"


def test_namespaces_without_number_end(read: Read) -> None:
    declared = " ".join(f'xmlns:n{number}="http://a.example/{number}"' for number in range(3000))
    items = "<item><title>t</title><n2999:x/></item>" * 300
    assert len(read(f"<rss {declared}><channel>{items}</channel></rss>").entries) == 300
    assert (
        only(read('<rss xmlns:a="http://x y\tz"><channel><item><a:b/><title>t</title></item></channel></rss>')).title
        == "t"
    )


@pytest.mark.parametrize(
    ("date", "believed"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("0000-00-00T00:00:00Z", False),
        ("0001-01-01T00:00:00Z", False),
        ("Mon, 01 Jan 0001 00:00:00 +0000", False),
        ("2099-12-31T23:59:59Z", False),
        ("9999-12-31T23:59:59+14:00", False),
        ("2026-13-45T99:99:99Z", False),
        ("-2026-02-17T10:00:00Z", False),
        ("1771236187", False),
        ("yesterday", False),
        ("<![CDATA[<b>2026-02-17T10:00:00Z</b>]]>", False),
        ("2026-02-17T10:00:00Z" + "0" * 100_000, False),
        ("2026-02-17T10:00:00Z", True),
        ("  2026-02-17T10:00:00Z\n", True),
    ],
)
def test_dates_are_believed_or_not(read: Read, date: str, believed: bool) -> None:
    entry = only(read(rss(f"<item><title>t</title><pubDate>{date}</pubDate></item>")))
    assert (entry.claimed_at is not None) is believed
