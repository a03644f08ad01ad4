"""Foreign markup: harmless when kept, readable when turned into text."""

from __future__ import annotations

import pytest

from stories.ingest.markup import (
    line,
    looks_like_markup,
    paragraphs,
    plain_paragraphs,
    shortened,
    text_line,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" java\nscript:alert(1)">x</a>',
    '<svg><a xlink:href="javascript:alert(1)">x</a></svg>',
    '<form action="javascript:alert(1)"><button formaction="javascript:alert(1)">x</button></form>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<math><mi xlink:href="javascript:alert(1)">x</mi></math>',
    '<p style="background:url(javascript:alert(1))">x</p>',
    "<iframe src=https://evil.example></iframe>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<template><script>alert(1)</script></template>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<p onclick=alert(1) id=x class=y>x</p>",
]


@pytest.mark.parametrize("markup", HOSTILE)
def test_of_hostile_markup_only_text_is_left(markup: str) -> None:
    texts = paragraphs(f"<p>before {markup} after</p>")
    assert texts[0].startswith("before")
    for tooth in ("alert", "onerror", "onclick", "evil.example", "<"):
        assert tooth not in "".join(texts)


def test_paragraphs_of_html() -> None:
    source = """<h2>Head</h2><div>One &amp; <b>two</b>.<p>Three<br/>four</p><ul><li>five<li>six</ul></div>tail
    <figure><img src=x><figcaption>A picture</figcaption></figure><script>no()</script><table><tr><td>a</td></table>"""
    assert paragraphs(source) == ["Head", "One & two.", "Three", "four", "five", "six", "tail", "a"]
    assert paragraphs("<p>a<p>b") == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", []),
        ("<p></p>", []),
        ("5 < 6 and 7 > 3", ["5 < 6 and 7 > 3"]),
        ("AT&amp;T &#8211; caf&eacute;", ["AT&T – café"]),
        ("&lt;b&gt; is a tag", ["<b> is a tag"]),
        ("nul\0 and \ud800 and \x1b", ["nul and and"]),
        ("<p>a\0b</p>", ["a b"]),
    ],
)
def test_odd_fragments(source: str, expected: list[str]) -> None:
    assert paragraphs(source) == expected


def test_nesting_without_end_keeps_the_text() -> None:
    assert paragraphs("<div>" * 100_000 + "deep") == ["deep"]
    assert paragraphs("<b>" * 3000 + "deep") == ["deep"]


def test_lines() -> None:
    assert line(" a\n\tb\u00a0c\0\u200bd ", 50) == "a b c d"
    assert line("with \u200ca so\u00adft\ufeff word", 50) == "with a soft word"
    assert line("می\u200cخواهم", 50) == "می\u200cخواهم"
    assert text_line("A <i>title</i> &amp; more", 50, is_html=True) == "A title & more"
    assert text_line("A < B & C", 50, is_html=False) == "A < B & C"


def test_what_turns_the_direction_of_text_goes_and_what_scripts_need_stays() -> None:
    assert line("safe\u202egnp.exe\u202c \u2066x\u2069", 50) == "safegnp.exe x"
    assert line("\u05e9\u05dc\u200f! \u0645\u06cc\u200c\u062e", 50) == "\u05e9\u05dc\u200f! \u0645\u06cc\u200c\u062e"
    assert line("a\u2028b\u2029c\x1cd", 50) == "a b c d"


def test_shortening_ends_at_a_word() -> None:
    assert shortened("one two three", 50) == "one two three"
    assert shortened("one two three four", 15) == "one two three…"
    assert len(shortened("x" * 100, 20)) == 20


def test_markup_is_recognised() -> None:
    assert looks_like_markup("a <b>b</b>") and looks_like_markup("R&amp;D") and looks_like_markup("x &#8217; y")
    assert not looks_like_markup("R&D < 5 > 3") and not looks_like_markup("a <3 b")


def test_plain_paragraphs() -> None:
    assert plain_paragraphs("one\ntwo\n\n three") == "one two\n\nthree"
    assert plain_paragraphs("one\ntwo") == "one\n\ntwo"
