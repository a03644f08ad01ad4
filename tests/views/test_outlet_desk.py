"""An outlet at the desk: what is typed is checked at its field, and several editors at once lose nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stories.models import Article, Edit, Outlet, Stage
from tests import factories

pytestmark = pytest.mark.django_db
LISTS = ("aliases", "ambiguous_aliases", "domains")


def at_desk(outlet, name="change"):
    return reverse(f"admin:stories_outlet_{name}", args=[outlet.pk])


def shown(client, outlet):
    """The form as a browser would send it back."""
    return fields(client.get(at_desk(outlet)).content.decode())


def fields(text):
    form = text[text.index("outlet-form") : text.index('class="beside"')]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found[name[1]] = unescape(value[1]) if value else ""
    for name, value in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?([^<]*)</textarea>', form):
        found[name] = unescape(value)
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def send(client, outlet, data, status=302):
    response = client.post(at_desk(outlet), data)
    text = response.content.decode()
    assert response.status_code == status, re.findall(r'class="error"[^>]*>(.*?)</p>', text)
    return text


def signed_in(email):
    client = Client()
    client.force_login(factories.editor(email=email, first_name=email.partition("@")[0].capitalize()))
    return client


@pytest.fixture
def post():
    return factories.outlet(name="The Meridian Post", aliases=["the Post"], kind="newspaper", country="GB", lang="en")


def test_what_is_touched_is_saved_as_an_edit(editor_client, post):
    data = shown(editor_client, post) | {"owner_group": "Meridian  Media", "domains": "https://www.Post.example/news"}
    send(editor_client, post, data | {"note": "as its\x00 imprint says"})
    post.refresh_from_db()
    assert (post.owner_group, post.domains, post.aliases) == ("Meridian Media", ["post.example"], ["the Post"])
    edit = Edit.objects.get()
    assert edit.before == {"domains": [], "owner_group": ""}
    assert edit.after == {"domains": ["post.example"], "owner_group": "Meridian Media"}
    assert (edit.note, edit.outlet) == ("as its imprint says", post)
    history = editor_client.get(at_desk(post, "history")).content.decode()
    assert "Meridian Media" in history
    assert reverse("admin:stories_edit_undo", args=[edit.pk]) in history


def test_nothing_touched_leaves_no_edit(editor_client, post):
    send(editor_client, post, shown(editor_client, post))
    assert not Edit.objects.exists()
    assert "Nothing was changed" in editor_client.get(at_desk(post)).content.decode()


def test_the_address_never_changes(editor_client, post):
    slug = post.slug
    send(editor_client, post, shown(editor_client, post) | {"name": "Meridian Daily", "slug": "another"})
    post.refresh_from_db()
    assert (post.name, post.slug) == ("Meridian Daily", slug)


def test_what_is_read_and_traced_again_is_said(editor_client, post):
    now = timezone.now()
    other = factories.article(first_seen_at=now - timedelta(hours=1), text="The Gannet says so. " * 9)
    own = factories.article(outlet=post, first_seen_at=now - timedelta(hours=1))
    factories.story([own, other])
    send(editor_client, post, shown(editor_client, post) | {"aliases": "the Post\nthe Gannet", "owner_group": "Isles"})
    text = editor_client.get(at_desk(post)).content.decode()
    assert "To be read again: 1 article. To be traced again: 1 story." in text
    assert Article.objects.get(pk=other.pk).stage == Stage.EXTRACTED


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name", "  ", "An outlet needs a name."),
        ("name", "x" * 201, "at most 200"),
        ("aliases", "the Courier\nThe courier", "is here twice"),
        ("aliases", "The Meridian Post", "stands above already"),
        ("ambiguous_aliases", "the Post", "stands above already"),
        ("aliases", "x" * 101, "longer than 100"),
        ("aliases", "a|b", "is no name"),
        ("aliases", "…", "is no name"),
        ("aliases", "\n".join(f"Name {n}" for n in range(61)), "More than 60"),
        ("domains", "no domain", "is no domain"),
        ("domains", "localhost", "is no domain"),
        ("domains", "co.uk", "open to all"),
        ("domains", "127.0.0.1", "is a number"),
        ("domains", "-x.example", "is no domain"),
        ("homepage", "javascript:alert(1)", "no web address"),
        ("homepage", "x", "no web address"),
        ("country", "ZZ", "none of those that can be chosen"),
        ("kind", "blog", "none of those that can be chosen"),
        ("lang", "xx", "none of those that can be chosen"),
        ("note", "x" * 2001, "at most 2000"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(editor_client, post, field, typed, words):
    data = shown(editor_client, post) | {"owner_group": "Kept as typed", field: typed}
    text = send(editor_client, post, data, 422)
    at = text.index(f'id="id_{field}_error"')
    assert words in unescape(text[at : at + 400])
    again = fields(text)
    assert again["owner_group"] == "Kept as typed"
    assert field in ("country", "kind", "lang") or again[field].strip() == typed.strip()
    assert not Edit.objects.exists()


def test_blank_lines_and_white_space_are_no_names(editor_client, post):
    send(editor_client, post, shown(editor_client, post) | {"aliases": "\r\n  the   Post \r\n\r\n the Daily\x00 "})
    post.refresh_from_db()
    assert post.aliases == ["the Post", "the Daily"]


def test_a_name_of_another_outlet_is_told_and_can_be_shared(editor_client, post):
    times = factories.outlet(name="The Skarv Times", aliases=["the Times", "Skarv Times"])
    data = shown(editor_client, post) | {"aliases": "the Post\nThe Times"}
    text = send(editor_client, post, data, 422)
    assert at_desk(times) in text
    assert 'name="share" value="The Times"' in text
    send(editor_client, post, fields(text) | {"share": "The Times"})
    for row in (post, times):
        row.refresh_from_db()
    assert (post.aliases, post.ambiguous_aliases) == (["the Post"], ["The Times"])
    assert (times.aliases, times.ambiguous_aliases) == (["Skarv Times"], ["the Times"])
    assert Edit.objects.count() == 2


def test_anothers_own_name_stays_its_name(editor_client, post):
    times = factories.outlet(name="The Times")
    data = shown(editor_client, post) | {"aliases": "the Times"}
    send(editor_client, post, fields(send(editor_client, post, data, 422)) | {"share": "the Times"})
    post.refresh_from_db()
    assert post.ambiguous_aliases == ["the Times"]
    assert Edit.objects.get().outlet == post
    text = send(editor_client, times, shown(editor_client, times) | {"name": "The Meridian Post"}, 422)
    assert "is the name of" in text
    assert 'name="share"' not in text


def test_a_domain_of_another_outlet_is_told_and_never_shared(editor_client, post):
    other = factories.outlet(domains=["gannet.example"])
    text = send(editor_client, post, shown(editor_client, post) | {"domains": "gannet.example"}, 422)
    assert at_desk(other) in text
    assert 'name="share"' not in text


def test_the_demo_world_has_names_of_its_own(editor_client, post):
    factories.outlet(name="The Gannet", demo=True)
    send(editor_client, post, shown(editor_client, post) | {"aliases": "the Gannet"})


def test_what_stood_there_before_is_no_hindrance(editor_client, post):
    factories.outlet(name="The Post", domains=["post.example"])
    Outlet.objects.filter(pk=post.pk).update(domains=["post.example"])
    send(editor_client, post, shown(editor_client, post) | {"kind": "agency"})


def test_two_editors_at_once_lose_nothing_that_does_not_clash(post):
    anna, ben = signed_in("anna@isles.example"), signed_in("ben@isles.example")
    annas, bens = shown(anna, post), shown(ben, post)
    send(anna, post, annas | {"owner_group": "Meridian Media"})
    send(ben, post, bens | {"kind": "agency"})
    post.refresh_from_db()
    assert (post.owner_group, post.kind) == ("Meridian Media", "agency")


def test_only_what_both_changed_is_refused_and_saving_again_does_it(post):
    anna, ben = signed_in("anna@isles.example"), signed_in("ben@isles.example")
    annas, bens = shown(anna, post), shown(ben, post)
    send(anna, post, annas | {"owner_group": "Meridian Media", "country": "IE"})
    text = send(ben, post, bens | {"owner_group": "Isles Press", "kind": "agency", "note": "from Ben"}, 409)
    at = text.index('id="id_owner_group_error"')
    said = unescape(text[at : at + 400])
    assert "Anna changed this just now" in said
    assert "Meridian Media" in said
    post.refresh_from_db()
    assert (post.owner_group, post.kind) == ("Meridian Media", "newspaper")
    again = fields(text)
    assert (again["owner_group"], again["kind"], again["note"]) == ("Isles Press", "agency", "from Ben")
    assert again["country"] == "IE", "what Ben did not touch is as it is now"
    send(ben, post, again)
    post.refresh_from_db()
    assert (post.owner_group, post.kind, post.country) == ("Isles Press", "agency", "IE")


def test_both_say_the_same_and_nobody_is_asked(post):
    anna, ben = signed_in("anna@isles.example"), signed_in("ben@isles.example")
    annas, bens = shown(anna, post), shown(ben, post)
    send(anna, post, annas | {"owner_group": "Meridian Media"})
    send(ben, post, bens | {"owner_group": "Meridian Media"})
    assert Edit.objects.count() == 1


def test_an_outlet_is_made_by_hand(editor_client, page):
    factories.outlet(name="The Gannet", slug="the-gannet")
    where = reverse("admin:stories_outlet_add")
    text = editor_client.post(where, {"name": "The gannet", "aliases": "Gannet"}).content.decode()
    assert "is the name of" in text
    factories.article(first_seen_at=timezone.now(), text="The Great Gannet has it. " * 5)
    data = {"name": "Great Gannet", "aliases": "the GG", "country": "gb", "homepage": "gannet.example", "note": "seen"}
    assert editor_client.post(where, data).status_code == 302
    made = Outlet.objects.get(name="Great Gannet")
    assert (made.slug, made.country, made.homepage) == ("great-gannet", "GB", "https://gannet.example")
    assert LogEntry.objects.get(action_flag=ADDITION).object_id == str(made.pk)
    assert not Edit.objects.exists()
    text = page(editor_client, at_desk(made))
    assert "Great Gannet is made." in text
    assert "To be read again: 1 article." in text


def test_an_outlet_that_is_made_may_share_a_name(editor_client):
    times = factories.outlet(name="The Skarv Times", aliases=["the Times"])
    data = {"name": "The Isles Times", "aliases": "the Times", "share": "the Times"}
    assert editor_client.post(reverse("admin:stories_outlet_add"), data).status_code == 302
    made = Outlet.objects.get(name="The Isles Times")
    times.refresh_from_db()
    assert made.ambiguous_aliases == times.ambiguous_aliases == ["the Times"]
    assert times.aliases == []


def test_readers_stay_out_and_only_admins_delete(client, reader_client, editor_client, post):
    for name in ("change", "history", "delete"):
        for one in (client, reader_client):
            assert one.get(at_desk(post, name)).status_code == 302
            assert one.post(at_desk(post, name), {"name": "Mine"}).status_code == 302
    assert editor_client.post(at_desk(post, "delete"), {"post": "yes"}).status_code == 403
    assert Outlet.objects.get(pk=post.pk).name == "The Meridian Post"
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.editor())
    assert strict.post(at_desk(post), {"name": "Mine"}).status_code == 403
    for number in (0, 10**25, "x"):
        assert editor_client.get(f"/admin/stories/outlet/{number}/change/").status_code == 404


def test_the_list_is_counted_in_few_queries(editor_client, django_assert_max_num_queries):
    where = reverse("admin:stories_outlet_changelist")
    for n in range(12):
        factories.feed(outlet=factories.outlet(country="GB", lang="en", quiet_since=timezone.now() if n else None))
    assert "Quiet" not in editor_client.get(where).content.decode()[:100]
    with django_assert_max_num_queries(12):
        text = editor_client.get(where, {"quiet": "no"}).content.decode()
    assert text.count('class="field-kind"') == 1


def test_the_page_costs_the_same_however_much_was_done(editor_client, post, django_assert_max_num_queries):
    for n in range(9):
        send(editor_client, post, shown(editor_client, post) | {"owner_group": f"Group {n}"})
    for _ in range(3):
        factories.feed(outlet=post)
    with django_assert_max_num_queries(16):
        editor_client.get(at_desk(post))
    with django_assert_max_num_queries(12):
        editor_client.get(at_desk(post, "history"))
