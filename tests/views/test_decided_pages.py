"""What readers see of what editors set right: marks with who and why, in pages, in the API, in files."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from stories.models import Attribution, Story
from stories.nlp.findings import Relation, Role, SourceKind
from stories.selectors import overrides
from stories.selectors.reports import reports_of
from stories.services import marking, overriding, provenance, undoing
from stories.services.acts import By
from stories.services.overriding import Credited
from tests import factories
from tests.nlp.provenance_worlds import NINE, POST, harbour
from tests.stories_traced import traced

pytestmark = pytest.mark.django_db
V1 = "/api/v1"
SOON = timezone.now() - NINE - timedelta(hours=5)
NOTE = "as the paper says itself"


@pytest.fixture
def by():
    return By.person(factories.editor(first_name="Ida"), NOTE)


@pytest.fixture
def story():
    return traced(harbour(), SOON)


@pytest.fixture
def page(client):
    def get(address: str) -> str:
        response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return get


def report(story, outlet):
    return story.articles.get(outlet__name=outlet)


def retrace(story):
    """The story traced with what editors said, as the trace step does."""
    rows = reports_of(story, {})
    decided = overrides.decided([row.article for row in rows])
    story.refresh_from_db()
    provenance.save(story, provenance.look(rows, decided), timezone.now())


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- marks


def test_a_role_is_marked_with_who_and_why(page, story, by):
    article = report(story, "Daily Ledger")
    before = page(story.get_absolute_url())
    assert "set by an editor" not in before
    overriding.set_role(article, Role.ORIGINAL, by, timezone.now())
    retrace(story)
    row = re.search(rf'<tr id="r{article.pk}">.*?</tr>', page(story.get_absolute_url()), re.DOTALL)[0]
    assert "original" in plain(row)
    assert f"Ida, {timezone.localtime().strftime('%-H')}" in plain(row)
    assert f"“{NOTE}”" in plain(row)


def test_an_origin_by_an_editors_word_says_so(page, story, by):
    overriding.set_role(report(story, "Daily Ledger"), Role.ORIGINAL, by, timezone.now())
    retrace(story)
    text = page(story.get_absolute_url())
    counted = text[text.index('id="origins"') :]
    counted = counted[: counted.index('id="perhaps"')]
    assert "an editor says so" in plain(counted)
    assert "set by an editor" in plain(counted)


def test_a_link_is_marked_in_the_drawing_and_in_words(page, story, by):
    article = report(story, "Daily Ledger")
    assert 'class="said"' not in page(story.get_absolute_url())
    overriding.set_credit(article, POST, Credited(POST, "retargeted", Relation.TOLD), by, timezone.now())
    retrace(story)
    text = page(story.get_absolute_url())
    assert text.count('<circle class="said"') >= 3
    assert "Daily Ledger credits The Meridian Post: text kept, headline kept; set by an editor" in text
    assert "a dot: set by an editor" in text
    links = text[text.index('id="links-door"') :]
    assert "set by an editor" in plain(links[: links.index("</ul>")])


def test_the_article_page_marks_role_kind_and_credits(page, story, by):
    article = report(story, "The Gazette")
    now, key = timezone.now(), article.examined.told().sourced[0].key
    overriding.set_role(article, Role.OTHER, by, now)
    overriding.set_kind(article, key, SourceKind.DOCUMENT, by, now)
    overriding.set_credit(article, POST, Credited(POST, "removed"), by, now)
    overriding.set_credit(article, "The Northern Light", Credited("The Northern Light", "added"), by, now)
    text = page(article.get_absolute_url())
    assert text.count("set by an editor") == 4
    assert "No report of news" in plain(text)
    assert f"It does not credit {POST}." in plain(text)
    assert "without a passage" in plain(text)
    assert re.search(r'chip k-document">document', text)
    # And it is found so, too.
    where = article.get_absolute_url()
    assert Attribution.objects.filter(article=article, kind="document").exists()
    assert where in page("/search/?q=source:document")
    assert where in page('/search/?q=credits:"The Northern Light"')
    assert where in page("/search/?q=role:other")
    assert where not in page(f'/search/?q=credits:"{POST}"')


def test_taken_back_it_is_as_it_was(page, story, by):
    article = report(story, "The Gazette")

    def cited():
        text = page(article.get_absolute_url())
        return text[text.index('id="cited"') : text.index('id="tm"')]

    before = cited()
    edits = overriding.correct(
        article,
        {("role", ""): Role.OTHER, ("credit", POST): Credited(POST, "removed")},
        by,
        timezone.now(),
    )
    assert cited() != before
    for edit in edits:
        undoing.undo(edit, by, timezone.now())
    assert cited() == before


def test_a_copy_that_an_editor_calls_original_is_shown_as_such(page, story, by):
    wire = story.articles.exclude(wire="").first()
    at = rf'<li id="r{wire.pk}">.*?class="foot-of"'
    assert "set by" not in plain(re.search(at, page(story.get_absolute_url()), re.DOTALL)[0])
    overriding.set_role(wire, Role.ORIGINAL, by, timezone.now())
    retrace(story)
    assert "original set by an editor" in plain(re.search(at, page(story.get_absolute_url()), re.DOTALL)[0])


# --- API and files


def test_the_api_says_what_editors_set(client, story, by):
    article, now = report(story, "The Gazette"), timezone.now()
    key = article.examined.told().sourced[0].key
    overriding.set_role(article, Role.OTHER, by, now)
    overriding.set_kind(article, key, SourceKind.DOCUMENT, by, now)
    overriding.set_credit(article, POST, Credited(POST, "added", Relation.TOLD), by, now)
    retrace(story)

    def get(path: str) -> dict:
        return client.get(f"{V1}{path}").json()

    told = next(one for one in get(f"/stories/{story.pk}/articles")["items"] if one["id"] == article.pk)
    assert (told["role"], told["role_by_editor"]) == ("other", True)
    assert [(one["relation"], one["by_editor"]) for one in told["credits"]] == [("told", True)]
    assert get(f"/articles/{article.pk}")["role_by_editor"]
    kinds = {
        (one["name"], one["kind"], one["kind_by_editor"])
        for one in get(f"/stories/{story.pk}/attributions?limit=100")["items"]
        if one["article"] == article.pk
    }
    assert ("Ada Brandt", "document", True) in kinds
    assert {by_editor for _name, kind, by_editor in kinds if kind != "document"} <= {False}
    provenance = get(f"/stories/{story.pk}/provenance")
    assert {one["article"] for one in provenance["standings"] if one["role_by_editor"]} == {article.pk}
    assert {one["article"] for one in provenance["edges"] if one["by_editor"]} == {article.pk}


def test_the_files_say_what_editors_set(client, story, by):
    article, now = report(story, "The Gazette"), timezone.now()
    overriding.set_role(article, Role.OTHER, by, now)
    address = f"/story/{story.pk}/{story.slug}/export/articles.csv"
    header, *rows = client.get(address).content.decode().splitlines()
    assert header.endswith(",role_by_editor")
    assert [row.endswith(",yes") for row in rows].count(True) == 1


def test_the_api_says_what_editors_say_of_a_story(client, story, by):
    now = timezone.now()
    marking.rename(story, "Aides at odds", by, now)
    marking.pin(story, by, now)
    marking.close(story, by, now)
    marking.choose_lead(story, report(story, "Daily Ledger").pk, by, now)
    told = client.get(f"{V1}/stories/{story.pk}").json()
    assert (told["title"], told["title_by_editor"], told["pinned"]) == ("Aides at odds", True, True)
    assert (told["closing"], told["lead_by_editor"]) == ("closed", report(story, "Daily Ledger").pk)


def test_the_story_of_a_moment_has_what_editors_say_of_its_reports(page, story, by):
    article = report(story, "Daily Ledger")
    at = f"{story.get_absolute_url()}?at={article.reported_at.isoformat().replace('+', '%2B')}"
    first = page(at)
    overriding.set_role(article, Role.ORIGINAL, by, timezone.now())
    Story.objects.filter(pk=story.pk).update(revision=story.revision)
    second = page(at)
    assert "set by an editor" not in first
    row = re.search(rf'<tr id="r{article.pk}">.*?</tr>', second, re.DOTALL)[0]
    assert "original" in plain(row)
    assert "set by an editor" in plain(row)


def test_exports_are_json_still(client, story, by):
    overriding.set_role(report(story, "Daily Ledger"), Role.MIXED, by, timezone.now())
    told = json.loads(client.get(f"{story.get_absolute_url()}export/articles.json").content)
    assert [one["role_by_editor"] for one in told["articles"]].count(True) == 1
