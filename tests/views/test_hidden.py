"""What readers see of what editors say of a story: hidden, pinned, renamed, led, closed; and no kept page lies."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from stories.models import Story
from stories.nlp.findings import Role
from stories.services import marking, overriding
from tests import factories
from tests.nlp.provenance_worlds import POST
from tests.views.test_decided_pages import NOTE, V1, by, page, plain, report, story

pytestmark = pytest.mark.django_db
__all__ = ["by", "page", "story"]


# --- hidden


@pytest.fixture
def hidden(story, by):
    marking.hide(story, by, timezone.now())
    return story


def test_its_address_says_that_it_is_hidden_and_nothing_more(client, hidden):
    response = client.get(hidden.get_absolute_url())
    text = response.content.decode()
    assert response.status_code == 200
    assert "An editor has hidden this story" in text
    assert "Hidden " in plain(text)
    assert hidden.title not in text
    assert hidden.articles.first().title not in text
    assert NOTE not in text
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in text
    assert "?at=" not in text
    at = f"{hidden.get_absolute_url()}?at={hidden.last_at.isoformat().replace('+', '%2B')}"
    assert hidden.title not in client.get(at).content.decode()


def test_no_list_has_it(client, hidden, page):
    other = factories.story([factories.article(title="Another event")])
    factories.link(hidden, other)
    article = report(hidden, POST)
    assert hidden.title not in page("/?show=all")
    assert "Another event" in page("/?show=all")
    assert hidden.get_absolute_url() not in page(other.get_absolute_url())
    assert hidden.get_absolute_url() not in page(article.outlet.get_absolute_url())
    assert article.title in page(article.outlet.get_absolute_url())
    found = page("/search/?q=aides")
    assert article.get_absolute_url() in found
    assert hidden.get_absolute_url() not in found
    feed = page(f"/outlet/{article.outlet.slug}/feed.atom")
    assert article.get_absolute_url() in feed
    assert hidden.get_absolute_url() not in feed
    assert [one["id"] for one in client.get(f"{V1}/stories").json()["items"]] == [other.pk]
    assert client.get(f"{V1}/articles/{article.pk}").json()["story"] is None


def test_the_front_page_without_any_other_story_is_not_broken(page, hidden):
    assert hidden.title not in page("/")


@pytest.mark.parametrize("path", ["", "/articles", "/attributions", "/claims", "/quotes", "/happenings", "/provenance"])
def test_the_api_says_so(client, hidden, path):
    response = client.get(f"{V1}/stories/{hidden.pk}{path}")
    assert response.status_code == 404
    assert response.json()["detail"] == "An editor has hidden this story."


def test_its_feed_and_its_files_are_not_there(client, hidden):
    base = hidden.get_absolute_url()
    feed = client.get(f"{base}feed.atom")
    assert (feed.status_code, feed.content.decode()) == (404, "An editor has hidden this story.")
    assert client.get(f"{base}export/articles.csv").status_code == 404
    assert "An editor has hidden this story" in client.get(f"{base}export/").content.decode()
    claim = client.get(f"{base}claim/{hidden.articles.first().pk}-0/")
    assert "An editor has hidden this story" in claim.content.decode()


def test_its_reports_have_pages_without_it(page, hidden):
    article = hidden.articles.first()
    text = page(article.get_absolute_url())
    assert "An editor has hidden the story that it is in." in text
    assert hidden.get_absolute_url() not in text


def test_editors_see_it_whole_with_a_banner(client, hidden):
    client.force_login(factories.editor())
    text = client.get(hidden.get_absolute_url()).content.decode()
    assert hidden.title in text
    assert "readers see nothing of this story" in text
    assert hidden.get_absolute_url() in client.get(hidden.articles.first().get_absolute_url()).content.decode()
    assert client.get(f"{hidden.get_absolute_url()}export/articles.csv").status_code == 200


def test_what_was_merged_into_it_is_hidden_with_it(client, hidden):
    old = factories.story([factories.article(title="An old name of it")])
    Story.objects.filter(pk=old.pk).update(merged_into=hidden)
    response = client.get(old.get_absolute_url(), follow=True)
    assert "An editor has hidden this story" in response.content.decode()


def test_shown_again_it_is_back(page, hidden, by):
    marking.show(hidden, by, timezone.now())
    assert hidden.title in page(hidden.get_absolute_url())
    assert hidden.title in page("/?show=all")


# --- pinned, renamed, led, closed


def test_pinned_stories_come_first_once_and_at_most_a_handful(page, client, by):
    now = timezone.now()
    stories = [
        factories.story(
            [factories.article(title=f"Event {n}", first_seen_at=now - timedelta(hours=n)) for _ in range(2)]
        )
        for n in range(28)
    ]
    for minute, number in enumerate((25, 20, 21, 22, 23, 24)):
        marking.pin(stories[number], by, now + timedelta(minutes=minute))
    first = page("/")
    order = re.findall(r'<h2 id="s\d+"><a data-step[^>]*>Event (\d+)</a>', first)
    assert order[:6] == ["24", "23", "22", "21", "20", "0"]
    assert first.count("pinned by an editor") == 5
    older = page("/?" + re.search(r"before=[^\"&]+", first)[0])
    rest = re.findall(r'<h2 id="s\d+"><a data-step[^>]*>Event (\d+)</a>', older)
    assert "pinned by an editor" not in older
    assert sorted(map(int, order + rest)) == list(range(28))
    marking.hide(stories[24], by, now)
    assert "Event 24<" not in page("/")


def test_a_story_of_one_outlet_can_be_pinned(page, by):
    factories.story([factories.article(title="Two have it") for _ in range(2)])
    alone = factories.story([factories.article(title="One has it")])
    marking.pin(alone, by, timezone.now())
    text = page("/")
    assert text.count("One has it") == 1
    assert text.index("One has it") < text.index("Two have it")


def test_a_renamed_story_says_whose_headline_it_has_not(page, story, by):
    headline = story.headline_of
    marking.rename(story, "Aides at odds", by, timezone.now())
    text = page(story.get_absolute_url())
    assert "<h1>Aides at odds</h1>" in re.sub(r"<h1[^>]*>", "<h1>", text)
    assert f"An editor’s title · headline by {headline.outlet.name}: {headline.title}" in plain(text)


def test_a_lead_that_an_editor_chose_says_so(page, story, by):
    lead = report(story, "Daily Ledger")
    marking.choose_lead(story, lead.pk, by, timezone.now())
    text = page(story.get_absolute_url())
    assert "Daily Ledger ’s headline: lead chosen by an editor" in plain(text)
    row = re.search(rf'<tr id="r{lead.pk}">.*?</tr>', text, re.DOTALL)[0]
    assert "lead chosen by an editor" in plain(row)


def test_closed_and_kept_open_by_an_editor(page, story, by):
    now = timezone.now()
    assert "kept open" not in plain(page(story.get_absolute_url()))
    marking.close(story, by, now)
    text = plain(page(story.get_absolute_url()))
    assert "closed by an editor : it takes no new reports" in text
    assert "may take it up again" not in text
    marking.reopen(story, by, now)
    text = plain(page(story.get_absolute_url()))
    assert "kept open by an editor , although it may be quiet" in text
    assert "taken up again" not in text


# --- kept pages


@pytest.mark.parametrize(
    "act",
    [
        marking.lock,
        marking.pin,
        marking.hide,
        marking.close,
        marking.reopen,
        lambda s, by, now: marking.rename(s, "Aides at odds", by, now),
        lambda s, by, now: marking.choose_lead(s, report(s, "Daily Ledger").pk, by, now),
        lambda s, by, now: overriding.set_role(report(s, "Daily Ledger"), Role.MIXED, by, now),
        lambda s, by, now: (marking.lock(s, by, now), marking.unlock(s, by, now)),
    ],
)
def test_a_kept_page_never_lies(client, story, by, act, settings):
    settings.PAGE_CACHE_S = 300
    address = story.get_absolute_url()
    before = client.get(address).content
    assert client.get(address).content == before
    act(story, by, timezone.now())
    assert client.get(address).content != before
