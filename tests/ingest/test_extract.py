"""Article text and what surrounds it: pages written by us, one hostile and one careless trait each."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import pytest

from stories.ingest.errors import Permanent
from stories.ingest.extract import MAX_PAGE, dateline, extract, language

URL = "https://herald.example/2026/02/17/bridge?utm_source=rss"

PARAGRAPHS = [
    "LONDON (Wire One) - The old iron bridge over the river will close to all traffic on Monday, the city said.",
    "“We cannot wait for another winter,” said the councillor for transport, Ada Moss, who presented the report.",
    "The report, which runs to 140 pages, names rust in eleven of the sixteen main girders and calls the rest “fair”.",
    "Shopkeepers on both banks told this newspaper that they had first heard of the closure from their suppliers.",
]


def page(paragraphs: list[str] = PARAGRAPHS, head: str = "", body: str = "") -> bytes:
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html lang='en'><head><title>Bridge to close on Monday - The Herald</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a><a href='/world'>World</a></nav><main><article><h1>Bridge to close on Monday</h1>"
        f"{body}{text}</article></main><aside><h2>Most read</h2><ul><li><a href='/q'>Quiz</a></li></ul></aside>"
        f"<footer>All rights reserved. Subscribe to our newsletter.</footer></body></html>"
    ).encode()


def test_a_page_gives_its_article(now: datetime) -> None:
    head = """<meta name="author" content="Ada Moss"><link rel="canonical" href="/2026/02/17/bridge">
      <meta property="article:published_time" content="2026-02-17T18:03:07+01:00">
      <meta property="og:title" content="Bridge to close on Monday">"""
    article = extract(page(head=head), url=URL, content_type="text/html; charset=utf-8", now=now)
    assert article.text.split("\n\n") == PARAGRAPHS
    assert "Most read" not in article.text and "newsletter" not in article.text
    assert article.title == "Bridge to close on Monday"
    assert article.byline == "Ada Moss"
    assert article.lang == "en"
    assert article.canonical_url == "https://herald.example/2026/02/17/bridge"
    assert article.claimed_at == datetime(2026, 2, 17, 17, 3, 7, tzinfo=UTC)


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def published(content: str) -> str:
    return f'<meta property="article:published_time" content="{content}">'


@pytest.mark.parametrize(
    ("head", "hour"),
    [
        (json_ld('{"@type": "NewsArticle", "datePublished": "2026-02-17T10:00:00Z"}'), 10),
        (json_ld('[{"@graph": [{"@type": ["NewsArticle"], "datePublished": "2026-02-17T10:00:00+0100"}]}]'), 9),
        (json_ld("{broken") + '<meta itemprop="datePublished" content="2026-02-17T11:00Z">', 11),
        (published("2026-02-17T10:00:00"), None),  # no zone
        (published("2026-02-17"), None),  # no time of day
        (published("2036-02-17T10:00:00Z"), None),  # not yet
        (json_ld('{"@type": "WebSite", "datePublished": "2026-02-17T10:00:00Z"}'), None),
        (json_ld("[" * 100_000), None),
    ],
)
def test_claimed_times_are_exact_or_absent(now: datetime, head: str, hour: int | None) -> None:
    claimed = extract(page(head=head), url=URL, now=now).claimed_at
    assert (claimed.hour if claimed else None) == hour


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://other.example/story?utm_source=a", "https://other.example/story"),
        ("/", "https://herald.example/2026/02/17/bridge"),
        ("javascript:alert(1)", "https://herald.example/2026/02/17/bridge"),
        ("", "https://herald.example/2026/02/17/bridge"),
    ],
)
def test_canonical_addresses(now: datetime, href: str, expected: str) -> None:
    head = f'<link rel="canonical" href="{href}">'
    assert extract(page(head=head), url=URL, now=now).canonical_url == expected


def test_lines_broken_by_hand_are_text_all_the_same(now: datetime) -> None:
    lines = [line for paragraph in PARAGRAPHS for line in (paragraph[:58], paragraph[58:])]
    assert "iron bridge" in extract(page(["<br>"], body="<br><br>".join(lines)), url=URL, now=now).text


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"", "text/html", "no article text"),
        (b"<html><body><p>Too short.</p></body></html>", "text/html", "no article text"),
        (page([]), "text/html", "no article text"),
        (page([], body="<ul>" + "<li>Section of the paper</li>" * 12 + "</ul>"), "text/html", "no article text"),
        (b"\x89PNG\r\n\x1a\n" * 100, "", "no article text"),
        (b"%PDF-1.7", "application/pdf", "holds application/pdf, not a page"),
        (b"<p>" + b"x" * MAX_PAGE, "text/html", "too large"),
        (b"<b>" * 250_000, "text/html", "too large"),
        (page(["Please enable JavaScript and cookies to continue. " * 4]), "text/html", "browser check"),
    ],
)
def test_pages_without_an_article_are_refused(body: bytes, content_type: str, words: str, now: datetime) -> None:
    with pytest.raises(Permanent) as refused:
        extract(body, url=URL, content_type=content_type, now=now)
    assert words in refused.value.reason


def test_deep_and_broken_markup_still_ends(now: datetime) -> None:
    deep = page(body="<div>" * 20_000)
    broken = page(body="<p <b> <<< &nbsp &#x110000; <![CDATA[ </p></p>").replace(b"</p>", b"")
    for body in (deep, broken):
        try:
            assert "iron bridge" in extract(body, url=URL, now=now).text
        except Permanent as refused:
            assert refused.reason


@pytest.mark.parametrize(
    ("charset", "header"),
    [("utf-8", ""), ("utf-8", "text/html; charset=utf-8"), ("windows-1252", "text/html; charset=windows-1252"),
     ("utf-8", "text/html; charset=nonsense"), ("iso-8859-2", "text/html; charset=iso-8859-2")],
)  # fmt: skip
def test_charsets(charset: str, header: str, now: datetime) -> None:
    text = (
        "Die alte Brücke über den Fluss wird am Montag für den Verkehr geschlossen, sagte die Stadträtin Ada Möß. " * 3
    )
    body = page([text]).decode().encode(charset)
    assert "Brücke über den Fluss" in extract(body, url=URL, content_type=header, now=now).text


def test_control_characters_go(now: datetime) -> None:
    body = page([PARAGRAPHS[0] + "\x07\x1b", PARAGRAPHS[1] + "&#0;", *PARAGRAPHS[2:]])
    text = extract(body, url=URL, now=now).text
    assert not any(ord(character) < 32 and character != "\n" for character in text)


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("LONDON (Reuters) — The bank said", "LONDON (Reuters)"),
        ("PARIS, March 3 (AP) - Two men", "PARIS, March 3 (AP)"),
        ("WASHINGTON/GENEVA/DUBAI, Feb 17 (Reuters) - Even for", "WASHINGTON/GENEVA/DUBAI, Feb 17 (Reuters)"),
        ("SEOUL, Dec. 12 (Yonhap) -- North Korea", "SEOUL, Dec. 12 (Yonhap)"),
        ("KYIV, Ukraine — The president", "KYIV, Ukraine"),
        ("NEW YORK (AP) — Stocks", "NEW YORK (AP)"),
        ("ST. JOSEPH, Mich. (AP) — A judge", "ST. JOSEPH, Mich. (AP)"),
        ("PORT-AU-PRINCE, Haiti – The toll", "PORT-AU-PRINCE, Haiti"),
        ("Rome (CNN) -- The pope", "Rome (CNN)"),
        ("(Reuters) - Broadcom made", "(Reuters)"),
        ("Oct. 17 (Bloomberg) -- Shares", "Oct. 17 (Bloomberg)"),
        ("SÃO PAULO (AFP) – O presidente", "SÃO PAULO (AFP)"),
        ("KARACHI: The court", "KARACHI"),
        ("By Ada Moss\n\nBERLIN, Feb 17 (Reuters) - More than 80", "BERLIN, Feb 17 (Reuters)"),
        ("DURANGO, Colo.—The president", "DURANGO, Colo."),
    ],
)
def test_datelines(opening: str, expected: str) -> None:
    assert dateline(opening + " something happened.\n\nMore of it.") == expected


@pytest.mark.parametrize(
    "opening",
    [
        "",
        "The bank said on Tuesday — in a surprise — that",
        "BREAKING — Fire at the docks",
        "WATCH: The president speaks",
        "OPINION - Why we",
        "A man (52) - unnamed",
        "TRADITIONAL W-2 employees",
        "NATO said on Tuesday",
        "Ada Moss — the councillor — spoke",
        "INSIGHTS PRELIMS TEST SERIES NOW OPEN — join",
    ],
)
def test_openings_that_are_no_datelines(opening: str) -> None:
    assert dateline(opening) == ""


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "The councillor said on Tuesday that the bridge would close and talks would resume"),
        ("de", "Die Stadträtin sagte am Dienstag, die Brücke werde geschlossen und die Gespräche gingen weiter"),
        ("fr", "La conseillère a déclaré mardi que le pont fermerait et que les négociations reprendraient"),
        ("es", "La concejala dijo el martes que el puente cerraría y que las negociaciones se reanudarán"),
        ("ru", "Депутат заявила во вторник, что мост закроют, а переговоры возобновятся"),
        ("zh", "市议员周二表示大桥将关闭，谈判将恢复，政府发表声明"),
        ("ar", "قالت عضو المجلس يوم الثلاثاء إن الجسر سيغلق وإن المحادثات ستستأنف"),
    ],
)
def test_languages(code: str, text: str) -> None:
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "Bridge closed", "1234567890 " * 20, "!!! ??? …"])
def test_too_short_for_a_language(text: str) -> None:
    assert language(text) == ""
