"""Search: what is found, how it is marked, and what is said when nothing can be."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from stories.models import Article
from stories.selectors import queryfields
from stories.selectors.queries import parse
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=2), tick=False):
        yield


@pytest.fixture
def articles():
    post = factories.outlet(name="The Meridian Post", slug="meridian-post")
    return [
        factories.article(
            outlet=post, title="Harbour ministers meet", text="The dredging contract was discussed at length."
        ),
        factories.article(title="Ferry runs aground", text="The harbour master called the ministers at dawn."),
        factories.article(
            title="Herring prices", text="A contract for dredging, unlike the dredging contract of the harbour."
        ),
        factories.article(
            title="An old story of the harbour",
            text="Long ago.",
            first_seen_at=MORNING - timedelta(days=20),
            claimed_at=None,
        ),
    ]


def titles(response) -> list[str]:
    return [hit.article.title for group in response.context["results"].groups for hit in group.hits]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("harbour minister", {"Harbour ministers meet", "Ferry runs aground"}),
        ('"dredging contract"', {"Harbour ministers meet", "Herring prices"}),
        ("ferry or herring", {"Ferry runs aground", "Herring prices"}),
        ("harbour -ferry -herring -old", {"Harbour ministers meet"}),
        ("harbour&outlet=meridian-post", {"Harbour ministers meet"}),
        ("harbour&since=7", {"Harbour ministers meet", "Ferry runs aground", "Herring prices"}),
    ],
)
def test_the_syntax_and_the_filters(client, articles, query, found):
    response = client.get(f"/search/?q={query}")
    assert set(titles(response)) == found


def test_a_match_in_the_headline_counts_more(client, articles):
    assert titles(client.get("/search/?q=harbour&since=7"))[0] == "Harbour ministers meet"


def test_matching_words_are_marked_and_the_rest_is_text(client, page):
    factories.article(title="<b>Dredging</b> & more", text="A <script>alert(1)</script> dredging barge")
    text = page(client, "/search/?q=dredging")
    assert "&lt;b&gt;<mark>Dredging</mark>&lt;/b&gt; &amp; more" in text
    assert "<mark>dredging</mark> barge" in text
    assert "<script>alert" not in text


def test_reports_of_one_story_stand_together(client, page):
    members = [factories.article(title=f"Dredging, report {n}") for n in range(5)]
    factories.story(members, title="The dredging row")
    factories.article(title="Dredging elsewhere")
    response = client.get("/search/?q=dredging")
    assert sorted(len(group.hits) for group in response.context["results"].groups) == [1, 5]
    text = response.content.decode()
    assert text.count("The dredging row") == 1
    assert "2 more reports of this story" in text
    assert "Not grouped yet" in text


@pytest.mark.parametrize("query", ["the", "!!!", "&|()", '"', "-", "   '   "])
def test_a_query_without_words_is_explained(client, page, articles, query):
    assert "No word is left to search for" in page(client, f"/search/?q={'%26%7C()' if query == '&|()' else query}")


def test_nothing_found(client, page, articles):
    assert "Nothing found for “zebra”." in page(client, "/search/?q=zebra")
    text = page(client, "/search/?q=ferry&outlet=meridian-post")
    assert "Search without them" in text
    assert 'href="?q=ferry"' in text


def test_an_empty_query_explains_how_to_ask(client, page):
    text = page(client, "/search/")
    assert "Type a word or two" in text
    assert "without a word" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=" + "x" * 501, "500 characters"),
        ("q=a&outlet=nobody", "There is no such outlet."),
        ("q=a%00b", "Null characters"),
        ("q=a&since=3000", "not one of the available"),
    ],
)
def test_what_is_wrong_with_a_query_is_said(client, page, query, said):
    assert said in page(client, f"/search/?{query}", status=422)


def test_results_are_paged_with_bounded_queries(client, page, django_assert_max_num_queries):
    for n in range(45):
        factories.story([factories.article(title=f"Dredging report {n:02}")])
    with django_assert_max_num_queries(6):
        first = client.get("/search/?q=dredging")
    second = client.get("/search/?q=dredging&page=2")
    third = client.get("/search/?q=dredging&page=3")
    found = titles(first) + titles(second) + titles(third)
    assert (len(found), len(set(found))) == (45, 45)
    assert "More results" not in third.content.decode()
    assert "There are no more results" in page(client, "/search/?q=dredging&page=9")
    assert titles(client.get("/search/?q=dredging&page=zero")) == titles(first)


def test_a_present_version_is_searched_not_a_past_one(client):
    factories.article(title="Minister blamed", headlines=["Minister at odds"])
    assert titles(client.get("/search/?q=blamed")) == ["Minister blamed"]
    assert titles(client.get("/search/?q=odds")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("harbour (ferry OR ministers) -dawn", {"Harbour ministers meet"}),
        ("outlet:meridian-post", {"Harbour ministers meet"}),
        ("harbour before:2026-03-01", {"An old story of the harbour"}),
        ("title:dredging OR herring", {"Herring prices"}),
    ],
)
def test_operators_and_fields(client, articles, query, found):
    assert set(titles(client.get("/search/", {"q": query}))) == found


def test_fields_alone_show_how_the_reports_begin_the_latest_first(client, page, articles):
    text = page(client, "/search/?q=before:2026-12-01")
    assert titles(client.get("/search/?q=before:2026-12-01"))[-1] == "An old story of the harbour"
    assert "The dredging contract was discussed at length." in text
    assert "<mark>" not in text


def test_what_cannot_be_understood_is_said_at_the_field_and_kept(client, page, articles):
    text = page(client, "/search/?q=harbour+outlet%3Anobody%22%3C", status=422)
    assert "There is no outlet “nobody” here." in text
    assert 'value="harbour outlet:nobody&quot;&lt;"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="id_q_error"' in text
    assert '<details class="help" open>' in text


@pytest.mark.parametrize(
    "query", ["(" * 500, ")" * 500, "'; DROP TABLE stories_article; --", "a:* & !b <-> c \\", "%s %(x)s"]
)
def test_hostile_searches_do_no_harm(client, articles, query):
    assert client.get("/search/", {"q": query}).status_code in (200, 422)
    assert client.get("/search/feed.atom", {"q": query}).status_code in (200, 422)
    assert client.get("/api/v1/stories", {"q": query}).status_code in (200, 422)


def test_the_help_names_every_field(client, page):
    text = page(client, "/search/")
    for example in queryfields.EXAMPLES:
        assert f"<code>{example}:" in text


def test_the_api_says_what_it_cannot_understand(client):
    response = client.get("/api/v1/stories", {"q": "sauce:named"})
    assert response.status_code == 422
    assert "There is no field “sauce:”" in response.json()["detail"]


def test_words_and_operators_are_searched_in_the_index(articles):
    found = Article.objects.filter(parse("harbour -ferry outlet:meridian-post source:named").condition())
    with connection.cursor() as cursor:
        # With so few rows reading all of them is quicker; whether the index can answer is the point.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert (
        "Bitmap Index Scan on version_search" in Article.objects.filter(parse("harbour lang:en").condition()).explain()
    )
    assert "Seq Scan on stories_version" not in found.explain()
