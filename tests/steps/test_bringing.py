"""An article is brought into a story by its address: it goes the usual way, and is had once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories import pipeline
from stories.models import Act, Article, Bond, Edit, Outlet, Stage, TextState
from stories.services import bringing, curation, undoing
from stories.services.acts import By, Refused
from tests import factories
from tests.fakes import page
from tests.steps.curating import SURE, said, story_of

pytestmark = pytest.mark.django_db
PARAGRAPHS = (
    "SKARV — The ferry Skarv ran aground off Orvane on Tuesday night with 84 people on board, the coast guard said.",
    "“Nobody was hurt and nobody panicked,” said the harbour master, Ingrid Vale, who had watched from the pier.",
    "The operator, Northern Crossings, said that divers would look at the hull before the evening tide lifts the ship.",
)
PAGE = "https://www.example.org/nyheter/ferry-aground?utm_source=feed"


@pytest.fixture
def anna(db):
    return By.person(factories.editor(first_name="Anna"), "found by hand")


def test_it_waits_for_its_page_in_the_story(now, anna):
    story, _ = story_of(now, 2)
    edit = bringing.bring(story, f"  {PAGE} ", anna, now + timedelta(hours=3))
    article = edit.article
    article.refresh_from_db()
    assert (article.story, article.stage, article.text_state) == (story, Stage.FOUND, TextState.PENDING)
    assert article.url == article.title == "https://www.example.org/nyheter/ferry-aground"
    assert (article.outlet.domains, article.outlet.demo) == (["example.org"], False)
    assert article.story_reasons == ["an editor added it by its address"]
    assert (edit.act, edit.note, edit.moves) == (Act.ADD, "found by hand", [[article.pk, None, story.pk]])
    story.refresh_from_db()
    assert (story.article_count, story.outlet_count) == (3, 3)
    assert story.last_at == article.reported_at


def test_its_outlet_is_the_one_of_its_domain(now, anna):
    outlet = factories.outlet(name="Skarv Tidende", domains=["example.org"])
    story, _ = story_of(now, 1)
    assert bringing.bring(story, PAGE, anna, now).article.outlet == outlet
    assert Outlet.objects.filter(domains__contains=["example.org"]).count() == 1


def test_what_we_have_is_not_had_twice(now, anna):
    (story, _), (other, (there,)) = story_of(now, 1), story_of(now, 1)
    edit = bringing.bring(story, PAGE, anna, now)
    with pytest.raises(Refused, match="in the story already"):
        bringing.bring(story, PAGE.replace("www.", "").replace("https", "http"), anna, now)
    with pytest.raises(Refused, match="move it from there"):
        bringing.bring(other, PAGE, anna, now)
    Article.objects.filter(pk=there).update(story=None, url_key="example.org/alone")
    assert bringing.bring(story, "https://example.org/alone", anna, now).article.pk == there
    assert Edit.objects.filter(act=Act.ADD).count() == 2
    assert edit.article.pk != there


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("", "no address"),
        ("ferry aground", "no address"),
        ("javascript:alert(1)", "no address"),
        ("file:///etc/passwd", "no address"),
        ("https://" + "a" * 3000 + ".example/", "no address"),
        ("http://127.0.0.1/secret", "whose it is"),
        ("http://[::1]/secret", "whose it is"),
        ("http://localhost/", "whose it is"),
    ],
)
def test_what_is_no_page_of_an_outlet_is_refused(now, anna, url, word):
    story, mine = story_of(now, 1)
    with pytest.raises(Refused, match=word):
        bringing.bring(story, url, anna, now)
    assert set(story.articles.values_list("pk", flat=True)) == set(mine)


def test_a_program_brings_nothing_and_a_merged_story_takes_nothing(now, anna):
    (story, _), (other, _) = story_of(now, 1), story_of(now, 1)
    curation.merge(story, other, anna, now)
    with pytest.raises(Refused, match="merged into another"):
        bringing.bring(other, PAGE, anna, now)
    with pytest.raises(Refused, match="Only an editor"):
        bringing.bring(story, PAGE, By.grouping(0.9, []), now)


def test_taken_back_it_is_in_no_story_and_can_be_brought_again(now, anna):
    story, _ = story_of(now, 2)
    edit = bringing.bring(story, PAGE, anna, now)
    undoing.undo(edit, anna, now)
    edit.article.refresh_from_db()
    story.refresh_from_db()
    assert (edit.article.story, story.article_count) == (None, 2)
    again = bringing.bring(story, PAGE, anna, now)
    assert again.article == edit.article


def test_the_story_is_traced_without_it_until_it_was_read(now, anna):
    story, _ = story_of(now, 2)
    Article.objects.filter(story=story).update(vector=[0.1] * 384, terms={}, stage=Stage.DONE)
    bringing.bring(story, PAGE, anna, now)
    assert Article.objects.filter(story=story, stage=Stage.GROUPED).exists()
    assert pipeline.advance("trace", lambda: now).moved
    story.refresh_from_db()
    assert story.traced_revision == story.revision
    assert not Article.objects.filter(story=story, stage=Stage.FAILED).exists()


def test_its_page_gives_it_its_headline(now, anna, web):
    story, _ = story_of(now, 1)
    edit = bringing.bring(story, PAGE, anna, now)
    web.put(edit.article.url, page("Ferry aground off Orvane", *PARAGRAPHS))
    pipeline.advance("extract", lambda: now)
    article = Article.objects.get(pk=edit.article.pk)
    assert article.title == "Ferry aground off Orvane"
    assert article.version.title == article.title
    assert (article.story, article.stage) == (story, Stage.EXTRACTED)


def test_a_title_that_the_editor_gave_stays(now, anna, web):
    story, _ = story_of(now, 1)
    edit = bringing.bring(story, PAGE, anna, now, "Ferry aground,\n night of fog")
    web.put(
        edit.article.url, page("Another headline", *["Some words of the page that tell of a ferry in the fog."] * 6)
    )
    pipeline.advance("extract", lambda: now)
    edit.article.refresh_from_db()
    assert edit.article.title == "Ferry aground, night of fog"


def test_the_program_leaves_it_where_the_editor_put_it(now, anna):
    (story, (a,)), (other, _) = story_of(now, 1), story_of(now, 1)
    brought = bringing.bring(story, PAGE, anna, now)
    article = brought.article.pk
    assert said() == {(a, article): Bond.TOGETHER}
    with pytest.raises(Refused, match="keeps these reports together"):
        curation.move([article], other, SURE, now)
    undoing.undo(brought, anna, now)
    assert said() == {}
