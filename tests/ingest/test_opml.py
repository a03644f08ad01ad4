"""OPML: everybody's lists read, nobody's tricks believed, our own list written."""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stories.ingest.errors import Permanent
from stories.ingest.opml import MAX_OUTLINES, Outline, read, write


def opml(body: str, declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{declaration}\n<opml version="2.0"><head><title>x</title></head><body>{body}</body></opml>'


def test_nested_outlines_and_their_attributes() -> None:
    body = opml(
        """<outline text="News"><outline text="Europe" title="Europa">
        <outline type="rss" text="The Herald" xmlUrl=" https://herald.example/feed "
          htmlUrl="https://herald.example/"/></outline></outline>
        <OUTLINE TITLE="R&amp;amp;D &lt;b&gt;daily&lt;/b&gt;" xmlurl="https://rd.example/rss" category="/Science/Labs,x"/>
        <outline xmlUrl="https://untitled.example/rss"/>
        <outline text="No feed"/><outline text="Empty" xmlUrl=""/>
        <outline text="Twice" xmlUrl="https://herald.example/feed"/>"""
    )
    assert read(body.encode()) == [
        Outline("The Herald", "https://herald.example/feed", "https://herald.example/", ("News", "Europa")),
        Outline("R&D daily", "https://rd.example/rss", "", ("Science", "Labs")),
        Outline("untitled.example", "https://untitled.example/rss", "", ()),
    ]


def test_addresses_are_handed_on_as_they_are_written() -> None:
    outlines = read(opml('<outline text="a" xmlUrl="javascript:alert(1)" htmlUrl="javascript:alert(1)"/>').encode())
    assert outlines == [Outline("a", "javascript:alert(1)", "", ())]


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("utf-8", "utf-8"), ("us-ascii", "utf-8"), ("utf-16", "utf-16"), ("iso-8859-1", "iso-8859-1"),
     ("utf-32", "utf-32"), ("utf-8", "utf-16-le"), ("utf-8", "windows-1252"), ("nonsense", "utf-8"), ("utf-8", "utf-8-sig")],
)  # fmt: skip
def test_charsets_right_and_wrong(declared: str, codec: str) -> None:
    text = opml(
        '<outline text="Zürcher Bote" xmlUrl="https://bote.example/"/>', f'<?xml version="1.0" encoding="{declared}"?>'
    )
    assert read(text.encode(codec))[0].title == "Zürcher Bote"


def test_the_usual_faults_are_mended_without_loss() -> None:
    body = opml(
        """<outline text="One" xmlUrl="https://a.example/?x=1&y=2"/>
        <outline text="The "Big" Paper" description="<p>A <a href="https://b.example/">paper</a>&nbsp;& more</p>"
          xmlUrl="https://b.example/rss" type="rss" />
        <outline text="Three" xmlUrl="https://c.example/rss"/>"""
    )
    assert [(each.title, each.feed_url) for each in read(body.encode())] == [
        ("One", "https://a.example/?x=1&y=2"),
        ('The "Big" Paper', "https://b.example/rss"),
        ("Three", "https://c.example/rss"),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (b"just a letter", "line 1"),
        (b"PK\x03\x04 a zip file", "line 1"),
        (b"<html><body/></html>", "it is a web page"),
        (b"<!-- x -->\n<!DOCTYPE html>\n<title>x</title><p>text<br>", "it is a web page"),
        (b"<kml><a/></kml>", "its first element is <kml>"),
        (gzip.compress(b"<opml/>", mtime=0), "line 1"),
        (
            b"<opml><body>" + b'<outline text="a">' * 10_000 + b"</outline>" * 10_000 + b"</body></opml>",
            "Excessive depth",
        ),
        (b"<opml><body><outline " + b' text="a b" c ' * 300_000 + b"/></body></opml>", "line 1"),
        (b'<opml><body><outline text="' + b'" ' * 1_000_000, "line 1"),
        (b'<opml><body><outline text="' + b"& " * 1_000_000 + b'"/><b></opml>', "line 1"),
        (b"<!DOCTYPE opml [<!ENTITY % p SYSTEM 'http://127.0.0.1:1/x'> %p;]><opml><body/></opml>", "declares entities"),
        (
            ('<!DOCTYPE o [<!ENTITY a "lol"><!ENTITY b "' + "&a;" * 10 + '">]><opml>&b;</opml>').encode(),
            "declares entities",
        ),
        (b"<rss version='2.0'><channel/></rss>", "its first element is <rss>"),
        (b"<?xml version='1.0'?>\n\n<opml>\n<body>\n</opml>", "line 5"),
        (b"<opml>" + b"<outline text='a'>" * 50_000, "Excessive depth"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><body/></opml>', "declares entities"),
        ('<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml/>'.encode("utf-16"), "declares entities"),
        (b"<opml><body>" + b'<outline text="a ' * 100_000, "line 1"),
    ],
)
def test_what_is_not_opml_is_named(body: bytes, words: str) -> None:
    with pytest.raises(Permanent) as refused:
        read(body)
    assert refused.value.reason.startswith("This file is not OPML: ")
    assert words in refused.value.reason


def test_deep_folders_with_long_names_cost_no_more_than_shallow_ones() -> None:
    # Reading each feed's folders anew took 160 s here; the suite's own time limit is the judge.
    folders = f'<outline text="{"n" * 9000}">' * 240
    rows = "".join(f'<outline xmlUrl="https://a.example/{number}"/>' for number in range(MAX_OUTLINES))
    outlines = read(opml(folders + rows + "</outline>" * 240).encode())
    assert len(outlines) == MAX_OUTLINES
    assert len(outlines[-1].categories) == 10
    assert all(len(name) <= 300 for name in outlines[-1].categories)


def test_five_megabytes_in_one_attribute_make_one_short_name() -> None:
    body = opml(f'<outline text="{"x" * 5_000_000}" xmlUrl="https://a.example/" category="{"/a" * 500_000}"/>')
    (outline,) = read(body.encode())
    assert len(outline.title) <= 300
    assert outline.categories == ("a",) * 10


def test_nothing_unclean_gets_through() -> None:
    body = opml('<outline text="a\0b\u202ec" xmlUrl="https://a.example/\x1b\u202ex" category="d\0e"/>')
    assert read(body.encode()) == [Outline("a bc", "https://a.example/ x", "", ("d e",))]


def test_an_address_elsewhere_is_not_asked_for_its_document_type() -> None:
    head = '<!DOCTYPE opml SYSTEM "http://127.0.0.1:1/opml.dtd">'
    assert len(read(f'{head}<opml><body><outline xmlUrl="https://a.example/"/></body></opml>'.encode())) == 1


def test_too_many_feeds_are_refused() -> None:
    rows = "".join(f'<outline text="a" xmlUrl="https://a.example/{i}"/>' for i in range(MAX_OUTLINES + 1))
    with pytest.raises(Permanent, match="more than"):
        read(opml(rows).encode())


def test_a_list_without_feeds_is_an_empty_list() -> None:
    assert read(opml("").encode()) == []


def test_what_is_written_can_be_read() -> None:
    outlines = [
        Outline('The "Big" Paper & more', "https://a.example/?x=1&y=2", "https://a.example/", ()),
        Outline("Ünïcode ☂", "https://b.example/rss", "", ("News", "Europe")),
        Outline("Third", "https://c.example/rss", "", ("News",)),
        Outline("nul\0 and \x1b", "https://d.example/rss", "", ("News", "Europe")),
    ]
    written = write("Our feeds", outlines, datetime(2026, 2, 18, 6, tzinfo=UTC))
    assert written.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    assert b"<dateCreated>Wed, 18 Feb 2026 06:00:00 +0000</dateCreated>" in written
    assert written.count(b'text="News"') == written.count(b'text="Europe"') == 1
    again = {outline.feed_url: outline for outline in read(written)}
    assert len(again) == 4
    assert all(again[each.feed_url] == each for each in outlines[:3])
    assert again["https://d.example/rss"].title == "nul and"


def test_the_public_lists_give_every_feed(shared: Path) -> None:
    files = sorted((shared / "feeds" / "opml-awesome").rglob("*.opml"))
    assert files
    for file in files:
        body = file.read_bytes()
        addresses = set(re.findall(rb'xmlUrl="([^"]+)"', body))
        assert len(read(body)) == len(addresses), file.name
