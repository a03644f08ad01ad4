"""The desk's lists of stories and articles, and its first page: what they tell, how they are narrowed and searched."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from stories.models import (
    ArticleKey,
    Closing,
    DoubtState,
    Objection,
    PollResult,
    Proposal,
    Stage,
    StoryProvenance,
    TextState,
)
from stories.services import curation, marking
from stories.services.acts import By
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
STORIES, ARTICLES = "/admin/stories/story/", "/admin/stories/article/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=5), tick=False):
        yield


@pytest.fixture
def by():
    return By.person(factories.editor(first_name="Anna", last_name="Berg"))


def titles(client, address: str) -> set[str]:
    return {row.title for row in client.get(address).context["cl"].result_list}


def row_of(client, address: str, title: str) -> str:
    """The text of a row, without its tags."""
    text = client.get(address).content.decode()
    rows = [row for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL) if title in row]
    assert len(rows) == 1, rows
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", rows[0])).split())


def test_a_row_tells_all_that_an_editor_needs_to_choose_by(editor_client, by):
    rows = [factories.article(first_seen_at=MORNING + timedelta(hours=n)) for n in range(3)]
    story = factories.story(rows, title="Ferry aground off Skarv")
    StoryProvenance.objects.create(story=story, revision=1, least=1, most=3, traced={}, at=MORNING)
    factories.doubt(story, other=factories.story(title="Another"))
    factories.doubt(story, "split", state=DoubtState.DISMISSED)
    for sender in "ab":
        Objection.objects.create(story=story, article=rows[0], sender=sender, at=MORNING)
    Objection.objects.create(story=story, sender="a", at=MORNING, doubt=story.doubts.get(act="split"))
    marking.pin(story, by, timezone.now())
    marking.lock(story, by, timezone.now() - timedelta(hours=2))
    assert row_of(editor_client, STORIES, "Ferry aground") == (
        "Ferry aground off Skarv pinned locked 3 3 1–3 1 question , 2 objections 8:58 10:58"
        " locked by Anna Berg 2 hours ago open"
    )


def test_each_state_is_said_in_words(editor_client, by):
    now = timezone.now()
    hidden, closed, kept, renamed = (factories.story(title=f"Story {n}") for n in range(4))
    marking.hide(hidden, by, now)
    marking.close(closed, by, now)
    marking.reopen(kept, by, now)
    marking.rename(renamed, "What the editor calls it", by, now)
    factories.story(title="Story 4", closed_at=now)
    factories.story(title="Story 5", article_count=0)
    words = ["hidden", "closed by an editor", "kept open", "renamed", "closed", "no reports"]
    for title, word in zip(
        ["Story 0", "Story 1", "Story 2", "What the editor", "Story 4", "Story 5"], words, strict=True
    ):
        assert word in row_of(editor_client, STORIES, title)


def test_a_merged_story_says_into_which_and_is_shown_when_asked_for(editor_client, by):
    kept, gone = factories.story(title="The ferry"), factories.story(title="The ship")
    curation.merge(kept, gone, by, timezone.now())
    assert titles(editor_client, STORIES) == {"The ferry"}
    assert "merged into The ferry" in row_of(editor_client, f"{STORIES}?state=merged", "The ship")
    assert "merged by Anna Berg" in row_of(editor_client, STORIES, "The ferry")


def test_a_row_leads_to_the_desk_the_readers_page_its_questions_and_its_history(editor_client, by):
    story = factories.story(title="The ferry")
    factories.doubt(story)
    marking.lock(story, by, timezone.now())
    text = editor_client.get(STORIES).content.decode()
    for name, args in (("story_change", [story.pk]), ("story_history", [story.pk])):
        assert reverse(f"admin:stories_{name}", args=args) in text
    assert f'href="{story.get_absolute_url()}"' in text
    questions = f"/admin/stories/doubt/?about={story.pk}"
    assert questions in text
    other = factories.doubt(factories.story())
    shown = [row.pk for row in editor_client.get(questions).context["cl"].result_list]
    assert shown == [story.doubts.get().pk]
    assert other.pk not in shown


def test_stories_are_narrowed_by_state(editor_client):
    now = timezone.now()
    for title, kw in (
        ("live", {}),
        ("pinned", {"pinned_at": now}),
        ("locked", {"locked": True}),
        ("hidden", {"hidden": True}),
        ("quiet", {"closed_at": now}),
        ("closed", {"closed_at": now, "closing": Closing.CLOSED}),
        ("named", {"named": "named"}),
        ("empty", {"article_count": 0}),
    ):
        factories.story(title=title, **kw)
    for state in ("pinned", "locked", "hidden", "named", "empty"):
        assert titles(editor_client, f"{STORIES}?state={state}") == {state}
    assert titles(editor_client, f"{STORIES}?state=closed") == {"quiet", "closed"}
    assert titles(editor_client, f"{STORIES}?state=live") == {"live", "pinned", "locked", "named"}
    assert len(titles(editor_client, f"{STORIES}?state=nonsense")) == 8


def test_stories_are_narrowed_by_doubt_activity_outlets_language_and_world(editor_client):
    old = timezone.now() - timedelta(days=40)
    asked, other = factories.story(title="asked", outlet_count=5), factories.story(title="other side", outlet_count=2)
    factories.doubt(asked, other=other)
    factories.doubt(factories.story(title="answered"), state=DoubtState.DONE)
    said = factories.story(title="said", last_at=old)
    Objection.objects.create(story=said, sender="a", at=MORNING)
    factories.story(title="auf Deutsch", lang="de")
    factories.story(title="invented", demo=True)
    for query, wanted in (
        ("doubt=questions", {"asked", "other side"}),
        ("doubt=objections", {"said"}),
        ("doubt=any", {"asked", "other side", "said"}),
        ("last_at_lately=older", {"said"}),
        ("outlets=5", {"asked"}),
        ("outlets=2", {"asked", "other side"}),
        ("lang=de", {"auf Deutsch"}),
        ("demo=yes", {"invented"}),
        ("doubt=questions&outlets=5&last_at_lately=week&lang=en&demo=no&state=live", {"asked"}),
    ):
        assert titles(editor_client, f"{STORIES}?{query}") == wanted, query
    assert "said" not in titles(editor_client, f"{STORIES}?last_at_lately=day")


@pytest.mark.parametrize(
    ("query", "wanted"), [("erry agr", 1), ("FERRY", 1), ("skarv ferry", 1), ("zebra", 0), ("%", 0)]
)
def test_stories_are_found_by_any_part_of_their_title(editor_client, query, wanted):
    factories.story(title="Ferry aground off Skarv")
    factories.story(title="Court rules on the harbour")
    assert len(titles(editor_client, f"{STORIES}?q={query}")) == wanted


def test_stories_and_articles_are_found_by_number(editor_client):
    story = factories.story(title="The ferry")
    factories.story()
    assert titles(editor_client, f"{STORIES}?q=%23{story.pk}") == {"The ferry"}
    assert editor_client.get(f"{STORIES}?q={'9' * 40}").status_code == 200


def test_articles_are_found_by_headline_and_by_address(editor_client):
    one = factories.article(title="Ferry aground", url="https://outlet.example/a/1")
    type(one).objects.filter(pk=one.pk).update(url_key="outlet.example/a/1")
    ArticleKey.objects.create(key="outlet.example/canonical", article=one)
    factories.article(title="Court rules")
    for query in ("aground", "https://www.outlet.example/a/1/", "http://outlet.example/canonical"):
        assert titles(editor_client, f"{ARTICLES}?q={query}") == {"Ferry aground"}, query
    assert titles(editor_client, f"{ARTICLES}?q=https://outlet.example/other") == set()


def test_articles_are_narrowed(editor_client):
    factories.article(title="failed", stage=Stage.FAILED, failed_stage=Stage.READ)
    factories.article(title="waiting", stage=Stage.FOUND, text_state=TextState.PENDING)
    of = factories.article(title="invented", outlet=factories.outlet(demo=True), text="Text.")
    factories.article(
        title="old", lang="de", reported_at=timezone.now() - timedelta(days=60), text_state=TextState.FEED
    )
    factories.story(lang="de")
    for query, wanted in (
        ("stage=FAILED", {"failed"}),
        ("stage=waiting", {"waiting"}),
        ("failed_stage=READ", {"failed"}),
        ("text_state=pending", {"waiting"}),
        ("text_state=page", {"invented"}),
        ("text_state=feed", {"old"}),
        ("world=yes", {"invented"}),
        ("reported_at_lately=older", {"old"}),
        ("lang=de", {"old"}),
        (f"outlet={of.outlet_id}", {"invented"}),
    ):
        assert titles(editor_client, f"{ARTICLES}?{query}") == wanted, query
    assert f"outlet: <b>{of.outlet}</b>" in editor_client.get(f"{ARTICLES}?outlet={of.outlet_id}").content.decode()
    assert editor_client.get(f"{ARTICLES}?outlet=x").status_code == 200


def test_the_first_page_says_what_waits_and_leads_there(editor_client, by):
    story = factories.story(title="Ferry aground off Skarv")
    factories.doubt(story, priority=2.0)
    said = factories.story(title="Court rules")
    Objection.objects.create(story=said, sender="a", at=MORNING)
    marking.lock(story, by, timezone.now())
    factories.feed(outlet=factories.outlet(name="Coast Wire"), last_result=PollResult.TEMPORARY, failures=4)
    factories.feed()
    factories.article(stage=Stage.FAILED, failed_stage=Stage.READ)
    Proposal.objects.create(name="The Wire", evidence=[0, 1], first_seen_at=MORNING)
    text = editor_client.get("/admin/").content.decode()
    assert f'<a href="{reverse("admin:stories_doubt_queue")}">1 question</a> waits for an answer' in text
    for words in (
        "1 of 2 feeds fails",
        "1 article failed on the way",
        "1 name may be an outlet’s",
        "locked by Anna Berg",
    ):
        assert words in text
    assert text.index("Ferry aground off Skarv") < text.index("Court rules") < text.index("Coast Wire")


def test_the_first_page_of_a_desk_with_nothing_to_do_says_so(editor_client):
    text = editor_client.get("/admin/").content.decode()
    for words in (
        "No question waits for an answer",
        "nobody has a question about any",
        "No editor has changed anything",
    ):
        assert words in text


def test_the_first_page_costs_the_same_however_much_waits(editor_client, by, django_assert_max_num_queries):
    for number in range(12):
        story = factories.story(title=f"Story {number}")
        factories.doubt(story)
        marking.lock(story, by, timezone.now())
        factories.feed(last_result=PollResult.TEMPORARY)
    editor_client.get("/admin/")
    with django_assert_max_num_queries(22):
        assert editor_client.get("/admin/").status_code == 200


def test_tables_stand_in_sections_and_editors_see_only_theirs(editor_client):
    text = editor_client.get("/admin/").content.decode()
    sections = re.findall(r'<h2 id="section-\d+">([^<]+)</h2>', text)
    assert sections == ["Stories", "Decisions", "Reports", "Outlets and feeds", "What grouping works with"]
    boss = factories.editor(is_superuser=True)
    editor_client.force_login(boss)
    text = editor_client.get("/admin/").content.decode()
    assert re.findall(r'<h2 id="section-\d+">([^<]+)</h2>', text)[5:] == [
        "Alerts",
        "People",
        "Teams",
        "The desk itself",
    ]


def test_short_words_are_found_whole(editor_client):
    factories.article(title="EU and UN meet on fish")
    factories.article(title="Museum in Eureka closes", text="The EU paid for it.")
    for query, wanted in (
        ("EU", {"EU and UN meet on fish"}),
        ("eu un", {"EU and UN meet on fish"}),
        ("on", {"EU and UN meet on fish"}),
        ("eu fis", {"EU and UN meet on fish"}),
        ("zq", set()),
    ):
        assert titles(editor_client, f"{ARTICLES}?q={query}") == wanted, query
