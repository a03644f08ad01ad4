"""Search with operators: what each finds, how they go together, and what is said of those that can't be understood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from stories.models import Article, Attribution, Credit, Examined
from stories.selectors import entries, search
from stories.selectors.queries import LONGEST, Outlets, Unclear, parse
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


def cited(article: Article, kind: str, name: str = "") -> None:
    """An attribution of this kind in the article."""
    start = article.attributions.count() * 10
    Attribution.objects.create(
        article=article, version=article.version, start=start, cue=[start, start + 1], form="direct", kind=kind,
        stance="says", name=name,
    )  # fmt: skip


@pytest.fixture
def world():
    """Five reports, each known by the first word of its headline."""
    courier = factories.outlet(name="The Courier", slug="courier", aliases=["Harbour Courier"])
    post = factories.outlet(name="Meridian Post", slug="meridian-post", ambiguous_aliases=["the Post"])
    other_post = factories.outlet(name="Ostrey Post", slug="ostrey-post", ambiguous_aliases=["the Post"])
    rows = {
        "One": factories.article(
            outlet=courier, title="One: harbour ministers meet", text="The dredging contract was discussed at length."
        ),
        "Two": factories.article(
            outlet=post, title="Two: ferry runs aground", text="The harbour master called the minister at dawn."
        ),
        "Three": factories.article(
            outlet=other_post,
            title="Three: herring prices",
            text="A contract for dredging, unlike the dredging contract of the harbour.",
            first_seen_at=datetime(2026, 3, 5, 22, 30, tzinfo=UTC),
            claimed_at=None,
        ),
        "Four": factories.article(
            outlet=courier,
            title="Vier: Fischer im Hafen",
            text="Ein Bericht.",
            lang="de",
            first_seen_at=MORNING - timedelta(days=20),
            claimed_at=None,
        ),
        "Five": factories.article(outlet=post, title="Five: lock gate fails"),
    }
    cited(rows["One"], "anonymous", "two officials")
    cited(rows["One"], "named", "Ada Quill")
    cited(rows["Two"], "named", "Dmitry O’Hara-Lee")
    cited(rows["Two"], "organisation", "Harbour Board")
    cited(rows["Three"], "document", "a letter")
    for name, role in (("One", "original"), ("Two", "re-report"), ("Three", "wire")):
        Examined.objects.create(article=rows[name], role=role, findings={}, wording="", at=MORNING)
    credit = {"evidence": [0, 3], "main": True}
    Credit.objects.create(article=rows["Two"], outlet_name="Washington Post", relation="reported", **credit)
    Credit.objects.create(article=rows["Two"], outlet_name="The Courier", outlet=courier, relation="told", **credit)
    Credit.objects.create(article=rows["Three"], outlet_name="Tern Gazette", relation="mention", **credit)
    return rows


def found(world: dict[str, Article], text: str, **kw) -> set[str]:
    """Which of the reports a search finds, the same whether the index is asked or each report is looked at."""
    query = parse(text, **kw)
    pks = set(Article.objects.filter(query.condition()).values_list("pk", flat=True))
    assert pks == set(Article.objects.filter(query.condition(few=True)).values_list("pk", flat=True))
    again = parse(query.normal, **kw)
    assert again.normal == query.normal
    assert pks == set(Article.objects.filter(again.condition()).values_list("pk", flat=True))
    return {name for name, row in world.items() if row.pk in pks}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("harbour minister", {"One", "Two"}),
        ("harbour AND minister", {"One", "Two"}),
        ('"dredging contract"', {"One", "Three"}),
        ("“dredging contract”", {"One", "Three"}),
        ("„dredging contract“", {"One", "Three"}),
        ("ferry or herring", {"Two", "Three"}),
        ("ferry OR herring OR Hafen", {"Two", "Three", "Four"}),
        ("harbour -ferry", {"One", "Three"}),
        ("harbour NOT ferry", {"One", "Three"}),
        ("harbour AND NOT ferry", {"One", "Three"}),
        ("harbour NOT NOT ferry", {"Two"}),
        ("harbour (ferry OR ministers) -dawn", {"One"}),
        ("harbour -(ferry OR herring)", {"One"}),
        ("-(harbour OR lock)", {"Four"}),
        # AND binds closer than OR.
        ("ferry harbour OR herring harbour", {"Two", "Three"}),
        ("herring OR ferry dredging", {"Three"}),
        ("(herring OR ferry) dredging", {"Three"}),
        ("title:harbour", {"One"}),
        ("title:ministers", {"One"}),
        ('title:"harbour minister"', {"One"}),
        ('title:"minister harbour"', set()),
        ("harbour -title:harbour", {"Two", "Three"}),
        ("title:harbour OR title:herring", {"One", "Three"}),
    ],
)
def test_words_phrases_and_operators(world, text, names):
    assert found(world, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("outlet:courier", {"One", "Four"}),
        ("OUTLET:Courier", {"One", "Four"}),
        ('outlet:"the courier"', {"One", "Four"}),
        ('outlet:"Harbour Courier"', {"One", "Four"}),
        ("outlet:meridian-post", {"Two", "Five"}),
        # Both go by it.
        ('outlet:"the Post"', {"Two", "Three", "Five"}),
        ("outlet:post harbour", {"Two", "Three"}),
        ("-outlet:post", {"One", "Four"}),
        ("source:anonymous", {"One"}),
        ("source:named", {"One", "Two"}),
        ("source:named -source:anonymous", {"Two"}),
        ("source:document OR source:organisation", {"Two", "Three"}),
        ("NOT source:named", {"Three", "Four", "Five"}),
        ('by:"Ada Quill"', {"One"}),
        ('by:"Ms Ada Quill"', {"One"}),
        ("by:quill", {"One"}),
        ("by:qui", set()),
        ('by:"o\'hara-lee"', {"Two"}),
        ('by:"the Harbour Board"', {"Two"}),
        # Nobody's name.
        ('by:"two officials"', set()),
        ("role:original", {"One"}),
        ("role:re-report", {"Two"}),
        ("role:rereport OR role:wire", {"Two", "Three"}),
        ("-role:original", {"Two", "Three", "Four", "Five"}),
        ("lang:de", {"Four"}),
        ("-lang:de harbour", {"One", "Two", "Three"}),
        ('credits:"Washington Post"', {"Two"}),
        ("credits:post", {"Two"}),
        ("credits:courier", {"Two"}),
        ('credits:"Tern Gazette"', set()),
        ("harbour source:named -by:quill", {"Two"}),
        ("(herring OR source:anonymous) harbour", {"One", "Three"}),
        ("lock OR source:document", {"Three", "Five"}),
        ("-lock -source:named -source:document", {"Four"}),
        # Words of which the index keeps nothing ask for nothing beside fields, as they do beside words.
        ("the outlet:courier", {"One", "Four"}),
        ("-the outlet:courier", {"One", "Four"}),
        ("the OR source:document", {"Three"}),
    ],
)
def test_fields(world, text, names):
    assert found(world, text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("after:2026-03-04", {"One", "Two", "Three", "Five"}),
        ("after:2026-03-05", {"Three"}),
        ("before:2026-03-04", {"Four"}),
        ("before:2026-03-05", {"One", "Two", "Four", "Five"}),
        ("on:2026-03-04", {"One", "Two", "Five"}),
        ("date:2026-03-05", {"Three"}),
        ("date:2026-03-04..2026-03-05", {"One", "Two", "Three", "Five"}),
        ("date:2026-03-05..", {"Three"}),
        ("date:..2026-02-28", {"Four"}),
        ("on:2026-02", {"Four"}),
        ("date:2026", {"One", "Two", "Three", "Four", "Five"}),
        ("date:2026-01..2026-02", {"Four"}),
        ("harbour -on:2026-03-04", {"Three"}),
    ],
)
def test_days(world, text, names):
    assert found(world, text) == names


def test_days_are_days_of_the_active_zone(world):
    with timezone.override("Asia/Tokyo"):
        assert found(world, "on:2026-03-06") == {"Three"}
    assert found(world, "on:2026-03-06", zone=ZoneInfo("Asia/Tokyo")) == {"Three"}
    assert found(world, "on:2026-03-06") == set()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outlet:courrier", "There is no outlet “courrier” here. Near to it: The Courier (outlet:courier)."),
        ("outlet:ostrey", "Near to it: Ostrey Post (outlet:ostrey-post), Meridian Post (outlet:meridian-post)."),
        ("outlet:zzzzzz", "There is no outlet “zzzzzz” here."),
        ("harbour outlet:", "Behind “outlet:” something must stand"),
        ("title:(harbour)", "Behind “title:” something must stand"),
        ('title:""', "Behind “title:” something must stand"),
        ('title:"!!"', "Behind “title:” something must stand"),
        ("author:quill", "There is no field “author:”. There are: outlet:, source:, by:"),
        ("sources:named", "There are: source:, outlet:"),
        ("source:secret", "“source:” takes a kind of source: named, anonymous, role,"),
        ('source:"Ada Quill"', 'For a source by name: by:"Ada Quill".'),
        ("role:copy", "“role:” takes original, re-report, wire, mixed,"),
        ("lang:german", "no language of two letters"),
        ('by:"Mr"', "“Mr” is no name"),
        ('credits:"…"', "Say which outlet is credited"),
        ("on:yesterday", "“yesterday” is no date: write it as 2026-11-05."),
        ("on:2026-02-30", "“2026-02-30” is no date"),
        ("on:2026-13", "“2026-13” is no date"),
        ("after:0001-01-01", "is no date"),
        ("before:9999-12-31", "is no date"),
        ("date:..", "is no date"),
        ("date:2026-03-05..2026-03-04", "ends before it begins"),
        ("(" * 21 + "a" + ")" * 21, "up to 20 deep"),
        ("(" * 400, "up to 20 deep"),
        ("(" * 10_000, "may have 500 characters; this one has 10000"),
        ("a " * 41, "40 words and fields"),
        ("x" * 501, "may have 500 characters"),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(world, text, said):
    with pytest.raises(Unclear) as unclear:
        parse(text)
    assert said in unclear.value.reason
    assert 0 <= unclear.value.at <= LONGEST


def test_it_is_said_where(world):
    with pytest.raises(Unclear) as unclear:
        parse("harbour role:copy")
    assert unclear.value.at == len("harbour ")


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ('"dredging contract', '"dredging contract"'),
        ('harbour "', "harbour"),
        ('harbour ""', "harbour"),
        ("harbour)", "harbour"),
        ("(harbour", "harbour"),
        ("((harbour)))", "harbour"),
        ("harbour ()", "harbour"),
        ("-() harbour", "harbour"),
        ("harbour OR", "harbour"),
        ("OR harbour", "harbour"),
        ("AND harbour AND", "harbour"),
        ("harbour NOT", "harbour"),
        ("harbour OR AND ferry", "harbour ferry"),
        ("harbour - ferry", "harbour ferry"),
        ("harbour -", "harbour"),
        ("harbour -, ferry", "harbour ferry"),
        ("harbour & ferry", "harbour ferry"),
        ("harbour | ferry", "harbour ferry"),
        ("harbour !ferry", "harbour ferry"),
        ("harbour <-> ferry", "harbour ferry"),
        ("harbour:* ferry", "harbour ferry"),
        ("harbour \\", "harbour"),
        ("Note: harbour", "note harbour"),
        ("Harbour, HARBOUR!", "harbour"),
        ("harbour\x00ferry", "harbour ferry"),
        ("harbour\ud800ferry", "harbour\ufffdferry"),
        ("“harbour ferry", "harbour ferry"),
        ("--harbour", "-harbour"),
    ],
)
def test_stray_signs_are_passed_over(world, text, like):
    assert parse(text).normal == parse(like).normal
    found(world, text)


@pytest.mark.parametrize(
    "text", ["", "   ", '"', "-", "()", "&|()", "!!!", "AND", "OR OR", "NOT", '""', "<->", "( ( )"]
)
def test_signs_alone_find_nothing(world, text):
    query = parse(text)
    assert (query.normal, query.words, query.has_fields) == ("", None, False)
    assert found(world, text) == set()


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Ministers  harbour", "harbour ministers"),
        ("b OR a", "a OR b"),
        ("c (b OR a)", "(a OR b) c"),
        ("a a a", "a"),
        ("(a b) c", "a b c"),
        ("-(a b)", "-a OR -b"),
        ("NOT (a OR -b)", "-a b"),
        ('outlet:"The Courier"', "outlet:courier"),
        ('outlet:"the post"', 'outlet:"the post"'),
        ('by:"Mr. Ada Quill"', 'by:"ada quill"'),
        ("on:2026-3", "date:2026-03-01..2026-03-31"),
        ("date:2026-03-04..2026-03-04", "date:2026-03-04"),
        ("ROLE:Rereport", "role:re-report"),
        ('TITLE:"Harbour Ministers"', 'title:"harbour ministers"'),
        ('"AND"', '"and"'),
    ],
)
def test_the_same_question_has_one_canonical_text(world, text, normal):
    query = parse(text)
    assert query.normal == normal
    assert parse(normal).normal == normal


@pytest.mark.parametrize(
    "text",
    [
        "harbour minister", '"dredging contract" harbour', "ferry or herring", "harbour -ferry -herring", "cease-fire",
        "AT&T", "14:30", "don't", "http://x.example/a?b=c", "a or b c", '-"dredging contract" harbour', 'foo"bar baz"',
        "3,000 tonnes", "C++", "U.S. ministers",
    ],
)  # fmt: skip
def test_without_new_operators_postgresql_is_asked_what_it_was_asked_before(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT websearch_to_tsquery('english', %s)::text", [text])
        before = cursor.fetchone()[0]
    factories.article()
    [(_, sought)] = parse(text).condition().children
    assert Article.objects.values_list(Cast(sought, TextField()), flat=True).get() == before


def test_many_fields_cost_one_query_and_texts_are_searched_in_the_index(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        parse('harbour outlet:courier -outlet:"the Post" credits:courier')
    with django_assert_num_queries(0):
        parse("harbour source:named by:quill")
    outlets = Outlets()
    with django_assert_num_queries(1):
        for _ in range(5):
            parse("outlet:courier", outlets=outlets)


SIGNS = st.sampled_from(
    ["(", ")", '"', "-", "!", "&", "|", "<->", ":*", "\\", "'", "OR", "AND", "NOT", "or", "the", "harbour", "x" * 60,
     "outlet:", "source:named", "by:quill", 'by:"', "role:wire", "title:", "title:a'b\\", "lang:de", "after:2026-01",
     "date:..2026", "credits:", "credits:post", "outlet:courier", "“", "”", " ", "\x00", "\ud800", "İ", "ß", "Σ", "é", "🐦",
     "…", "a:b", "http://", ".", "@", "%", "$$", "--", ";", "_", "{", "\u0301", "\u200f"]
)  # fmt: skip


class WhateverIsTyped(TestCase):
    """A search is understood or it is said why not, and what was understood can be asked."""

    @settings(max_examples=80, deadline=None)
    @given(st.one_of(st.text(max_size=80), st.lists(SIGNS, max_size=25).map("".join), st.lists(SIGNS).map(" ".join)))
    def test_parsing_raises_nothing_else_and_the_query_can_be_executed(self, text):
        outlets = Outlets()
        outlets.__dict__["rows"] = [(1, "The Courier", "courier", ["Harbour Courier"], []), (2, "Post", "post", [], [])]
        try:
            query = parse(text, outlets=outlets)
        except Unclear as unclear:
            assert unclear.reason
            return
        again = parse(query.normal, outlets=outlets) if len(query.normal) <= LONGEST else query
        assert again.normal == query.normal
        for few in (False, True):
            list(Article.objects.filter(query.condition(few=few)).values_list("pk"))
        search.search_page(query, outlet=None, since=None)
        entries.of_search(query, None, None)
