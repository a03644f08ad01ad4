"""Taking edits back at the desk: previewed, one or all that stand on each other, once, and by whoever was first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from stories.models import Act, Article, Edit, Follow, FollowKind, Notice, Override, Story, Wake
from stories.nlp.findings import Role
from stories.selectors import edits as selector
from stories.selectors import undopreview
from stories.services import curation, marking, outletedits, overriding, takingback, undoing
from stories.services.acts import By, Clash, Refused
from tests import factories
from tests.steps.curating import SURE, consistent, members, story_of

pytestmark = pytest.mark.django_db


def undo(edit):
    return reverse("admin:stories_edit_undo", args=[edit.pk])


def hidden(text):
    """What the form on a page would send."""
    return dict(re.findall(r'<input type="hidden" name="(seen|edits)" value="([^"]*)">', text))


def post(client, edit, text, **kw):
    return client.post(undo(edit), hidden(text) | {"note": "Two ferries."} | kw)


def follows(story, now, **kw):
    return Follow.objects.create(
        user=factories.user(), kind=FollowKind.STORY, target=f"story:{story.pk}", story=story, wakes=[Wake.SPLIT],
        created_at=now, **kw,
    )  # fmt: skip


def test_a_merge_is_shown_before_it_is_taken_back_and_then_is(desk, ada, now, page):
    (story, rows), (gone, theirs) = story_of(now, 2, title="The kept one"), story_of(now, 2, title="The gone one")
    edit = curation.merge(story, gone, By.person(ada), now)
    follows(story, now)
    follows(gone, now)
    text = page(desk, undo(edit))
    assert "Undo this edit?" in text
    assert "2 reports go back:" in text
    assert re.search(
        r"The address of <a [^>]+>The gone one</a> is its own again\. One person who follows it goes", text
    )
    assert "2 people who follow them are told once that they are two stories again." in text
    assert "One pair of reports is no longer kept together by an editor’s word." not in text
    assert "2 pairs of reports are no longer kept together by an editor’s word." in text
    assert "Nobody is alerted" not in text
    assert members(story) == {*rows, *theirs}, "looking changes nothing"
    response = post(desk, edit, text)
    assert (response.status_code, response.url) == (302, reverse("admin:stories_story_change", args=[story.pk]))
    assert (members(story), members(gone)) == (set(rows), set(theirs))
    taken = Edit.objects.get(undoes=edit)
    assert (taken.user, taken.note) == (ada, "Two ferries.")
    assert Notice.objects.filter(wake=Wake.SPLIT, story=story, other=gone).count() == 1
    told = page(desk, reverse("admin:index"))
    assert "1 edit is undone." in told
    assert reverse("admin:stories_edit_line", args=[taken.pk]) in told


def test_a_split_that_is_taken_back_leaves_an_address_that_leads_on(desk, ada, now, page):
    story, rows = story_of(now, 3, title="The old one")
    edit = curation.split(story, rows[1:], SURE, now)
    text = page(desk, undo(edit))
    assert re.search(r"is empty then; its address leads to <a [^>]+>The old one</a>\.", text)
    assert "The program won’t do again what it did" in text
    assert "Nobody is alerted" in text
    post(desk, edit, text)
    edit.other.refresh_from_db()
    assert edit.other.merged_into == story


def test_a_story_that_was_joined_since_keeps_its_address(ada, now):
    story, rows = story_of(now, 3)
    edit = curation.split(story, rows[2:], By.person(ada), now)
    Article.objects.filter(pk=factories.article().pk).update(story=edit.other)
    Story.objects.filter(pk=edit.other_id).update(article_count=2)
    found = undopreview.preview(selector.tell([edit]), now)
    assert list(found.addresses) == []
    assert found.moved == 1


@pytest.mark.parametrize("what", ["title", "lock", "role", "outlet"])
def test_a_field_goes_back_to_what_it_was(desk, ada, now, page, what):
    by = By.person(ada)
    story, rows = story_of(now, 2)
    article = story.articles.get(pk=rows[0])
    acts = {
        "title": (lambda: marking.rename(story, "Another name", by, now), ("Another name", "none by an editor")),
        "lock": (lambda: marking.lock(story, by, now), ("<dt>locked</dt>", '<span class="now">no</span>')),
        "role": (lambda: overriding.set_role(article, Role.WIRE, by, now), ("wire", "as it is found")),
        "outlet": (lambda: outletedits.change(article.outlet, {"owner_group": "Media"}, by, now), ("Media", "none")),
    }
    do, words = acts[what]
    edit = do()
    text = page(desk, undo(edit))
    effects = text[text.index('class="effects"') :]
    assert all(word in effects for word in words)
    response = post(desk, edit, text)
    to = ("outlet", article.outlet_id) if what == "outlet" else ("story", story.pk)
    assert response.url == reverse(f"admin:stories_{to[0]}_change", args=[to[1]])
    story.refresh_from_db()
    article.outlet.refresh_from_db()
    assert (story.named, story.locked, article.outlet.owner_group) == ("", False, "")
    assert not Override.objects.exists()


def chain(ada, now):
    """Three edits of which each stands on the one before, by a person, the program, and the person again."""
    by = By.person(ada)
    (story, rows), (other, theirs), (third, last) = story_of(now, 3), story_of(now, 2), story_of(now, 1)
    one = curation.merge(story, other, by, now)
    two = curation.merge(third, story, SURE, now)
    three = curation.move([theirs[0]], curation.split(third, rows[2:], by, now).other, by, now)
    split = Edit.objects.get(act=Act.SPLIT)
    return (one, two, split, three), ((story, rows), (other, theirs), (third, last))


def test_what_stands_on_an_edit_is_listed_and_undone_together(desk, ada, now, page):
    edits, stories = chain(ada, now)
    one = edits[0]
    text = page(desk, undo(one))
    assert "3 later edits stand on it" in text
    order = text[text.index('class="order"') : text.index('class="will"')]
    places = [order.index(undo(edit)) for edit in reversed(edits[1:])]
    assert places == sorted(places)
    assert "What undoing these 4 together will do" in text
    assert "Undo these 4 edits together" in text
    assert hidden(text)["edits"] == ",".join(str(edit.pk) for edit in reversed(edits))
    assert post(desk, one, text).status_code == 302
    assert [members(story) for story, _ in stories] == [set(rows) for _, rows in stories]
    assert Edit.objects.filter(act=Act.UNDO, note="Two ferries.").count() == 4
    assert consistent()


def test_the_preview_of_many_is_what_then_is(ada, now):
    edits, _ = chain(ada, now)
    found = takingback.chain(edits[0])
    preview = undopreview.preview(selector.tell(found.edits), now)
    going = {(route.source.pk, route.target.pk): route.count for route in preview.routes}
    before = dict(Article.objects.values_list("pk", "story"))
    takingback.undo(edits[0], [edit.pk for edit in found.edits], By.person(ada), now)
    went: dict[tuple[int, int], int] = {}
    for pk, place in Article.objects.values_list("pk", "story"):
        if before[pk] != place:
            went[before[pk], place] = went.get((before[pk], place), 0) + 1
    assert going == went
    leads = {one.story.pk: one.to.pk if one.to else None for one in preview.addresses}
    assert leads.items() <= dict(Story.objects.values_list("pk", "merged_into")).items()


def test_one_of_them_alone_is_refused_with_what_is_in_the_way(desk, ada, now, page):
    edits, _ = chain(ada, now)
    response = desk.post(undo(edits[0]), {"note": "Kept as typed", "edits": str(edits[0].pk), "seen": ""})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Later edits stand on this one" in text
    assert reverse("admin:stories_edit_line", args=[edits[1].pk]) in text
    assert "Kept as typed" in text
    assert not Edit.objects.filter(act=Act.UNDO).exists()


def test_what_was_done_after_the_page_was_opened_is_not_undone_unseen(desk, ada, now, page):
    edits, stories = chain(ada, now)
    text = page(desk, undo(edits[0]))
    ben = By.person(factories.editor(first_name="Ben"))
    third, _last = stories[2]
    curation.merge(story_of(now, 1)[0], third, ben, now)
    response = post(desk, edits[0], text)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "has changed since you opened this page" in shown
    assert "Ben" in shown
    assert "Two ferries." in shown
    assert "Undo these 5 edits together" in shown
    assert not Edit.objects.filter(act=Act.UNDO).exists()
    assert post(desk, edits[0], shown).status_code == 302, "having seen it, the editor may"


def test_who_is_second_is_told_and_nothing_is_done_twice(desk, ada, now, page):
    story, _ = story_of(now, 2)
    edit = marking.lock(story, By.person(ada), now)
    other = Client()
    other.force_login(factories.editor(first_name="Ben"))
    mine, theirs = page(desk, undo(edit)), page(other, undo(edit))
    assert post(desk, edit, mine).status_code == 302
    for client, text in ((other, theirs), (desk, mine)):
        response = post(client, edit, text)
        assert response.status_code == 409
        assert "has been undone already" in response.content.decode()
    assert Edit.objects.filter(undoes=edit).count() == 1


def test_the_same_changed_meanwhile_is_a_clash(desk, ada, now, page):
    story, _ = story_of(now, 2)
    edit = marking.rename(story, "Mine", By.person(ada), now)
    text = page(desk, undo(edit))
    later = marking.rename(story, "Theirs", By.person(factories.editor(first_name="Ben")), now)
    response = post(desk, edit, text)
    assert response.status_code == 409
    assert reverse("admin:stories_edit_line", args=[later.pk]) in response.content.decode()
    story.refresh_from_db()
    assert story.named == "Theirs"


def test_together_is_all_or_none(ada, now, monkeypatch):
    edits, _stories = chain(ada, now)
    before = dict(Article.objects.values_list("pk", "story"))
    shown = [edit.pk for edit in takingback.chain(edits[0]).edits]
    real = undoing.undo

    def fails_at_the_last(edit, by, now):
        if edit.pk == edits[0].pk:
            raise Refused("no")
        return real(edit, by, now)

    monkeypatch.setattr(undoing, "undo", fails_at_the_last)
    with pytest.raises(Refused):
        takingback.undo(edits[0], shown, By.person(ada), now)
    assert dict(Article.objects.values_list("pk", "story")) == before
    assert not Edit.objects.filter(act=Act.UNDO).exists()


def test_what_was_not_shown_is_a_clash(ada, now):
    edits, _stories = chain(ada, now)
    with pytest.raises(Clash) as clash:
        takingback.undo(edits[0], [edits[0].pk, edits[1].pk], By.person(ada), now)
    assert {edit.pk for edit in clash.value.edits} == {edit.pk for edit in edits[2:]}


def test_too_much_is_not_undone_at_once(desk, ada, now, page, monkeypatch):
    monkeypatch.setattr(takingback, "MOST", 2)
    edits, _ = chain(ada, now)
    text = page(desk, undo(edits[0]))
    assert "Too much stands on it" in text
    assert '<form method="post" class="decide"' not in text
    with pytest.raises(Refused, match="Too much"):
        takingback.undo(edits[0], [edit.pk for edit in edits], By.person(ada), now)


def test_an_undo_is_not_undone_and_says_how_to_do_it_again(desk, ada, now, page):
    story, _ = story_of(now, 2)
    edit = marking.lock(story, By.person(ada), now)
    taken = undoing.undo(edit, By.person(ada), now)
    again = reverse("admin:stories_story_act", args=[story.pk, "lock"])
    for one, words in ((taken, "An undo is not undone itself"), (edit, "Undone")):
        text = page(desk, undo(one))
        assert words in text
        assert again in text
        assert 'class="decide"' not in text
    assert post(desk, taken, "").status_code == 409


def test_what_moved_on_without_an_edit_cannot_be_put_back(desk, ada, now, page):
    story, rows = story_of(now, 2)
    edit = curation.split(story, rows[1:], By.person(ada), now)
    Article.objects.filter(pk=rows[1]).delete()
    text = page(desk, undo(edit))
    assert "none of its reports is any longer where it put them" in text
    assert 'class="decide"' not in text


def test_a_note_that_is_too_long_is_said_at_its_field_and_kept(desk, ada, now, page):
    story, _ = story_of(now, 1)
    edit = marking.lock(story, By.person(ada), now)
    response = post(desk, edit, page(desk, undo(edit)), note="x" * 2001)
    assert response.status_code == 422
    assert "x" * 2001 in response.content.decode()
    assert "errorlist" in response.content.decode()
    assert post(desk, edit, page(desk, undo(edit)), note="a\x00b").status_code == 302
    assert Edit.objects.get(undoes=edit).note == "ab"


def test_only_editors_undo_and_only_with_the_token(client, ada, now):
    story, _ = story_of(now, 1)
    edit = marking.lock(story, By.person(ada), now)
    for user in (None, factories.user()):
        if user:
            client.force_login(user)
        assert client.get(undo(edit)).status_code == 302
        assert client.post(undo(edit)).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    assert strict.post(undo(edit)).status_code == 403
    assert not Edit.objects.filter(undoes=edit).exists()
    strict.force_login(ada)
    assert strict.get(undo(Edit(pk=edit.pk + 99))).status_code == 404


def test_queries_do_not_grow(desk, ada, now, django_assert_max_num_queries):
    by = By.person(ada)
    story, _ = story_of(now, 20)
    first = marking.rename(story, "Title 0", by, now)
    base = curation.merge(story, story_of(now, 30)[0], by, now)
    for n in range(12):
        marking.rename(story, f"Title {n + 1}", by, now + timedelta(minutes=n))
        rows = sorted(members(story))
        curation.remove(rows[-2:], by, now)
    desk.get(undo(first))
    for edit in (first, base):
        with django_assert_max_num_queries(20):
            assert desk.get(undo(edit)).status_code == 200
