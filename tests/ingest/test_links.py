"""Addresses: what counts as the same article, and what is never an address."""

from __future__ import annotations

import pytest

from stories.ingest.links import MAX_KEY, canonical, host, safe_url, site_domain, url_key

NOT_ADDRESSES = [
    "",
    "javascript:alert(1)",
    " java\nscript:alert(1)",
    "data:text/html,x",
    "mailto:desk@news.example",
    "ftp://files.example/x",
    "/only/a/path",
    "//host.example/x",
    "http://",
    "http:///path",
    "http://[broken/",
    "http://news.example:99999/",
    "news.example/story",
]


@pytest.mark.parametrize("url", NOT_ADDRESSES)
def test_what_is_no_web_address_becomes_nothing(url: str) -> None:
    assert safe_url(url) == canonical(url) == url_key(url) == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://News.Example:443/Story/One#comments", "https://news.example/Story/One"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://me:secret@news.example/a", "https://news.example/a"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&id=7&fbclid=y&UTM_MEDIUM=z", "https://news.example/a?id=7"),
        ("https://news.example/a?at_medium=RSS&at_campaign=rss", "https://news.example/a"),
        ("https://news.example/a?traffic_source=rss", "https://news.example/a"),
        ("https://news.example/a?icid=rss", "https://news.example/a"),
        ("https://news.example/a?maca=en-rss-en-all-1573-rdf", "https://news.example/a"),
        ("https://news.example/a?ref=rss&ref2=x", "https://news.example/a?ref2=x"),
        ("https://news.example/a?ref=www.news.example&n=1", "https://news.example/a?n=1"),
        ("https://news.example/a?ref=elsewhere.example", "https://news.example/a?ref=elsewhere.example"),
        ("https://news.example/a?mod=rss_markets_main&MC_CID=1&mkt_tok=x", "https://news.example/a"),
        ("https://news.example/a?mod=viewthread&tid=7", "https://news.example/a?mod=viewthread&tid=7"),
        ("https://news.example/a?feedType=RSS&campaign_id=3", "https://news.example/a"),
        (
            "https://news.example/recap?gameId=401&cid=9&source=12",
            "https://news.example/recap?gameId=401&cid=9&source=12",
        ),
        ("https://news.example/a?q=a%20b+c&empty=&flag", "https://news.example/a?q=a%20b+c&empty=&flag"),
        ("https://zürich.example/straße?q=ü", "https://xn--zrich-kva.example/stra%C3%9Fe?q=%C3%BC"),
        ("  https://news.example/a\n ", "https://news.example/a"),
        ("http://[::1]:8901/a", "http://[::1]:8901/a"),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert canonical(url) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://www-skarv-com.cdn.ampproject.org/c/s/www.skarv.com/news/ferry-77/amp?amp_js_v=0.1&usqp=mq3",
            "https://www.skarv.com/news/ferry-77/amp",
        ),
        ("https://www-skarv-com.cdn.ampproject.org/v/s/www.skarv.com/n/7", "https://www.skarv.com/n/7"),
        ("https://skarv-com.cdn.ampproject.org/c/skarv.com/n/7?id=1", "http://skarv.com/n/7?id=1"),
        ("https://www.google.com/amp/s/www.skarv.com/news/ferry-77", "https://www.skarv.com/news/ferry-77"),
        ("https://www.google.co.uk/amp/s/amp.skarv.com/news/ferry-77", "https://amp.skarv.com/news/ferry-77"),
        ("https://www.skarv.com/amp/s/other.com/x", "https://www.skarv.com/amp/s/other.com/x"),
        ("https://www.google.com/amp/", "https://www.google.com/amp/"),
        ("https://notgoogle.com/amp/s/www.skarv.com/n/7", "https://notgoogle.com/amp/s/www.skarv.com/n/7"),
        ("https://cdn.ampproject.org.evil.com/c/s/skarv.com/n", "https://cdn.ampproject.org.evil.com/c/s/skarv.com/n"),
        ("https://cdn.ampproject.org/c/s/[broken.x/n", "https://cdn.ampproject.org/c/s/[broken.x/n"),
    ],
)
def test_a_caches_copy_is_the_publishers_page(url: str, expected: str) -> None:
    assert canonical(url) == expected
    assert canonical(expected) == expected


def test_the_address_to_link_keeps_host_and_path_that_a_reader_can_open() -> None:
    for url in ("https://m.skarv.com/n/7", "https://amp.skarv.com/n/7", "https://skarv.com/a-b-c/amp/"):
        assert canonical(url) == url


def test_relative_addresses() -> None:
    base = "https://news.example/world/index.html"
    assert canonical("../a?utm_source=x", base) == "https://news.example/a"
    assert canonical("//other.example/b", base) == "https://other.example/b"
    assert canonical("javascript:void(0)", base) == ""
    assert canonical("https://[", base) == ""


@pytest.mark.parametrize(
    "same",
    [
        "http://news.example/a~b/%C3%A4?b=2&a=1",
        "https://www.news.example/a%7Eb/%c3%a4?a=1&b=2",
        "https://NEWS.example/a~b/ä/?b=2&a=1&utm_campaign=rss#top",
    ],
)
def test_spellings_of_one_address_share_a_key(same: str) -> None:
    assert url_key(same) == "news.example/a~b/%C3%A4?a=1&b=2"


@pytest.mark.parametrize(
    "same",
    [
        "https://www.skarv.co.uk/news/ferry-runs-aground-7",
        "https://m.skarv.co.uk/news/ferry-runs-aground-7",
        "https://mobile.skarv.co.uk/news/ferry-runs-aground-7/",
        "https://amp.skarv.co.uk/news/ferry-runs-aground-7",
        "https://www.m.skarv.co.uk/news/ferry-runs-aground-7",
        "https://www.skarv.co.uk/news/ferry-runs-aground-7/amp",
        "https://www.skarv.co.uk/news/ferry-runs-aground-7/amp/?utm_source=x",
        "https://www.skarv.co.uk/amp/news/ferry-runs-aground-7",
        "https://www.skarv.co.uk/news/amp/ferry-runs-aground-7",
        "https://www.skarv.co.uk/news/ferry-runs-aground-7.amp",
        "https://www.skarv.co.uk/news/ferry-runs-aground-7?amp",
        "https://www.skarv.co.uk/news/ferry-runs-aground-7?amp=1",
        "https://www.skarv.co.uk/news/ferry-runs-aground-7?outputType=amp",
        "https://www.google.com/amp/s/amp.skarv.co.uk/news/ferry-runs-aground-7",
        "https://amp-skarv-co-uk.cdn.ampproject.org/v/s/amp.skarv.co.uk/news/ferry-runs-aground-7?amp_gsa=1",
    ],
)
def test_mobile_and_amp_pages_are_the_same_article(same: str) -> None:
    assert url_key(same) == "skarv.co.uk/news/ferry-runs-aground-7"


def test_amp_pages_that_are_files() -> None:
    assert url_key("https://skarv.com/2026/ferry.amp.html") == url_key("https://skarv.com/2026/ferry.html")
    assert url_key("https://skarv.com/ferry.html/amp") == url_key("https://skarv.com/ferry.html")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://news.example/a", "https://news.example/A"),
        ("https://news.example/a", "https://news.example/a?id=2"),
        ("https://news.example/a", "https://news.example/a/b"),
        ("https://news.example/a", "https://news.example:8443/a"),
        ("https://news.example/a/b", "https://news.example/a%2Fb"),
        # Editions and regions publish their own pages; "m" can be a site of its own, or a tenant's.
        ("https://skarv.com/n/7", "https://edition.skarv.com/n/7"),
        ("https://skarv.com/n/7", "https://uk.skarv.com/n/7"),
        ("https://skarv.com/n/7", "https://media.skarv.com/n/7"),
        ("https://m.co/n/7", "https://co/n/7"),
        ("https://m.blogspot.com/n/7", "https://blogspot.com/n/7"),
        ("https://m.news.example/a", "https://news.example/a"),
        ("https://amp.dev/n/7", "https://dev/n/7"),
        # What is about amplifiers, not an amplified page.
        ("https://skarv.com/tag/amp", "https://skarv.com/tag"),
        ("https://skarv.com/amp", "https://skarv.com/"),
        ("https://skarv.com/gear/guitar-amp", "https://skarv.com/gear/guitar"),
        ("https://skarv.com/camp/7", "https://skarv.com/c/7"),
        ("https://skarv.com/n/ampere-7", "https://skarv.com/n/ere-7"),
        ("https://skarv.com/n/7?example=1", "https://skarv.com/n/7"),
    ],
)
def test_different_articles_keep_different_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_long_keys_are_hashed_and_stay_apart() -> None:
    long = "https://news.example/" + "a" * 600
    assert len(url_key(long)) <= MAX_KEY
    assert url_key(long).startswith("news.example")
    assert url_key(long) != url_key(long + "b")
    assert url_key(long) == url_key(long + "/")


def test_host_and_site() -> None:
    assert host("https://News.BBC.co.uk:443/x") == "news.bbc.co.uk"
    assert site_domain("https://news.bbc.co.uk/x") == "bbc.co.uk"
    assert site_domain("https://www.smh.com.au/x") == "smh.com.au"
    assert site_domain("https://my-paper.blogspot.com/x") == "my-paper.blogspot.com"
    assert site_domain("http://127.0.0.1:8901/x") == "127.0.0.1"
    assert site_domain("http://localhost/x") == "localhost"
    assert host("not an address") == site_domain("") == ""
