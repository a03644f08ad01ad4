"""What editors change of outlets is an edit with a way back, and has articles read and stories traced again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import Act, Article, Edit, Outlet, Proposal, Stage, StoryProvenance
from stories.services import outletedits, undoing
from stories.services.acts import By, Clash, Refused
from stories.services.seen import Seen
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(db):
    return By.person(factories.editor(email="anna@isles.example"))


@pytest.fixture
def post():
    return factories.outlet(name="The Meridian Post", aliases=["the Post"])


def naming(now, words, **kw):
    return factories.article(first_seen_at=now - timedelta(hours=2), text=f"That is what {words} reported. " * 5, **kw)


def stage(article):
    return Article.objects.get(pk=article.pk).stage


def test_a_change_is_an_edit_and_can_be_taken_back(now, anna, post):
    edit = outletedits.change(post, {"owner_group": "Isles Media", "kind": ""}, anna, now)
    assert (edit.act, edit.outlet, edit.before, edit.after) == (
        Act.OUTLET, post, {"owner_group": ""}, {"owner_group": "Isles Media"}
    )  # fmt: skip
    undo = undoing.undo(edit, anna, now)
    post.refresh_from_db()
    assert (post.owner_group, undo.undoes) == ("", edit)
    assert outletedits.change(post, {"owner_group": ""}, anna, now) is None


def test_a_later_change_of_the_same_field_stands_in_the_way_of_an_undo(now, anna, post):
    first = outletedits.change(post, {"owner_group": "One"}, anna, now)
    other = outletedits.change(post, {"country": "IE"}, anna, now)
    later = outletedits.change(post, {"owner_group": "Two"}, anna, now)
    with pytest.raises(Refused) as refused:
        undoing.undo(first, anna, now)
    assert refused.value.edits == (later,)
    undoing.undo(other, anna, now)
    undoing.undo(later, anna, now)
    undoing.undo(first, anna, now)
    post.refresh_from_db()
    assert (post.owner_group, post.country) == ("", "")


def test_only_the_same_field_clashes(now, anna, post):
    seen = Seen.now(outlets=[post])
    ben = factories.editor()
    outletedits.change(post, {"owner_group": "Isles Media", "aliases": ["the Post", "Post"]}, anna, now)
    assert outletedits.change(post, {"country": "IE"}, By.person(ben, "", seen), now)
    with pytest.raises(Clash):
        outletedits.change(post, {"kind": "agency", "aliases": []}, By.person(ben, "", seen), now)
    post.refresh_from_db()
    assert (post.kind, post.aliases, post.country) == ("", ["the Post", "Post"], "IE")


def test_several_outlets_change_together_or_not_at_all(now, anna, post):
    other = factories.outlet(aliases=["the Times"])
    seen = Seen.now(outlets=[other])
    outletedits.change(other, {"aliases": []}, anna, now)
    late = By.person(factories.editor(), "", seen)
    wanted = [(post, {"country": "IE"}), (other, {"aliases": ["the Sun"]})]
    with pytest.raises(Clash):
        outletedits.change_all(wanted, late, now)
    post.refresh_from_db()
    assert post.country == ""
    assert len(outletedits.change_all(wanted, anna, now).edits) == 2


def test_under_a_name_won_or_lost_articles_are_read_again(now, anna, post):
    lost, won, other = naming(now, "the Post"), naming(now, "the Gannet"), naming(now, "the Heron")
    old = naming(now - timedelta(days=20), "the Gannet")
    demo = naming(now, "the Gannet", outlet=factories.outlet(demo=True))
    done = outletedits.change_all([(post, {"aliases": ["the Gannet"]})], anna, now)
    assert done.reread == 2
    assert [stage(row) for row in (lost, won, other, old, demo)] == [Stage.EXTRACTED] * 2 + [Stage.DONE] * 3
    assert outletedits.change_all([(post, {"country": "IE"})], anna, now).reread == 0


def test_another_owner_has_stories_traced_again(now, anna, post):
    story = factories.story([factories.article(outlet=post, first_seen_at=now - timedelta(hours=1))])
    old = factories.story([factories.article(outlet=post, first_seen_at=now - timedelta(days=30))])
    StoryProvenance.objects.create(story=story, revision=1, least=1, most=1, traced={}, at=now)
    assert outletedits.change_all([(post, {"owner_group": "Isles Media"})], anna, now).traced == 1
    assert outletedits.change_all([(post, {"domains": ["post.example"]})], anna, now).traced == 0
    assert old.articles.get().stage == Stage.DONE
    assert story.articles.get().stage == Stage.GROUPED


def test_outlets_are_made_with_slugs_of_their_own(now, anna):
    factories.outlet(name="Coast Wire", slug="coast-wire")
    article = naming(now, "the Gannet")
    Proposal.objects.create(name="the Gannet", evidence=[0, 3], first_seen_at=now)
    made, reread = outletedits.create_many(
        [{"name": "Coast Wire!"}, {"name": "Coast wire"}, {"name": "…"}, {"name": "Gannet", "slug": "GA_1"}], now
    )
    assert [row.slug for row in made] == ["coast-wire-1", "coast-wire-2", "outlet", "GA_1"]
    assert reread == 1
    outletedits.create({"name": "Heron", "aliases": ["the Gannet"]}, anna, now)
    assert stage(article) == Stage.EXTRACTED
    assert not Proposal.objects.exists()


def test_a_name_becomes_an_alias_and_is_no_longer_asked_about(now, anna, post):
    Proposal.objects.create(name="MP Daily", evidence=[0, 3], first_seen_at=now)
    article = naming(now, "MP Daily")
    done = outletedits.add_aliases(post, ["MP Daily", "the post"], anna, now)
    post.refresh_from_db()
    assert post.aliases == ["the Post", "MP Daily"]
    assert (len(done.edits), done.reread) == (1, 1)
    assert stage(article) == Stage.EXTRACTED
    assert Proposal.objects.get().dismissed_at == now
    undoing.undo(done.edits[0], anna, now)
    post.refresh_from_db()
    assert post.aliases == ["the Post"]


def test_what_another_goes_by_becomes_nobodys_alias(now, anna, post):
    Proposal.objects.create(name="the Wire", evidence=[0, 3], first_seen_at=now)
    factories.outlet(name="Coast Wire", aliases=["the Wire"])
    with pytest.raises(Refused, match="Coast Wire"):
        outletedits.add_aliases(post, ["MP Daily", "the Wire"], anna, now)
    assert not Edit.objects.exists()
    assert Proposal.objects.get().dismissed_at is None


def test_the_program_changes_no_outlet(now, post):
    with pytest.raises(Refused):
        outletedits.change(post, {"country": "IE"}, By.grouping(0.9, []), now)
    assert Outlet.objects.get(pk=post.pk).country == ""
