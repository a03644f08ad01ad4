"""How times, counts, excerpts and marked words are spelt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stories.selectors import excerpts, search
from stories.selectors.headlines import changed
from stories.selectors.outlets import country_name
from stories.templatetags.firsthand import ago, copied, counted, host, lang, marked, percent, span, spelt, sure

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (119, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86400 * 2, "2 days ago"),
        (-30, "in a moment"),
        (-61, "in 1 minute"),
        (-7200, "in 2 hours"),
    ],
)
def test_ago(seconds, words):
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 3, 4, 9, 5, tzinfo=UTC), "9:05"),
        (datetime(2026, 3, 3, 23, 59, tzinfo=UTC), "3 Mar, 23:59"),
        (datetime(2024, 12, 31, 0, 0, tzinfo=UTC), "31 Dec 2024, 0:00"),
    ],
)
def test_a_time_is_as_short_as_it_can_be(at, words):
    assert spelt(at, NOW) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "under a minute"),
        (timedelta(hours=4, minutes=22), "4 h 22 min"),
        (timedelta(days=2, hours=3, minutes=1), "2 d 3 h"),
        (timedelta(days=1, minutes=5), "1 d 5 min"),
        (None, "under a minute"),
    ],
)
def test_span(length, words):
    assert span(length).replace("\u00a0", " ") == words


def test_counted():
    assert [counted(n, "report") for n in (0, 1, 1204)] == ["0 reports", "1 report", "1,204 reports"]
    assert counted(2, "entry,entries") == "2 entries"


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.888, "88 % sure"),
        (0.5, "50 % sure"),
        (0.499, "only 49 % likely"),
        (1.0, "99 % sure"),
        (0.0, "only 1 % likely"),
    ],
)
def test_nothing_that_is_worked_out_is_certain(probability, words):
    assert sure(probability).replace("\u00a0", " ") == words


def test_a_share_is_never_rounded_to_none_or_all():
    assert [percent(x).replace("\u00a0", " ") for x in (0, 0.004, 0.5, 0.997, 1)] == [
        "0 %", "under 1 %", "50 %", "over 99 %", "100 %"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, ""),
        (1.0, "word for word"),
        (0.99, "word for word"),
        (0.95, "nearly word for word"),
        (0.72, "with changes: 72 % the same"),
    ],
)
def test_how_much_of_a_copy_is_one(share, words):
    assert copied(share).replace("\u00a0", " ") == words


def test_only_other_languages_are_marked():
    assert lang("en") == lang("en-GB") == lang("") == ""
    assert lang("ar") == ' lang="ar" dir="auto"'
    assert "<" not in lang('"><script>')


def test_marked_escapes_everything_but_its_marks():
    text = f"<b>a</b> {search.START}<i>{search.STOP} & b"
    assert marked(text) == "&lt;b&gt;a&lt;/b&gt; <mark>&lt;i&gt;</mark> &amp; b"
    assert marked(f"cut {search.START}off") == "cut off"
    assert "<mark>" not in marked(f"a mark {search.STOP}that never began")


def test_host_and_country():
    assert host("https://www.outlet.example/a") == "outlet.example"
    assert country_name("gb") == "United Kingdom"
    assert (country_name(""), country_name("QQQ")) == ("", "QQQ")


def test_an_excerpt_has_so_many_words():
    assert excerpts.shorten("one  two\nthree", 3) == "one two three"
    assert excerpts.shorten("one two three, four", 3) == "one two three …"
    assert excerpts.shorten("", 3) == ""


def test_a_script_without_spaces_is_cut_by_its_length():
    assert len(excerpts.shorten("海" * 900, 32)) < 400


def test_a_headline_diff_reads_in_order():
    pieces = changed("Minister at odds with advisers", "Minister blamed by advisers today")
    assert [(p.mark, p.words) for p in pieces] == [
        ("", "Minister"),
        ("removed", "at odds with"),
        ("added", "blamed by"),
        ("", "advisers"),
        ("added", "today"),
    ]
