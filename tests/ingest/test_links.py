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
    "other",
    ["https://news.example/A", "https://news.example/a?id=2", "https://m.news.example/a", "https://news.example/a/b",
     "https://news.example:8443/a", "https://news.example/a%2Fb"],
)  # fmt: skip
def test_different_articles_keep_different_keys(other: str) -> None:
    assert url_key(other) != url_key("https://news.example/a")


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
