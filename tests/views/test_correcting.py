"""The page on which an editor sets right what was found of an article: shown, previewed, saved, refused, raced."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stories.models import Edit, Override
from stories.nlp.findings import Relation, Role, SourceKind
from stories.selectors.corrigible import slot
from stories.services import overriding
from stories.services.acts import By
from tests import factories
from tests.nlp.provenance_worlds import NINE, POST, harbour
from tests.stories_traced import traced

pytestmark = pytest.mark.django_db
SOON = timezone.now() - NINE - timedelta(hours=5)


@pytest.fixture
def story():
    return traced(harbour(), SOON)


@pytest.fixture
def editor(client):
    user = factories.editor(first_name="Ida")
    client.force_login(user)
    return user


def report(story, number):
    """The harbour's reports by their numbers."""
    outlets = {one.article: one.outlet for one in harbour()}
    return story.articles.get(outlet__name=outlets[number])


def address(article):
    return reverse("admin:stories_article_correct", args=[article.pk])


def shown(client, article):
    """The page's form as a browser would send it back untouched."""
    return fields(client.get(address(article)).content.decode())


def fields(html):
    """The fields of the correction form with what they hold."""
    form = html[html.index('<form method="post" class="correct"') :]
    form = form[: form.index("</form>")]
    data = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            data[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        data[name] = chosen[1]
    for name, body in re.findall(r'<textarea name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        data[name] = body.strip()
    data.pop("csrfmiddlewaretoken", None)
    return data


def send(client, article, **changes):
    return client.post(address(article), shown(client, article) | changes)


def said(article):
    return {(row.what, row.about): row.value for row in Override.objects.filter(article=article)}


# --- what is shown


def test_the_page_shows_what_was_found_with_its_passages(client, editor, story):
    page = client.get(address(report(story, 2))).content.decode()
    assert "<b>re-report</b>, as it was found" in page
    assert POST in page
    assert "as found: The Meridian Post: Aides confronted" in page
    assert page.count('class="passage"') >= 2


def test_only_editors_reach_it(client, story):
    where = address(report(story, 2))
    assert client.get(where).status_code == 302
    client.force_login(factories.user())
    assert client.get(where).status_code == 302
    assert client.post(where, {"role": "original"}).status_code == 302
    assert not Edit.objects.exists()


def test_what_is_not_there_is_not_found(client, editor):
    assert client.get("/admin/stories/article/999999/correct/").status_code == 404
    assert client.get(f"/admin/stories/article/{10**30}/correct/").status_code == 404


def test_a_report_without_story_and_findings_can_still_be_corrected(client, editor):
    article = factories.article(text="Words.")
    assert "not examined in its present wording" in client.get(address(article)).content.decode()
    assert send(client, article, role="other").status_code == 302
    assert said(article) == {("role", ""): {"role": "other"}}


def test_the_page_costs_the_same_for_any_story(client, editor, story, django_assert_max_num_queries):
    where = address(report(story, 2))
    client.get(where)
    with django_assert_max_num_queries(13):
        client.get(where)


# --- saving


def test_an_untouched_form_changes_nothing(client, editor, story):
    response = send(client, report(story, 2))
    assert response.status_code == 302
    assert not Edit.objects.exists()


def test_several_things_at_once_each_an_edit(client, editor, story):
    article = report(story, 2)
    source = article.examined.told().sourced[0].key
    response = send(
        client,
        article,
        role="mixed",
        note="as the paper says",
        **{f"kind-{slot(source)}": "named", f"credit-{slot('meridian post')}": "none"},
    )
    assert response.status_code == 302
    assert said(article) == {
        ("role", ""): {"role": "mixed"},
        ("source", source): {"kind": "named"},
        ("credit", POST): {"how": "removed", "relation": None, "target": None, "evidence": []},
    }
    assert [(edit.by, edit.note) for edit in Edit.objects.all()] == [("Ida", "as the paper says")] * 3
    page = client.get(address(article)).content.decode()
    assert "<b>mixed</b>, as an editor says; found: re-report" in page
    assert "found, but an editor says otherwise" in page
    assert page.count("Corrected by Ida") == 3
    # Again untouched, then all of it back.
    send(client, article)
    assert Edit.objects.count() == 3
    back = {"role": "", f"kind-{slot(source)}": "", f"credit-{slot('meridian post')}": ""}
    send(client, article, **back)
    assert said(article) == {}


@pytest.mark.parametrize(
    ("way", "relation", "kept"),
    [
        ("away", "", {"how": "retargeted", "relation": None, "target": None}),
        ("2", "told", {"how": "retargeted", "relation": "told", "target": 2}),
        ("", "poll", {"how": "added", "relation": "poll", "target": None}),
        ("away", "told", {"how": "retargeted", "relation": "told", "target": None}),
    ],
)
def test_a_credit_goes_where_and_how_an_editor_says(client, editor, story, way, relation, kept):
    article, other = report(story, 5), report(story, 2)
    name = slot("meridian post")
    target = str(other.pk) if way == "2" else way
    changes = {f"credit-{name}": target, f"relation-{name}": relation}
    assert send(client, article, **changes).status_code == 302
    kept = {**kept, "target": other.pk if kept["target"] else None, "evidence": []}
    assert said(article) == {("credit", POST): kept}
    again = shown(client, article)
    assert (again[f"credit-{name}"], again[f"relation-{name}"]) == (target, relation)


def test_a_missed_credit_is_added_with_its_passage(client, editor, story):
    article = report(story, 12)
    factories.outlet(name="The Northern Light", aliases=["the Light"])
    text = article.version.text
    words = text[:60].rsplit(" ", 1)[0]
    response = send(
        client, article, outlet="The  light".replace("  ", " "), added_relation="told", passage=words.replace(" ", "\n")
    )
    assert response.status_code == 302
    (key, value), *_ = said(article).items()
    assert key == ("credit", "The Northern Light")
    start = len(article.title) + 1
    assert (value["how"], value["relation"], value["evidence"]) == ("added", "told", [[start, start + len(words)]])
    page = client.get(address(article)).content.decode()
    assert "added by an editor" in page
    assert words in page.replace("<mark>", "").replace("</mark>", "")
    # What was quoted stays when only the relation changes; and it can be taken back.
    name = slot("northern light")
    send(client, article, **{f"relation-{name}": "reported"})
    assert said(article)[key]["evidence"] == value["evidence"]
    send(client, article, **{f"credit-{name}": ""})
    assert said(article) == {}


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"passage": "Something"}, "Say which outlet it credits."),
        ({"outlet": "Nobody’s Own", "passage": "This stands nowhere."}, "copy a passage from it word for word"),
        ({"outlet": "the meridian post"}, "in the list already"),
        ({"outlet": "Daily Ledger"}, "It is the article’s own outlet."),
        ({"outlet": "x" * 301}, "at most 300 characters"),
        ({"role": "king"}, "king is not one of the available choices"),
        ({"note": "n" * 2001}, "at most 2000 characters"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(client, editor, story, typed, wrong):
    response = send(client, report(story, 2), **{"note": "why\x00 not"} | typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert wrong in page.replace("&#x27;", "'")
    assert all(value[:40] in page for name, value in typed.items() if name != "role")
    assert not Edit.objects.exists()


def test_what_cannot_be_is_refused_in_words(client, editor, story, monkeypatch):
    article = report(story, 2)
    data = shown(client, article) | {"role": "mixed", "note": "kept"}
    monkeypatch.setattr(
        overriding, "correct", lambda *a, **k: (_ for _ in ()).throw(overriding.Refused("The report is no more."))
    )
    response = client.post(address(article), data)
    assert response.status_code == 422
    assert "The report is no more." in response.content.decode()
    assert "kept" in response.content.decode()


# --- two editors


def test_what_another_said_of_something_else_is_no_hindrance_and_is_kept(client, editor, story):
    article = report(story, 2)
    data = shown(client, article) | {f"credit-{slot('meridian post')}": "none"}
    overriding.set_role(article, Role.ORIGINAL, By.person(factories.editor(first_name="Jon")), timezone.now())
    assert client.post(address(article), data).status_code == 302
    assert set(said(article)) == {("role", ""), ("credit", POST)}


def test_who_changed_the_same_is_named_and_what_was_typed_stays(client, editor, story):
    article = report(story, 2)
    data = shown(client, article) | {"role": "mixed", "note": "mine"}
    jon = By.person(factories.editor(first_name="Jon"), "his")
    overriding.set_role(article, Role.ORIGINAL, jon, timezone.now())
    source = article.examined.told().sourced[0].key
    overriding.set_kind(article, source, SourceKind.NAMED, jon, timezone.now())
    response = client.post(address(article), data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Jon has changed the same since you opened this page" in page
    again = fields(page)
    assert (again["role"], again["initial-role"], again["note"]) == ("mixed", "original", "mine")
    # What Jon did besides is not undone by saving over it.
    assert again[f"kind-{slot(source)}"] == "named"
    assert client.post(address(article), again).status_code == 302
    assert said(article) == {("role", ""): {"role": "mixed"}, ("source", source): {"kind": "named"}}


# --- preview


def test_the_preview_tells_what_changes_and_changes_nothing(client, editor, story):
    article = report(story, 11)
    response = send(client, article, role="re-report", preview="1", note="seen in print")
    page = response.content.decode()
    assert response.status_code == 200
    assert "What it would change" in page
    assert "No longer stands: first independent confirmation, The Gazette" in page
    assert re.search(r"<b>The Gazette</b>: mixed", page)
    assert fields(page)["note"] == "seen in print"
    assert not Edit.objects.exists()
    # Its form can be sent as it is.
    sent = fields(page)
    sent.pop("preview", None)
    assert client.post(address(article), sent).status_code == 302
    assert said(article) == {("role", ""): {"role": "re-report"}}


def test_the_preview_of_nothing_says_so(client, editor, story):
    page = send(client, report(story, 11), preview="1").content.decode()
    assert "Nothing in the story: its origins and roles stay as they are." in page


def test_of_a_very_long_story_there_is_no_preview(client, editor, story, monkeypatch):
    monkeypatch.setattr("stories.selectors.retracing.MOST", 3)
    page = send(client, report(story, 11), role="re-report", preview="1").content.decode()
    assert "what it changes there is seen when it is saved" in page


# --- what is there no longer


def test_what_an_editor_said_of_what_is_gone_can_be_taken_back(client, editor, story):
    article, by, now = report(story, 2), By.person(factories.editor(first_name="Jon")), timezone.now()
    overriding.set_kind(article, "somebody gone", SourceKind.NAMED, by, now)
    overriding.set_credit(article, "Gone Times", overriding.Credited("Gone Times", "removed"), by, now)
    elsewhere = factories.article(title="Another event")
    moved = overriding.Credited(POST, "retargeted", Relation.TOLD, elsewhere.pk)
    overriding.set_credit(article, POST, moved, by, now)
    page = client.get(address(article)).content.decode()
    assert "No longer found in the article" in page
    assert "it is none, should it be found again" in page
    assert "Another event (in another story now)" in page
    send(client, article)
    assert len(said(article)) == 3
    send(
        client,
        article,
        **{
            f"kind-{slot('somebody gone')}": "",
            f"credit-{slot('gone times')}": "",
            f"credit-{slot('meridian post')}": "",
        },
        **{f"relation-{slot('meridian post')}": ""},
    )
    assert said(article) == {}
